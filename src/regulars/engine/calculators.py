"""How much: reward calculators, the strategies behind every `give`.

A calculator answers one question, purely: what are these lines worth? `RewardCalculator` is the protocol; the classes here are the
built-in ones, and a program's own stand beside them through the entry points `regulars.calculators`. A worth is an exact ratio: rounding
comes once, later, where the program says.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct


class Measured(Struct):
    """What is measured: the event's context, the lines looked at (places in `lines`), their amounts in minor units, and the total.

    For an event without lines `picked` is empty and `total` is the measure itself. `whole` tells that it is every line at its net amount.
    """

    context: Any
    picked: Sequence[int]
    amounts: Sequence[int]
    total: int
    whole: bool = False

    @property
    def lines(self) -> list[Any]:
        """The lines looked at."""
        lines = self.context.lines
        return [lines[place] for place in self.picked]

    def only(self, places: Sequence[int]) -> Measured:
        """The same measure on fewer lines."""
        wanted = set(places)
        pairs = [(place, amount) for place, amount in zip(self.picked, self.amounts, strict=True) if place in wanted]
        amounts = [amount for _, amount in pairs]
        return Measured(self.context, [place for place, _ in pairs], amounts, sum(amounts))


Worth = tuple[int, int, "Sequence[int] | None"]
"""(numerator, denominator, weights): worth so many smallest units; `weights`: each picked line's part in it (None: its amount)."""


@runtime_checkable
class RewardCalculator(Protocol):
    """What lines are worth. Pure: the same measure gives the same worth."""

    def worth(self, measured: Measured) -> Worth:
        """The worth of what is measured, exact."""
        ...


class Fixed:
    """So many units, whatever was bought."""

    __slots__ = ("units",)
    rate: tuple[int, int] = (0, 1)

    def __init__(self, units: int) -> None:
        self.units = units

    def worth(self, measured: Measured) -> Worth:
        """The fixed number."""
        del measured
        return self.units, 1, None


class PerMoney:
    """A rate on money: `num` units for each `den` minor units, fractions kept until they are rounded."""

    __slots__ = ("den", "num", "rate")

    def __init__(self, num: int, den: int) -> None:
        self.num, self.den = num, den
        self.rate = (num, den)

    def worth(self, measured: Measured) -> Worth:
        """Total times rate."""
        return measured.total * self.num, self.den, None


class ShareOf(PerMoney):
    """A share of what need not be a whole number: of kilometres, of litres."""

    __slots__ = ()

    def worth(self, measured: Measured) -> Worth:
        """Total times share, exactly."""
        exact = Fraction(measured.total) * self.num / self.den
        return exact.numerator, exact.denominator, None


PercentBack = PerMoney
"""A share of money as money: 5% is PerMoney(1, 20)."""


class PerStep:
    """So many units for each whole step of the measure: 1 per whole 2.00."""

    __slots__ = ("rate", "step", "units")

    def __init__(self, units: int, step: int) -> None:
        self.units, self.step = units, step
        self.rate = (units, step)

    def worth(self, measured: Measured) -> Worth:
        """Whole steps times units."""
        return measured.total // self.step * self.units, 1, None


EXACT = 1_000_000
"""Parts of one of what is counted exactly (`number of litre`), in lines' weights and in tallies."""


class Exactly:
    """A count of lines or of an event that need not be whole."""

    __slots__ = ("count",)

    def __init__(self, count: Callable[..., Any]) -> None:
        self.count = count

    def __call__(self, context: Any, line: Any) -> Any:
        """How much there is."""
        return self.count(context, line)


