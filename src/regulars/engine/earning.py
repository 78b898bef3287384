"""Earning: the rules of an event in file order, how they meet, their limits, and what they credit.

First every rule drafts what it would give; then `instead_of`, `best_of`, `multiply`, `top_up` and shares of other rules are settled; then
limits, ceilings and budgets clip, noting by how much; then wallets are credited, once each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from regulars.engine.calculators import Measured
from regulars.engine.granting import grant, issue
from regulars.engine.limits import Bound
from regulars.engine.model import ISSUED, PENDING, ACTIVE, Entry, Movement
from regulars.engine import lots
from regulars.engine.rules import NO_LINES, NOTHING, RuleMachine, Target
from regulars.words.days import NEVER
from regulars.words.sharing import share

if TYPE_CHECKING:
    from regulars.engine.context import Context


class Draft:
    """What a rule would give to one target, before limits."""

    __slots__ = ("den", "dropped", "measured", "num", "rounded", "rule", "shaped", "target", "units", "weights")

    def __init__(self, rule: RuleMachine, target: Target, measured: Measured, units: int, weights: Sequence[int] | None, num: int, den: int) -> None:
        self.rule, self.target, self.measured = rule, target, measured
        self.units = self.rounded = units
        self.weights, self.num, self.den = weights, num, den
        self.shaped: tuple[int, ...] = ()
        self.dropped = False


def earn(c: Context, rules: Sequence[RuleMachine], meeting: bool) -> None:
    """Runs the rules on the context's event; `meeting` tells whether any of them refers to another."""
    drafts: list[Draft] = []
    for rule in rules:
        why = rule.silence(c)
        if why >= 0:
            c.silent.append(rule.index)
            c.silent.append(why)
            continue
        draft(c, rule, drafts)
    if meeting:
        meet(c, drafts)
    book(c, drafts)


def draft(c: Context, rule: RuleMachine, drafts: list[Draft]) -> None:
    """Adds what the rule would give to `drafts`."""
    measured = rule.measured(c)
    if measured is None:
        c.silent.append(rule.index)
        c.silent.append(NO_LINES)
        return
    for target in rule.targets:
        calculator = target.calculator
        if calculator is None:
            drafts.append(Draft(rule, target, measured, 1, None, 0, 1))
            continue
        units, weights, num, den = rule.rounded(c, calculator, measured)
        pick = getattr(calculator, "pick", None)
        rate = getattr(pick(c) if pick is not None else calculator, "rate", None)
        num, den = rate if rate is not None else (num, den)
        drafts.append(Draft(rule, target, measured, units, weights, num, den))


def meet(c: Context, drafts: list[Draft]) -> None:
    """How rules meet: replacing, the best of several, multiplying, topping up, shares of another's result."""
    fired = {draft.rule.name: draft for draft in drafts}
    for one in drafts:
        for name in one.rule.rule.instead_of:
            if name in fired and one.units:
                fired[name].dropped = True
    for one in drafts:
        rule = one.rule.rule
        for name, _ in (*rule.multiply, *rule.top_up):
            base = fired.get(name)
            if base is None or base.dropped:
                one.units = one.rounded = 0
                continue
            against(c, one, base, bool(rule.multiply))
        if one.rule.of_rule is not None:
            share_of(c, one, fired.get(one.rule.of_rule))
    best_of(drafts)


def against(c: Context, one: Draft, base: Draft, multiply: bool) -> None:
    """The units of a multiplier or top-up: the base worked out again on this rule's lines, less what the base gave on them."""
    rule = one.rule
    measured = base.measured if rule.filter is None else base.measured.only(rule.lines_of(c))
    whole = measured.total == base.measured.total
    gave = base.rounded if whole else sum_on(base, measured)
    calculator = one.target.calculator
    assert calculator is not None
    if multiply:
        times, per, _ = calculator.worth(measured)
        num, den, weights = base.target.calculator.worth(measured)  # type: ignore[union-attr]
        units = base.rule.rounding.whole(num * times, den * per)
        one.num, one.den = times, per
    else:
        num, den, weights = calculator.worth(measured)
        units = base.rule.rounding.whole(num, den)
    one.units = one.rounded = max(units - gave, 0)
    one.measured, one.weights = measured, weights
    one.shaped = (base.rule.index,)


def sum_on(base: Draft, measured: Measured) -> int:
    """What the base gave on the lines of a smaller measure, by its lines' shares."""
    weights = base.measured.amounts if base.weights is None else base.weights
    wanted = set(measured.picked)
    parts = share(base.rounded, weights)
    return sum(part for place, part in zip(base.measured.picked, parts, strict=True) if place in wanted)


def share_of(c: Context, one: Draft, other: Draft | None) -> None:
    """A share of another rule's rounded result (hotel and airline bonuses)."""
    if other is None or other.dropped:
        one.units = one.rounded = 0
        return
    measured = Measured(c, other.measured.picked, other.measured.amounts, other.rounded)
    assert one.target.calculator is not None
    num, den, _ = one.target.calculator.worth(measured)
    one.units = one.rounded = one.rule.rounding.whole(num, den)
    one.measured, one.weights, one.shaped = measured, other.weights, (other.rule.index,)


def best_of(drafts: list[Draft]) -> None:
    """Of the rules that name one group, only the largest stays; the first of equals."""
    groups: dict[str, Draft] = {}
    for one in drafts:
        name = one.rule.rule.best_of
        if name is None or one.dropped:
            continue
        held = groups.get(name)
        if held is None or one.units > held.units:
            if held is not None:
                held.dropped = True
            groups[name] = one
        else:
            one.dropped = True


