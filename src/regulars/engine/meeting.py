"""How rules meet: replacing, the best of several, multiplying, topping up, shares of another's result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.engine.calculators import Measured
from regulars.engine.drafts import Draft
from regulars.words.sharing import share

if TYPE_CHECKING:
    from regulars.engine.context import Context


def meet(c: Context, drafts: list[Draft]) -> None:
    """How rules meet: replacing, the best of several, multiplying, topping up, shares of another's result."""
    fired = {draft.rule.name: draft for draft in drafts}
    for one in drafts:
        for name in one.rule.rule.instead_of:
            if name in fired and one.units:
                fired[name].dropped = True
    on = {(draft.rule.name, draft.target.name): draft for draft in drafts}
    for one in drafts:
        if one.target.against:
            base = on.get((one.target.against, one.target.name))
            if base is None or base.dropped:
                one.units = one.rounded = 0
            else:
                against(c, one, base, bool(one.rule.rule.multiply))
        if one.rule.of_rule is not None:
            now, c.levels = c.levels, one.rule.levels_then(c)
            share_of(c, one, fired.get(one.rule.of_rule))
            c.levels = now
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
