"""What became of an event, as an answer: what it gave, what the member has after it, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Literal

from msgspec import Struct

from regulars.doors.http.problems import Problem
from regulars.engine.book import Book
from regulars.engine.machine import Machine
from regulars.engine.model import Holding, Member, Receipt
from regulars.ledger.batch import Outcome
from regulars.speech.explain import explain
from regulars.speech.language import Language
from regulars.speech.telling import lines
from regulars.words.days import iso

Status = Literal["recorded", "repeated", "decided"]
"""`recorded` now, `repeated` when it was recorded before, `decided` when it was a dry run."""


class Held(Struct, frozen=True, omit_defaults=True):
    """What a wallet holds: usable now, given and not yet usable, set aside for an open redemption."""

    available: str
    pending: str = "0"
    reserved: str = "0"


class Issued(Struct, frozen=True, omit_defaults=True):
    """A voucher that the event brought: its number, kind, worth in money, and last day."""

    voucher: int
    kind: str
    worth: str | None = None
    last_day: str | None = None


class Level(Struct, frozen=True):
    """A change of tier on a ladder."""

    ladder: str
    was: str
    now: str


class EventReceipt(Struct, frozen=True, omit_defaults=True):
    """What became of an event.

    `given` is by wallet what the event moved (negative: taken), in units as the program writes them; `wallets` what the
    member has after it; `pay` the money that it charges or pays back; `used` the rewards, vouchers and benefits that
    acted; `because` why, line by line; `problem` the code and text of a refusal that is on record.
    """

    id: str
    member: str
    status: Status
    number: int = 0
    given: dict[str, str] = {}
    wallets: dict[str, Held] = {}
    issued: list[Issued] = []
    levels: list[Level] = []
    pay: str | None = None
    used: list[str] = []
    late: bool = False
    because: list[str] = []


class EventRefused(Struct, frozen=True, omit_defaults=True):
    """An event of several that was refused, with the problem."""

    id: str | None
    status: Literal["refused"]
    problem: Problem


def told(
    book: Book, outcome: Outcome, status: Status, member: Member | None, because: list[str] | None = None
) -> EventReceipt:
    """The receipt of an outcome; `member` is whoever has it as of now."""
    receipt = outcome.receipt
    assert receipt is not None, "what was refused without a trace has no receipt"
    machine = book.at_version(receipt.version)
    return EventReceipt(
        outcome.event_id,
        outcome.member,
        status,
        outcome.event_no,
        given(machine, receipt),
        {} if member is None else held(book.machines[-1], member),
        [_issued(machine, one) for one in receipt.issued],
        [_level(machine, *change) for change in receipt.levels],
        None if receipt.pay is None else machine.money_text(receipt.pay),
        [machine.program.rules[use.rule].name for use in receipt.used],
        receipt.late,
        because or [],
    )


def given(machine: Machine, receipt: Receipt) -> dict[str, str]:
    """By wallet, what the entries of a receipt give and take."""
    sums: dict[int, int] = {}
    for entry in receipt.entries:
        if entry.wallet >= 0:
            sums[entry.wallet] = sums.get(entry.wallet, 0) + entry.given
    found = {}
    for place, units in sums.items():
        wallet = machine.by_place[place]
        found[wallet.name] = wallet.text(units)
    return found


def held(machine: Machine, member: Member) -> dict[str, Held]:
    """By wallet, what a member has; wallets that were never touched are left out."""
    found = {}
    for name, holding in member.holdings.items():
        wallet = machine.wallets.get(name)
        if wallet is not None:
            found[name] = _held(wallet.text, holding)
    return found


def _held(text: Any, holding: Holding) -> Held:
    if not holding.pending and not holding.reserved:
        return Held(text(holding.active))
    return Held(text(holding.active), text(holding.pending), text(sum(one.units for one in holding.reserved)))


def _issued(machine: Machine, one: Any) -> Issued:
    worth = None if one.worth is None else machine.money_text(one.worth)
    return Issued(one.serial, one.name, worth, iso(one.gone - 1) if one.gone else None)


def _level(machine: Machine, ladder: str, was: int, now: int) -> Level:
    names = machine.ladders[ladder].names
    return Level(ladder, names[was], names[now])


def why(book: Book, receipt: Receipt, body: Mapping[str, Any], tongue: Language) -> list[str]:
    """Why, in words, line by line."""
    return lines(explain(book, receipt, body, tongue))


def steps(book: Book, receipt: Receipt, body: Mapping[str, Any], tongue: Language) -> dict[str, Any]:
    """Why, as data: rates, roundings, limits, rule by rule."""
    found = asdict(explain(book, receipt, body, tongue))
    return {name: part for name, part in found.items() if part not in (None, (), False)}
