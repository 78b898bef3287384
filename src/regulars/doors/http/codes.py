"""Voucher codes: batches made, printed and taken out; a basket qualified; a code looked up, held for a till, released, claimed.

A code is used by a purchase that names it in `use`, sent to `/v1/events`; `use_code` here does the same for a till that holds it.
"""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import AsyncIterator
from typing import Any, Final

from msgspec import Struct

from regulars.doors.http.answers import Answer, Stream
from regulars.doors.http.asked import Asked
from regulars.doors.http.bodies import converted, parsed_object
from regulars.doors.http.events import PURCHASE, one
from regulars.doors.http.paging import Page
from regulars.doors.http.problems import Problem, Refused, encode, problem_of, refuse
from regulars.doors.http.receipts import EventReceipt
from regulars.doors.http.recording import CODES
from regulars.doors.http.routes import ok, route
from regulars.engine.machine import Machine
from regulars.flows import voucher_batches, vouchers
from regulars.flows.serving import Running
from regulars.vouchers.decide import read_terms, terms_json
from regulars.vouchers.model import Batch
from regulars.vouchers.qualify import Qualified
from regulars.words.moments import Zone
from regulars.words.refusals import Refusal

TAG: Final[dict[str, Any]] = {"tag": "vouchers"}
OF_PROGRAMS: Final = ("program.ambiguous", "program.unknown", "program.unreadable", "access.other_program")
OF_CODES: Final = (
    *OF_PROGRAMS,
    "voucher.unknown",
    "voucher.bad_check",
    "voucher.used",
    "voucher.held",
    "voucher.other_member",
    "voucher.claimed",
)
MOST_AT_ONCE: Final = 100_000
"""Codes of one request; a batch grows by sending its id with a larger count again."""
UTC: Final = Zone("UTC")


class NewBatch(Struct, frozen=True, forbid_unknown_fields=True):
    """A batch to make: an id of yours, how many codes, and their terms: `kind`, `pattern`, `worth`, `percent`, `minimum`, `scope`,
    `first_day`, `last_day`, `uses`, `shared`, `print_most`, `print_per`.
    """

    id: str
    count: int
    terms: dict[str, Any]


class BatchTold(Struct, frozen=True):
    """A batch: how many codes were `wanted` (null where they come in files), and how many there are."""

    id: str
    wanted: int | None
    stored: int
    terms: dict[str, Any]


class Basket(Struct, frozen=True, forbid_unknown_fields=True):
    """A basket as a purchase has it, the codes that were shown, and who asks; `own`: the member's own vouchers are tried too."""

    basket: dict[str, Any]
    member: str | None = None
    codes: list[str] = []
    till: str = ""
    own: bool = True


class Tried(Struct, frozen=True, omit_defaults=True):
    """A voucher (its number, or a code): what it would take off, the units it would change, or the problem."""

    voucher: int | str
    kind: str
    usable: bool
    off: str | None = None
    gives: dict[str, str] = {}
    problem: Problem | None = None


class ToHold(Struct, frozen=True, forbid_unknown_fields=True):
    """Which till holds the code, for how many minutes, for whom, and for which basket, where they are known."""

    till: str
    minutes: int = 10
    member: str | None = None
    basket: dict[str, Any] | None = None


class ToUse(Struct, frozen=True, forbid_unknown_fields=True):
    """The event that uses the code, such as a purchase, and the till that holds it."""

    event: dict[str, Any]
    till: str = ""


class ForMember(Struct, frozen=True, forbid_unknown_fields=True):
    """A member."""

    member: str | None = None


class Till(Struct, frozen=True, forbid_unknown_fields=True):
    """A till."""

    till: str


