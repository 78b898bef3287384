"""Conversions: exchanges that happen by themselves, at once or by schedule, as often as they fit and their limits allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.engine import handed_in, lots, transfers
from regulars.engine.calculators import Fixed
from regulars.engine.exchanges import Cost, admitted, cutoff, hand_over, pay_cost, usable, worths
from regulars.engine.model import EXPIRED, Entry

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.limits import Bound
    from regulars.engine.rules import RuleMachine


def convert(c: Context, rule: RuleMachine) -> bool:
    """A conversion at once or by schedule: as often as it fits and its limits allow. True when something was taken."""
    spec = rule.rule
    if rule.asks_given and not foresee(c, rule):
        return False
    if rule.silence(c) >= 0:
        return False
    if spec.minimum_of is not None and usable(c, rule, spec.minimum_of) < c.machine.minimums[rule.index](c, None):
        return False
    cost = _fitting(c, rule)
    if cost is None:
        return False
    given = worths(c, rule, cost)
    if spec.receiver is not None:
        if not transfers.can_send(c, rule, cost):
            return False
    elif given and not any(units for _, units in given):
        # Nothing is taken for nothing: a rate may not be known on that day.
        return False
    for bound, _ in rule.limits(c):
        if bound is not None:
            bound.use(c, cost.steps * per_step(rule, bound))
    if spec.receiver is not None:
        transfers.send(c, rule, cost)
    else:
        pay_cost(c, rule, cost)
        hand_over(c, rule, cost)
    drop_rest(c, rule, cost)
    return True


def foresee(c: Context, rule: RuleMachine) -> bool:
    """Lets the rule's condition know what it would give (`given >= 0.50`); False when it could take nothing."""
    cost = _fitting(c, rule)
    if cost is None:
        return False
    c.given = next((units for _, units in worths(c, rule, cost)), 0)
    return True


def per_step(rule: RuleMachine, bound: Bound) -> int:
    """How much of a limit one step uses: what it gives of the limit's noun, else one time."""
    for target in rule.targets:
        if bound.counted == "units" and bound.noun == target.name and isinstance(target.calculator, Fixed):
            return max(target.calculator.units, 1)
    return 1


def drop_rest(c: Context, rule: RuleMachine, cost: Cost) -> None:
    """What a shared limit that held a step back says of the rest: a wallet is emptied."""
    limits = tuple(c.machine.program.limits.values())
    for name in cost.clipped:
        empty = limits[-1 - name].empty if name < 0 else None
        wallet = None if empty is None else c.machine.wallets[empty]
        units = 0 if wallet is None else usable(c, rule, wallet.name)
        if wallet is not None and units:
            holding, moved = lots.take(
                c.holding(wallet.name), units, wallet.name, EXPIRED, wallet.order, admitted(c, rule, wallet.name, units)
            )
            c.hold(wallet.name, holding)
            c.moved.extend(moved)
            c.recording.append(Entry(rule.index, wallet.place, -units, units, 0, 1, units, (name,)))


def _fitting(c: Context, rule: RuleMachine) -> Cost | None:
    spec = rule.rule
    if spec.every is None:
        parts = tuple(cost(c) for cost in c.machine.costs[rule.index])
        if not parts or any(units <= 0 or usable(c, rule, wallet) < units for wallet, units in parts):
            return None
        if any(bound is None or bound.room(c) < per_step(rule, bound) for bound, _ in rule.limits(c)):
            return None
        return Cost(parts, 1, (), handed_in.chosen(c, parts, cutoff(c, rule)))
    wallet, each = spec.every
    steps = usable(c, rule, wallet) // each
    clipped: tuple[int, ...] = ()
    for bound, name in rule.limits(c):
        room = 0 if bound is None else bound.room(c) // per_step(rule, bound)
        if room < steps:
            steps, clipped = room, (*clipped, name)
    return Cost(((wallet, each * steps),), steps, clipped) if steps > 0 else None
