"""Rules that measure a base over some time instead of one event: what the sum is worth now, less what was given for it so far.

The sum is a counter. When it rises the difference is given, when goods that come back lower it the difference is taken, and when its time
is over it begins anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.engine.calculators import Measured
from regulars.engine.earning import Kept, keep, pay_out
from regulars.engine.returns import collect

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.machine import Machine
    from regulars.engine.rules import RuleMachine, Target

OVER = "over:"
"""Before a rule's name: by target (what the sum was worth, how much of that was given)."""


class Accrual:
    """A rule that measures over some time, compiled: its counter, and the base that the counter adds up."""

    __slots__ = ("base", "rule", "wallet")

    def __init__(self, machine: Machine, rule: RuleMachine) -> None:
        self.rule, self.wallet = rule, str(rule.rule.counter)
        self.base = rule.base or machine.default_base(rule.rule)


def accrue(c: Context, one: Accrual) -> None:
    """Gives what the sum is worth more than before, or takes back what goods that come back made it worth less."""
    rule = one.rule
    known: dict[str, Any] = dict(c.marks.get(OVER + rule.name, {}))
    now = c.available(one.wallet)
    measured = Measured(c, (), (), now)
    held, c.measures = c.measures, {one.base: measured}
    kept: list[Kept] = []
    for target in rule.targets:
        units, _, num, den = target.amount(c, measured)
        was, given = known.get(target.name, (0, 0))
        if units > was and not (c.event is not None and c.event.first == "opening"):
            had = len(kept)
            keep(c, kept, rule, target, measured, units - was, None, num, den)
            given += sum(part[3] for part in kept[had:])
        elif units < was and c.returning:
            given -= give_up(c, target, max(given - units, 0))
        known[target.name] = (units, given if c.returning else min(given, units))
    c.measures = held
    c.mark(OVER + rule.name, known if now else None)
    if kept:
        pay_out(c, kept, {})


def give_up(c: Context, target: Target, units: int) -> int:
    """Takes units back where `returns` takes back; how many that were to be."""
    wallet = c.machine.wallets.get(target.name)
    if wallet is None or not units or not c.machine.takes_back(target.name):
        return 0
    for fed in target.feeds:
        collect(c, fed, units, 0, c.machine.program.return_rule or 0)
    return units


def together(mine: Any, theirs: Any) -> dict[str, Any]:
    """What both of two accounts that become one were given so far."""
    names = {**(mine or {}), **(theirs or {})}
    both = {name: ((mine or {}).get(name, (0, 0)), (theirs or {}).get(name, (0, 0))) for name in names}
    return {name: (one[0] + other[0], one[1] + other[1]) for name, (one, other) in both.items()}
