"""A batch between lock and commit: decides its events in order, in memory, and keeps what is to be written.

Pure: what it starts from was read under the locks, what it leaves is arrays for the statements that write. Members are
values, so an event that fails leaves nothing behind.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from msgspec import Struct

from regulars.engine.book import Book
from regulars.engine.events import ABOUT, SPOKEN_OF, Event
from regulars.engine.model import (
    NO_FACTS,
    Decision,
    Facts,
    Member,
    Movement,
    Receipt,
    Sale,
    Told,
    pack_member,
    pack_receipt,
    unpack_member,
    unpack_receipt,
)
from regulars.ledger.stored import Prepared, pack_details, refusal_of
from regulars.words.days import NEVER
from regulars.words.ids import check_id
from regulars.words.refusals import Refusal

log = logging.getLogger(__name__)

UNRECORDED: Final = frozenset({"event.id_reused"})
"""Refusals that leave no trace: under the id stands another event's receipt."""

MOST_UNITS: Final = 10**12
"""The most units of one movement: nine million such leave room in 64 bits."""


class Outcome(Struct, frozen=True, gc=False):
    """What became of an event: its receipt, or why it was refused (then with a receipt if the refusal is recorded).

    `repeated`: the same event was recorded before, and this is what was decided then. `event_no` is its place among the
    member's events, 0 when nothing is recorded. `after` is the member as this event left it, None for a repeated one.
    """

    event_id: str
    member: str
    receipt: Receipt | None = None
    refusal: Refusal | None = None
    repeated: bool = False
    event_no: int = 0
    after: Member | None = None


class Recorded(NamedTuple):
    """What stands under an id already."""

    event_no: int
    hash: bytes
    receipt: Receipt | bytes


class Budget(NamedTuple):
    """A locked budget: what was drawn before this batch, and what an operator granted, if one did."""

    used: int
    granted: int | None


class Notice(NamedTuple):
    """A derived event to deliver, with the key of its row in the outbox."""

    member: str
    event_no: int
    n: int
    told: Told
    details: bytes


class Written(NamedTuple):
    """What a decision is as bytes, made before anything of it is kept, so that it cannot fail later."""

    receipt: bytes
    details: tuple[bytes, ...]


class OpenSale:
    """A purchase that a return may be of, and what returns have taken so far."""

    __slots__ = ("event_no", "sale", "source")

    def __init__(self, event_no: int, source: str, sale: Sale) -> None:
        self.event_no = event_no
        self.source = source
        self.sale = sale


class Opening(NamedTuple):
    """What was read under the locks of a batch."""

    members: Mapping[str, tuple[int, bytes | None]]
    recorded: dict[tuple[str, str, str], Recorded]
    budgets: Mapping[str, Budget]
    sales: dict[tuple[str, str], list[OpenSale]]


