"""A book: all versions of one program, oldest first, and the face by which everything else judges."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from regulars.engine.amounts import Factories
from regulars.engine.decide import decide
from regulars.engine.events import ABOUT, Event
from regulars.engine.machine import Machine
from regulars.engine.model import NO_FACTS, Decision, Facts, Member
from regulars.engine.outside import CLOCK, derived_kinds
from regulars.engine.passing import passed, passing
from regulars.program.model import Program
from regulars.words.days import Day, iso
from regulars.words.moments import Zone
from regulars.words.refusals import Refusal


class Asks(NamedTuple):
    """What must be fetched before an event is judged: the earlier event that it is about, and shared budgets by (key, ceiling)."""

    sale: str | None = None
    budgets: tuple[tuple[str, int | None], ...] = ()


NOTHING = Asks()


class Book:
    """All versions of one program. An event is judged by the version in force at its day; the first one also before it began."""

    def __init__(self, versions: Sequence[Program], calculators: Factories | None = None) -> None:
        ordered = sorted(versions, key=lambda program: program.first)
        self.slug = ordered[0].slug
        self.machines = tuple(Machine(program, self, place, calculators or {}) for place, program in enumerate(ordered))
        for machine, following in zip(self.machines, self.machines[1:], strict=False):
            machine.next_version = following.program.first
        self.passing = tuple(passing(machine) for machine in self.machines)
        self.passes = any(self.passing)
        """Whether what falls due before an event may draw from budgets of earlier windows."""
        self._firsts = [program.first for program in ordered]
        self._derived = tuple(derived_kinds(program) for program in ordered)
        self.zone: Zone = self.machines[-1].zone

    @property
    def program(self) -> Program:
        """The newest version."""
        return self.machines[-1].program

    def at(self, day: Day) -> Machine:
        """The version in force on a day."""
        machines = self.machines
        if len(machines) == 1:
            return machines[0]
        return machines[max(bisect_right(self._firsts, day) - 1, 0)]

    def at_version(self, version: int) -> Machine:
        """A version by its place."""
        return self.machines[version]

    def read(self, raw: Mapping[str, Any]) -> Event | Refusal:
        """The typed event of a body, or a refusal that names the field."""
        if len(self.machines) == 1:
            return self.machines[0].reader.read(raw)
        first = self.machines[0].reader.read(raw)
        at = (
            first.at
            if isinstance(first, Event)
            else self.zone.parse(str(raw.get("happened_at", "")) if isinstance(raw, Mapping) else "")
        )
        if isinstance(at, Refusal):
            return first
        return self.at(self.zone.local(at)[0]).reader.read(raw)

    def derived_kinds(self, event: Event) -> frozenset[str]:
        """The kinds of events that only the engine makes, under the version that judges the event."""
        return self._derived[self.at(event.day).version]

    def restore(self, stored: Mapping[str, Any], machine: Machine | None = None) -> Event | Refusal:
        """The event of a stored body (with its id, type, member and moment put back)."""
        return self.read(stored) if machine is None else machine.reader.read(stored)

    def blank(self, member_id: str) -> Member:
        """A member nobody has heard of."""
        return Member(member_id)

    def tick(self, member: Member, day: Day) -> Event:
        """The event by which time runs to the start of a day for a member."""
        made = self.at(day).reader.read({
            "id": f"due/{iso(day)}", "source": CLOCK, "type": "tick", "member": member.id, "happened_at": self.zone.start_of(day),
        })  # fmt: skip
        assert isinstance(made, Event)
        return made

    def asks(self, member: Member, event: Event) -> Asks:
        """What to fetch before the event is judged."""
        sale = event.of if event.first in ABOUT else None
        budgets = self.asks_budgets(event)
        if self.passes and member.due <= event.day and member.events:
            budgets = tuple(sorted({**passed(self, member.day, event), **dict(budgets)}.items()))
        return NOTHING if sale is None and not budgets else Asks(sale, budgets)

    def asks_budgets(self, event: Event) -> tuple[tuple[str, int | None], ...]:
        """The shared budgets and stocks that an event could touch, whoever's it is; empty for almost all."""
        return self.at(event.day).budgets_of(event)

    def decide(self, member: Member, event: Event, facts: Facts = NO_FACTS) -> Decision:
        """What the program says about the event."""
        return decide(self, member, event, facts)

    def advance(self, member: Member, until: Day) -> Member:
        """The member with time run to the start of a day, for reading; nothing is written."""
        if until <= member.day or not member.events:
            return member
        return decide(self, member, self.tick(member, until), NO_FACTS).member
