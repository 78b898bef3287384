"""The earning walk, written out: one Python function for the rules of a kind of event, in file order, as they are in force.

Each simple rule becomes a few lines: its conditions, what it measures, its amount and its limit. When all were asked, the event counts as
happened, entries are written and each wallet is credited once. What is general about a rule stays a call (`earning.slowly`), and so do
rules that meet in any but the plainest way (`earning.book`). The text is made of places, whole numbers and conditions that the program's
check made from their typed tree, never of a program's words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from regulars.engine.calculators import Fixed, Lookup, PerMoney, PerUnit
from regulars.engine.remembered import remembered
from regulars.engine.rules import NO_LINES, NOT_IN_FORCE, NOTHING, RuleMachine, Target
from regulars.engine.walk_groups import Group, groups
from regulars.engine.walk_text import Given, Text
from regulars.words.days import Day

if TYPE_CHECKING:
    from regulars.engine.earning import Walk
    from regulars.engine.machine import Machine


def walks(machine: Machine, rules: Sequence[RuleMachine], sets: Sequence[tuple[str, str]]) -> Callable[[Day], Walk]:
    """The walk of each day: one function for each set of rules that are in force together."""

    def write(live: tuple[bool, ...]) -> Walk:
        return _Writer(machine, rules, live, sets).text.function()

    written = remembered(write)
    return remembered(lambda day: written(tuple(rule.first <= day < rule.until for rule in rules)))


class _Writer:
    """Writes the walk of some rules, those that are `live` in full and the others as silent."""

    def __init__(
        self, machine: Machine, rules: Sequence[RuleMachine], live: Sequence[bool], sets: Sequence[tuple[str, str]]
    ) -> None:
        self.text = text = Text()
        self.machine = machine
        awake = [rule for rule, is_live in zip(rules, live, strict=True) if is_live]
        simple = [rule for rule in awake if is_simple(rule)]
        # What a ceiling leaves hangs on all that was given before: then nothing is simple.
        if any(target.capped for rule in awake for target in rule.targets):
            simple = []
        self.groups = groups(simple, awake)
        self.alone = {rule.index for rule in simple if not rule.meets}
        self.bases: dict[str | None, str] = {}
        self.given: list[Given] = []
        self.general = any(rule.index not in self.alone and rule.index not in self.groups for rule in awake)
        text.head(self.general)
        asleep: list[int] = []
        for rule, is_live in zip(rules, live, strict=True):
            if not is_live:
                asleep += (rule.index, NOT_IN_FORCE)
                continue
            self._sleep(asleep)
            asleep = []
            self._rule(rule)
        self._sleep(asleep)
        for group in dict.fromkeys(self.groups.values()):
            self._meet(group)
        if self.general:
            text.line(1, "if drafts: earning.book(c, drafts, kept)")
        text.happened(sets, machine)
        text.pay(self.given, machine, self.general)

    def _sleep(self, pairs: Sequence[int]) -> None:
        if pairs:
            self.text.line(1, f"silent += {tuple(pairs)}")

    def _rule(self, rule: RuleMachine) -> None:
        place = rule.index
        group = self.groups.get(place)
        if group is None and place not in self.alone:
            self._general(rule)
            return
        given = Given(rule, rule.targets[0])
        if group is not None:
            group.given[place] = given
        self.text.start(given)
        depth = self._conditions(rule)
        line = self.text.line
        if rule.plain:
            given.measured = self._base(rule.base, depth)
        else:
            given.measured = f"own_{place}"
            whole = self._base(rule.base, depth)
            self.text.own_lines(rule, given.measured, whole, depth)
            line(depth, f"if {given.measured} is None: silent += ({place}, {NO_LINES})")
            line(depth, "else:")
            depth += 1
        if group is not None and rule is not group.base:
            # How many times is all that there is to know before the base is.
            line(depth, f"left_{place} = 0")
            return
        positive = self._amount(given, depth)
        if group is not None:
            line(depth, f"left_{place} = units_{place}" if given.units != f"left_{place}" else "pass")
            return
        if not positive:
            line(depth, f"if {given.units} <= 0: silent += ({place}, {NOTHING})")
            line(depth, "else:")
            depth += 1
        self._limited(given, depth)
        self.given.append(given)

    def _general(self, rule: RuleMachine) -> None:
        """A rule whose amount, lines or conditions the walk does not write out."""
        if len(rule.targets) != 1 or rule.guarded or not (rule.plain or rule.filter is not None):
            self.text.line(1, f"earning.slowly(c, {self.text.name(rule, 'rule', rule)}, drafts, kept)")
            return
        depth = self._conditions(rule)
        self.text.line(depth, f"earning.draft(c, {self.text.name(rule, 'rule', rule)}, drafts, kept)")

    def _conditions(self, rule: RuleMachine) -> int:
        """Writes the rule's conditions; the depth at which it goes on."""
        conditions = () if rule.rule.when is None else rule.rule.when.parts
        for number, (_, source) in enumerate(conditions):
            self.text.line(1, f"{'elif' if number else 'if'} not ({source}): silent += ({rule.index}, {number})")
        if conditions:
            self.text.line(1, "else:")
            return 2
        return 1

    def _base(self, base: str | None, depth: int) -> str:
        """The name of what a base measures; measured once where every event comes by."""
        known = self.bases.get(base)
        if known is None:
            known = f"base_{len(self.bases)}" if depth == 1 else f"base_{len(self.text.lines)}"
            self.text.line(depth, f"{known} = c.measures.get({base!r})")
            self.text.measure(known, base, None if base is None else self.machine.bases[base], depth)
            if depth == 1:
                self.bases[base] = known
        return known

    def _amount(self, given: Given, depth: int) -> bool:
        """Writes what the rule gives before limits; whether that is surely something."""
        rule, target = given.rule, given.target
        place, calculator = rule.index, target.calculator
        if isinstance(calculator, Fixed):
            given.units = repr(calculator.units)
            if rule.meets:
                self.text.line(depth, f"units_{place} = {given.units}")
                given.units = f"units_{place}"
            return calculator.units > 0
        given.units = f"units_{place}"
        if rule.rounding.simple and type(calculator) is PerMoney:
            given.num, given.den = repr(calculator.num), repr(calculator.den)
            worth = f"{given.measured}.total * {given.num}" if calculator.num != 1 else f"{given.measured}.total"
            if calculator.den != 1:
                worth = f"{self.text.name(rule, 'divide', rule.rounding.divide)}({worth}, {given.den})"
            self.text.line(depth, f"{given.units} = {worth}")
            return False
        if rule.rounding.simple and type(calculator) is Lookup and calculator.on_money():
            self._looked_up(given, calculator, depth)
            return False
        given.weights = f"weights_{place}"
        if (
            rule.rounding.simple
            and type(calculator) is PerUnit
            and calculator.by_line
            and calculator.den == calculator.grain == 1
        ):
            given.num = repr(calculator.num)
            count = self.text.name(rule, "count", calculator.count)
            self.text.line(
                depth, f"{given.weights} = [{count}(c, c.lines[place]) for place in {given.measured}.picked]"
            )
            self.text.line(depth, f"{given.units} = sum({given.weights}) * {given.num}")
            return False
        given.num, given.den = f"num_{place}", f"den_{place}"
        amount = self.text.name(rule, "amount", target.amount)
        self.text.line(
            depth, f"{given.units}, {given.weights}, {given.num}, {given.den} = {amount}(c, {given.measured})"
        )
        return False

    def _looked_up(self, given: Given, table: Lookup, depth: int) -> None:
        """A rate on money by a key of the event, such as the tier; nothing where no row fits."""
        rule, place, name = given.rule, given.rule.index, self.text.name
        rates = {key: row.rate for key, row in table.cells.items()}  # type: ignore[attr-defined]
        otherwise = (0, 1) if table.otherwise is None else table.otherwise.rate  # type: ignore[attr-defined]
        given.num, given.den = f"num_{place}", f"den_{place}"
        row = f"{name(rule, 'rates', rates)}.get({name(rule, 'key', table.key)}(c, None), {otherwise})"
        self.text.line(depth, f"{given.num}, {given.den} = {row}")
        divide = name(rule, "divide", rule.rounding.divide)
        self.text.line(depth, f"{given.units} = {divide}({given.measured}.total * {given.num}, {given.den})")

    def _limited(self, given: Given, depth: int) -> None:
        """Writes what the rule's one limit leaves."""
        rule, left = given.rule, f"left_{given.rule.index}"
        if rule.only is None:
            self.text.line(depth, f"{left} = {given.units}")
            return
        take = self.text.name(rule, "limit", rule.only) + ".take"
        if rule.only.counted == "times":
            self.text.line(depth, f"{left} = {given.units} if {take}(c, 1) else 0")
        else:
            self.text.line(depth, f"{left} = {take}(c, {given.units})")
        given.clipped = True

    def _meet(self, group: Group) -> None:
        """Rules that multiply one base, for which every one that fired gives what the base would have given more."""
        base, line = group.given[group.base.index], self.text.line
        place, rounding = group.base.index, group.base.rounding
        for rule in group.rules:
            given, own = group.given[rule.index], rule.index
            if rule is group.base:
                line(1, f"if left_{own} >= 0:")
                line(2, f"if units_{own} <= 0:")
            else:
                times = rule.targets[0].calculator
                assert isinstance(times, Fixed)
                divide = self.text.name(group.base, "divide", rounding.divide)
                line(1, f"if left_{own} >= 0:")
                line(2, f"units_{own} = 0")
                line(2, f"if left_{place} >= 0:")
                line(
                    3,
                    f"units_{own} = {divide}({base.measured}.total * {base.num} * {times.units}, {base.den}) - units_{place}",
                )
                line(2, f"if units_{own} <= 0:")
                given.measured, given.weights = base.measured, base.weights
                given.num, given.den, given.shaped = repr(times.units), "1", (place,)
                given.units = f"units_{own}"
            line(3, f"silent += ({own}, {NOTHING}); left_{own} = -1")
            line(2, "else:")
            self._limited(given, 3)
            self.given.append(given)


def is_simple(rule: RuleMachine) -> bool:
    """Whether the walk writes a rule out: one wallet, at once, at most one limit; nothing but its conditions to ask."""
    if len(rule.targets) != 1 or rule.guarded or not (rule.plain or rule.filter is not None):
        return False
    if rule.filter is not None and (rule.base is None or rule.expression is not None or rule.paid_with is not None):
        return False
    target = rule.targets[0]
    return (
        target.only is not None
        and not rule.sets
        and not target.capped
        and rule.uses is None
        and (rule.only is not None or not rule.limited)
        and _has_amount(rule, target)
    )


def _has_amount(rule: RuleMachine, target: Target) -> bool:
    return target.calculator is not None and (not rule.meets or rule.rule.multiply != () or rule.rounding.simple)
