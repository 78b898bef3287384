"""The nouns of the audit log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from regulars.words.moments import Moment

Fact = str | int | bool | None | Sequence[str]
Facts = Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody did: `staff:…` did `key.made` to `key:…` from a place, with what differs before and after."""

    actor: str
    action: str
    subject: str
    place: str = ""
    before: Facts = field(default_factory=dict)
    after: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A row of the log: its place in the chain from 1, when it was written by the database's clock, what, and its hash."""

    n: int
    at: Moment
    entry: Entry
    hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends: how many rows it has, and the hash of the last. Noted elsewhere, it shows a chain cut short."""

    n: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.n}:{self.hash.hex()}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written: at which row, and a sentence."""

    n: int
    says: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of looking at a whole chain: how many rows, where it ends, how many faults, and the first of them."""

    rows: int
    head: Head
    faults: int
    first: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return self.faults == 0
