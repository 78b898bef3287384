"""Whether an account is open: known to itself by a mark, and to everybody by a tally that is drawn once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from regulars.engine.events import Event

ASKED: Final = frozenset({"merge", "close"})
MERGED: Final = "merged"
CLOSED: Final = "closed"
"""The mark of a closed account: the id of the account that it became, or nothing."""


def key_of(member: str) -> str:
    """The name under which everybody sees that an account is open (1 is left) or closed (0)."""
    return f"account:{member}"


def budgets(event: Event) -> Iterator[tuple[str, int | None]]:
    """What an event that closes an account must know: that it is open, and the one that is kept too."""
    yield key_of(event.member), 1
    if event.first == "merge" and isinstance(event.body.get("into"), str):
        yield key_of(event.body["into"]), 1
