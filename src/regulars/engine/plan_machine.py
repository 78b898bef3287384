"""A plan, compiled: what it costs, how it ends, which benefits it brings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from regulars.engine.amounts import plain_number
from regulars.engine.tables import choose
from regulars.program.model import Plan
from regulars.words.days import Day

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.machine import Machine
    from regulars.engine.model import PlanHeld


class PlanMachine:
    """A plan, compiled."""

    __slots__ = ("ending", "first_renewal", "grants", "machine", "name", "plan", "price", "renewal", "rule", "start", "trial_life")

    def __init__(self, machine: Machine, plan: Plan) -> None:
        self.machine, self.plan, self.name, self.rule = machine, plan, plan.name, plan.rule
        self.price: Callable[[Any, Any], int] = _free if plan.price is None else plain_number(plan.price, machine.minor)
        self.renewal = None if plan.renewals is None else plain_number(plan.renewals, machine.minor)
        self.first_renewal: Day = 0 if plan.renewals is None else int(str(plan.renewals.rows[0][0][0] or 0))
        self.ending = choose(plan.cancel, lambda cell: cell)
        self.trial_life = None if plan.trial is None else machine.calendar.life(plan.trial.lasts)
        self.start = machine.calendar.start(plan.starts)
        granted = (*plan.grants, *(plan.trial.grants if plan.trial is not None else ()))
        self.grants = tuple(dict.fromkeys(granted))

    @property
    def waits_for(self) -> str:
        """The event that starts it, where buying does not."""
        return self.plan.starts.name if self.plan.starts.kind == "on" else ""

    def renewal_price(self, c: Context, held: PlanHeld) -> int:
        """What a renewal costs today: who is in keeps the old price until the first day of the new one."""
        if self.renewal is None:
            return self.price(c, None)
        return held.price if c.today < self.first_renewal else self.renewal(c, None)


def _free(_c: Any, _line: Any) -> int:
    return 0


def brought_by(machine: Machine) -> dict[str, frozenset[str]]:
    """For each benefit, the plans that grant a standing which its conditions ask for."""
    defines = machine.program.defines
    found: dict[str, frozenset[str]] = {}
    for rule in machine.program.rules:
        if rule.section != "benefits":
            continue
        words = {root for one in (rule.when, rule.unless, *(need for _, need in rule.needs)) if one is not None for root in one.roots}
        while more := {root for word in words if word in defines for root in defines[word].roots} - words:
            words |= more
        plans = frozenset(plan.name for plan in machine.paid.values() if any(ladder in words for ladder, _ in plan.grants))
        if plans:
            found[rule.name.split(".", 1)[1]] = plans
    return found
