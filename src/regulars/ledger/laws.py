"""The laws that `verify` proves of a ledger, and what is found against them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

FIRST: Final = 10
"""Offenders named of each law; the others are counted."""

LAWS: Final = {
    "balanced": "every movement runs from one account to another, with more than nothing",
    "recorded": "every movement belongs to an event and to a named wallet and accounts",
    "numbered": "the events of a member are numbered without a gap, as many as the snapshot says",
    "receipts": "every event has a body that its hash fits and a receipt that can be read",
    "judged": "judging the events again gives the same receipts",
    "moved": "judging the events again gives the same movements",
    "snapshots": "judging the events again gives the same snapshots, byte for byte",
    "sums": "the snapshots are the sums of the movements",
    "floors": "no account was ever below its floor",
    "budgets": "what is drawn from a budget is what receipts drew, and never more than there was",
    "transit": "what is in transit is what was sent to other members and has neither arrived nor come back",
    "references": "every return points at its purchase, and nothing else does",
    "outbox": "what receipts tell others is in the outbox, and what is delivered is recorded",
}
"""Law by law, in the order in which they are reported: name, and what it says."""


@dataclass(frozen=True, slots=True)
class Law:
    """A law as it was found: how many things were looked at, how many offend, the first of them."""

    name: str
    says: str
    checked: int
    offences: int
    first: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing offends."""
        return not self.offences


@dataclass(slots=True)
class Findings:
    """What was looked at and found so far, by law; of several parts the findings can be added up."""

    checked: dict[str, int] = field(default_factory=dict)
    offences: dict[str, int] = field(default_factory=dict)
    first: dict[str, list[str]] = field(default_factory=dict)
    drawn: dict[str, int] = field(default_factory=dict)
    ceilings: dict[str, int] = field(default_factory=dict)
    transit: dict[str, int] = field(default_factory=dict)

    def saw(self, law: str, number: int = 1) -> None:
        """Counts what was looked at."""
        self.checked[law] = self.checked.get(law, 0) + number

    def offend(self, law: str, what: str) -> None:
        """Notes an offence."""
        self.offences[law] = self.offences.get(law, 0) + 1
        named = self.first.setdefault(law, [])
        if len(named) < FIRST:
            named.append(what)

    def draw(self, drawn: Iterable[tuple[str, int]], ceilings: Iterable[tuple[str, int | None]]) -> None:
        """Adds what an event drew from budgets, and the ceilings that held for it."""
        for key, amount in drawn:
            self.drawn[key] = self.drawn.get(key, 0) + amount
        for key, ceiling in ceilings:
            if ceiling is not None:
                self.ceilings[key] = max(ceiling, self.ceilings.get(key, ceiling))

    def travel(self, moved: Iterable[tuple[str, int]]) -> None:
        """Adds what movements put into transit of a wallet, less what notices say was sent, with what arrived: nothing, in the end."""
        for wallet, units in moved:
            self.transit[wallet] = self.transit.get(wallet, 0) + units

    def arrived(self) -> None:
        """Notes of which wallets more or less is in transit than was sent."""
        for wallet, units in sorted(self.transit.items()):
            if units:
                self.offend("transit", f"{wallet}: {units} in transit that nobody sent, or sent and not there")

    def add(self, other: Findings) -> None:
        """Adds the findings of another part."""
        for law, number in other.checked.items():
            self.saw(law, number)
        for law, number in other.offences.items():
            self.offences[law] = self.offences.get(law, 0) + number
            self.first[law] = (self.first.get(law, []) + other.first[law])[:FIRST]
        self.draw(other.drawn.items(), other.ceilings.items())
        self.travel(other.transit.items())

    def law(self, name: str) -> Law:
        """One law, as it was found."""
        first = tuple(self.first.get(name, ()))
        return Law(name, LAWS[name], self.checked.get(name, 0), self.offences.get(name, 0), first)
