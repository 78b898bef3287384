"""A ledger in memory: what the database keeps, kept in dictionaries, for trying programs out.

It keeps the same promises: an id is looked at first, so the same event is decided once; a return finds its purchase; a
budget is shared by everybody; what an event causes for other members is posted at once. Nothing is written anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from regulars.engine.book import Book
from regulars.engine.events import ABOUT, Event
from regulars.engine.model import NO_FACTS, Decision, Facts, Member, Movement, Receipt, Sale, Told
from regulars.engine.outside import caused
from regulars.engine.rankings import Place, gained, ranked
from regulars.words.days import Day
from regulars.words.moments import Moment
from regulars.words.refusals import Refusal

_canonical: Final = msgspec.json.Encoder(order="deterministic").encode


class Repeated(Decision, frozen=True):
    """What was decided when the same event came before; nothing was changed by sending it again."""


class _Kept:
    """An event as it was decided."""

    __slots__ = ("decision", "event", "print", "taken")

    def __init__(self, event: Event, said: bytes, decision: Decision) -> None:
        self.event, self.print, self.decision = event, said, decision
        self.taken: tuple[tuple[int, int], ...] = ()


class Memory:
    """Members, receipts, movements and budgets of one program, in memory. Events are posted one after the other."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.movements: list[tuple[str, str, Movement]] = []
        """(member, event id, movement), in the order in which they were made."""
        self._members: dict[str, Member] = {}
        self._known: dict[tuple[str, str, str], _Kept] = {}
        self._history: dict[str, list[_Kept]] = {}
        self._left: dict[str, int] = {}

    @property
    def members(self) -> tuple[str, ...]:
        """The ids of everybody who had an event, in the order of their first."""
        return tuple(self._members)

    def post(self, event: Event | Mapping[str, Any]) -> Decision | Refusal:
        """What the program decides about an event, and what it causes for others is posted too.

        The same event again gives a `Repeated` decision. A Refusal is what could not be an event of this program, or
        `event.id_reused` when another event stands under the id; a request that was refused is a Decision with its
        `refusal`.
        """
        if not isinstance(event, Event):
            read = self.book.read(event)
            if isinstance(read, Refusal):
                return read
            event = read
        said = _canonical((event.kind, event.at, event.body))
        key = (event.member, event.source, event.id)
        known = self._known.get(key)
        if known is not None:
            if known.print != said:
                return Refusal(
                    "event.id_reused", "Under this id another event is recorded; nothing was changed.", pointer="/id"
                )
            return Repeated(**{name: getattr(known.decision, name) for name in Decision.__struct_fields__})
        kept = self._decide(event, said)
        self._known[key] = kept
        self._history.setdefault(event.member, []).append(kept)
        for told in kept.decision.told:
            self._deliver(told)
        return kept.decision

    def member(self, member_id: str, as_of: Day | None = None) -> Member:
        """The member as the last event left it, or with time run on to the start of a day; a blank one when nobody
        knows the id.
        """
        member = self._members.get(member_id) or self.book.blank(member_id)
        return member if as_of is None else self.book.advance(member, as_of)

    def advance(self, member_id: str, day: Day) -> Decision | Refusal:
        """What falls due for the member up to the start of the day, decided and kept."""
        return self.post(self.book.tick(self.member(member_id), day))

    def receipt(self, event_id: str, member_id: str | None = None) -> Receipt | None:
        """The receipt of an event by its id (of that member, or of whoever has it), None when there is none."""
        for kept in self._known.values():
            if kept.event.id == event_id and member_id in {None, kept.event.member}:
                return kept.decision.receipt
        return None

    def history(self, member_id: str) -> Sequence[tuple[Event, Receipt]]:
        """The member's events with their receipts, in the order in which they were decided."""
        return [(kept.event, kept.decision.receipt) for kept in self._history.get(member_id, ())]

    def receipts(self, member_id: str) -> Sequence[Receipt]:
        """The member's receipts, in the order in which they were made."""
        return [kept.decision.receipt for kept in self._history.get(member_id, ())]

    def table(self, wallet: str, since: Moment, until: Moment, most: int = 100) -> tuple[Place, ...]:
        """The first `most` members by what they gained of a wallet from `since` up to `until`, by when it happened."""
        at = {(kept.event.member, kept.event.id): kept.event.at for kept in self._known.values()}
        moved = ((member, at[member, event], movement) for member, event, movement in self.movements)
        return ranked(gained(((who, when, one) for who, when, one in moved if since <= when < until), wallet), most)

    def put_stock(self, key: str, left: int) -> None:
        """Sets how much is left of a stock or budget, by its key (`stock:rewards.mug`)."""
        self._left[key] = left

    def left(self, key: str) -> int | None:
        """How much is left of a stock or budget; None when nothing was drawn or put there."""
        return self._left.get(key)

    def _decide(self, event: Event, said: bytes) -> _Kept:
        member = self.member(event.member)
        facts, sale = self._facts(member, event)
        decision = self.book.decide(member, event, facts)
        self._members[event.member] = decision.member
        self.movements.extend((event.member, event.id, movement) for movement in decision.movements)
        for key, amount in decision.claims:
            if key in facts.left:
                self._left[key] = facts.left[key] - amount
        if sale is not None and decision.refusal is None:
            sale.taken = (*sale.taken, *decision.receipt.taken)
        return _Kept(event, said, decision)

    def _facts(self, member: Member, event: Event) -> tuple[Facts, _Kept | None]:
        asks = self.book.asks(member, event)
        sale = None if asks.sale is None else self._sale(event, asks.sale)
        left = {key: self._left.get(key, ceiling) for key, ceiling in asks.budgets}
        known = {key: units for key, units in left.items() if units is not None}
        if sale is None and not known:
            return NO_FACTS, sale
        return Facts(None if sale is None else Sale(sale.event.raw, sale.decision.receipt, sale.taken), known), sale

    def _sale(self, event: Event, sale_id: str) -> _Kept | None:
        """The purchase that a return means, or what a cancellation calls off: the one from the same source, or the oldest of that id."""
        found = [
            kept
            for kept in self._history.get(event.member, ())
            if kept.event.id == sale_id and kept.event.first in ABOUT[event.first] and kept.decision.refusal is None
        ]
        same = [kept for kept in found if kept.event.source == event.source]
        return next(iter(same or found), None)

    def _deliver(self, told: Told) -> None:
        answer = self.post(caused(told))
        assert isinstance(answer, Decision), f"a derived event cannot be read: {answer}"
