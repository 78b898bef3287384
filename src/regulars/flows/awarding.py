"""Awards: the places of a table, or the winners of a draw, given to members once."""

from __future__ import annotations

from collections.abc import Sequence

from regulars.engine.events import Event
from regulars.ledger.batch import Outcome
from regulars.ledger.poster import Poster
from regulars.words.moments import Moment
from regulars.words.refusals import Refusal

SOURCE = "award"


async def award(poster: Poster, name: str, gives: str, members: Sequence[str], at: Moment, by: str = "") -> Outcome:
    """What became of an award: each of the members, in their order, is told an event of the kind `gives` with its rank.

    `name` is the award's own, such as `table/2026-03`: given again with the same members it is the same award
    (`repeated`), with others it is refused `event.id_reused`. `by` is the member of staff who gives it.
    """
    account = f"~award:{name}"
    body = {
        "id": name, "type": "award", "member": account, "source": SOURCE, "happened_at": at,
        "gives": gives, "of": name, "members": list(members), **({"by": by} if by else {}),
    }  # fmt: skip
    event = poster.book.read(body)
    if isinstance(event, Refusal):
        return Outcome(name, account, refusal=event)
    assert isinstance(event, Event)
    (outcome,) = await poster.post([event])
    return outcome
