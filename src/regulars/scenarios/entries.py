"""The ledger of a step: what was written, by unit and member and by the clause that caused it, against what the step
says.

Entries may come in another order or in other portions; what counts is the sum and the clause. So what was written is
dealt out to the clauses named: each entry to one that is in its chain, so that every clause gets its sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from regulars.engine.machine import Machine
from regulars.engine.model import Entry
from regulars.scenarios.amounts import smallest
from regulars.words.days import Day, day_of


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as it was written: wallet, signed units, the clauses behind it, the lapse day of its lot (0: none)."""

    wallet: str
    units: int
    clauses: frozenset[str]
    gone: Day


@dataclass(slots=True)
class Written:
    """What was written for a member since its last step; `own` tells that the step, not only time, wrote some of it; `charged` is what
    fell due to be paid, in minor units.
    """

    lines: list[Line] = field(default_factory=list)
    own: bool = False
    charged: int = 0


@dataclass(slots=True)
class Wanted:
    """What a clause should have written: the sum, and the last days that entries should have."""

    units: int = 0
    last_days: list[Day] = field(default_factory=list)


Miss = tuple[str, str, str]


def ledger(
    machine: Machine,
    who: str,
    said: Sequence[Mapping[str, Any]],
    written: Mapping[str, Written],
    spendable_only: bool = False,
) -> Iterator[Miss]:
    """What of a step's `ledger` does not hold: (what, expected, came). For another member than the step's only what is
    said counts, and that the step wrote nothing unsaid; with `spendable_only` counters are not looked at.
    """
    wanted: dict[tuple[str, str], dict[str, Wanted]] = {}
    for entry in said:
        units = entry["u"] if isinstance(entry["u"], list) else [entry["u"]]
        for unit in units:
            wallet = machine.wallets.get(unit)
            amount = None if wallet is None else smallest(entry["n"], wallet.scale)
            if wallet is None or amount is None:
                yield (
                    f"ledger {unit}",
                    f"{entry['n']} by {entry.get('by')}",
                    "the program has no such wallet, or keeps no such parts of it",
                )
                continue
            group = wanted.setdefault((entry.get("who", who), unit), {}).setdefault(str(entry.get("by")), Wanted())
            group.units += amount
            # Of several units that get one entry, the last day of use is of those that are used.
            if entry.get("last_day") is not None and not (wallet.counter and used(machine, units)):
                group.last_days.append(day_of(str(entry["last_day"])))
    for member in dict.fromkeys((who, *(name for name, _ in wanted), *written)):
        held = written.get(member, Written())
        if member != who and not held.own and not any(name == member for name, _ in wanted):
            continue
        # A counter that the program does not name is nobody's unit.
        for unit in (name for name in machine.wallets if "." not in name):
            if spendable_only and machine.wallets[unit].counter:
                continue
            lines = [line for line in held.lines if line.wallet == unit and line.units]
            yield from _unit(
                machine, unit if member == who else f"{unit} of {member}", wanted.get((member, unit), {}), lines, unit
            )


def used(machine: Machine, units: Sequence[str]) -> bool:
    """Whether one of the units is no counter."""
    return any(unit in machine.wallets and not machine.wallets[unit].counter for unit in units)


def _unit(
    machine: Machine, shown: str, wanted: Mapping[str, Wanted], lines: Sequence[Line], unit: str
) -> Iterator[Miss]:
    text = machine.wallets[unit].text
    expected = ", ".join(f"{text(group.units)} by {by}" for by, group in wanted.items()) or "nothing"
    came = (
        ", ".join(f"{text(line.units)} by {'/'.join(sorted(line.clauses)) or 'no clause'}" for line in lines)
        or "nothing"
    )
    dealt = deal(wanted, lines)
    if dealt is None:
        yield f"ledger {shown}", expected, came
        return
    for by, group in wanted.items():
        days = {line.gone - 1 for line, clause in zip(lines, dealt, strict=True) if clause == by}
        for day in group.last_days:
            if day not in days:
                yield f"last_day of {shown} by {by}", _iso(day), ", ".join(_iso(one) for one in sorted(days)) or "none"


def deal(wanted: Mapping[str, Wanted], lines: Sequence[Line]) -> list[str] | None:
    """For each entry the clause that it is counted under, so that every clause has its sum; None when there is no
    way.
    """
    left = {by: group.units for by, group in wanted.items()}
    choices = [[by for by in left if by in line.clauses] for line in lines]
    dealt: list[str] = []

    def place(at: int) -> bool:
        if at == len(lines):
            return not any(left.values())
        for by in choices[at]:
            left[by] -= lines[at].units
            dealt.append(by)
            if place(at + 1):
                return True
            dealt.pop()
            left[by] += lines[at].units
        return False

    return dealt if place(0) else None


def line_of(machine: Machine, entry: Entry, clauses: frozenset[str]) -> Line:
    """An entry of a receipt as a line."""
    return Line(machine.by_place[entry.wallet].name, entry.given, clauses, entry.gone)


def _iso(day: Day) -> str:
    from regulars.words.days import iso

    return iso(day) if day > 0 else "none"
