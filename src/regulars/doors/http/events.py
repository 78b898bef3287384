"""Events in: one, or up to a thousand, each with its own receipt or refusal, in the order given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from regulars.doors.http.answers import Answer
from regulars.doors.http.asked import Asked
from regulars.doors.http.bodies import parsed
from regulars.doors.http.cloudevents import plain_event
from regulars.doors.http.problems import Refused, encode, problem_of, refuse
from regulars.doors.http.receipts import EventReceipt, EventRefused, Status, told, why
from regulars.doors.http.recording import CODES, admit, record, record_coded
from regulars.doors.http.routes import Query, ok, route
from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.engine.model import Member
from regulars.flows.serving import Running
from regulars.ledger.batch import Outcome
from regulars.vouchers.decide import shown_codes
from regulars.words.moments import Zone
from regulars.words.refusals import Refusal

MOST_EVENTS: Final = 1_000
UTC: Final = Zone("UTC")

DRY: Final = Query("Decide without recording anything.", {"type": "boolean", "default": False})
EXPLAIN: Final = Query("Say why, line by line, in the language that is asked for.", {"type": "boolean"})


class EventBody(Struct, frozen=True):
    """An event: an id of its own, what kind it is, whose, when, and the facts that the program declares of it.

    `happened_at` is local to the program where it names no offset. The form of CloudEvents 1.0 is taken as well:
    `specversion`, `subject` for the member, `time` for the moment, and the facts in `data`.
    """

    id: str
    type: str
    member: str
    happened_at: str
    source: str = "api"


class Several(Struct, frozen=True):
    """What became of several events, each in its place, and how many of each."""

    results: list[EventReceipt | EventRefused]
    recorded: int
    repeated: int
    refused: int


PURCHASE: Final = {
    "id": "till-3.2026-03-02.118",
    "type": "purchase",
    "member": "ann",
    "happened_at": "2026-03-02T09:00",
    "lines": [{"amount": "3.50", "kind": "drink"}],
}


@route(
    "POST", "/v1/events", "events:write", "Send one event, or up to a thousand.", tag="events",
    takes=EventBody, takes_media=("application/json", "application/cloudevents+json", "application/cloudevents-batch+json"),
    gives=EventReceipt, query={"dry_run": DRY, "explain": EXPLAIN}, example=PURCHASE,
    answer={"id": "till-3.2026-03-02.118", "member": "ann", "status": "recorded", "number": 1},
    codes=("request.no_events", "request.too_many_events", *CODES), key=True, often=True,
)  # fmt: skip
async def send_events(asked: Asked, dry_run: str = "false", explain: str = "false") -> Answer:
    """An object is one event: the answer is its receipt, or a problem. An array is several: the answer says for each, in
    order, what became of it; one bad event never fails its neighbours. The same event sent again is the same answer.
    """
    dry, because = flag(dry_run, "dry_run"), flag(explain, "explain")
    media = asked.header(b"content-type").partition(";")[0].strip().lower()
    if media not in {"application/json", "", "application/cloudevents+json", "application/cloudevents-batch+json"}:
        raise refuse("request.media_type", "Events are sent as application/json.")
    value = parsed(await asked.whole())
    running = await asked.running()
    if isinstance(value, list):
        return await _several(asked, running, value, dry, because)
    return await one(asked, running, value, dry, because)


def flag(value: str, name: str) -> bool:
    """A parameter that is true or false."""
    if value not in {"true", "false"}:
        raise refuse("request.bad_parameter", f"{name} is true or false.", name=name)
    return value == "true"


async def one(
    asked: Asked,
    running: Running,
    value: Any,
    dry: bool = False,
    because: bool = False,
    status: int = 200,
    till: str = "",
) -> Answer:
    """The answer to one event: its receipt; raises `Refused` when it was refused. `till`: who may hold the codes that it uses."""
    raw = plain_event(value)
    if isinstance(raw, Refusal):
        raise Refused(raw)
    key = asked.key()
    if key is not None and "id" not in raw:
        raw["id"] = key
    event = admit(asked, running, raw)
    if isinstance(event, Refusal):
        raise Refused(event, program=running.book.program)
    if shown_codes(raw):
        outcome = await record_coded(asked, running, raw, dry, till)
    else:
        (outcome,) = await record(asked, running, [event], dry)
    if outcome.refusal is not None:
        asked.door.metrics.decided("refused")
        raise Refused(outcome.refusal, program=running.book.at(event.day).program, headers=_replayed(outcome))
    reasons = why(running.book, _receipt(outcome), event.body | {"type": event.kind}, asked.tongue) if because else None
    member = outcome.after or await _as_it_was(running, outcome)
    found = told(running.book, outcome, _status(outcome, dry), member, reasons)
    asked.door.metrics.decided("repeated" if outcome.repeated else "recorded")
    return Answer(encode(found), status, headers=_replayed(outcome))


async def acted(
    asked: Asked, running: Running, body: dict[str, Any], dry: bool = False, because: bool = False, status: int = 200
) -> Answer:
    """The answer to an act whose moment nobody names: it is now, or when the same act was recorded under its id before."""
    if body.get("happened_at"):
        return await one(asked, running, body, dry, because, status)
    try:
        return await one(asked, running, {**body, "happened_at": UTC.text(asked.now)}, dry, because, status)
    except Refused as refused:
        if refused.refusal.code != "event.id_reused":
            raise
        recorded = await running.reads.events(body["id"], body["member"])
        before = next((entry for entry in recorded if entry.source == body.get("source", "api")), None)
        if before is None:
            raise
    return await one(asked, running, {**body, "happened_at": UTC.text(before.happened_at)}, dry, because, status)


async def _as_it_was(running: Running, outcome: Outcome) -> Member | None:
    """The member as the event left it, if nothing has come since: so who sends again gets the same answer."""
    found = await running.lookups.member(outcome.member)
    return found if found is not None and found.events == outcome.event_no else None


def _receipt(outcome: Outcome) -> Any:
    assert outcome.receipt is not None, "what was not refused has a receipt"
    return outcome.receipt


def _status(outcome: Outcome, dry: bool) -> Status:
    return "repeated" if outcome.repeated else "decided" if dry else "recorded"


def _replayed(outcome: Outcome) -> tuple[tuple[bytes, bytes], ...]:
    return ((b"idempotency-replayed", b"true"),) if outcome.repeated else ()


async def _several(asked: Asked, running: Running, values: list[Any], dry: bool, because: bool) -> Answer:
    if not values:
        raise refuse("request.no_events", "There is no event in the array.")
    if len(values) > MOST_EVENTS:
        raise refuse("request.too_many_events", f"At most {MOST_EVENTS} events go in one request.", most=MOST_EVENTS)
    read = [_read(asked, running, value) for value in values]
    outcomes = iter(await _outcomes(asked, running, values, read, dry))
    results: list[EventReceipt | EventRefused] = []
    counts = {"recorded": 0, "repeated": 0, "refused": 0}
    for value, one in zip(values, read, strict=True):
        outcome = next(outcomes) if isinstance(one, Event) else None
        result, what = _result(asked, running.book, value, one, outcome, dry, because)
        asked.door.metrics.decided(what)
        counts[what] += 1
        results.append(result)
    return ok(Several(results, **counts))


async def _outcomes(
    asked: Asked, running: Running, values: list[Any], read: list[Event | Refusal], dry: bool
) -> list[Outcome]:
    """What became of the events that could be read, in order; one that uses codes is a commit of its own."""
    outcomes: list[Outcome] = []
    together: list[Event] = []
    for value, event in zip(values, read, strict=True):
        if isinstance(event, Refusal):
            continue
        raw = plain_event(value)
        if isinstance(raw, Refusal) or not shown_codes(raw):
            together.append(event)
            continue
        outcomes += await record(asked, running, together, dry)
        together = []
        try:
            outcomes.append(await record_coded(asked, running, raw, dry))
        except Refused as refused:
            outcomes.append(Outcome(event.id, event.member, refusal=refused.refusal))
    return outcomes + await record(asked, running, together, dry)


def _read(asked: Asked, running: Running, value: Any) -> Event | Refusal:
    raw = plain_event(value)
    return raw if isinstance(raw, Refusal) else admit(asked, running, raw)


def _result(
    asked: Asked, book: Book, value: Any, read: Event | Refusal, outcome: Outcome | None, dry: bool, because: bool
) -> tuple[EventReceipt | EventRefused, str]:
    refusal = read if isinstance(read, Refusal) else None if outcome is None else outcome.refusal
    if refusal is not None:
        given = value.get("id") if isinstance(value, Mapping) else None
        program = book.at(read.day).program if isinstance(read, Event) else book.program
        asked.door.metrics.refused(refusal.code)
        problem = problem_of(refusal, asked.tongue, program)
        return EventRefused(given if isinstance(given, str) else None, "refused", problem), "refused"
    assert outcome is not None, "what could be read was decided"
    assert isinstance(read, Event), "so it was read"
    reasons = why(book, _receipt(outcome), read.body | {"type": read.kind}, asked.tongue) if because else None
    found = told(book, outcome, _status(outcome, dry), outcome.after, reasons)
    return found, "repeated" if outcome.repeated else "recorded"


ROUTES: Final = (send_events,)
