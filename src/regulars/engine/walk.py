"""The earning walk, written out: one Python function for the rules of a kind of event, in file order, as they are in force.

Each rule becomes a few lines: its conditions, what it measures, its amount, its limit, and what is kept for paying out or drafted for
meeting others; a rule that does not give says why. What is general about a rule stays a call (`earning.slowly`, `earning.keep`). The text
is made of places, whole numbers and conditions that the program's check made from their typed tree, never of a program's words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from regulars.engine.calculators import Fixed, PerMoney
from regulars.engine.drafts import Draft
from regulars.engine.earning import keep, slowly
from regulars.engine.remembered import remembered
from regulars.engine.rules import NO_LINES, NOT_IN_FORCE, NOTHING, RuleMachine, Target
from regulars.program.cel.runtime import NAMESPACE
from regulars.words.days import Day

if TYPE_CHECKING:
    from regulars.engine.earning import Walk

HEAD = """\
def walk(c, kept, drafts):
    silent = c.silent
    keeps = kept.append
"""


def walks(rules: Sequence[RuleMachine]) -> Callable[[Day], Walk]:
    """The walk of each day: one function for each set of rules that are in force together."""

    def write(live: tuple[bool, ...]) -> Walk:
        return _Writer(rules, live).function()

    written = remembered(write)
    return remembered(lambda day: written(tuple(rule.first <= day < rule.until for rule in rules)))


class _Writer:
    """Writes the walk of some rules, those that are `live` in full and the others as silent."""

    def __init__(self, rules: Sequence[RuleMachine], live: Sequence[bool]) -> None:
        self.text: list[str] = [HEAD]
        self.space: dict[str, Any] = {**NAMESPACE, "Draft": Draft, "keep": keep, "slowly": slowly}
        self.measured: dict[str | None, str] = {}
        asleep: list[int] = []
        for rule, awake in zip(rules, live, strict=True):
            if not awake:
                asleep += (rule.index, NOT_IN_FORCE)
                continue
            self._sleep(asleep)
            asleep = []
            self._rule(rule)
        self._sleep(asleep)

    def function(self) -> Walk:
        """The function of the text."""
        exec(compile("".join(self.text), "<earning walk>", "exec"), self.space)
        made: Walk = self.space["walk"]
        return made

    def _line(self, depth: int, text: str) -> None:
        self.text.append(f"{'    ' * depth}{text}\n")

    def _sleep(self, pairs: Sequence[int]) -> None:
        if pairs:
            self._line(1, f"silent += {tuple(pairs)}")

    def _name(self, rule: RuleMachine, what: str, value: Any) -> str:
        """A name of the rule's for a value that the text speaks of."""
        name = f"_{what}_{rule.index}"
        self.space[name] = value
        return name

    def _rule(self, rule: RuleMachine) -> None:
        place = rule.index
        if len(rule.targets) != 1 or rule.guarded or not (rule.plain or rule.filter is not None):
            self._line(1, f"slowly(c, {self._name(rule, 'rule', rule)}, drafts, kept)")
            return
        depth = 1
        conditions = () if rule.rule.when is None else rule.rule.when.parts
        for number, (_, source) in enumerate(conditions):
            self._line(1, f"{'elif' if number else 'if'} not ({source}): silent += ({place}, {number})")
        if conditions:
            self._line(1, "else:")
            depth = 2
        if rule.plain:
            measured = self._base(rule.base, depth)
        else:
            measured = "own"
            if rule.base is not None and rule.expression is None and rule.paid_with is None:
                whole = self._base(rule.base, depth)
                self._line(depth, f"own = {self._name(rule, 'on_lines', rule.on_lines)}(c, {whole})")
            else:
                self._line(depth, f"own = {self._name(rule, 'measured', rule.measured)}(c)")
            self._line(depth, f"if own is None: silent += ({place}, {NO_LINES})")
            self._line(depth, "else:")
            depth += 1
        self._gives(rule, rule.targets[0], measured, depth)

    def _base(self, base: str | None, depth: int) -> str:
        """The name of what a base measures; measured once where every event comes by."""
        known = self.measured.get(base)
        if known is None:
            known = f"base_{len(self.measured)}" if depth == 1 else "whole"
            self._line(depth, f"{known} = c.measures.get({base!r}) or c.measure({base!r})")
            if depth == 1:
                self.measured[base] = known
        return known

    def _gives(self, rule: RuleMachine, target: Target, measured: str, depth: int) -> None:
        calculator = target.calculator
        weights, num, den, positive = "None", "0", "1", False
        if isinstance(calculator, Fixed):
            units, positive = repr(calculator.units), calculator.units > 0
        elif rule.rounding.simple and type(calculator) is PerMoney:
            units, num, den = "units", repr(calculator.num), repr(calculator.den)
            worth = f"{measured}.total * {num}"
            if den != "1":
                worth = f"{self._name(rule, 'divide', rule.rounding.divide)}({worth}, {den})"
            self._line(depth, f"units = {worth}")
        else:
            units, weights, num, den = "units", "weights", "num", "den"
            self._line(depth, f"units, weights, num, den = {self._name(rule, 'amount', target.amount)}(c, {measured})")
        what = f"{self._name(rule, 'rule', rule)}, {self._name(rule, 'target', target)}, {measured}"
        if rule.meets:
            self._line(depth, f"drafts.append(Draft({what}, {units}, {weights}, {num}, {den}, {units}))")
            return
        if not positive:
            self._line(depth, f"if {units} <= 0: silent += ({rule.index}, {NOTHING})")
            self._line(depth, "else:")
            depth += 1
        self._kept(rule, what, (units, weights, num, den), depth)

    def _kept(self, rule: RuleMachine, what: str, amount: tuple[str, str, str, str], depth: int) -> None:
        units, weights, num, den = amount
        if not rule.bounded:
            self._line(depth, f"keeps(({what}, {units}, {weights}, {num}, {den}, {units}, ()))")
        elif rule.only is None or rule.sets or rule.targets[0].capped:
            self._line(depth, f"keep(c, kept, {what}, {units}, {weights}, {num}, {den})")
        else:
            take = self._name(rule, "take", rule.only.take)
            left = f"{units} if {take}(c, 1) else 0" if rule.only.counted == "times" else f"{take}(c, {units})"
            self._line(depth, f"left = {left}")
            shaped = f"() if left >= {units} else ({rule.only_name},)"
            self._line(depth, f"keeps(({what}, left, {weights}, {num}, {den}, {units}, {shaped}))")