class PerUnit:
    """So many units for each of something counted on lines or on the event: 1 per line.qty, 2 per night; whole steps if `whole`.

    Lines weigh `grain` for each one.
    """

    __slots__ = ("by_line", "count", "den", "grain", "num", "rate", "whole")

    def __init__(self, num: int, den: int, count: Callable[..., Any], by_line: bool, whole: bool = False) -> None:
        self.num, self.den, self.count, self.by_line, self.whole = num, den, count, by_line, whole
        self.grain = EXACT if isinstance(count, Exactly) else 1
        self.rate = (num, den)

    def worth(self, measured: Measured) -> Worth:
        """The count times the rate."""
        context = measured.context
        if self.by_line:
            lines = context.lines
            counts = [self.count(context, lines[place]) for place in measured.picked]
            total, weights = sum(counts), counts if self.grain == 1 else [int(count * self.grain) for count in counts]
        else:
            total, weights = self.count(context, None) or 0, None
        if self.whole:
            return int(total // self.den) * self.num, 1, weights
        if isinstance(total, Fraction):
            return total.numerator * self.num, total.denominator * self.den, weights
        return total * self.num, self.den, weights


class Worked:
    """An amount worked out by an expression; `scale` smallest units make one."""

    __slots__ = ("scale", "value")
    rate: tuple[int, int] = (0, 1)

    def __init__(self, value: Callable[[Any, Any], Any], scale: int | Fraction) -> None:
        self.value, self.scale = value, scale

    def worth(self, measured: Measured) -> Worth:
        """The expression's value."""
        value = self.value(measured.context, None)
        if value is None:
            return 0, 1, None
        exact = Fraction(value) * self.scale
        return exact.numerator, exact.denominator, None


class Lookup:
    """The calculator that a key of the event names: a rate by tier, partner, fare, day."""

    __slots__ = ("cells", "key", "otherwise")

    def __init__(
        self, key: Callable[[Any, Any], Any], cells: Mapping[Any, RewardCalculator], otherwise: RewardCalculator | None
    ) -> None:
        self.key, self.cells, self.otherwise = key, cells, otherwise

    def worth(self, measured: Measured) -> Worth:
        """What the named calculator says; nothing where no row fits."""
        found = self.cells.get(self.key(measured.context, None), self.otherwise)
        return found.worth(measured) if found is not None else (0, 1, None)

    def on_money(self) -> bool:
        """Whether every row is a rate on money."""
        rows = (*self.cells.values(), *(() if self.otherwise is None else (self.otherwise,)))
        return bool(self.cells) and all(type(row) is PerMoney for row in rows)

    def pick(self, context: Any) -> RewardCalculator | None:
        """The calculator that would be asked."""
        return self.cells.get(self.key(context, None), self.otherwise)


class ProductTypeRewardCalculator:
    """The rate looked up by product type (or any fact of a line): each line is worth what its type's calculator says.

    `key(context, line)` gives the type; `cells` the calculator of each type; `otherwise` that of all others (None: they give nothing).
    Amounts of lines of one type are added before the type's calculator is asked, so whole steps count across a type.
    """

    __slots__ = ("cells", "key", "otherwise")

    def __init__(
        self,
        key: Callable[[Any, Any], Any],
        cells: Mapping[Any, RewardCalculator],
        otherwise: RewardCalculator | None = None,
    ) -> None:
        self.key, self.cells, self.otherwise = key, cells, otherwise

    def parts(self, measured: Measured) -> list[tuple[Worth, list[int]]]:
        """Each type's worth, with the places (within `picked`) of its lines."""
        context = measured.context
        lines = context.lines
        key, cells, otherwise = self.key, self.cells, self.otherwise
        groups: dict[int, tuple[RewardCalculator, list[int]]] = {}
        for n, place in enumerate(measured.picked):
            cell = cells.get(key(context, lines[place]), otherwise)
            if cell is not None:
                group = groups.get(id(cell))
                if group is None:
                    groups[id(cell)] = (cell, [n])
                else:
                    group[1].append(n)
        parts = []
        for cell, members in groups.values():
            amounts = [measured.amounts[n] for n in members]
            part = Measured(context, [measured.picked[n] for n in members], amounts, sum(amounts))
            parts.append((cell.worth(part), members))
        return parts

    def worth(self, measured: Measured) -> Worth:
        """The sum over types; weights are each line's own worth over a common denominator."""
        parts = self.parts(measured)
        if not parts:
            return 0, 1, None
        den = lcm(*(part[0][1] for part in parts))
        total = 0
        weights = [0] * len(measured.picked)
        for (num, own, inner), members in parts:
            factor = den // own
            total += num * factor
            base = [measured.amounts[n] for n in members] if inner is None else inner
            whole = sum(base)
            for n, amount in zip(members, base, strict=True):
                weights[n] = num * factor * amount // whole if whole else num * factor
        return total, den, weights


class ByTender:
    """Each tender's share of the basket at its own rate: 7.5% of what the card paid, 5% of the rest."""

    __slots__ = ("cells", "key", "otherwise")

    def __init__(
        self, key: Callable[[Any, Any], Any], cells: Mapping[Any, RewardCalculator], otherwise: RewardCalculator | None
    ) -> None:
        self.key, self.cells, self.otherwise = key, cells, otherwise

    def worth(self, measured: Measured) -> Worth:
        """The sum over tenders."""
        context = measured.context
        total = Fraction(0)
        for tender, amounts in context.tender_shares(measured):
            cell = self.cells.get(self.key(context, tender), self.otherwise)
            if cell is not None:
                num, den, _ = cell.worth(Measured(context, measured.picked, amounts, sum(amounts)))
                total += Fraction(num, den)
        return total.numerator, total.denominator, None


class StepTable:
    """A calculator by band of a value: lower limits inclusive, or upper limits inclusive if `up_to`."""

    __slots__ = ("bounds", "cells", "otherwise", "up_to", "value")

    def __init__(
        self, value: Callable[[Any, Any], Any], bounds: Sequence[Any], cells: Sequence[RewardCalculator | None],
        otherwise: RewardCalculator | None, up_to: bool,
    ) -> None:  # fmt: skip
        self.value, self.bounds, self.cells, self.otherwise, self.up_to = (
            value,
            list(bounds),
            list(cells),
            otherwise,
            up_to,
        )

    def worth(self, measured: Measured) -> Worth:
        """What the band's calculator says."""
        found = self.pick(measured.context)
        return found.worth(measured) if found is not None else (0, 1, None)

    def pick(self, context: Any) -> RewardCalculator | None:
        """The band's calculator."""
        found: RewardCalculator | None = band(
            self.value(context, None), self.bounds, self.cells, self.otherwise, self.up_to
        )
        return found


class Added:
    """The sum of several calculators."""

    __slots__ = ("parts",)

    def __init__(self, parts: Sequence[RewardCalculator]) -> None:
        self.parts = tuple(parts)

    def worth(self, measured: Measured) -> Worth:
        """Their exact sum."""
        total = Fraction(0)
        for part in self.parts:
            num, den, _ = part.worth(measured)
            total += Fraction(num, den)
        return total.numerator, total.denominator, None


def band(value: Any, bounds: Sequence[Any], cells: Sequence[Any], otherwise: Any, up_to: bool) -> Any:
    """The cell of the band that holds `value`: bounds ascending, lower inclusive (below the first: `otherwise`), or upper inclusive."""
    if value is None:
        return otherwise
    if up_to:
        place = bisect_left(bounds, value)
        return cells[place] if place < len(cells) else otherwise
    place = bisect_right(bounds, value)
    return cells[place - 1] if place else otherwise
