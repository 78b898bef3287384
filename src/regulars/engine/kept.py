"""What is kept of a purchase when goods come back, and what that means for an entry of its receipt.

Everything comes from the receipt and the rules of the version that judged it, never from today's rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from regulars.engine import afresh
from regulars.engine.calculators import PerStep, PerUnit
from regulars.engine.model import Entry, Sale
from regulars.words.sharing import share

if TYPE_CHECKING:
    from regulars.engine.events import Event
    from regulars.engine.machine import Machine
    from regulars.engine.model import Member
    from regulars.engine.rules import RuleMachine


class Kept:
    """The sale seen from a return: its lines, what each cost, what has come back before, and what has with what comes back now (minor
    units). A line that cost nothing comes back whole, so its `size` is 1 where that of others is what they cost.
    """

    __slots__ = ("after", "before", "lines", "machine", "nets", "sale", "sizes", "sold")

    def __init__(
        self, machine: Machine, sale: Sale, lines: Sequence[Any], sold: tuple[Event, Member] | None = None
    ) -> None:
        self.sold = sold
        """The purchase as it was read, and whose it is, to be judged again."""
        self.machine, self.sale, self.lines = machine, sale, list(lines)
        nets = sale.receipt.nets
        self.nets = list(nets[: len(lines)]) if nets is not None else [line.amount for line in lines]
        if nets is not None:
            for place, net in zip(sale.receipt.split, nets[len(lines) :], strict=True):
                self.nets[place] += net
        self.sizes = [net or 1 for net in self.nets]
        self.before = [0] * len(self.nets)
        for place, amount in sale.taken:
            self.come(self.before, place, amount)
        self.after = list(self.before)

    def all_back(self, back: Sequence[int]) -> bool:
        """Whether everything of the purchase has come back."""
        return all(amount >= size for amount, size in zip(back, self.sizes, strict=True))

    def come(self, back: list[int], place: int, amount: int) -> None:
        """Counts an amount of a line as come back."""
        back[place] = back[place] + amount if self.nets[place] else 1


def marked(machine: Machine, rule: int) -> bool:
    """Whether what a rule gave hangs on a counter, and is undone when that falls: a milestone, or what measures over some time."""
    found = machine.program.rules[rule]
    return found.section == "milestones" or found.counter is not None


def due_back(kept: Kept, entry: Entry) -> int:
    """What an entry must give back now: its due for all that has come back, less its due for what had come back before."""
    on_return = kept.machine.program.rules[entry.rule].on_return
    if on_return == "keep":
        return 0
    if on_return == "take back":
        # What is the same whatever was bought goes back with the last of the goods.
        return entry.given * (kept.all_back(kept.after) - kept.all_back(kept.before))
    revalue = on_return == "revalue" or (on_return is None and stepwise(kept, entry))
    due = revalued if revalue else shared
    # Bands need not rise: what has gone back once stays back.
    return max(due(kept, entry, kept.after) - due(kept, entry, kept.before), 0)


def stepwise(kept: Kept, entry: Entry) -> bool:
    """Whether an amount goes by steps, bands or a cap, so that a share of it would not be what the rest earns; what multiplies, raises or
    shares another rule's amount goes as that does.
    """
    rule = kept.machine.rules.get(entry.rule)
    if rule is None:
        return bool(entry.shaped)
    spec = rule.rule
    others = {name for name, _ in (*spec.multiply, *spec.top_up)} | ({rule.of_rule} if rule.of_rule else set())
    met = [one for name in others if (one := kept.machine.named.get(name)) is not None]
    known = {one.index for one in met}
    return any(place not in known for place in entry.shaped) or any(by_steps(one) for one in (rule, *met))


def by_steps(rule: RuleMachine) -> bool:
    """Whether what a rule gives goes by whole steps or bands."""
    target = next((target for target in rule.targets if target.kind == "wallet"), None)
    calculator = None if target is None else target.calculator
    if isinstance(calculator, PerStep) or (isinstance(calculator, PerUnit) and calculator.whole):
        return True
    return target is not None and not target.against and afresh.stepped(target)


def weights_of(kept: Kept, entry: Entry) -> list[int]:
    """Each line's part in an entry."""
    count = len(kept.nets)
    if entry.weights is None:
        weights = list(kept.nets)
    else:
        weights = list(entry.weights[:count])
        for place, extra in zip(kept.sale.receipt.split, entry.weights[count:], strict=True):
            weights[place] += extra
    # Where nothing weighs anything, as with goods that cost nothing, one line is as good as another.
    return weights if any(weights) else list(kept.sizes)


def shared(kept: Kept, entry: Entry, back: Sequence[int]) -> int:
    """The recorded share of the lines, each in proportion to how much of it has come back; all of it when all has."""
    if all(amount >= size for amount, size in zip(back, kept.sizes, strict=True)):
        return entry.given
    parts = share(entry.given, weights_of(kept, entry))
    return sum(part * amount // size for part, amount, size in zip(parts, back, kept.sizes, strict=True))


def revalued(kept: Kept, entry: Entry, back: Sequence[int], name: str | None = None) -> int:
    """What was given less what the rule gives on what is kept, at the recorded rate, never more than was given. `name` is the voucher that
    was given, where it was no wallet's units.
    """
    if all(amount >= size for amount, size in zip(back, kept.sizes, strict=True)):
        return entry.given
    if not any(back):
        return 0
    rule = kept.machine.rules.get(entry.rule)
    targets = () if rule is None else rule.targets
    wallets = [one for one in targets if one.kind == "wallet"]
    # A counter that mirrors the wallet goes with it.
    own = next((one for one in wallets if one.name == kept.machine.by_place[entry.wallet].name), None)
    target = (
        own or next(iter(wallets), None) if name is None else next((one for one in targets if one.name == name), None)
    )
    calculator = None if target is None else target.calculator
    if rule is not None and target is not None and not target.against:
        fresh = afresh.worth(kept, rule, target, entry, back)
        if fresh is not None:
            return entry.given - min(fresh, entry.given)
    weights = weights_of(kept, entry)
    if isinstance(calculator, PerUnit) and calculator.by_line and entry.weights is None:
        weights = [int(calculator.count(None, line) * calculator.grain) for line in kept.lines]
    total = sum(weights)
    left = sum(weight * (size - amount) // size for weight, amount, size in zip(weights, back, kept.sizes, strict=True))
    if isinstance(calculator, PerStep):
        worth = entry.base * left // total // calculator.step * calculator.units if total else 0
    elif isinstance(calculator, PerUnit) and calculator.by_line and calculator.whole:
        worth = left // (calculator.den * calculator.grain) * calculator.num
    else:
        worth = entry.rounded * left // total if total else 0
    return entry.given - min(worth, entry.given)
