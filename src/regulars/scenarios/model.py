"""What a file of scenarios says, what running one gives, and what runs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from regulars.engine.model import Member, Receipt
from regulars.words.days import Day
from regulars.words.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Step:
    """One step: when, what (`do`), who, its details, and what must hold right after; `line` of the file."""

    at: str
    do: str
    who: str
    details: Mapping[str, Any]
    then: Mapping[str, Any]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario: members as they were before (`given`), then steps. `skip` says why it is not run."""

    id: str
    title: str
    steps: tuple[Step, ...]
    given: tuple[Mapping[str, Any], ...] = ()
    tests: tuple[str, ...] = ()
    skip: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Suite:
    """The scenarios of a file, and the units that they count."""

    file: str
    program: str
    units: tuple[str, ...]
    scenarios: tuple[Scenario, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """The first thing that did not hold: step (from 1; 0 is what was given), its line, what was looked at, expected,
    what came, and the decision explained, a line each.
    """

    step: int
    line: int
    what: str
    expected: str
    came: str
    explanation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """How a scenario went. `skipped` says why it was not run; `dropped` what its steps say that the program has no fact
    for.
    """

    id: str
    title: str
    ok: bool
    steps: int = 0
    skipped: str = ""
    failure: Failure | None = None
    dropped: tuple[str, ...] = field(default=())


class Answer(Protocol):
    """What became of an event: its receipt, and why it was refused if it was."""

    @property
    def receipt(self) -> Receipt | None: ...

    @property
    def refusal(self) -> Refusal | None: ...


class Poster(Protocol):
    """What a scenario is run through: a ledger in memory or in a database, empty at the start of each scenario."""

    def post(self, event: Mapping[str, Any], /) -> Answer | Refusal:
        """What became of an event, and what it caused for other members is posted; a Refusal when it was no event at
        all.
        """
        ...

    def advance(self, member: str, day: Day, /) -> Answer | Refusal:
        """Everything done that falls due for the member up to the start of the day."""
        ...

    def member(self, member: str, /) -> Member:
        """The member as the last event left it; a blank one when there was none."""
        ...

    def receipts(self, member: str, /) -> Sequence[Receipt]:
        """All receipts of the member, in the order in which they were made."""
        ...

    def put_stock(self, key: str, left: int, /) -> None:
        """Sets what is left of a stock (`stock:rewards.mug`)."""
        ...
