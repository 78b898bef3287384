"""A rule, compiled: does it hold, which lines does it look at, what does it measure, how is its amount rounded and limited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from regulars.engine import rations
from regulars.engine.amounts import Amounts
from regulars.engine.bases import line_filter, paid_share
from regulars.engine.calculators import Fixed, Lookup, Measured, PerMoney, PerUnit, RewardCalculator
from regulars.engine.limits import Bound, BoundOf
from regulars.engine.openings import OpenOf
from regulars.engine.survey import walk
from regulars.program.cel import compile_parts, compile_value
from regulars.program.forms.tree import Point
from regulars.program.model import Give, Rule
from regulars.words.days import NEVER
from regulars.words.refusals import Refusal
from regulars.words.rounding import Mode, divider
from regulars.words.sharing import share

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.machine import Machine
    from regulars.engine.wallets import WalletMachine

NOT_IN_FORCE, NOT_OPEN, UNLESS, NO_LINES, NOTHING, NOT_CLAIMED = 90, 91, 92, 93, 94, 95
"""Why a rule was silent when it was not the n-th part of `when`: not in force on that day, not open, `unless` held, no line fitted,
nothing was left to give, the offer was not clipped."""
MODES = {"down": Mode.DOWN, "nearest": Mode.NEAREST, "up": Mode.UP, "exact": Mode.DOWN}


Amount = Callable[["Context", Measured], "tuple[int, Sequence[int] | None, int, int]"]
"""A rule's amount for one target: (whole units, weights of the picked lines, numerator, denominator of the rate)."""


def _one(_c: Context, _measured: Measured) -> tuple[int, None, int, int]:
    return 1, None, 0, 1


class Target:
    """One thing that a rule gives: a wallet's units, a voucher, or a level. `against` names the rule that it multiplies or tops up; `feeds`
    the wallet and its mirrors; `only` the wallet when it has none and holds nothing back; `rationed` tells that its rate measures what a
    limit of the rule counts.
    """

    __slots__ = (
        "against", "amount", "calculator", "capped", "feeds", "give", "kind", "level", "name", "only", "place", "rationed",
    )  # fmt: skip

    def __init__(self, give: Give, calculator: RewardCalculator | None, place: int) -> None:
        self.give, self.kind, self.name, self.level = give, give.kind, give.target, give.level
        self.only: WalletMachine | None = None
        self.calculator = calculator
        self.place = place
        self.feeds: tuple[WalletMachine, ...] = ()
        self.capped = False
        self.amount: Amount = _one
        self.against = ""
        self.rationed = False


class Rounding:
    """How an exact amount becomes whole smallest units: a mode, a grain, and whether line by line."""

    __slots__ = ("by_line", "by_rate", "divide", "grain", "simple")

    def __init__(self, mode: str, grain: int, by_line: bool, by_rate: bool) -> None:
        self.divide = divider(MODES[mode])
        self.grain, self.by_line, self.by_rate = grain, by_line, by_rate
        self.simple = grain == 1 and not by_line and not by_rate

    def whole(self, num: int, den: int) -> int:
        """The amount num/den in whole smallest units."""
        if self.grain == 1:
            return num if den == 1 else self.divide(num, den)
        return self.divide(num, den * self.grain) * self.grain


