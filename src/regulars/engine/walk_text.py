"""The text of an earning walk: what stands before the rules, and how what they give is written down and credited."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from regulars.engine import earning
from regulars.engine.calculators import Measured
from regulars.engine.lots import EMPTY
from regulars.engine.model import ACTIVE, ISSUED, Entry, Holding, Lot, Movement
from regulars.program.cel.runtime import NAMESPACE
from regulars.words.days import NEVER

if TYPE_CHECKING:
    from regulars.engine.bases import BaseMachine
    from regulars.engine.earning import Walk
    from regulars.engine.machine import Machine
    from regulars.engine.rules import RuleMachine, Target
    from regulars.engine.wallets import WalletMachine

SPACE: dict[str, Any] = {
    **NAMESPACE, "earning": earning, "EMPTY": EMPTY, "Entry": Entry, "Holding": Holding, "Lot": Lot, "Measured": Measured, "range": range,
    "new_movement": partial(tuple.__new__, Movement),
}  # fmt: skip


class Given:
    """What one rule gives, by the names that the text has for it: `left_N` is what is left after its limit, -1 where it gave nothing."""

    def __init__(self, rule: RuleMachine, target: Target) -> None:
        self.rule, self.target = rule, target
        self.measured = ""
        self.units, self.weights, self.num, self.den = "0", "None", "0", "1"
        self.shaped: tuple[int, ...] = ()
        self.clipped = False

    @property
    def left(self) -> str:
        """The name of what is left."""
        return f"left_{self.rule.index}"

    def entry(self, wallet: int) -> str:
        """The text of the receipt's entry."""
        shaped, shown = repr(self.shaped), f"shown_{wallet}"
        if self.clipped:
            shaped = f"{shaped} if {self.left} >= {self.units} else {(*self.shaped, self.rule.only_name)!r}"
            shown = f"{shown} if {self.left} else 0"
        parts = f"earning.line_weights(c, {self.measured}, {self.weights})"
        known = "" if self.weights == "None" else f"{self.weights} is None and "
        parts = f"None if {known}{self.measured}.whole else {parts}"
        of = f"{self.measured}.total, {self.num}, {self.den}, {self.units}"
        return f"Entry({self.rule.index}, {wallet}, {self.left}, {of}, {shaped}, {parts}, {shown})"


