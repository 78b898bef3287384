"""What is kept of a purchase when goods come back, and what that means for an entry of its receipt.

Everything comes from the receipt and the rules of the version that judged it, never from today's rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from regulars.engine.calculators import PerStep, PerUnit
from regulars.engine.model import Entry, Sale
from regulars.words.sharing import share

if TYPE_CHECKING:
    from regulars.engine.machine import Machine


class Kept:
    """The sale seen from a return: its lines, what each cost, what has come back before, and what comes back now (minor units)."""

    __slots__ = ("after", "before", "lines", "machine", "nets", "sale")

    def __init__(self, machine: Machine, sale: Sale, lines: Sequence[Any]) -> None:
        self.machine, self.sale, self.lines = machine, sale, list(lines)
        nets = sale.receipt.nets
        self.nets = list(nets[: len(lines)]) if nets is not None else [line.amount for line in lines]
        if nets is not None:
            for place, net in zip((line.origin for line in self._split(nets)), nets[len(lines) :], strict=False):
                self.nets[place] += net
        self.before = [0] * len(self.nets)
        for place, amount in sale.taken:
            self.before[place] += amount
        self.after = list(self.before)

    def _split(self, nets: Sequence[int]) -> list[Any]:
        """Pieces that a free drink split off stand at the end; they belong to the line they came from."""
        extra = len(nets) - len(self.lines)
        return [line for line in self.lines if line.qty > 1][:extra]


def due_back(kept: Kept, entry: Entry) -> int:
    """What an entry must give back now: its due for all that has come back, less its due for what had come back before."""
    on_return = kept.machine.program.rules[entry.rule].on_return
    if on_return == "keep":
        return 0
    revalue = on_return == "revalue" or (on_return is None and stepwise(kept, entry))
    due = revalued if revalue else shared
    return due(kept, entry, kept.after) - due(kept, entry, kept.before)


def stepwise(kept: Kept, entry: Entry) -> bool:
    """Whether an amount goes by steps, bands or a cap, so that a share of it would not be what the rest earns."""
    if entry.shaped:
        return True
    rule = kept.machine.rules.get(entry.rule)
    target = None if rule is None else next((target for target in rule.targets if target.kind == "wallet"), None)
    calculator = None if target is None else target.calculator
    return isinstance(calculator, PerStep) or (isinstance(calculator, PerUnit) and calculator.whole)


def weights_of(kept: Kept, entry: Entry) -> list[int]:
    """Each line's part in an entry."""
    count = len(kept.nets)
    if entry.weights is None:
        return list(kept.nets)
    weights = list(entry.weights[:count])
    for extra in entry.weights[count:]:
        weights[0] += extra
    return weights


def shared(kept: Kept, entry: Entry, back: Sequence[int]) -> int:
    """The recorded share of the lines, each in proportion to how much of it has come back; all of it when all has."""
    if all(amount >= net for amount, net in zip(back, kept.nets, strict=True)):
        return entry.given
    parts = share(entry.given, weights_of(kept, entry))
    return sum(part * amount // net if net else 0 for part, amount, net in zip(parts, back, kept.nets, strict=True))


def revalued(kept: Kept, entry: Entry, back: Sequence[int], name: str | None = None) -> int:
    """What was given less what the rule gives on what is kept, at the recorded rate, never more than was given. `name` is the voucher that
    was given, where it was no wallet's units.
    """
    if all(amount >= net for amount, net in zip(back, kept.nets, strict=True)):
        return entry.given
    weights = weights_of(kept, entry)
    total = sum(weights)
    left = sum(
        weight * (net - amount) // net if net else weight for weight, amount, net in zip(weights, back, kept.nets, strict=True)
    )
    rule = kept.machine.rules.get(entry.rule)
    targets = () if rule is None else rule.targets
    calculator = next((target.calculator for target in targets if (target.kind == "wallet" if name is None else target.name == name)), None)
    if isinstance(calculator, PerStep):
        worth = left // calculator.step * calculator.units
    elif isinstance(calculator, PerUnit) and calculator.whole:
        worth = left // calculator.den * calculator.num
    else:
        worth = entry.rounded * left // total if total else 0
    return entry.given - min(worth, entry.given)