class RuleMachine:
    """One rule, compiled."""

    __slots__ = (
        "as_of", "asked_facts", "asks_given", "base", "bounded", "bounds", "dated", "expression", "filter", "first", "guarded", "hold",
        "index", "limited", "looks", "machine", "meets", "name", "needs", "of_rule", "only", "only_name", "open", "opens_by_fact",
        "paid_with", "pending", "plain", "rationed", "refers", "rounding", "rule", "sets", "shared", "static", "targets", "test", "unless",
        "until", "uses",
    )  # fmt: skip

    def __init__(self, machine: Machine, rule: Rule) -> None:
        self.machine, self.rule = machine, rule
        self.index, self.name = rule.index, rule.name
        self.first, self.until = rule.first or 0, rule.until or NEVER
        self.test: Callable[[Any], int] | None = None if rule.when is None else compile_parts(rule.when)
        self.unless = None if rule.unless is None else compile_value(rule.unless)
        self.needs = tuple((code, compile_value(condition)) for code, condition in rule.needs)
        self.filter = line_filter(rule.lines, rule.excepted)
        self.looks = machine.goods_of(rule) if self.filter is None else self.filter
        self.paid_with = None if rule.paid_with is None else compile_value(rule.paid_with, parameters=("c", "tender"))
        self.open: OpenOf | None = machine.opening(rule.open)
        self.dated = rule.stage == "use" and getattr(rule.open, "kind", "") != "on"
        self.bounds: tuple[BoundOf, ...] = machine.bounds_of(rule)
        self.shared: tuple[tuple[int, tuple[BoundOf, ...]], ...] = machine.shared_of(rule)
        self.expression = compile_value(rule.of) if rule.of is not None and not isinstance(rule.of, str) else None
        if rule.section == "referrals" and rule.stage == "tell":
            self.expression = _spent_by_friend
        self.of_rule = rule.of if isinstance(rule.of, str) and rule.of not in machine.program.bases else None
        self.base = rule.of if isinstance(rule.of, str) and self.of_rule is None else machine.default_base(rule)
        self.rounding = machine.rounding_of(rule)
        self.targets = tuple(machine.target(rule, give) for give in rule.give) or borrowed(machine, rule)
        self.plain = self.filter is None and self.paid_with is None and self.expression is None and self.of_rule is None
        self.pending = machine.wait(rule.pending)
        self.hold = machine.wait(rule.hold)
        self.sets: tuple[tuple[str, str], ...] = ()
        self.uses = rule.uses
        # What hangs on the facts of a request says nothing of who may ask.
        word = rule.on[0].name.partition(".")[0] if rule.on else ""
        self.asked_facts = (
            frozenset(code for code, need in rule.needs if word in need.roots) if rule.stage == "perk" else frozenset()
        )
        self.opens_by_fact = rule.stage == "perk" and any(
            isinstance(one, Point) and one.name.startswith(f"{word}.") for one in walk(rule.open)
        )
        self.asks_given = rule.when is not None and "given" in rule.when.roots
        self.as_of = None if rule.as_of is None else compile_value(rule.as_of)
        self.guarded = (
            self.unless is not None or self.open is not None or self.uses is not None or self.as_of is not None
        )
        self.limited = bool(self.bounds or self.shared)
        self.rationed = self.limited and rations.asks(machine.program, rule, (rule.off, rule.add))
        self.bounded = self.limited or self.uses is not None
        self.static = machine.static_limits(self)
        for target in self.targets:
            target.amount = self._amount(target)
        self.meets = self.refers = False
        self.only, self.only_name = self._only_limit()

    def _only_limit(self) -> tuple[Bound | None, int]:
        """The rule's limit and what it is called, when it has one that counts times or the units of its one target."""
        if self.static is None or len(self.static) != 1 or len(self.targets) != 1:
            return None, 0
        bound, name = self.static[0]
        simple = bound.counted == "times" or (bound.counted == "units" and bound.noun in {None, self.targets[0].name})
        return (bound, name) if simple else (None, 0)

    def silence(self, c: Context) -> int:
        """-1 when the rule's own conditions hold now, else why not."""
        if not self.first <= c.today < self.until:
            return NOT_IN_FORCE
        test = self.test
        if test is not None:
            failed = test(c)
            if failed >= 0:
                return failed
        if self.unless is not None and self.unless(c, None):
            return UNLESS
        if self.open is not None and not self.is_open(c).now:
            return NOT_OPEN
        if self.uses is not None and not c.live(self.uses):
            return NOT_CLAIMED
        return -1

    def levels_then(self, c: Context) -> dict[str, str]:
        """The standings that count for the rule: those of the day that `as_of` names, where it is known, else today's."""
        day = None if self.as_of is None else self.as_of(c, None)
        return c.levels if day is None else self.machine.snapshot(c, day)

    def is_open(self, c: Context) -> Any:
        """The opening of now; the context learns its first and last day."""
        assert self.open is not None
        held = self.open(c)
        c.opening_first, c.opening_last = held.first, held.gone - 1
        return held

    def measured(self, c: Context) -> Measured | None:
        """What the rule measures on its lines; None when it looks at lines and none fits."""
        if self.plain:
            return c.measures.get(self.base) or c.measure(self.base)
        if self.expression is not None:
            value = self.expression(c, None)
            return Measured(c, (), (), value or 0)
        found = c.measure(self.base) if self.base is not None else everything(c)
        if self.filter is not None:
            fitting = self.on_lines(c, found)
            if fitting is None:
                return None
            found = fitting
        if self.paid_with is not None:
            found = paid_share(c, found, self.paid_with)
        return found

    def on_lines(self, c: Context, found: Measured) -> Measured | None:
        """What is measured on the lines that fit; None when none does."""
        assert self.filter is not None
        lines = c.lines
        places = self.filter(c, lines)
        if not places:
            return None
        if len(found.picked) < len(lines):
            found = found.only(places)
            return found if found.picked else None
        every = found.amounts
        amounts = [every[place] for place in places]
        return Measured(c, places, amounts, sum(amounts))

    def lines_of(self, c: Context) -> Sequence[int]:
        """The places of the lines that a price, voucher or reward acts on: its own, else those of the first base."""
        return range(len(c.lines)) if self.looks is None else self.looks(c, c.lines)

    def refusal(self, code: str, **values: object) -> Refusal:
        """A refusal of this rule."""
        return Refusal(code=code, rule=self.name, values=tuple(values.items()))

    def limits(self, c: Context) -> Sequence[tuple[Bound | None, int]]:
        """Every limit in force on this rule now, with what it is called on a receipt (the rule's place, or -1 - place of a shared one)."""
        if self.static is not None:
            return self.static
        own = [(bound(c), self.index) for bound in self.bounds]
        for place, shared in self.shared:
            own.extend((bound(c), -1 - place) for bound in shared)
        return own

    def _amount(self, target: Target) -> Amount:
        """The amount of a target as one function, as short as its calculator and rounding allow."""
        calculator, rounding = target.calculator, self.rounding
        if calculator is None:
            return _one
        if isinstance(calculator, Fixed):
            fixed = (calculator.units, None, 0, 1)
            return lambda _c, _measured: fixed
        simple = rounding.simple
        if simple and type(calculator) is PerMoney:
            num, den, divide = calculator.num, calculator.den, rounding.divide
            return lambda _c, measured: (divide(measured.total * num, den), None, num, den)
        if simple and type(calculator) is PerUnit and calculator.by_line and calculator.den == calculator.grain == 1:
            return _per_piece(calculator)
        if simple and isinstance(calculator, Lookup) and calculator.on_money():
            return _looked_up(calculator, rounding.divide)
        return lambda c, measured: self._rounded(c, calculator, measured)

    def _rounded(
        self, c: Context, calculator: RewardCalculator, measured: Measured
    ) -> tuple[int, Sequence[int] | None, int, int]:
        units, weights, num, den = self.rounded(calculator, measured)
        pick = getattr(calculator, "pick", None)
        rate = getattr(calculator if pick is None else pick(c), "rate", None)
        return (units, weights, num, den) if rate is None else (units, weights, *rate)

    def rounded(
        self, calculator: RewardCalculator, measured: Measured, times: int = 1, per: int = 1
    ) -> tuple[int, Sequence[int] | None, int, int]:
        """(whole units, weights of the picked lines, numerator, denominator), `times / per` as much, rounded where the rule says."""
        rounding = self.rounding
        if rounding.by_rate and callable(getattr(calculator, "parts", None)):
            total = 0
            weights = [0] * len(measured.picked)
            for (num, den, inner), members in calculator.parts(measured):  # type: ignore[attr-defined]
                part = rounding.whole(num * times, den * per)
                total += part
                base = [measured.amounts[n] for n in members] if inner is None else inner
                for n, units in zip(members, share(part, base), strict=True):
                    weights[n] = units
            return total, weights, total, 1
        num, den, weights_found = calculator.worth(measured)
        num, den = num * times, den * per
        if rounding.by_line and measured.picked:
            parts = measured.amounts if weights_found is None else weights_found
            whole = sum(parts)
            each = [rounding.whole(num * part, den * whole) if whole else 0 for part in parts]
            return sum(each), each, num, den
        return rounding.whole(num, den), weights_found, num, den


