"""The context of one decision: the member as it becomes, the event, and what conditions may ask.

It is the one mutable thing of the engine and lives for one decision only. The names of its short attributes are those that compiled
conditions use (`c.event`, `c.levels`, `c.who` ..).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from regulars.engine.accounts import CLOSED
from regulars.engine.bodies import said
from regulars.engine.calculators import Measured
from regulars.engine.fields import exact
from regulars.engine.lots import EMPTY
from regulars.engine.model import (
    Charge,
    Entry,
    Facts,
    Grant,
    Holding,
    Issue,
    Member,
    Movement,
    Order,
    PlanHeld,
    Sale,
    Taken,
    Told,
    Use,
    Voucher,
)
from regulars.engine.plan_state import plan_fact, use_plans
from regulars.words.days import NEVER, Day, age_on, birthday_in
from regulars.words.sharing import share

if TYPE_CHECKING:
    from regulars.engine.events import Event
    from regulars.engine.machine import Machine
    from regulars.words.moments import Zone


class Context(Struct):
    """Working state of one decision. Its fields have their values from the start, so that making one costs next to nothing."""

    machine: Machine
    member: Member
    event: Event | None
    facts: Any
    lines: list[Any]
    today: Day
    holdings: dict[str, Holding]
    grants: dict[str, tuple[Grant, ...]]
    vouchers: tuple[Voucher, ...]
    tallies: dict[str, tuple[tuple[int, int], ...]]
    days: dict[str, Day]
    who: dict[str, Any]
    marks: dict[str, Any]
    serial: int
    spent: tuple[int, ...]
    plans: tuple[PlanHeld, ...]
    orders: tuple[Order, ...]
    left_of: dict[str, int] = {}
    person: str = ""
    suspended: bool = False
    claimed: dict[str, int] = {}
    moved: list[Movement] = []
    entries: list[Entry] = []
    dues: list[Entry] = []
    recording: list[Entry] = []
    silent: list[int] = []
    in_event: dict[str, int] = {}
    changed: set[str] = set()
    before: dict[str, int] = {}
    levels: dict[str, str] = {}
    measures: dict[str | None, Any] = {}
    lapses: dict[int, Day] = {}
    nets: list[int] | None = None
    off: dict[str, list[int]] | None = None
    added: int = 0
    due: Day = 0
    line: Any = None
    sale: Any = None
    sale_day: Day | None = None
    voucher: Voucher | None = None
    returning: bool = False
    given: Any = 0
    taken: Any = 0
    crossed: Any = 0
    ration: Fraction | int = 1
    """The share of what the rule at hand measures that its limits allow."""
    unused: bool = False
    judging: bool = True
    """Whether an event is judged: then a budget that nobody fetched has nothing left; who only looks is shown all of it."""
    opening_first: Day = 0
    opening_last: Day = NEVER - 1
    rule_first: Day = 0
    rule_until: Day = NEVER
    issued: tuple[Issue, ...] = ()
    used: tuple[Use, ...] = ()
    gone_vouchers: tuple[int, ...] = ()
    promised: tuple[Entry, ...] = ()
    took: tuple[Taken, ...] = ()
    told: tuple[Told, ...] = ()
    charged: tuple[Charge, ...] = ()
    order: Order | None = None
    tender_off: dict[int, int] | None = None
    real: Event | None = None
    taken_lines: tuple[tuple[int, int], ...] = ()
    about: Sale | None = None
    """The earlier purchase that a request speaks of."""

    @property
    def zone(self) -> Zone:
        """The program's time zone."""
        return self.machine.zone

    @property
    def closed(self) -> bool:
        """Whether the account is closed."""
        return self.suspended and CLOSED in self.marks

    # What compiled conditions ask.

    def day_of(self, name: str) -> Day | None:
        """A day of the member's by its name."""
        return self.days.get(name)

    def last(self, name: str) -> Day | None:
        """The day of the last event of a set."""
        return self.days.get(f"last:{name}")

    def age(self) -> int | None:
        """Whole years, when the year of birth is known."""
        born = self.who.get("born")
        return None if born is None else age_on(born, self.today)

    def born(self) -> tuple[int, int] | None:
        """(month, day) of the birthday, when it is known."""
        text = self.who.get("birthday")
        return None if text is None else (int(text[:2]), int(text[3:5]))

    def birthday(self, year: int) -> Day | None:
        """The day on which the birthday falls in a year."""
        born = self.born()
        return None if born is None else birthday_in(year, *born)

    def available(self, wallet: str) -> int:
        """Active smallest units; negative when it owes."""
        return self.holdings.get(wallet, EMPTY).active

    def pending(self, wallet: str) -> int:
        """Granted and not yet usable."""
        return self.holdings.get(wallet, EMPTY).pending

    def units(self, wallet: str, which: str) -> int | Fraction:
        """`available` or `pending` in units as written, exact."""
        exact = Fraction(getattr(self, which)(wallet), self.machine.wallets[wallet].scale)
        return exact.numerator if exact.denominator == 1 else exact

    def first_earned(self, wallet: str) -> Day:
        """The day of the first credit; NEVER before it."""
        return self.holdings.get(wallet, EMPTY).first or NEVER

    def chosen(self, name: str) -> Sequence[Day]:
        """Days that the member chose."""
        days: Sequence[Day] = self.marks.get(f"choice:{name}", ())
        return days

    def chosen_day(self, name: str) -> Day | None:
        """The day that the member chose."""
        day: Day | None = self.marks.get(f"choice:{name}")
        return day

    def chosen_percent(self, name: str) -> int:
        """The share that the member chose, else the one that holds before."""
        return int(self.marks.get(f"choice:{name}", self.machine.choices[name].default or 0))

    def basket_list(self) -> int:
        """The lines' sum before any price step."""
        return sum(line.amount for line in self.lines)

    def basket_net(self) -> int:
        """The lines' sum as it stands."""
        return sum(self.net())

    def basket(self, base: str) -> int:
        """What a base measures of this event."""
        return self.measure(base).total

    def can(self, benefit: str) -> bool:
        """Whether the member has a benefit now; what asks for it has used it."""
        holds = self.machine.can(self, benefit)
        if holds and self.plans:
            use_plans(self, benefit)
        return holds

    def of_plan(self, name: str, ladder: str | None = None) -> Any:
        """`name`, `start`, `end` (its last day), `charged`, `price` of the plan held, or of the one to a standing; None without one."""
        return plan_fact(self, name, ladder)

    def applied(self, rule: str) -> bool:
        """Whether a price, voucher or benefit acted on this event."""
        return any(self.machine.names[use.rule].endswith(f".{rule}") for use in self.used)

    def left(self, name: str) -> int:
        """What a limit or benefit has left."""
        return self.machine.left(self, name)

    def paid(self, method: str) -> int:
        """What a tender of this method paid."""
        return (
            sum(tender.amount for tender in self.event.tenders if tender.method == method)
            if self.event is not None
            else 0
        )

    def live(self, voucher: str) -> int:
        """How many vouchers of a kind the member can use now."""
        return sum(held.name == voucher and held.opens <= self.today < held.gone for held in self.vouchers)

    def rate(self, name: str) -> Fraction:
        """A rate that the event brings (`rates: {BTC: 65000.00}`); nought when it is not known, and what is divided by it is nothing."""
        rates = self.event.body.get("rates", {}) if self.event is not None else {}
        return exact(rates.get(name, 0)) if isinstance(rates, Mapping) else Fraction(0)

    def path(self, path: str) -> Any:
        """The value of a fact's path, for limits kept apart by it."""
        first, _, rest = path.partition(".")
        if path == "person":
            return self.person or self.member.id
        if path == "code":
            return self.code_used()
        if first == "event":
            return getattr(self.event, rest)
        if first == "member":
            return self.who.get(rest)
        if first == "voucher":
            return getattr(self.voucher, rest)
        return said(self.facts, rest)

    def code_used(self) -> str:
        """The operator's code by which the voucher at hand is used; nothing of one that the member holds."""
        if self.voucher is None or self.voucher.serial >= 0 or self.event is None:
            return ""
        return str(self.event.use[-1 - self.voucher.serial].get("code", ""))

    def span_fact(self, path: str) -> tuple[Day, Day] | None:
        """A fact that holds a span of days."""
        value: tuple[Day, Day] | None = self.path(path)
        return value

    # What is measured.

    def net(self) -> list[int]:
        """The lines' amounts after what was taken off so far."""
        if self.nets is None:
            return [line.amount for line in self.lines]
        return self.nets

    def measure(self, base: str | None) -> Measured:
        """What a base measures of this event, once per event; nothing without a base."""
        found = self.measures.get(base)
        if found is None:
            found = Measured(self, (), (), 0) if base is None else self.machine.bases[base].measure(self)
            self.measures[base] = found
        result: Measured = found
        return result

    def tender_shares(self, measured: Measured) -> list[tuple[Any, list[int]]]:
        """Each tender with the part of the picked lines' amounts that it paid; the parts of a line add up to its amount."""
        event = self.event
        assert event is not None
        tenders = event.tenders
        if not tenders:
            return [(self.machine.unnamed_tender, list(measured.amounts))]
        amounts = [tender.amount for tender in tenders]
        if self.tender_off:
            amounts = [amount - self.tender_off.get(place, 0) for place, amount in enumerate(amounts)]
        parts = share(measured.total, amounts)
        rest = list(measured.amounts)
        rows: list[tuple[Any, list[int]]] = []
        for tender, part in zip(tenders, parts, strict=True):
            row = share(part, rest) if rest else []
            rest = [amount - taken for amount, taken in zip(rest, row, strict=True)]
            rows.append((tender, row))
        return rows

    # What changes.

    def holding(self, wallet: str) -> Holding:
        """The holding of a wallet, empty when there is none."""
        return self.holdings.get(wallet, EMPTY)

    def hold(self, wallet: str, holding: Holding) -> None:
        """Sets a holding, remembering what the wallet held before this step."""
        self.due = 0
        if wallet not in self.before:
            self.before[wallet] = self.holdings.get(wallet, EMPTY).active
        self.holdings[wallet] = holding
        self.changed.add(wallet)

    def regrant(self, ladder: str, grants: tuple[Grant, ...]) -> None:
        """Sets what was granted of a ladder."""
        self.grants = {**self.grants, ladder: grants}

    def mark(self, name: str, value: Any) -> None:
        """Remembers a choice or a mark."""
        marks = dict(self.marks)
        if value is None:
            marks.pop(name, None)
        else:
            marks[name] = value
        self.marks = marks

    def learn(self, name: str, value: Any) -> None:
        """Remembers a fact of the member."""
        who = dict(self.who)
        if value is None:
            who.pop(name, None)
        else:
            who[name] = value
        self.who = who

    def next_serial(self) -> int:
        """A new number for a lot or voucher."""
        self.serial += 1
        return self.serial


def begun(machine: Machine, member: Member, event: Event | None, given: Facts) -> Context:
    """The context of an event of a member, before time has run; what was fetched is given."""
    c = Context(
        machine, member, event, None, [], member.day, member.holdings.copy(), member.grants, member.vouchers,
        member.tallies.copy(), member.days.copy(), member.facts, member.marks, member.serial, member.spent, member.plans, member.orders,
    )  # fmt: skip
    c.recording = c.dues
    if event is not None:
        c.facts, c.lines = event.facts, event.lines
        if machine.reader.people:
            c.person = event.body.get("person") or ""
    if given.left:
        c.left_of = dict(given.left)
    if "suspended" in member.marks:
        c.suspended = True
    return c
