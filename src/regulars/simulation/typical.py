"""What the members of a history did, in a few numbers each: earned, held at most, lost to lapse; and which rules fired."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.engine.model import Entry, Receipt
from regulars.simulation.memory import Memory
from regulars.words.days import Day

NOT_EARNED = frozenset({"opening", "goodwill", "reversal", "cancel", "retier"})
"""Events whose credits nobody earned."""


@dataclass(slots=True)
class Purse:
    """What one member did with one wallet, in smallest units: earned in the last year, held now and at most, and
    whether some lapsed before they ever held as much as the cheapest thing costs.
    """

    earned: int = 0
    held: int = 0
    peak: int = 0
    lost: bool = False


@dataclass(slots=True)
class Seen:
    """A history in numbers; `first` and `last` are its days, `year` the first day of its last year."""

    first: Day
    last: Day
    cheapest: dict[str, int]
    purses: dict[str, dict[str, Purse]] = field(default_factory=dict)
    """By wallet, then by member."""
    fired: set[str] = field(default_factory=set)
    silent: dict[str, Counter[int]] = field(default_factory=dict)
    """By rule: why it was silent, and how often."""
    levels: dict[str, int] = field(default_factory=dict)
    """By ladder: the place of the highest level that anybody had."""
    kinds: set[str] = field(default_factory=set)
    members: int = 0

    @property
    def days(self) -> int:
        """How many days the history covers."""
        return self.last - self.first + 1

    @property
    def year(self) -> Day:
        """The first day of the last year of the history."""
        return self.last - 364

    def a_year(self, wallet: str) -> int:
        """What the member in the middle earned of a wallet in a year, in smallest units: of a shorter history at its pace."""
        every = sorted(purse.earned for purse in self.purses.get(wallet, {}).values())
        every = [0] * (self.members - len(every)) + every
        middle = every[(len(every) - 1) // 2] if every else 0
        return middle if self.days >= 365 else middle * 365 // self.days

    def peak(self, wallet: str) -> int:
        """The most that anybody held of a wallet."""
        return max((purse.peak for purse in self.purses.get(wallet, {}).values()), default=0)


def look(book: Book, memory: Memory, first: Day, last: Day, cheapest: dict[str, int]) -> Seen:
    """The history that a memory holds, with everybody's time run to the end of its last day."""
    seen = Seen(first, last, cheapest)
    for member in memory.members:
        memory.advance(member, last + 1)
        history = memory.history(member)
        if all(event.first == "tick" for event, _ in history):
            continue
        seen.members += 1
        for event, receipt in history:
            _event(book, seen, member, event, receipt)
        for ladder, grants in memory.member(member).grants.items():
            _level(seen, ladder, max((grant.level for grant in grants), default=0))
    return seen


def _level(seen: Seen, ladder: str, place: int) -> None:
    seen.levels[ladder] = max(seen.levels.get(ladder, 0), place)


def _event(book: Book, seen: Seen, member: str, event: Event, receipt: Receipt) -> None:
    machine = book.at_version(receipt.version)
    names = machine.names
    seen.kinds.update((event.kind, event.first))
    for ladder, was, now in receipt.levels:
        _level(seen, ladder, max(was, now))
    for entry in receipt.dues:
        _entry(book, seen, member, event, receipt, entry)
    for entry in receipt.entries:
        _entry(book, seen, member, event, receipt, entry)
    for acted in (receipt.promised, receipt.issued, receipt.used, receipt.charged):
        seen.fired.update(names[one.rule] for one in acted)
    pairs = iter(receipt.silent)
    for place, why in zip(pairs, pairs, strict=True):
        seen.silent.setdefault(names[place], Counter())[why] += 1


def _entry(book: Book, seen: Seen, member: str, event: Event, receipt: Receipt, entry: Entry) -> None:
    machine = book.at_version(receipt.version)
    if entry.wallet < 0:
        return
    wallet = machine.by_place[entry.wallet]
    purse = seen.purses.setdefault(wallet.name, {}).setdefault(member, Purse())
    lapsed = wallet.lapse_rule is not None and entry.rule == wallet.lapse_rule
    if lapsed and entry.given < 0:
        purse.lost = purse.lost or purse.peak < seen.cheapest.get(wallet.name, 0)
    elif entry.given and not lapsed:
        seen.fired.add(machine.names[entry.rule])
    if entry.given > 0 and event.day >= seen.year and event.first not in NOT_EARNED:
        purse.earned += entry.given
    purse.held += entry.given
    purse.peak = max(purse.peak, purse.held)
