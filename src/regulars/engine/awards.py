"""What staff award to several members at once: the places of a table, the winners of a draw.

The award is one event of an account of its own, and what each member gets is told by a derived event: sent again it is the same award, and
another list of members under its id is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.engine.model import Told
from regulars.words.ids import check_id, derived
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.context import Context

MOST = 1_000
"""Members of one award."""


def award(c: Context) -> Refusal | None:
    """Tells each of the `members` in turn an event of the kind `gives`, with its `rank` from 1 and what the award is `of`."""
    event = c.event
    assert event is not None
    kind, members = event.body.get("gives"), event.body.get("members")
    if not isinstance(kind, str) or kind not in c.machine.program.facts:
        return Refusal(
            "event.unknown_value", "The field `gives` is no event with facts of this program.", pointer="/gives"
        )
    if not isinstance(members, list) or not 0 < len(members) <= MOST:
        return Refusal(
            "event.wrong_type", "The field `members` is a list of at least one and at most 1,000.", pointer="/members"
        )
    if not all(isinstance(one, str) and check_id(one) is None for one in members) or len(set(members)) < len(members):
        return Refusal("event.wrong_type", "The field `members` names somebody twice, or nobody.", pointer="/members")
    known = c.machine.reader.shape(kind).known
    of = event.body.get("of", event.id)
    for rank, member in enumerate(members, 1):
        details = {key: value for key, value in (("rank", rank), ("of", of)) if key in known}
        c.told = (*c.told, Told(derived(event.id, str(rank)), kind, member, event.at, details))
    return None
