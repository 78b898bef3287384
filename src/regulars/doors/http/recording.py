"""Events on their way to the ledger: which ones may come from outside, and the queue that takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from regulars.doors.http.asked import Asked
from regulars.doors.http.problems import Refused, refuse
from regulars.engine.events import Event
from regulars.engine.outside import BROUGHT_IN, accept
from regulars.flows.serving import Running
from regulars.flows.vouchers import use_codes
from regulars.ledger.batch import Outcome
from regulars.ledger.dry import dry_run
from regulars.words.moments import DAY
from regulars.words.refusals import Refusal

MOST_WAITING: Final = 20_000
"""Events that may wait for their commits in one process; who comes then is asked to come again."""

OF_STAFF: Final = {
    "goodwill": "goodwill:write",
    "retier": "goodwill:write",
    "award": "goodwill:write",
    "reversal": "reversals:write",
    "merge": "members:write",
    "close": "members:write",
    **dict.fromkeys(BROUGHT_IN, "imports:write"),
}
"""Kinds of events that take a scope of their own, whichever door they come by."""

CODES: Final = (
    "event.missing_field", "event.unknown_field", "event.unknown_type", "event.unknown_value", "event.wrong_type",
    "event.in_the_future", "event.not_an_object", "event.bad_text", "event.float", "event.too_precise",
    "event.out_of_range", "event.bad_id", "event.bad_moment", "event.id_reused", "event.derived", "id.reserved", "engine.failed",
    "program.ambiguous", "program.unknown", "program.unreadable", "request.busy", "request.bad_key",
    "access.other_program", "member.unknown", "not_entitled",
)  # fmt: skip
"""How the recording of an event may end, besides the codes that a program has under its own `needs`."""


def admit(asked: Asked, running: Running, raw: dict[str, Any]) -> Event | Refusal:
    """The event of a body, when its like may come from outside and from this caller."""
    kind = raw.get("type")
    if isinstance(kind, str):
        scope = OF_STAFF.get(kind) or OF_STAFF.get(kind.partition(".")[0])
        if scope is not None and scope not in asked.caller.scopes:
            return Refusal("access.scope", f"An event `{kind}` needs the scope `{scope}`.", pointer="/type")
    event = accept(running.book, raw, openings=True)
    if isinstance(event, Event) and event.at > asked.now + DAY:
        return Refusal("event.in_the_future", "The event has not happened yet.", pointer="/happened_at")
    return event


async def record(asked: Asked, running: Running, events: Sequence[Event], dry: bool = False) -> list[Outcome]:
    """What became of each event, after its commit; with `dry` what would."""
    if dry:
        return await dry_run(running.poster, events)
    gatherer = running.gatherer
    if gatherer.held + len(events) > MOST_WAITING:
        raise refuse("request.busy", "Too many events wait for their commits already.")
    if asked.door.stopping:
        raise refuse("service.stopping", "This process is stopping; another one will take the request.")
    if len(events) == 1:
        return [await gatherer.submit(events[0])]
    return await gatherer.submit_all(events) if events else []


async def record_coded(asked: Asked, running: Running, raw: dict[str, Any], dry: bool, till: str = "") -> Outcome:
    """What became of an event that uses voucher codes: it and their use are one commit. What it says of their worth is not heard."""
    if dry:
        raise refuse("request.bad_parameter", "A basket with codes is tried by /v1/vouchers/qualify.", name="dry_run")
    if asked.door.stopping:
        raise refuse("service.stopping", "This process is stopping; another one will take the request.")
    found = await use_codes(running.poster, raw, asked.now, till)
    if isinstance(found, Refusal):
        raise Refused(found, program=running.book.program)
    return found.outcome
