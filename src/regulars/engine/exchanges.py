"""Exchanges: rules that give only if they can take. Rewards, paying with points, conversions at once, by schedule or on request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from regulars.engine import compartments, handed_in, holds, lots, rations
from regulars.engine.calculators import Measured
from regulars.engine.earning import credit, remember
from regulars.engine.granting import grant, issue
from regulars.engine.model import RESERVED, Entry, Lot, Taken, Voucher
from regulars.engine.pending import promise, waits
from regulars.words.days import NEVER, Day
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.limits import Bound
    from regulars.engine.rules import RuleMachine, Target


EVERYTHING = 10**18


class Cost(NamedTuple):
    """What an exchange takes: (wallet, smallest units) or (voucher, how many) each, in so many steps; `clipped` names the limits that held
    it back, `vouchers` are those that it takes.
    """

    parts: tuple[tuple[str, int], ...]
    steps: int = 1
    clipped: tuple[int, ...] = ()
    vouchers: tuple[Voucher, ...] = ()


def cutoff(c: Context, rule: RuleMachine) -> Day:
    """The day before which what an exchange takes was earned: with `earned: by end of last W`, the first of the window of today."""
    earned = rule.rule.earned
    if earned is None:
        return NEVER
    if earned.window is None:
        return c.today
    held = c.machine.calendar.tile(earned.window)(c, c.today)
    return held[0] if held is not None else 0


def kept_by(c: Context, rule: RuleMachine) -> Callable[[Lot], bool] | None:
    """Which lots an exchange may take, where only those earned before a day."""
    if rule.rule.earned is None:
        return None
    start = cutoff(c, rule)
    return lambda lot: lot.earned < start


def usable(c: Context, rule: RuleMachine, wallet: str) -> int:
    """How many units an exchange may take of a wallet, or how many vouchers of a kind."""
    if wallet in c.machine.vouchers:
        return len(handed_in.takable(c, wallet, cutoff(c, rule)))
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
    gaps = machine.gaps.get(rule.index)
    refusal = None if gaps is None else gaps.found(c, rule)
    if refusal is not None:
        return refusal
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
    cost = Cost(parts, steps, (), handed_in.chosen(c, parts, cutoff(c, rule)))
    for bound, _ in rule.limits(c):
        if bound is None or bound.room(c) < used_of(c, rule, bound, cost):
            return rule.refusal("limit_reached")
    return cost


def used_of(c: Context, rule: RuleMachine, bound: Bound, cost: Cost) -> int:
    """How much of a limit a request uses: the units that it takes or what it measures, where the limit counts those, else its steps or one
    time. What takes something off is not refused, but takes off less.
    """
    if bound.counted == "measure" and rule.rule.off is None and rule.rule.free is None and rule.rule.to is None:
        return rations.amount(c, bound, range(len(c.lines)))
    taken = dict(cost.parts)
    if bound.counted == "units" and bound.noun in taken:
        return taken[bound.noun]
    return cost.steps if rule.rule.every is not None else 1


def too_little(c: Context, rule: RuleMachine, wallet: str, units: int) -> Refusal:
    """The refusal for holding too few units."""
    machine = c.machine.wallets.get(wallet)
    if machine is None:
        return rule.refusal("too_little", held=str(usable(c, rule, wallet)), cost=str(units))
    return rule.refusal("too_little", held=machine.text(c.available(wallet)), cost=machine.text(units))


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
    handed_in.take(c, rule, cost.vouchers)
    for wallet, units in cost.parts:
        if not units or wallet not in c.machine.wallets:
            continue
        machine = c.machine.wallets[wallet]
        before = c.holding(wallet)
        holding, moved = lots.take(
            before, units, wallet, holds.target(c, rule), machine.order, admitted(c, rule, wallet, units)
        )
        if (rule.rule.gives_back is not None or holds.asked(c)) and c.recording is c.entries:
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
    given = worths(c, rule, cost)
    taken = in_units(c)
    for target, units in given:
        if not units:
            continue
        if target.kind == "voucher":
            issue(c, rule.index, target.name, units)
        elif target.kind == "standing":
            grant(c, target.name, target.level or "", rule.name)
        else:
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


def in_units(c: Context) -> int:
    """What is taken as a number: units of a wallet, of vouchers their worth."""
    taken = c.taken
    return taken.worth if isinstance(taken, handed_in.HandedIn) else int(taken)


def nothing(c: Context, rule: RuleMachine, cost: Cost) -> Refusal | None:
    """The refusal of an exchange that would take its cost and give nothing for it."""
    gaps = c.machine.gaps.get(rule.index)
    if gaps is None or not rule.targets or rule.rule.receiver is not None:
        return None
    if any(units > 0 for _, units in worths(c, rule, cost)):
        return None
    wallet = c.machine.wallets.get(cost.parts[0][0]) if cost.parts else None
    return gaps.nothing(c, rule, str(in_units(c)) if wallet is None else wallet.text(in_units(c)))


def worths(c: Context, rule: RuleMachine, cost: Cost) -> list[tuple[Target, int]]:
    """What an exchange gives for its cost: so many units to each of its targets, measured on what is taken unless it says on what."""
    first, units = cost.parts[0] if cost.parts else ("", 0)
    c.taken = handed_in.together(c, cost.vouchers) if first in c.machine.vouchers else units
    measured = Measured(c, (), (), in_units(c) if rule.expression is None else rule.expression(c, None) or 0)
    found = []
    for target in rule.targets:
        units = 1
        if target.calculator is not None:
            num, den, _ = target.calculator.worth(measured)
            steps = cost.steps if c.machine.by_step(target.calculator) else 1
            units = rule.rounding.whole(num * steps, den)
        found.append((target, units))
    return found