class Text:
    """Lines of Python, and the values that they name."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.space = dict(SPACE)
        self.started: list[str] = []

    def line(self, depth: int, text: str) -> None:
        """Adds a line."""
        self.lines.append(f"{'    ' * depth}{text}\n")

    def name(self, rule: RuleMachine, what: str, value: Any) -> str:
        """A name of the rule's for a value that the text speaks of."""
        name = f"_{what}_{rule.index}"
        self.space[name] = value
        return name

    def head(self, general: bool) -> None:
        """What stands before the rules."""
        self.line(1, "silent, today = c.silent, c.today")
        if general:
            self.line(1, "kept, drafts = [], []")

    def measure(self, known: str, name: str | None, base: BaseMachine | None, depth: int) -> None:
        """Measures a base, if nothing has yet. The everyday case of `BaseMachine.measure` is written out: lines at what they cost."""
        general = f"{known} = c.measure({name!r})"
        if base is None or not base.of_lines:
            self.line(depth, f"if {known} is None: {general}")
            return
        self.line(depth, f"if {known} is None:")
        self.line(depth + 1, f"if c.nets is not None: {general}")
        self.line(depth + 1, "else:")
        self.line(depth + 2, "lines = c.lines")
        self.line(depth + 2, "amounts = [line.amount for line in lines]")
        if base.filter is None:
            self.line(depth + 2, f"{known} = Measured(c, range(len(lines)), amounts, sum(amounts), True)")
        else:
            self.space[f"_filter_{known}"] = base.filter
            self.line(depth + 2, f"places = _filter_{known}(c, lines)")
            self.line(depth + 2, "whole = len(places) == len(lines)")
            self.line(depth + 2, "if not whole: amounts = [amounts[place] for place in places]")
            self.line(depth + 2, f"{known} = Measured(c, places, amounts, sum(amounts), whole)")
        self.line(depth + 2, f"c.measures[{name!r}] = {known}")

    def own_lines(self, rule: RuleMachine, own: str, whole: str, depth: int) -> None:
        """Measures a rule's own lines: `RuleMachine.on_lines`, with the everyday case written out."""
        looks, on_lines = self.name(rule, "filter", rule.filter), self.name(rule, "on_lines", rule.on_lines)
        self.line(depth, f"places = {looks}(c, c.lines)")
        self.line(depth, f"if not places: {own} = None")
        self.line(depth, f"elif len({whole}.picked) < len(c.lines): {own} = {on_lines}(c, {whole})")
        self.line(depth, "else:")
        self.line(depth + 1, f"every = {whole}.amounts")
        self.line(depth + 1, "amounts = [every[place] for place in places]")
        self.line(depth + 1, f"{own} = Measured(c, places, amounts, sum(amounts))")

    def start(self, given: Given) -> None:
        """A rule has given nothing before it was asked."""
        self.started.append(given.left)

    def happened(self, sets: Sequence[tuple[str, str]], machine: Machine) -> None:
        """The day becomes the last day of the event's sets, and the first when there was none; what lives by that lives longer."""
        for last, first in sets:
            self.line(1, f"known = c.days.get({last!r}, 0)")
            self.line(1, "if known < today:")
            self.line(2, f"c.days[{last!r}] = today")
            self.line(2, f"c.changed.add({last!r})")
            self.line(2, f"if not known: c.days.setdefault({first!r}, today)")
        if machine.kept_alive_by:
            self.line(1, "earning.keep_alive(c)")

    def pay(self, given: Sequence[Given], machine: Machine, general: bool) -> None:
        """Entries in the order of the rules, then one credit a wallet; what general rules gave comes last."""
        by_wallet: dict[int, list[Given]] = {}
        for one in given:
            by_wallet.setdefault(one.target.place, []).append(one)
        if given:
            self.line(1, "record = c.recording.append")
        for place, several in by_wallet.items():
            self._life(machine.by_place[place], several)
        for one in given:
            place = one.target.place
            self.line(1, f"if {one.left} >= 0:")
            self.line(2, f"record({one.entry(place)})")
            self.line(2, f"sum_{place} += {one.left}")
        if general:
            self.line(1, "sums = {}")
        for place in by_wallet:
            self.line(1, f"if sum_{place}:")
            self._credit(machine.by_place[place], general)
        if general:
            self.line(1, "if kept or sums: earning.pay_out(c, kept, sums)")

    def _life(self, wallet: WalletMachine, given: Sequence[Given]) -> None:
        """The lapse day of what a wallet is given today. What would be gone before it came is not given at all."""
        place = wallet.place
        self.line(1, f"sum_{place} = 0")
        self.line(1, f"if {' or '.join(f'{one.left} >= 0' for one in reversed(given))}:")
        if wallet.gone_of is not None:
            self.space[f"_gone_{place}"] = wallet.gone_of
            self.line(2, f"gone_{place} = _gone_{place}(today)")
        else:
            self.space[f"_life_{place}"] = wallet.life
            self.line(2, f"gone_{place} = c.lapses.get({place}) or _life_{place}(c, today)")
        self.line(2, f"shown_{place} = gone_{place} if gone_{place} < {NEVER} else 0")
        self.line(2, f"if gone_{place} <= today: {' = '.join(one.left for one in given)} = -1")

    def _credit(self, wallet: WalletMachine, general: bool) -> None:
        """Credits a wallet. The everyday case of `earning.credit` is written out: the lot of this month takes the units in."""
        place, name, line = wallet.place, repr(wallet.name), self.line
        self.space[f"_wallet_{place}"], self.space[f"_since_{place}"] = wallet, wallet.since
        units, gone = f"sum_{place}", f"gone_{place}"
        if general:
            line(2, f"sums[{place}] = [{units}, shown_{place}, {gone}, _wallet_{place}]")
            return
        line(2, f"held = c.holdings.get({name}, EMPTY)")
        line(2, "lots = held.lots")
        line(2, f"if lots and (last := lots[-1]).gone == {gone} and _since_{place}(today) <= last.earned <= today:")
        line(3, "serial = last.serial")
        line(3, f"c.holdings[{name}] = Holding(held.active + {units}, held.pending,")
        line(
            4,
            f"(*lots[:-1], Lot(serial, last.left + {units}, last.earned, {gone})), held.first, held.waiting, held.reserved)",
        )
        line(3, f"if {name} not in c.before:")
        line(4, f"c.before[{name}] = held.active")
        line(4, f"c.changed.add({name})")
        line(3, f"c.moved.append(new_movement(({name}, {ISSUED!r}, {ACTIVE!r}, {units}, serial)))")
        line(2, f"else: earning.credit(c, _wallet_{place}, {units}, {gone})")

    def function(self) -> Walk:
        """The function of the text."""
        started = f"    {' = '.join(self.started)} = -1\n" if self.started else ""
        text = f"def walk(c):\n{started}{''.join(self.lines)}"
        exec(compile(text, "<earning walk>", "exec"), self.space)
        made: Walk = self.space["walk"]
        return made
