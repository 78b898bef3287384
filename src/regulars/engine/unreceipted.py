"""Goods that come back without a sale that is known: what they would earn if they were bought now is taken back.

Only where a program says so (`returns: {without_sale: take back}`): the usual answer is to ask of which purchase the goods are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.engine.rules import RuleMachine
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regulars.engine.context import Context

WITHOUT_SALE = "without_sale"


def give_back(c: Context) -> Refusal | None:
    """Takes back, wallet by wallet, what the rules of purchases give for these lines, limits and what others gave aside."""
    from regulars.engine.returns import collect
    from regulars.engine.view import blank

    event, machine = c.event, c.machine
    assert event is not None
    own = c.facts
    c.facts = blank(machine, "purchase")
    sums: dict[str, int] = {}
    for rule in _plain(c):
        measured = rule.measured(c) if rule.silence(c) < 0 else None
        for target in rule.targets if measured is not None else ():
            units = max(target.amount(c, measured)[0], 0)  # type: ignore[arg-type]
            for wallet in target.feeds:
                if machine.takes_back(wallet.name):
                    sums[wallet.name] = sums.get(wallet.name, 0) + units
    c.facts, c.returning = own, True
    c.added -= sum(line.amount for line in c.lines)
    rule_place = machine.program.return_rule
    assert rule_place is not None
    for name, units in sums.items():
        if units:
            collect(c, machine.wallets[name], units, 0, rule_place)
    return None


def _plain(c: Context) -> Iterator[RuleMachine]:
    """The rules of purchases that stand by themselves: none that was clipped, chosen or hangs on another."""
    for rule in c.machine.plan("purchase").earn:
        spec = rule.rule
        if not (spec.multiply or spec.top_up or spec.uses or rule.of_rule):
            yield rule
