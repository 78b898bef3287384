"""Bases: what is measured on an event. Which lines, less what, paid with which tenders; or an expression where there are no lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from regulars.engine.calculators import Measured
from regulars.program.cel import Count, Number, compile_filter, compile_value
from regulars.program.cel.types import inner
from regulars.program.model import Base
from regulars.words.sharing import share

if TYPE_CHECKING:
    from regulars.engine.context import Context

Filter = Callable[[Any, Sequence[Any]], "list[int]"]
CATEGORIES = ("discounts", "vouchers", "rewards")


def line_filter(lines: Any, excepted: Any) -> Filter | None:
    """The places of the lines that a condition admits and another does not leave out; None when all count."""
    if lines is None and excepted is None:
        return None
    wanted: Filter | None = None if lines is None else compile_filter(lines)
    unwanted: Filter | None = None if excepted is None else compile_filter(excepted)
    if unwanted is None:
        return wanted
    if wanted is None:
        return lambda c, every: _others(range(len(every)), unwanted(c, every))
    return lambda c, every: _others(wanted(c, every), unwanted(c, every))


def _others(places: Sequence[int], out: list[int]) -> list[int]:
    if not out:
        return list(places)
    left_out = set(out)
    return [place for place in places if place not in left_out]


class BaseMachine:
    """One base, compiled."""

    __slots__ = ("facts", "filter", "kept", "name", "of", "paid_with", "when")

    def __init__(self, base: Base) -> None:
        self.name = base.name
        self.when = None if base.when is None else compile_value(base.when)
        self.filter = line_filter(base.lines, base.excepted)
        self.of = None if base.of is None else compile_value(base.of)
        self.kept = tuple(category for category in CATEGORIES if category not in base.less)
        self.facts = tuple(compile_value(fact) for fact in base.less_facts)
        self.paid_with = None if base.paid_with is None else compile_value(base.paid_with, parameters=("c", "tender"))

    @property
    def of_lines(self) -> bool:
        """Whether the measure is no more than the amounts of the lines that fit."""
        return self.when is None and self.of is None and not self.facts and self.paid_with is None

    def measure(self, c: Context) -> Measured:
        """The event's measure in minor units; nothing where the base's condition does not hold."""
        if self.when is not None and not self.when(c, None):
            return Measured(c, (), (), 0)
        if self.of is not None:
            total = self.of(c, None) or 0
            return Measured(c, (), (), total)
        lines = c.lines
        amounts = self._amounts(c)
        if self.filter is None:
            picked: Sequence[int] = range(len(lines))
        else:
            picked = self.filter(c, lines)
            if len(picked) < len(lines):
                amounts = [amounts[place] for place in picked]
        measured = Measured(
            c, picked, amounts, sum(amounts), len(picked) == len(lines) and (c.off is None or not self.kept)
        )
        if self.facts:
            measured = self._less_facts(c, measured)
        if self.paid_with is not None and c.event is not None:
            measured = paid_share(c, measured, self.paid_with)
        return measured

    def _amounts(self, c: Context) -> list[int]:
        if c.nets is None:
            return [line.amount for line in c.lines]
        if c.off is None or not self.kept:
            return c.nets
        amounts = list(c.nets)
        for category in self.kept:
            for place, off in enumerate(c.off.get(category, ())):
                amounts[place] += off
        return amounts

    def _less_facts(self, c: Context, measured: Measured) -> Measured:
        less = min(sum(int(fact(c, None) or 0) for fact in self.facts), measured.total)
        if less <= 0:
            return measured
        amounts = [amount - off for amount, off in zip(measured.amounts, share(less, measured.amounts), strict=True)]
        return Measured(c, measured.picked, amounts, measured.total - less)


def parts_of(base: Base | None, minor: int) -> int:
    """Smallest parts in one of what a base measures: those of money, one where it counts things."""
    counts = base is not None and base.of is not None and isinstance(inner(base.of.type), Count | Number)
    return 1 if counts else minor


def paid_share(c: Context, measured: Measured, paid_with: Callable[[Any, Any], Any]) -> Measured:
    """The part of a measure that the tenders for which the condition holds paid."""
    amounts = [0] * len(measured.picked)
    total = 0
    for tender, row in c.tender_shares(measured):
        if paid_with(c, tender):
            for place, amount in enumerate(row):
                amounts[place] += amount
            total += sum(row)
    return Measured(c, measured.picked, amounts, total)
