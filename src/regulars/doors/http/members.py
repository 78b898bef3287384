"""What a member has: wallets now and at any past moment, activity, receipts, tiers, rewards, vouchers, benefits."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from regulars.doors.http.answers import Answer
from regulars.doors.http.asked import Asked
from regulars.doors.http.paging import CURSOR, LIMIT, Page, limit_of, number_of, page_of
from regulars.doors.http.problems import problem_of, refuse
from regulars.doors.http.receipts import given, steps, why
from regulars.doors.http.routes import Query, ok, route
from regulars.engine import progress
from regulars.engine.model import Holding, Member
from regulars.engine.view import live_vouchers, paid_for, view, voucher_view, wallet_view
from regulars.flows import available
from regulars.flows.serving import Running
from regulars.ledger.reads import LAST, Entry
from regulars.words.days import iso
from regulars.words.ids import check_id
from regulars.words.moments import Moment

AS_OF: Final = Query(
    "A past moment, or a day (its start), local to the program.", {"type": "string"}, "2026-03-02T09:00"
)
OF_MEMBER: Final[dict[str, Any]] = {"tag": "members", "of_member": True}
CODES: Final = (
    "member.unknown",
    "program.ambiguous",
    "program.unknown",
    "program.unreadable",
    "access.other_program",
)


class Wallets(Struct, frozen=True):
    """What a member has in each wallet of the program at the start of a `day`, or now."""

    member: str
    day: str
    wallets: dict[str, Any]


class Everything(Struct, frozen=True):
    """All that a member has; `plans`, `orders`, `places` and the like stand beside these where there are any."""

    member: str
    day: str
    wallets: dict[str, Any]
    tiers: dict[str, Any]
    vouchers: list[dict[str, Any]]
    benefits: dict[str, Any]


class Happened(Struct, frozen=True):
    """An event of a member in a line: what it was, when, what it gave, or by which code it was refused."""

    id: str
    type: str
    happened_at: str
    number: int
    given: dict[str, str]
    refused: str | None = None


class Offered(Struct, frozen=True):
    """A reward: whether it can be had now, what it costs, and, where it cannot, the code and why."""

    reward: str
    can: bool
    cost: Any
    pay: str | None = None
    code: str | None = None
    why: str | None = None
    values: dict[str, Any] = {}


class Rewards(Struct, frozen=True):
    """The rewards of the program, as a member could have them now."""

    member: str
    rewards: list[Offered]


@route(
    "GET", "/v1/members/{member:str}/wallets", "members:read", "What a member has in each wallet, now or then.", often=True,
    gives=Wallets, query={"as_of": AS_OF}, codes=CODES, **OF_MEMBER,
    answer={"member": "ann", "day": "2026-03-02", "wallets": {"points": {"available": "35", "pending": "0", "lots": []}}},
)  # fmt: skip
async def wallets(asked: Asked, as_of: str | None = None) -> Answer:
    """Lots are listed first to lapse first; what has lapsed by then is gone although no sweep has come by."""
    running, member, day, _ = await found(asked, as_of)
    machine = running.book.at(day)
    nothing = Holding()
    shown = {name: wallet_view(machine, name, member.holdings.get(name, nothing)) for name in machine.wallets}
    return ok({"member": member.id, "day": iso(day), "wallets": shown})


@route(
    "GET", "/v1/members/{member:str}", "members:read", "All that a member has, now or then.", gives=Everything,
    query={"as_of": AS_OF}, codes=CODES, **OF_MEMBER,
)  # fmt: skip
async def member(asked: Asked, as_of: str | None = None) -> Answer:
    """Wallets, tiers, vouchers, benefits, and what there is of plans, orders and places."""
    running, member, day, minute = await found(asked, as_of)
    return ok(view(running.book, member, day, minute))


@route(
    "GET", "/v1/members/{member:str}/activity", "members:read", "What happened to a member, newest first.",
    gives=Page, items=Happened, query={"limit": LIMIT, "cursor": CURSOR}, codes=(*CODES, "request.bad_cursor"), **OF_MEMBER,
    answer={"items": [{"id": "e1", "type": "purchase", "happened_at": "2026-03-02T10:00:00+01:00", "number": 1,
                       "given": {"points": "23"}}], "next": None},
)  # fmt: skip
async def activity(asked: Asked, limit: str = "50", cursor: str = "") -> Answer:
    """Each event with what it gave, in the order in which it was decided. What was refused is among them, with its code."""
    running = await asked.running()
    name, most, before = asked.path("member"), limit_of(limit), number_of(cursor)
    entries = await running.reads.activity(name, LAST if before is None else before, most + 1)
    if not entries and before is None:
        raise refuse("member.unknown", "Nothing is recorded of this member.")
    shown = [happened(running, entry) for entry in entries]
    return ok(page_of(shown, most, lambda one: str(one["number"])))


@route(
    "GET", "/v1/members/{member:str}/receipts/{event_id:path}", "members:read", "Why an event came out as it did.",
    query={"source": Query("The source under which it was sent; `api` when none is known.")},
    codes=(*CODES, "receipt.unknown"), **OF_MEMBER,
)  # fmt: skip
async def receipt(asked: Asked, source: str | None = None) -> Answer:
    """The receipt: `because` in words, line by line, in the language that is asked for; `steps` the same as data, rule by rule;
    `movements` from account to account.
    """
    running = await asked.running()
    name, event_id = asked.path("member"), asked.scope["path_params"]["event_id"].removeprefix("/")
    if check_id(event_id) is not None:
        raise refuse("request.bad_parameter", "This is no id of an event.", name="event_id")
    entries = await running.reads.events(event_id, name)
    entries = [entry for entry in entries if source in {None, entry.source}]
    if not entries:
        raise refuse("receipt.unknown", "No such event of this member is recorded.")
    entry, tongue = entries[0], asked.tongue
    moved = await running.reads.movements(name, entry.event_no)
    body = {**entry.body, "type": entry.type}
    machine = running.book.at_version(entry.receipt.version)
    return ok(
        happened(running, entry)
        | {
            "member": entry.member,
            "source": entry.source,
            "recorded_at": running.book.zone.text(entry.recorded_at),
            "version": entry.receipt.version,
            "body": entry.body,
            "because": why(running.book, entry.receipt, body, tongue),
            "steps": steps(running.book, entry.receipt, body, tongue),
            "movements": [
                {
                    "wallet": one.wallet,
                    "from": one.source,
                    "to": one.target,
                    "amount": machine.wallets[one.wallet].text(one.amount)
                    if one.wallet in machine.wallets
                    else str(one.amount),
                    "lot": one.lot,
                }
                for one in moved
            ],
        }
    )


def happened(running: Running, entry: Entry) -> dict[str, Any]:
    """An event of a member in a line: what it was, when, what it gave, or by which code it was refused."""
    found = {
        "id": entry.id,
        "type": entry.type,
        "happened_at": running.book.zone.text(entry.happened_at),
        "number": entry.event_no,
        "given": given(running.book.at_version(entry.receipt.version), entry.receipt),
    }
    if entry.receipt.refused is not None:
        found["refused"] = entry.receipt.refused[0]
    return found


@route(
    "GET", "/v1/members/{member:str}/tiers", "members:read", "The level on each ladder, and how far it is to the next.",
    query={"as_of": AS_OF}, codes=CODES, **OF_MEMBER,
)  # fmt: skip
async def tiers(asked: Asked, as_of: str | None = None) -> Answer:
    """Of the level above: each mark with what is there, what it takes and what is missing."""
    running, member, day, minute = await found(asked, as_of)
    return ok({"member": member.id, "day": iso(day), "tiers": progress.tiers(running.book, member, day, minute)})


@route(
    "GET", "/v1/members/{member:str}/rewards", "members:read", "The rewards that a member can have now, and why not the others.",
    gives=Rewards, codes=CODES, **OF_MEMBER,
)  # fmt: skip
async def rewards(asked: Asked) -> Answer:
    """Each is judged as if it were asked for at this moment."""
    running, member, day, _ = await found(asked)
    tongue, program = asked.tongue, running.book.at(day).program
    shown = []
    for one in await available.rewards(running.poster, member, asked.now):
        said: dict[str, Any] = {"reward": one.name, "can": one.can, "cost": one.cost}
        if one.pay is not None:
            said["pay"] = one.pay
        if one.refusal is not None:
            problem = problem_of(one.refusal, tongue, program)
            said |= {"code": problem.code, "why": problem.detail, "values": problem.values}
        shown.append(said)
    return ok({"member": member.id, "rewards": shown})


@route(
    "GET", "/v1/members/{member:str}/vouchers", "members:read", "The vouchers that a member holds.",
    query={"as_of": AS_OF}, codes=CODES, **OF_MEMBER,
)  # fmt: skip
async def vouchers(asked: Asked, as_of: str | None = None) -> Answer:
    """First to lapse first; what waits to be claimed stands apart."""
    running, member, day, _ = await found(asked, as_of)
    machine = running.book.at(day)
    held = [voucher_view(machine, one) for one in live_vouchers(member, day)]
    waiting = paid_for(machine, member, day).get("waiting", [])
    return ok({"member": member.id, "day": iso(day), "vouchers": held, "waiting": waiting})


@route(
    "GET", "/v1/members/{member:str}/benefits", "members:read", "The benefits that a member has, and how often still.",
    query={"as_of": AS_OF}, codes=CODES, **OF_MEMBER,
)  # fmt: skip
async def benefits(asked: Asked, as_of: str | None = None) -> Answer:
    """`can` is null for what only a return can tell."""
    running, member, day, minute = await found(asked, as_of)
    shown = view(running.book, member, day, minute)["benefits"]
    return ok({"member": member.id, "day": iso(day), "benefits": shown})


async def found(asked: Asked, as_of: str | None = None) -> tuple[Running, Member, int, int]:
    """The program, the member as of a moment, and that moment's day and minute, local to the program."""
    running = await asked.running()
    name = asked.path("member")
    if as_of is None:
        at = asked.now
        member = await running.member(name, at)
    else:
        at = moment(running, as_of)
        member = await running.reads.member_as_of(name, at)
    if member is None:
        raise refuse("member.unknown", "Nothing is recorded of this member.")
    return running, member, *running.book.zone.local(at)


def moment(running: Running, text: str) -> Moment:
    """The moment of a text, local to the program where it names no offset."""
    at = running.book.zone.parse(text.strip())
    if not isinstance(at, int):
        raise refuse("request.bad_parameter", f"{text[:40]!r} is no moment; write 2026-03-02T09:00.", name="as_of")
    return at


ROUTES: Final = (wallets, member, activity, receipt, tiers, rewards, vouchers, benefits)