@route(
    "POST", "/v1/voucher-batches", "vouchers:write", "Make a batch of codes.", takes=NewBatch, gives=BatchTold, status=201,
    codes=("voucher.bad_terms", "voucher.bad_pattern", "voucher.batch_reused", "voucher.pattern_too_small", *OF_PROGRAMS), **TAG,
    example={"id": "summer", "count": 1000, "terms": {"kind": "ten_off", "pattern": "SUMMER-####-####-C"}},
)  # fmt: skip
async def make_batch(asked: Asked) -> Answer:
    """Up to 100,000 a request. Sent again with the same id it is the same batch; what was cut short goes on."""
    asks = converted(parsed_object(await asked.whole()), NewBatch)
    running = await asked.running()
    terms = read_terms(running.book, asks.terms)
    if isinstance(terms, Refusal):
        raise Refused(terms)
    if not 1 <= asks.count <= MOST_AT_ONCE:
        raise refuse("voucher.bad_terms", f"A request makes 1 to {MOST_AT_ONCE} codes.", "/count")
    made = await voucher_batches.make_codes(running.poster, asks.id, terms, asks.count, secrets.token_bytes)
    if isinstance(made, Refusal):
        raise Refused(made)
    found = await vouchers.find_batch(running.poster, asks.id)
    assert found is not None, "it was made just now"
    return Answer(encode(_batch(running, found)), 201)


@route(
    "GET", "/v1/voucher-batches", "vouchers:read", "All batches of codes.", gives=Page, items=BatchTold, codes=OF_PROGRAMS, **TAG
)  # fmt: skip
async def batches(asked: Asked) -> Answer:
    """Newest first."""
    running = await asked.running()
    return ok(Page([_batch(running, one) for one in await vouchers.all_batches(running.poster)], None))


@route(
    "GET", "/v1/voucher-batches/{batch:str}/codes", "vouchers:read", "The codes of a batch, as CSV.", gives_media="text/csv",
    codes=("voucher.unknown_batch", *OF_PROGRAMS), **TAG,
)  # fmt: skip
async def batch_codes(asked: Asked) -> Answer:
    """Every code in the order in which it was made, with its member, worth, and how often it was used."""
    running = await asked.running()
    name = asked.path("batch")
    if await vouchers.find_batch(running.poster, name) is None:
        raise refuse("voucher.unknown_batch")
    return Stream(_rows(running, name), b"text/csv; charset=utf-8")


@route(
    "POST", "/v1/voucher-batches/{batch:str}/print", "vouchers:write", "Print the next code of a batch.", takes=ForMember, gives=dict,
    codes=("voucher.unknown_batch", "voucher.member_needed", "voucher.print_limit", "voucher.none_left", *OF_PROGRAMS), **TAG,
    example={"member": "ann"}, answer={"code": "SUMMER-7K2M-9QXD-R"},
)  # fmt: skip
async def print_code(asked: Asked) -> Answer:
    """For a kiosk; with a member the code is theirs from now on. Print limits of the batch hold."""
    asks = converted(parsed_object(await asked.whole()), ForMember)
    running = await asked.running()
    found = await voucher_batches.print_code(running.poster, asked.path("batch"), asked.now, asks.member)
    if isinstance(found, Refusal):
        raise Refused(found)
    return ok({"code": found})


@route(
    "POST", "/v1/vouchers/qualify", "vouchers:read", "Which vouchers a basket can use, and why not the others.", takes=Basket,
    gives=Page, items=Tried, codes=(*OF_CODES, *CODES), **TAG,
    example={"basket": {"lines": PURCHASE["lines"]}, "member": "ann", "codes": ["SUMMER-7K2M-9QXD-R"]},
)  # fmt: skip
async def qualify(asked: Asked) -> Answer:
    """Each is tried on top of what the basket itself uses; nothing is written."""
    asks = converted(parsed_object(await asked.whole()), Basket)
    running = await asked.running()
    found = await vouchers.qualify_basket(
        running.poster, asks.basket, asked.now, asks.member, asks.codes, asks.till, asks.own
    )
    if isinstance(found, Refusal):
        raise Refused(found, program=running.book.program)
    return ok(Page([_tried(asked, running.book.machines[-1], one) for one in found], None))


@route("GET", "/v1/vouchers/{code:str}", "vouchers:read", "A code as it stands.", gives=dict, codes=OF_CODES, **TAG)
async def code(asked: Asked) -> Answer:
    """Its batch, how often it was used and by which events, who holds it."""
    running = await asked.running()
    found = await vouchers.look_up(running.poster, asked.path("code"), asked.now)
    if isinstance(found, Refusal):
        raise Refused(found)
    kept, uses = found
    told = [{"event": use.event, "member": use.member, "used_at": UTC.text(at)} for use, at in uses]
    return ok(
        {
            "code": kept.code,
            "batch": kept.batch.id,
            "kind": kept.batch.terms.kind,
            "used": kept.used,
            "member": kept.member,
            "uses": told,
        }
    )


