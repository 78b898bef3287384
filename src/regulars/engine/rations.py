"""Limits on what is measured: litres, nights, a base. What is over earns nothing and takes nothing off; the rest is worth what it is.

An amount that is a rate on the very thing a limit counts is worked out again on what the limit leaves; any other is cut in proportion.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from regulars.engine.bases import parts_of
from regulars.engine.calculators import EXACT, Exactly, Measured, Worth
from regulars.engine.limits import Counting, ScaleOf
from regulars.engine.survey import walk
from regulars.program.forms.tree import Limit, Rate
from regulars.program.model import Program, Rule
from regulars.words.sharing import share as shared

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.limits import Bound
    from regulars.engine.machine import Machine
    from regulars.engine.rules import RuleMachine, Target

MEASURED = frozenset({"measure", "base"})
"""What limits of prices, benefits and requests count by what is measured."""
Count = Callable[..., Any]


def grain(program: Program, unit: str) -> int:
    """The parts in which a tally counts a unit: one where all its facts are whole numbers."""
    words = _words(unit)
    facts = [fact.type for kind in program.facts.values() for fact in kind.values() if fact.type.unit in words]
    return 1 if facts and all(fact.base == "count" for fact in facts) else EXACT


def units_of(program: Program, rule: Rule) -> frozenset[str]:
    """The unit words that limits of a rule, its own or shared, count."""
    limits = (rule.at_most, *(program.limits[name].at_most for name in rule.within if name in program.limits))
    nouns = {one.noun for one in walk(limits) if isinstance(one, Limit) and one.noun is not None}
    known = {word for kind in program.facts.values() for fact in kind.values() if (word := fact.type.unit) is not None}
    return frozenset(word for noun in nouns for word in _words(noun) if word in known)


def is_of(program: Program, name: str, units: frozenset[str]) -> bool:
    """Whether the measure of a rate, a unit word or the path of a fact, is one of these units."""
    first, _, rest = name.partition(".")
    if not rest:
        return bool(_words(name) & units)
    kinds = [facts for kind, facts in program.facts.items() if kind.partition(".")[0] == first]
    return any(facts[rest].type.unit in units for facts in kinds if rest in facts)


def countings(machine: Machine, rule: Rule | None) -> ScaleOf:
    """What a limit of a rule, or one that rules share, counts by its noun; without one what the rule gives first, or money."""

    def counting(noun: str | None) -> Counting:
        if noun is None:
            target = rule.give[0].target if rule is not None and rule.give else None
            wallet = machine.wallets.get(target or "")
            return Counting("units", wallet.scale if wallet is not None else machine.minor)
        if noun in machine.wallets:
            return Counting("units", machine.wallets[noun].scale)
        if noun in machine.program.vouchers:
            return Counting("units", machine.minor if machine.program.vouchers[noun].given else 1)
        if noun in machine.bases:
            return Counting("base", parts_of(machine.program.bases.get(noun), machine.minor))
        if noun in {"line", "lines"}:
            return Counting("lines")
        return Counting("measure", grain(machine.program, noun), *machine.counts(noun))

    return counting


def counts(machine: Machine, rule: Rule) -> Callable[[str], tuple[Count, bool]]:
    """What measures of a rule's rates count, as far as its limits on the same thing allow."""
    units = units_of(machine.program, rule)
    if not units:
        return machine.counts

    def counting(name: str) -> tuple[Count, bool]:
        count, by_line = machine.counts(name)
        return (rationed(count) if is_of(machine.program, name, units) else count), by_line

    return counting


def asks(program: Program, rule: Rule, cell: Any) -> bool:
    """Whether an amount is a rate on what the rule's limits count."""
    units = units_of(program, rule)
    names = (one.measure.name for one in walk(cell) if isinstance(one, Rate)) if units else ()
    return any(name is not None and is_of(program, name, units) for name in names)


def rationed(count: Count) -> Count:
    """A count as far as the limits on it allow now."""
    return Exactly(lambda c, line: count(c, line) * (1 if c is None else c.ration))


def amount(c: Context, bound: Bound, places: Iterable[int]) -> int:
    """How much of what a limit counts there is on these lines, in the limit's smallest parts, a part of one rounded up."""
    if bound.counted == "base":
        base = c.machine.bases[str(bound.noun)]
        net = c.net()
        # What a base measures of lines is what they cost when the turn of the price comes.
        return sum(net[place] for place in places) if base.of is None else math.ceil(c.measure(base.name).total)
    assert bound.measure is not None
    total = sum(bound.measure(c, c.lines[place]) for place in places) if bound.by_line else bound.measure(c, None) or 0
    exact = Fraction(total) * bound.grain
    return math.ceil(exact)


def left(c: Context, rule: RuleMachine, places: Sequence[int]) -> Fraction:
    """The share of what is measured on these lines that the limits of a price still allow; it is noted how much that is, to be counted."""
    share = Fraction(1)
    for bound in bounds(c, rule):
        have = amount(c, bound, places)
        room = bound.room(c)
        c.in_event[_noted(bound)] = min(have, room)
        if have > room:
            share = min(share, Fraction(room, have))
    return share


def worth(c: Context, rule: RuleMachine, measured: Measured, share: Fraction | int) -> Worth:
    """What a price comes to on so large a share of what it measures."""
    c.ration = share if rule.rationed else 1
    num, den, weights = c.machine.effects[rule.index].worth(measured)
    c.ration = 1
    return (
        (num, den, weights)
        if share == 1 or rule.rationed
        else (num * share.numerator, den * share.denominator, weights)
    )


def cut(taken: Mapping[int, int], share: Fraction | int) -> Mapping[int, int]:
    """So large a share of what comes off each line, rounded down on the whole."""
    if share == 1:
        return taken
    whole = sum(taken.values()) * share.numerator // share.denominator
    return dict(zip(taken, shared(whole, list(taken.values())), strict=True))


def bounds(c: Context, rule: RuleMachine) -> Iterator[Bound]:
    """The limits of a rule that count what is measured."""
    for bound, _ in rule.limits(c) if rule.limited else ():
        if bound is not None and bound.counted in MEASURED:
            yield bound


def noted(c: Context, bound: Bound) -> int:
    """How much of a limit was noted as used, once."""
    return c.in_event.pop(_noted(bound), 0)


def keep(c: Context, bound: Bound, used: int, again: bool) -> int:
    """How much more of a limit a rule uses that may have used it for another of its targets already (`again`)."""
    before = c.in_event.get(_noted(bound), 0) if again else 0
    c.in_event[_noted(bound)] = max(used, before)
    return max(used - before, 0)


def used_before(c: Context, bound: Bound, again: bool) -> int:
    """What the rule itself used of a limit for another of its targets on the same event."""
    return c.in_event.get(_noted(bound), 0) if again else 0


def within(c: Context, target: Target, measured: Measured, units: int, share: Fraction) -> int:
    """What a rule gives when only a share of what it measures counts."""
    if target.rationed and target.amount(c, measured)[0] == units:
        c.ration = share
        units = target.amount(c, measured)[0]
        c.ration = 1
        return units
    return units * share.numerator // share.denominator


def _noted(bound: Bound) -> str:
    return f"noted:{bound.key}"


def _words(name: str) -> frozenset[str]:
    return frozenset({name, name.removesuffix("s")})
