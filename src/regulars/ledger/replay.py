"""Judges a member's recorded events again, one after the other, from nothing.

Pure. What a decision was told from outside is taken from where it was kept: the purchase of a return from the events
before it, what a budget had left from the receipt.
"""

from __future__ import annotations

from regulars.engine.book import Book
from regulars.engine.events import SPOKEN_OF, Event
from regulars.engine.model import NO_FACTS, Decision, Facts, Receipt, Sale, unpack_receipt
from regulars.ledger.batch import OpenSale, sale_of
from regulars.ledger.stored import Row, raw_event
from regulars.words.refusals import Refusal


class Replay:
    """A member's history on its way from the first event to the last; `member` is what it has become so far.

    After an event was judged, `event` is it and `sale_no` the number of the purchase that it is about, 0 for none.
    """

    def __init__(self, book: Book, member_id: str) -> None:
        self.book = book
        self.member = book.blank(member_id)
        self.event: Event
        self.sale_no = 0
        self.asked: tuple[tuple[str, int | None], ...] = ()
        # Kept as they came: a return comes rarely, and a history may be long.
        self._sales: dict[str, list[Row]] = {}
        self._taken: dict[int, tuple[tuple[int, int], ...]] = {}

    def judge(self, row: Row, recorded: Receipt) -> Decision | Refusal:
        """What the book decides about the next recorded event, or why it cannot read it any more."""
        event = self.book.read(raw_event(row))
        if isinstance(event, Refusal):
            return event
        self.event = event
        self.sale_no = 0
        facts, sale = self._facts(event, recorded)
        decision = self.book.decide(self.member, event, facts)
        self.member = decision.member
        if sale is not None and decision.refusal is None:
            self.sale_no = sale.event_no
            self._taken[sale.event_no] = (*sale.sale.taken, *decision.receipt.taken)
        if event.first in SPOKEN_OF:
            self._sales.setdefault(event.id, []).append(row)
        return decision

    def _facts(self, event: Event, recorded: Receipt) -> tuple[Facts, OpenSale | None]:
        asks = self.book.asks(self.member, event)
        self.asked = asks.budgets
        if asks.sale is None and not recorded.left:
            return NO_FACTS, None
        sale = None if asks.sale is None else sale_of(self._open(asks.sale), event)
        return Facts(None if sale is None else sale.sale, recorded.left), sale

    def _open(self, sale_id: str) -> list[OpenSale]:
        return [
            OpenSale(
                row["event_no"],
                row["source"],
                Sale(raw_event(row), unpack_receipt(row["receipt"]), self._taken.get(row["event_no"], ())),
            )
            for row in self._sales.get(sale_id, ())
        ]
