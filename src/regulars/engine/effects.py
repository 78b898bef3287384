"""What rules do beside giving units, compiled: prices, amounts off, caps, minimums, costs, stocks, options."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from regulars.engine.amounts import plain_number
from regulars.engine.calculators import RewardCalculator
from regulars.engine.costs import CostOf, cost_of
from regulars.engine.gaps import Gaps
from regulars.engine.rules import RuleMachine
from regulars.program.cel import compile_value
from regulars.program.forms.tree import Number
from regulars.program.model import Rule

if TYPE_CHECKING:
    from regulars.engine.machine import Machine


class Asked(NamedTuple):
    """How much a member wants of an exchange, and what one step of it is."""

    value: Callable[[Any, Any], Any]
    money: bool
    step: int


class Effects:
    """By a rule's place: what comes off or on, at most how much, from which minimum, what it costs, how much is wanted, for whom."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.amounts: dict[int, RewardCalculator] = {}
        self.caps: dict[int, Callable[[Any, Any], int]] = {}
        self.minimums: dict[int, Callable[[Any, Any], int]] = {}
        self.asked: dict[int, Asked] = {}
        self.costs: dict[int, tuple[CostOf, ...]] = {}
        self.stocks: dict[int, str] = {}
        self.options: dict[int, dict[str, RuleMachine]] = {}
        self.prices: dict[int, Callable[[Any, Any], Any]] = {}
        self.receivers: dict[int, Callable[[Any, Any], Any]] = {}
        self.gaps: dict[int, Gaps] = {}
        for rule in machine.program.rules:
            self._compile(rule)

    def _compile(self, rule: Rule) -> None:
        machine, place = self._machine, rule.index
        effect = rule.off if rule.off is not None else rule.add
        if effect is not None:
            self.amounts[place] = machine.amounts(None, None, rule).make(effect)
        if rule.to is not None:
            self.prices[place] = compile_value(rule.to)
        if rule.receiver is not None:
            self.receivers[place] = compile_value(rule.receiver)
        if rule.up_to is not None:
            self.caps[place] = plain_number(rule.up_to, machine.minor)
        if rule.minimum is not None:
            held = machine.wallets.get(rule.minimum_of or "")
            scale = held.scale if held is not None else machine.minor if rule.minimum_of is None else 1
            self.minimums[place] = plain_number(rule.minimum, scale)
        if rule.asked is not None:
            self.asked[place] = Asked(
                compile_value(rule.asked), type(rule.asked.type).__name__ == "Money", self._step_worth(rule)
            )
        if rule.cost or rule.every is not None:
            self.gaps[place] = Gaps(rule)
        self.costs[place] = tuple(cost_of(machine, rule, wallet, cell) for wallet, cell in rule.cost)
        if rule.stock is not None:
            self.stocks[place] = f"stock:{rule.name}"
        if rule.choose:
            made = {one.name.rsplit(".", 1)[-1]: RuleMachine(machine, one) for one in rule.choose}
            for option in made.values():
                option.index = place
                for target in option.targets:
                    if target.kind == "wallet":
                        target.feeds = machine.fed_by(target.name, rule.name)
            self.options[place] = made

    def _step_worth(self, rule: Rule) -> int:
        amount = rule.off if rule.off is not None else next((give.amount for give in rule.give), None)
        value = amount.value if isinstance(amount, Number) else None
        return int(value * self._machine.minor) if value else 1
