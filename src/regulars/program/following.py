"""What a version that says `follows` promises: to continue the version before it, and to say what becomes of every name that is gone."""

from __future__ import annotations

from collections.abc import Iterator

from regulars.program.model import Program
from regulars.words.refusals import Refusal


def unfollowed(before: Program | None, after: Program) -> Refusal | None:
    """Why a version cannot continue the one before it (None: there is none); None where it can, or where it follows nothing.

    `version.follows`: it names another program, or nothing stands before it. `version.gone`: a wallet, ladder or limit of the version
    before is gone, and `ends` does not say what becomes of it. `version.ends`: `ends` names what the version before does not have.
    """
    wanted = after.follows
    if wanted is None:
        return None
    if before is None or wanted != before.slug:
        return Refusal("version.follows", f"It follows `{wanted}`, and no version of `{wanted}` stands before it.")
    gone = [name for name in names(before) if name not in set(names(after)) and name not in after.ends]
    if gone:
        return Refusal("version.gone", f"The name `{gone[0]}` is gone, and `ends` does not say what becomes of it.")
    unknown = [name for name in after.ends if name not in set(names(before))]
    if unknown:
        return Refusal("version.ends", f"The key `ends` names `{unknown[0]}`, which the version before does not have.")
    return None


def names(program: Program) -> Iterator[str]:
    """The names that a later version carries on: of wallets, ladders and limits that the file names itself."""
    for name in (*program.wallets, *program.ladders, *program.limits):
        # What a ladder counts by itself is called after it.
        if "." not in name:
            yield name