@route(
    "POST", "/v1/vouchers/{code:str}/hold", "vouchers:write", "Hold a code for a till.", takes=ToHold, gives=dict,
    codes=(*OF_CODES, "voucher.bad_hold"), **TAG, example={"till": "till-3", "minutes": 10},
    answer={"code": "SUMMER-7K2M-9QXD-R", "till": "till-3", "until": "2026-03-02T09:10:00+00:00"},
)  # fmt: skip
async def hold_code(asked: Asked) -> Answer:
    """Another till is refused until then, or until it is released or used."""
    asks = converted(parsed_object(await asked.whole()), ToHold)
    running = await asked.running()
    found = await vouchers.hold_code(
        running.poster, asked.path("code"), asks.till, asks.minutes, asked.now, asks.member, asks.basket
    )
    if isinstance(found, Refusal):
        raise Refused(found, program=running.book.program)
    would = None if found.would is None else _tried(asked, running.book.machines[-1], found.would)
    return ok(
        {"code": found.code, "kind": found.kind, "till": found.till, "until": UTC.text(found.until), "would": would}
    )


@route(
    "POST", "/v1/vouchers/{code:str}/release", "vouchers:write", "Release a code that a till holds.", takes=Till, gives=dict,
    codes=OF_PROGRAMS, **TAG,
    example={"till": "till-3"}, answer={"released": True},
)  # fmt: skip
async def release_code(asked: Asked) -> Answer:
    """False where that till did not hold it."""
    asks = converted(parsed_object(await asked.whole()), Till)
    running = await asked.running()
    return ok({"released": await vouchers.release_code(running.poster, asked.path("code"), asks.till)})


@route(
    "POST", "/v1/vouchers/use", "vouchers:write", "Use codes by the till that holds them.", takes=ToUse, gives=EventReceipt,
    codes=(*OF_CODES, *CODES), **TAG, example={"event": PURCHASE | {"use": [{"code": "SUMMER-7K2M-9QXD-R"}]}, "till": "till-3"},
)  # fmt: skip
async def use_code(asked: Asked) -> Answer:
    """The event and the use of its codes are one commit: exactly one till has it."""
    asks = converted(parsed_object(await asked.whole()), ToUse)
    return await one(asked, await asked.running(), asks.event, till=asks.till)


@route(
    "POST", "/v1/vouchers/{code:str}/claim", "vouchers:write", "Make a code a member's voucher.", takes=ForMember, gives=dict,
    codes=(*OF_CODES, *CODES), **TAG, example={"member": "ann"},
)  # fmt: skip
async def claim_code(asked: Asked) -> Answer:
    """From then on it is among the member's vouchers."""
    asks = converted(parsed_object(await asked.whole()), ForMember)
    running = await asked.running()
    found = await vouchers.claim_code(running.poster, asked.path("code"), asks.member or "", asked.now)
    refusal = found if isinstance(found, Refusal) else found.outcome.refusal
    if refusal is not None:
        raise Refused(refusal, program=running.book.program)
    return ok({"claimed": True})


async def _rows(running: Running, batch: str) -> AsyncIterator[bytes]:
    machine = running.book.machines[-1]
    part = io.StringIO()
    write = csv.writer(part, lineterminator="\n").writerow
    write(("code", "member", "worth", "used"))
    async for row in voucher_batches.export_codes(running.poster, batch):
        write((row.code, row.member or "", "" if row.worth is None else machine.money_text(row.worth), row.used))
        if part.tell() > 60_000:
            yield part.getvalue().encode()
            part.seek(0)
            part.truncate()
    yield part.getvalue().encode()


def _batch(running: Running, one: Batch) -> BatchTold:
    return BatchTold(one.id, one.wanted, one.stored, terms_json(running.book.machines[-1], one.terms))


def _tried(asked: Asked, machine: Machine, one: Qualified) -> Tried:
    problem = None if one.refusal is None else problem_of(one.refusal, asked.tongue, machine.program)
    gives = {name: machine.wallets[name].text(units) for name, units in one.gives}
    return Tried(one.voucher, one.kind, one.usable, machine.money_text(one.off) if one.usable else None, gives, problem)


ROUTES: Final = (
    make_batch, batches, batch_codes, print_code, qualify, code, hold_code, release_code, use_code, claim_code,
)  # fmt: skip
