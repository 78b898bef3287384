"""What the commands that let people and systems in have in common: who acts, and how a refusal ends them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from regulars.doors.cli.endings import FOUND, USAGE, Stop

if TYPE_CHECKING:
    from regulars.access.model import AccessWrite
    from regulars.words.moments import Moment
    from regulars.words.refusals import Refusal

T = TypeVar("T")

_NOT_UNDERSTOOD = frozenset({"access.no_scope", "access.unknown_scope", "access.unknown_role", "access.bad_email"})


def operator() -> AccessWrite:
    """Whoever can run commands on the database may do everything; the audit log calls them `operator`."""
    from regulars.access.decide import permit
    from regulars.access.model import PERMISSIONS, Actor, Permit

    found = permit(Actor("operator", frozenset[str](PERMISSIONS), "cli"), "access:write")
    assert isinstance(found, Permit), "an operator has every right"
    return found


def accepted(found: T | Refusal) -> T:
    """What was done; a refusal ends the command with its sentence and hint."""
    from regulars.speech import language
    from regulars.speech.refusals import codes
    from regulars.words.refusals import Refusal

    if not isinstance(found, Refusal):
        return found
    phrase = next((one for one in codes(language("en")) if one.code == found.code), None)
    said = found.text or (phrase.sentence if phrase else found.code)
    code = USAGE if found.code in _NOT_UNDERSTOOD else FOUND
    raise Stop(said, phrase.hint if phrase else "", code)


def moment_text(at: Moment | None) -> str | None:
    """A moment in UTC, to the second."""
    from regulars.words.moments import SECOND, Zone

    return None if at is None else Zone("UTC").text(at - at % SECOND)
