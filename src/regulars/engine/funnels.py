"""Funnels: wallets that only share out what flows in (`splits`), once an event, when all that it gives has come.

What a funnel shares is no longer its own: a return takes the parts back from the wallets that got them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from regulars.engine import lots
from regulars.engine.earning import credit
from regulars.engine.model import REDEEMED, Entry
from regulars.engine.pending import promise, waits
from regulars.engine.rules import MODES
from regulars.engine.tables import choose
from regulars.program.cel import compile_value
from regulars.program.forms.tree import Percent, Word
from regulars.program.model import CelAmount, Wallet
from regulars.words.days import NEVER
from regulars.words.rounding import divider
from regulars.words.sharing import share

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.machine import Machine
    from regulars.engine.rules import RuleMachine
    from regulars.engine.wallets import WalletMachine

ShareOf = Callable[[Any, Any], Fraction]
REST = Word("rest")


class Funnel:
    """A wallet that only shares out what flows in, compiled: its shares in file order, the wallet that takes what is left."""

    __slots__ = ("divide", "grain", "name", "rest", "rule", "shares")

    def __init__(self, machine: Machine, wallet: Wallet) -> None:
        assert wallet.split_rule is not None
        self.name, self.rule = wallet.name, machine.rules[wallet.split_rule]
        spec = wallet.round
        self.divide = divider(MODES["down" if spec is None else spec.mode])
        self.grain = 1 if spec is None or spec.to is None else max(int(spec.to * wallet.scale), 1)
        self.shares = tuple((into, _share(cell)) for into, cell in wallet.splits if cell != REST)
        self.rest = next(into for into, cell in wallet.splits if cell == REST)

    def parts(self, c: Context, units: int) -> list[tuple[str, int]]:
        """(wallet, units) in file order but for the last, which takes what is left; never more than there is."""
        left, found = units, []
        for into, share_of in self.shares:
            exact = max(share_of(c, None), Fraction(0)) * units
            part = min(self.divide(exact.numerator, exact.denominator * self.grain) * self.grain, left)
            found.append((into, part))
            left -= part
        return [*found, (self.rest, left)]


def _share(cell: Any) -> ShareOf:
    def make(one: Any) -> ShareOf:
        if isinstance(one, CelAmount):
            value = compile_value(one.checked)
            return lambda c, line: Fraction(value(c, line) or 0)
        fixed = one.share if isinstance(one, Percent) else Fraction(0)
        return lambda _c, _line: fixed

    pick = choose(cell, make)
    return lambda c, line: Fraction(0) if (found := pick(c, line)) is None else found(c, line)


def share_out(c: Context, rule: RuleMachine) -> bool:
    """Shares out what stands in the funnel of this rule. True when there was something."""
    funnel = c.machine.funnels[c.machine.program.rules[rule.index].name.split(".")[1]]
    held = c.holding(funnel.name)
    units = held.active
    if units <= 0:
        return False
    weights = lines_of(c, funnel)
    wallet = c.machine.wallets[funnel.name]
    holding, moved = lots.take(held, units, funnel.name, REDEEMED, wallet.order)
    c.hold(funnel.name, holding)
    c.moved.extend(moved)
    c.recording.append(Entry(rule.index, wallet.place, -units, units, 0, 1, units))
    for into, part in funnel.parts(c, units):
        if part:
            for fed in c.machine.fed_by(into, rule.name):
                bring(c, rule, fed, Entry(rule.index, fed.place, part, units, part, units, part, (), weights))
    return True


def bring(c: Context, rule: RuleMachine, wallet: WalletMachine, entry: Entry) -> None:
    """Credits a part, as far as the wallet's ceiling leaves room, or puts it aside where the wallet lets its units wait."""
    units, shaped = entry.given, entry.shaped
    if wallet.ceiling is not None:
        units = min(units, max(wallet.ceiling - c.available(wallet.name), 0))
        if units < entry.given and wallet.lapse_rule is not None:
            shaped = (wallet.lapse_rule,)
    opens = waits(c, rule, wallet)
    gone = wallet.life(c, c.today)
    made = Entry(
        entry.rule, entry.wallet, units, entry.base, entry.num, entry.den, entry.rounded, shaped, entry.weights,
        gone if gone < NEVER and units else 0,
    )  # fmt: skip
    if opens:
        promise(c, rule, wallet, opens, made)
    elif gone > c.today:
        if units:
            credit(c, wallet, units, gone)
        c.recording.append(made)


def lines_of(c: Context, funnel: Funnel) -> tuple[int, ...] | None:
    """Each line's part in what has flowed in since it was last shared out; None where there are no lines to speak of."""
    count = len(c.lines)
    if c.recording is not c.entries or count <= 1:
        return None
    place = c.machine.wallets[funnel.name].place
    total = [0] * count
    for entry in reversed(c.recording):
        if entry.rule == funnel.rule.index:
            break
        if entry.wallet == place and entry.given > 0:
            weights: Sequence[int] = c.net() if entry.weights is None else entry.weights
            if any(weights):
                total = [had + part for had, part in zip(total, share(entry.given, weights), strict=True)]
    return tuple(total) if any(total) else None


def take_back(c: Context, name: str, units: int, rule: int) -> None:
    """Takes back units that a funnel has shared out, from the wallets that such units go to now."""
    from regulars.engine.returns import collect

    for into, part in c.machine.funnels[name].parts(c, units):
        if part:
            collect(c, c.machine.wallets[into], part, 0, rule)


def funnels_of(machine: Machine) -> dict[str, Funnel]:
    """The funnels of a program, by name."""
    return {name: Funnel(machine, wallet) for name, wallet in machine.program.wallets.items() if wallet.splits}