def book(c: Context, drafts: list[Draft]) -> None:
    """Limits, ceilings, entries and credits of what is left of the drafts."""
    kept: list[tuple[Draft, int]] = []
    for one in drafts:
        if one.dropped or one.units <= 0:
            c.silent.append(one.rule.index)
            c.silent.append(NOTHING)
            continue
        units = one.units
        if one.rule.bounds or one.rule.shared:
            units = clip(c, one)
        if one.target.kind == "wallet":
            units = under_ceiling(c, one, units)
        if units > 0:
            kept.append((one, units))
            c.fired.add(one.rule.name)
            sets = c.machine.sets_of_rule.get(one.rule.index)
            if sets is not None:
                remember(c, sets)
        else:
            c.recording.append(Entry(one.rule.index, one.target.place, 0, one.measured.total, one.num, one.den, one.rounded, one.shaped))
    pay_out(c, kept)


def remember(c: Context, sets: Sequence[str]) -> None:
    """The day becomes the last day of these event sets (and the first, when there was none)."""
    for name in sets:
        key = f"last:{name}"
        if c.days.get(key, 0) < c.today:
            c.days[key] = c.today
            c.changed.add(key)
        c.days.setdefault(f"first:{name}", c.today)


def clip(c: Context, one: Draft) -> int:
    """The units that the rule's limits leave, counted against them; the draft learns which limits clipped."""
    units, base, lines = one.units, one.measured.total, len(one.measured.picked)
    limits: list[tuple[Bound, int]] = []
    for bound, name in one.rule.limits(c):
        if bound is None:
            one.shaped = (*one.shaped, name)
            return 0
        limits.append((bound, name))
        room = bound.room(c)
        before = units
        if bound.counted == "times":
            units = units if room >= 1 else 0
        elif bound.counted == "units":
            units = min(units, room) if bound.noun in {None, one.target.name} else units
        elif bound.counted == "base" and base > room:
            units, base = units * room // base if base else 0, room
        elif bound.counted == "lines" and lines > room:
            units, lines = units * room // lines if lines else 0, room
        if units < before:
            one.shaped = (*one.shaped, name)
    if units <= 0:
        return 0
    for bound, _ in limits:
        counts = {"times": 1, "units": units, "base": base, "lines": lines}
        if bound.counted != "units" or bound.noun in {None, one.target.name}:
            bound.use(c, counts[bound.counted])
    return units


def under_ceiling(c: Context, one: Draft, units: int) -> int:
    """The units that the ceilings of the wallet and of its mirrors leave."""
    for wallet in c.machine.fed_by(one.target.name, one.rule.name):
        if wallet.ceiling is not None:
            room = max(wallet.ceiling - c.available(wallet.name), 0)
            if room < units:
                units = room
                if wallet.lapse_rule is not None:
                    one.shaped = (*one.shaped, wallet.lapse_rule)
    return units


def pay_out(c: Context, kept: Sequence[tuple[Draft, int]]) -> None:
    """Entries and credits: each wallet is credited once for all the rules that gave to it."""
    machine = c.machine
    sums: dict[tuple[str, int], int] = {}
    planned: list[tuple[Draft, Any, int, tuple[str, int]]] = []
    for one, units in kept:
        if one.target.kind == "voucher":
            issue(c, one.rule.index, one.target.name, units)
        elif one.target.kind == "standing":
            grant(c, one.target.name, one.target.level or "", one.rule.name)
        else:
            for wallet in machine.fed_by(one.target.name, one.rule.name):
                opens = (one.rule.pending or wallet.pending)(c, c.today)
                key = (wallet.name, opens)
                sums[key] = sums.get(key, 0) + units
                planned.append((one, wallet, units, key))
    gone = {key: credit(c, key[0], units, key[1]) for key, units in sums.items()}
    for one, wallet, units, key in planned:
        c.recording.append(
            Entry(
                one.rule.index, wallet.place, units, int(one.measured.total), one.num, one.den, one.rounded, one.shaped,
                line_weights(c, one), gone[key],
            )  # fmt: skip
        )


def line_weights(c: Context, one: Draft) -> tuple[int, ...] | None:
    """The lines' weights in an entry, when they are not all the lines' net amounts."""
    measured = one.measured
    picked, count = measured.picked, len(c.lines)
    if not picked or count <= 1:
        return None
    parts = measured.amounts if one.weights is None else one.weights
    if len(picked) == count:
        net = c.nets if c.nets is not None else [line.amount for line in c.lines]
        return None if list(parts) == net else tuple(parts)
    weights = [0] * count
    for place, part in zip(picked, parts, strict=True):
        weights[place] = part
    return tuple(weights)


def credit(c: Context, name: str, units: int, opens: int) -> int:
    """Credits a wallet on the context's day; the lapse day of the lot, 0 when it never lapses."""
    wallet = c.machine.wallets[name]
    gone = wallet.life(c, max(opens, c.today) if wallet.from_opening else c.today)
    serial = c.serial + 1
    holding, lot = lots.credit(c.holding(name), units, serial, c.today, opens, gone, wallet.by_month)
    if lot == serial:
        c.serial = serial
    c.hold(name, holding)
    c.moved.append(Movement(name, ISSUED, PENDING if opens > c.today else ACTIVE, units, lot))
    return 0 if gone >= NEVER else gone
