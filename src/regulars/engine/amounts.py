"""Amounts compiled: what stands behind `give`, `off`, `add` becomes a calculator, once, when a program is compiled.

Rates are brought to smallest units here: `1.2 per 1.00` of a wallet kept in hundredths is 120 per 100 minor units, 6/5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from regulars.engine.calculators import (
    Added,
    ByTender,
    Fixed,
    Lookup,
    PerMoney,
    PerStep,
    PerUnit,
    ProductTypeRewardCalculator,
    RewardCalculator,
    ShareOf,
    StepTable,
    Worked,
)
from regulars.engine.tables import choose, find, key_of
from regulars.program.cel import compile_value
from regulars.program.forms.tree import Number, Of, Percent, Rate, Word
from regulars.program.model import Calculator, CelAmount, Sum, Table

Factories = Mapping[str, Callable[..., RewardCalculator]]


class Amounts:
    """Makes calculators for one target: `scale` smallest units make one written unit of it; `minor` those of the money measured.

    `broken` tells that what is measured need not be whole.

    `counts(name)` gives the counter of a rate's measure as (function of (context, line), whether it is asked line by line).
    """

    def __init__(
        self,
        scale: int,
        minor: int,
        counts: Callable[[str], tuple[Callable[..., Any], bool]],
        factories: Factories,
        measured_scale: int | None = None,
        broken: bool = False,
    ) -> None:
        self.scale, self.minor, self.counts, self.factories = scale, minor, counts, factories
        self.measured_scale, self.broken = measured_scale, broken

    def make(self, cell: Any) -> RewardCalculator:
        """The calculator of an amount, a table of amounts, or a sum of them."""
        if isinstance(cell, Table):
            return self._table(cell)
        if isinstance(cell, Sum):
            return Added([self.make(part) for part in cell.parts])
        if isinstance(cell, Rate):
            return self._rate(cell)
        if isinstance(cell, Percent):
            share = cell.share if self.measured_scale is None else cell.share * self.scale / self.measured_scale
            return (ShareOf if self.broken else PerMoney)(share.numerator, share.denominator)
        if isinstance(cell, Number | Of):
            return Fixed(self._units(cell.value if cell.value is not None else Fraction(0)))
        if isinstance(cell, CelAmount):
            money = type(cell.checked.type).__name__ == "Money"
            return Worked(compile_value(cell.checked), Fraction(self.scale, self.minor) if money else self.scale)
        if isinstance(cell, Calculator):
            return self.factories[cell.name](**dict(cell.settings))
        if isinstance(cell, Word):
            return Worked(lambda c, _line: c.given if cell.word == "given" else 0, 1)
        raise AssertionError(f"no calculator for {cell!r}")

    def _units(self, value: Fraction) -> int:
        exact = value * self.scale
        return exact.numerator // exact.denominator

    def _rate(self, rate: Rate) -> RewardCalculator:
        units = rate.value * self.scale
        measure = rate.measure
        if measure.money:
            step = measure.n * self.minor
            if rate.whole:
                return PerStep(units.numerator // units.denominator, step.numerator)
            ratio = units / step
            return PerMoney(ratio.numerator, ratio.denominator)
        assert measure.name is not None
        count, by_line = self.counts(measure.name)
        if rate.whole:
            return PerUnit(units.numerator // units.denominator, int(measure.n), count, by_line, whole=True)
        ratio = units / measure.n
        return PerUnit(ratio.numerator, ratio.denominator, count, by_line)

    def _table(self, table: Table) -> RewardCalculator:
        if table.kind == "by":
            cells = {key: self.make(cell) for keys, cell in table.rows for key in keys}
            otherwise = None if table.otherwise is None else self.make(table.otherwise)
            kinds: dict[str, Any] = {"line": ProductTypeRewardCalculator, "tender": ByTender, "event": Lookup}
            made_of: RewardCalculator = kinds[table.level](key_of(table), cells, otherwise)
            return made_of
        if table.kind == "band" and table.level == "event":
            made = [self.make(cell) for _, cell in table.rows]
            otherwise = None if table.otherwise is None else self.make(table.otherwise)
            return StepTable(key_of(table), [keys[0] for keys, _ in table.rows], made, otherwise, table.up_to)
        pick = find(table, self.make)
        if table.level == "line":
            return ProductTypeRewardCalculator(pick, _Identity(), None)
        return Lookup(pick, _Identity(), None)


class _Identity(dict[Any, Any]):
    """A table whose cells were found already: the key is the cell."""

    def get(self, key: Any, default: Any = None) -> Any:
        return default if key is None else key


def plain_number(cell: Any, scale: int) -> Callable[[Any, Any], int]:
    """A function of (context, line) for an amount that measures nothing (a mark, a minimum, a ceiling), in smallest units."""

    def make(inner: Any) -> Callable[[Any, Any], int]:
        if isinstance(inner, CelAmount):
            value = compile_value(inner.checked)
            money = type(inner.checked.type).__name__ == "Money"
            return lambda c, line: _whole(value(c, line), 1 if money else scale)
        if isinstance(inner, Word):
            # `minimum: given` is what the voucher itself asks for.
            return lambda c, _line: 0 if c.voucher is None else c.voucher.minimum
        if isinstance(inner, Number | Of) and inner.value is not None:
            units = inner.value * scale
            fixed = units.numerator // units.denominator
            return lambda _c, _line: fixed
        raise AssertionError(f"{inner!r} is no plain number")

    pick = choose(cell, make)
    return lambda c, line: pick(c, line)(c, line)


def _whole(value: Any, scale: int) -> int:
    exact = Fraction(value or 0) * scale
    return exact.numerator // exact.denominator