def borrowed(machine: Machine, rule: Rule) -> tuple[Target, ...]:
    """What a rule that multiplies or tops up others gives: to the wallets that those give to, each for the rule it meets."""
    made: list[Target] = []
    for name, amount in (*rule.multiply, *rule.top_up):
        base = machine.program.rule(name)
        for give in () if base is None else base.give:
            if give.kind == "wallet":
                target = machine.target(rule, Give(give.target, give.kind, amount))
                if rule.multiply:
                    # How many times is a number of its own, not units of the wallet.
                    target.calculator = Amounts(1, machine.minor, machine.counts, machine.factories).make(amount)
                target.against = name
                made.append(target)
    return tuple(made)


def _spent_by_friend(c: Context, _line: Any) -> int:
    """What the friend spent of whom a referrer is told, in minor units."""
    return 0 if c.event is None else int(c.event.body.get("spend") or 0)


def _per_piece(calculator: PerUnit) -> Amount:
    """So many units for each piece, or whatever a line counts."""
    count, num = calculator.count, calculator.num

    def amount(c: Context, measured: Measured) -> tuple[int, Sequence[int], int, int]:
        lines = c.lines
        counts = [count(c, lines[place]) for place in measured.picked]
        return sum(counts) * num, counts, num, 1

    return amount


def _looked_up(table: Lookup, divide: Callable[[int, int], int]) -> Amount:
    """A rate on money by a key of the event, such as the tier."""
    key, cells, otherwise = table.key, table.cells, table.otherwise

    def amount(c: Context, measured: Measured) -> tuple[int, None, int, int]:
        cell = cells.get(key(c, None), otherwise)
        if cell is None:
            return 0, None, 0, 1
        num, den = cell.rate  # type: ignore[attr-defined]
        return divide(measured.total * num, den), None, num, den

    return amount


def everything(c: Context) -> Measured:
    """All lines at what they cost now."""
    amounts = c.net()
    return Measured(c, range(len(amounts)), amounts, sum(amounts), True)
