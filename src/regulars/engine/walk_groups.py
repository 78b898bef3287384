"""Rules that meet in the plainest way: one base that gives a rate on money, and rules that each multiply it by a whole number.

Every other way of meeting is left to `meeting.meet`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from regulars.engine.calculators import Fixed, Lookup, PerMoney, RewardCalculator

if TYPE_CHECKING:
    from regulars.engine.rules import RuleMachine
    from regulars.engine.walk_text import Given


class Group:
    """A base and the rules that multiply it, in file order; what each gives by the rule's place."""

    def __init__(self, base: RuleMachine, rules: Sequence[RuleMachine]) -> None:
        self.base, self.rules = base, (base, *(rule for rule in rules if rule is not base))
        self.given: dict[int, Given] = {}


def groups(simple: Sequence[RuleMachine], awake: Sequence[RuleMachine]) -> dict[int, Group]:
    """The groups among simple rules, by the place of each of their rules."""
    found: dict[int, Group] = {}
    for base in simple:
        if not base.meets or base.refers or not _rate_on_money(base):
            continue
        meeting = [rule for rule in awake if rule is base or _refers(rule, base.name)]
        if all(rule is base or (rule in simple and _only_multiplies(rule, awake)) for rule in meeting):
            group = Group(base, meeting)
            found.update((rule.index, group) for rule in meeting)
    return found


def _refers(rule: RuleMachine, name: str) -> bool:
    spec = rule.rule
    named = {*spec.instead_of, *(other for other, _ in (*spec.multiply, *spec.top_up))}
    return name in named or rule.of_rule == name


def _only_multiplies(rule: RuleMachine, awake: Sequence[RuleMachine]) -> bool:
    spec = rule.rule
    return (
        len(spec.multiply) == 1
        and not (spec.top_up or spec.instead_of or spec.best_of or rule.of_rule)
        and rule.plain
        and type(rule.targets[0].calculator) is Fixed
        and not any(_refers(other, rule.name) for other in awake)
    )


def _rate_on_money(rule: RuleMachine) -> bool:
    calculator: RewardCalculator | None = rule.targets[0].calculator
    if not rule.rounding.simple or rule.rule.best_of:
        return False
    if type(calculator) is PerMoney:
        return True
    return type(calculator) is Lookup and calculator.on_money()
