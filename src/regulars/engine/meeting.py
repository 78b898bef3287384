"""How rules meet: replacing, the best of several, multiplying, topping up, shares of another's result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from regulars.engine.calculators import Measured
from regulars.engine.drafts import Draft
from regulars.words.sharing import share

if TYPE_CHECKING:
    from regulars.engine.context import Context


def meet(c: Context, drafts: list[Draft]) -> None:
    """How rules meet: replacing, the best of several, multiplying, topping up, shares of another's result."""
    fired: dict[str, list[Draft]] = {}
    for one in drafts:
        fired.setdefault(one.rule.name, []).append(one)
    for one in drafts:
        for name in one.rule.rule.instead_of:
            if one.units:
                drop(fired.get(name, ()))
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
            # What a rule gives first is its result, unless a share of the same wallet is asked for.
            first = next(iter(fired.get(one.rule.of_rule, ())), None)
            share_of(c, one, on.get((one.rule.of_rule, one.target.name), first))
            c.levels = now
    best_of(c, fired)


def drop(drafts: Iterable[Draft]) -> None:
    """A rule that another replaces gives nothing of all that it would give."""
    for one in drafts:
        one.dropped = True


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
        units, weights, _, _ = base.rule.rounded(base.target.calculator, measured, times, per)  # type: ignore[arg-type]
        one.num, one.den = times, per
    else:
        units, weights, _, _ = base.rule.rounded(calculator, measured)
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


def best_of(c: Context, fired: Mapping[str, Sequence[Draft]]) -> None:
    """Of the rules that name one group, only the one that gives most stays, with all that it gives; the first of equals."""
    groups: dict[str, Sequence[Draft]] = {}
    for drafts in fired.values():
        name = drafts[0].rule.rule.best_of
        if name is None or drafts[0].dropped:
            continue
        held = groups.get(name)
        if held is None or worth(c, drafts[0]) > worth(c, held[0]):
            drop(held or ())
            groups[name] = drafts
        else:
            drop(drafts)


def worth(c: Context, one: Draft) -> Fraction:
    """How much a rule gives first, in whole units of the wallet, so that wallets kept in finer parts do not count for more."""
    wallet = c.machine.wallets.get(one.target.name)
    return Fraction(one.units, 1 if wallet is None else wallet.scale)
