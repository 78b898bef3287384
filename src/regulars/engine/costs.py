"""What an exchange costs: so many units, all there are, a rate on what is asked for, less the share that is paid in money."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from regulars.engine.amounts import Amounts
from regulars.engine.calculators import Measured
from regulars.engine.exchanges import usable
from regulars.engine.tables import choose
from regulars.program.cel import compile_value
from regulars.program.forms.tree import Of, Percent
from regulars.program.model import CelAmount, Rule

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.machine import Machine

CostOf = Callable[["Context"], "tuple[str, int]"]


def cost_of(machine: Machine, rule: Rule, wallet: str, cell: Any) -> CostOf:
    """What a rule takes of a wallet, as a function of the context: (wallet, smallest units), parts of a unit rounded up; or of a kind of
    voucher how many.
    """
    if isinstance(cell, Of) and cell.value is None:
        return lambda c: (wallet, usable(c, c.machine.rules[rule.index], wallet))
    vouchers = wallet in machine.vouchers
    amounts = Amounts(1, machine.minor, machine.counts, machine.factories) if vouchers else machine.amounts(wallet)
    calculator = amounts.make(cell)
    in_money = share_of(rule.part_pay)

    def cost(c: Context) -> tuple[str, int]:
        num, den, _ = calculator.worth(Measured(c, (), (), 0))
        units = Fraction(num, den) * (1 - in_money(c))
        return wallet, -(-units.numerator // units.denominator)

    return cost


def share_of(cell: Any) -> Callable[[Context], Fraction]:
    """A share as a function of the context, between nothing and all; nothing without one."""
    if cell is None:
        return lambda _c: Fraction(0)

    def make(inner: Any) -> Callable[[Context], Fraction]:
        if isinstance(inner, CelAmount):
            value = compile_value(inner.checked)
            return lambda c: min(max(Fraction(value(c, None) or 0), Fraction(0)), Fraction(1))
        assert isinstance(inner, Percent)
        share = inner.share
        return lambda _c: share

    pick = choose(cell, make)
    return lambda c: Fraction(0) if (found := pick(c, None)) is None else found(c)
