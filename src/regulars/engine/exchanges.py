"""Exchanges: rules that give only if they can take. Rewards, paying with points, conversions at once, by schedule or on request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from regulars.engine import compartments, holds, lots
from regulars.engine.calculators import Fixed, Measured
from regulars.engine.earning import credit, remember
from regulars.engine.granting import grant, issue
from regulars.engine.model import EXPIRED, RESERVED, Entry, Lot, Taken
from regulars.engine.pending import promise, waits
from regulars.words.days import NEVER
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.limits import Bound
    from regulars.engine.rules import RuleMachine, Target


EVERYTHING = 10**18


class Cost(NamedTuple):
    """What an exchange takes: (wallet, smallest units) each, in so many steps; `clipped` names the limits that held it back."""

    parts: tuple[tuple[str, int], ...]
    steps: int = 1
    clipped: tuple[int, ...] = ()


def kept_by(c: Context, rule: RuleMachine) -> Callable[[Lot], bool] | None:
    """Which lots an exchange may take: with `earned: by end of last W`, only those earned before the window of today began."""
    cutoff = rule.rule.earned
    if cutoff is None:
        return None
    if cutoff.window is None:
        return lambda lot: lot.earned < c.today
    held = c.machine.calendar.tile(cutoff.window)(c, c.today)
    start = held[0] if held is not None else 0
    return lambda lot: lot.earned < start


def usable(c: Context, rule: RuleMachine, wallet: str) -> int:
    """How many units an exchange may take of a wallet."""
    holding = c.holding(wallet)
    # Of several compartments the fullest counts; which is drawn on is chosen when it is known how much is taken.
    keep = admitted(c, rule, wallet, EVERYTHING)
    if keep is None:
        return max(holding.active, 0)
    return sum(lot.left for lot in holding.lots if keep(lot))


def admitted(c: Context, rule: RuleMachine, wallet: str, units: int = 1) -> Callable[[Lot], bool] | None:
    """Which lots of a wallet an exchange of so many units may take: of one compartment only, where it has some; None when all."""
    keep = kept_by(c, rule)
    machine = c.machine.wallets[wallet]
    return compartments.keep(c, machine, keep, units) if machine.divided_by else keep


def price_of(c: Context, rule: RuleMachine) -> Cost | Refusal:
    """What the request costs, or why it cannot be had: steps, what is held, how often."""
    spec = rule.rule
    machine = c.machine
    if spec.every is not None:
        wallet, each = spec.every
        steps = asked_steps(c, rule, each, usable(c, rule, wallet) // each)
        if isinstance(steps, Refusal):
            return steps
        parts: tuple[tuple[str, int], ...] = ((wallet, each * steps),)
    else:
        steps = 1
        parts = tuple(cost(c) for cost in machine.costs[rule.index])
    if spec.minimum_of is not None and usable(c, rule, spec.minimum_of) < machine.minimums[rule.index](c, None):
        return too_little(c, rule, spec.minimum_of, machine.minimums[rule.index](c, None))
    for wallet, units in parts:
        if usable(c, rule, wallet) < units or (units == 0 and spec.every is not None):
            return too_little(c, rule, wallet, units or (spec.every or ("", 0))[1])
    for bound, _ in rule.limits(c):
        if bound is None or bound.room(c) < (steps if spec.every is not None else 1):
            return rule.refusal("limit_reached")
    return Cost(parts, steps)


def too_little(c: Context, rule: RuleMachine, wallet: str, units: int) -> Refusal:
    """The refusal for holding too few units."""
    shown = c.machine.wallets[wallet].text
    return rule.refusal("too_little", held=shown(c.available(wallet)), cost=shown(units))


def asked_steps(c: Context, rule: RuleMachine, each: int, fits: int) -> int | Refusal:
    """How many steps the member wants: `asked` in money is in worths of a step, in units in multiples of it; without it as many as fit."""
    asked = c.machine.asked.get(rule.index)
    if asked is None:
        return max(fits, 1)
    value = asked.value(c, None) or 0
    step = asked.step if asked.money else each
    if value <= 0 or value % step:
        return rule.refusal("not_a_step", asked=value)
    return int(value // step)


def pay_cost(c: Context, rule: RuleMachine, cost: Cost, record: bool = True) -> None:
    """Takes the cost: soonest-to-lapse lots first, or as the wallet says; an entry for each wallet."""
    if rule.sets:
        remember(c, rule.sets)
    for wallet, units in cost.parts:
        if not units:
            continue
        machine = c.machine.wallets[wallet]
        before = c.holding(wallet)
        holding, moved = lots.take(
            before, units, wallet, holds.target(c, rule), machine.order, admitted(c, rule, wallet, units)
        )
        if rule.rule.gives_back is not None and c.recording is c.entries:
            by_serial = {lot.serial: lot for lot in before.lots}
            c.took = (
                *c.took,
                *(
                    Taken(rule.index, machine.place, one.amount, by_serial[one.lot].earned, by_serial[one.lot].gone)
                    for one in moved
                ),
            )
        c.hold(wallet, holding)
        c.moved.extend(moved)
        if holds.target(c, rule) == RESERVED:
            holds.reserve(c, rule, wallet, units)
        if record:
            shaped = cost.clipped
            c.recording.append(Entry(rule.index, machine.place, -units, units, 0, 1, units, shaped))


def hand_over(c: Context, rule: RuleMachine, cost: Cost) -> None:
    """Gives what the exchange gives: measured on what was taken, or so much a step."""
    taken = cost.parts[0][1] if cost.parts else 0
    for target, units in worths(c, rule, cost):
        if target.kind == "voucher":
            issue(c, rule.index, target.name, units)
        elif target.kind == "standing":
            grant(c, target.name, target.level or "", rule.name)
        elif units:
            wallet = c.machine.wallets[target.name]
            opens = waits(c, rule, wallet)
            if opens:
                promise(c, rule, wallet, opens, Entry(rule.index, wallet.place, units, taken, 0, 1, units))
                continue
            gone = wallet.life(c, c.today)
            credit(c, wallet, units, gone)
            c.recording.append(
                Entry(rule.index, wallet.place, units, taken, 0, 1, units, (), None, gone if gone < NEVER else 0)
            )


def worths(c: Context, rule: RuleMachine, cost: Cost) -> list[tuple[Target, int]]:
    """What an exchange gives for its cost: so many units to each of its targets."""
    c.taken = cost.parts[0][1] if cost.parts else 0
    measured = Measured(c, (), (), c.taken)
    found = []
    for target in rule.targets:
        units = 1
        if target.calculator is not None:
            num, den, _ = target.calculator.worth(measured)
            steps = cost.steps if c.machine.by_step(target.calculator) else 1
            units = rule.rounding.whole(num * steps, den)
        found.append((target, units))
    return found


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
    if given and not any(units for _, units in given):
        # Nothing is taken for nothing: a rate may not be known on that day.
        return False
    for bound, _ in rule.limits(c):
        if bound is not None:
            bound.use(c, cost.steps * per_step(rule, bound))
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
        return Cost(parts)
    wallet, each = spec.every
    steps = usable(c, rule, wallet) // each
    clipped: tuple[int, ...] = ()
    for bound, name in rule.limits(c):
        room = 0 if bound is None else bound.room(c) // per_step(rule, bound)
        if room < steps:
            steps, clipped = room, (*clipped, name)
    return Cost(((wallet, each * steps),), steps, clipped) if steps > 0 else None
