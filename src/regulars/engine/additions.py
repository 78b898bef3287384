"""What comes on top of an exchange: rules on the same request that take nothing and give a share of what it gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.engine.calculators import Measured
from regulars.engine.earning import credit
from regulars.engine.granting import issue
from regulars.engine.model import Entry
from regulars.words.days import NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regulars.engine.context import Context
    from regulars.engine.rules import RuleMachine


def adds(rule: RuleMachine) -> bool:
    """Whether a rule on a request only adds to what another one there gave."""
    return rule.of_rule is not None and not rule.rule.cost and rule.rule.every is None


def add_on(c: Context, rules: Sequence[RuleMachine], done: RuleMachine) -> None:
    """Gives what the rules that measure `done` add to it, where their conditions hold."""
    for rule in rules:
        if adds(rule) and rule.of_rule == done.name and rule.silence(c) < 0:
            give_share(c, rule, done)


def give_share(c: Context, rule: RuleMachine, done: RuleMachine) -> None:
    """A share of the units that a rule gave to the same event."""
    units = sum(entry.given for entry in c.entries if entry.rule == done.index and entry.given > 0)
    for target in rule.targets:
        if target.calculator is None or not units:
            continue
        num, den, _ = target.calculator.worth(Measured(c, (), (), units))
        more = rule.rounding.whole(num, den)
        if target.kind == "voucher":
            issue(c, rule.index, target.name, more)
        elif target.kind == "wallet" and more:
            wallet = c.machine.wallets[target.name]
            gone = wallet.life(c, c.today)
            credit(c, wallet, more, gone)
            shaped = (done.index,)
            c.recording.append(
                Entry(rule.index, wallet.place, more, units, num, den, more, shaped, None, gone if gone < NEVER else 0)
            )