class Batch:
    """The events of one transaction, decided one after the other."""

    def __init__(self, book: Book, opening: Opening) -> None:
        self.book = book
        self.opening = opening
        self.counts = {member: events for member, (events, _) in opening.members.items()}
        self.members: dict[str, Member] = {}
        self.touched: set[str] = set()
        self.claimed: dict[str, int] = {}
        self.events: list[tuple[int, Prepared, bytes]] = []
        self.moved: list[tuple[str, int, Sequence[Movement]]] = []
        self.refs: list[tuple[str, int, int]] = []
        self.notices: list[Notice] = []

    def member(self, member_id: str) -> Member:
        """The member as this batch has made it so far."""
        found = self.members.get(member_id)
        if found is None:
            state = self.opening.members[member_id][1]
            found = self.book.blank(member_id) if state is None else unpack_member(state)
            self.members[member_id] = found
        return found

    def decide(self, prepared: Prepared) -> Outcome:
        """What becomes of the next event; an exception is this event's refusal `engine.failed` and nobody else's."""
        event = prepared.event
        key = (event.member, event.id, event.source)
        known = self.opening.recorded.get(key)
        if known is not None:
            return repeated(event, prepared.hash, known)
        try:
            member = self.member(event.member)
            asks = event.of is not None or prepared.budgets or self.book.passes
            facts, sale = self._facts(member, event) if asks else (NO_FACTS, None)
            decision = self.book.decide(member, event, facts)
            written = _written(decision)
            if decision.claims and not all(key in self.opening.budgets for key, _ in decision.claims):
                raise LookupError(f"drew from a budget that it had not asked for: {decision.claims}")
        except Exception as error:
            return Outcome(event.id, event.member, refusal=failed(event, error))
        refusal = decision.refusal
        if refusal is not None and refusal.code in UNRECORDED:
            return Outcome(event.id, event.member, refusal=refusal)
        event_no = self._keep(prepared, decision, written, sale)
        self.opening.recorded[key] = Recorded(event_no, prepared.hash, decision.receipt)
        return Outcome(event.id, event.member, decision.receipt, refusal, False, event_no, decision.member)

    def _keep(self, prepared: Prepared, decision: Decision, written: Written, sale: OpenSale | None) -> int:
        event = prepared.event
        member = event.member
        event_no = self.counts[member] + 1
        self.counts[member] = event_no
        self.members[member] = decision.member
        self.touched.add(member)
        self.events.append((event_no, prepared, written.receipt))
        if decision.movements:
            self.moved.append((member, event_no, decision.movements))
        for key, amount in decision.claims:
            self.claimed[key] = self.claimed.get(key, 0) + amount
        for n, told in enumerate(decision.told):
            self.notices.append(Notice(member, event_no, n, told, written.details[n]))
        if sale is not None and decision.refusal is None:
            self.refs.append((member, sale.event_no, event_no))
            sale.sale = Sale(sale.sale.body, sale.sale.receipt, (*sale.sale.taken, *decision.receipt.taken))
        waiting = self.opening.sales.get((member, event.id))
        if waiting is not None and event.first in SPOKEN_OF:
            waiting.append(OpenSale(event_no, event.source, Sale(event.raw, decision.receipt)))
        return event_no

    def _facts(self, member: Member, event: Event) -> tuple[Facts, OpenSale | None]:
        asks = self.book.asks(member, event)
        if asks.sale is None and not asks.budgets:
            return NO_FACTS, None
        sale = None if asks.sale is None else sale_of(self.opening.sales[event.member, asks.sale], event)
        left: dict[str, int] = {}
        for key, ceiling in asks.budgets:
            budget = self.opening.budgets[key]
            end = budget.granted if ceiling is None else ceiling
            if end is not None:
                left[key] = end - budget.used - self.claimed.get(key, 0)
        return Facts(None if sale is None else sale.sale, left), sale

    def states(self, book: Book) -> tuple[list[str], list[int], list[int | None], list[bytes]]:
        """Of each member that changed: id, number of events, the moment at which something next falls due, snapshot."""
        ids = sorted(self.touched)
        members = [self.members[member] for member in ids]
        due = [book.zone.start_of(member.due) if member.due < NEVER else None for member in members]
        return ids, [self.counts[member] for member in ids], due, [pack_member(member) for member in members]


def failed(event: Event, error: Exception) -> Refusal:
    """The refusal of an event at which the engine broke; logged, since that is a fault of ours."""
    log.error("event %s of member %s could not be decided", event.id, event.member, exc_info=error)
    values = (("event", event.id), ("error", f"{type(error).__name__}: {error}"))
    return Refusal("engine.failed", "This event could not be decided; nothing of it is recorded.", values=values)


def _written(decision: Decision) -> Written:
    for movement in decision.movements:
        if not 0 < movement.amount <= MOST_UNITS:
            raise OverflowError(f"a movement of {movement.amount} {movement.wallet}")
    for told in decision.told:
        if check_id(told.id) is not None or check_id(told.member) is not None:
            raise ValueError(f"a derived event {told.id!r} for {told.member!r}")
    return Written(pack_receipt(decision.receipt), tuple([pack_details(told.details) for told in decision.told]))


def sale_of(found: Sequence[OpenSale], event: Event) -> OpenSale | None:
    """The purchase that is meant, or what is called off: of the same source, or the oldest; one that was refused is none."""
    kinds = ABOUT[event.first]
    sales = [
        sale
        for sale in found
        if sale.sale.receipt.refused is None and str(sale.sale.body["type"]).split(".", 1)[0] in kinds
    ]
    same = [sale for sale in sales if sale.source == event.source]
    return same[0] if same else sales[0] if sales else None


def repeated(event: Event, digest: bytes, known: Recorded) -> Outcome:
    """The answer to an event whose id is recorded: the same receipt for the same event, a refusal for another one."""
    if known.hash != digest:
        text = "Under this id another event is recorded; nothing was changed."
        return Outcome(event.id, event.member, refusal=Refusal("event.id_reused", text, pointer="/id"))
    receipt = known.receipt if isinstance(known.receipt, Receipt) else unpack_receipt(known.receipt)
    return Outcome(event.id, event.member, receipt, refusal_of(receipt), True, known.event_no)
