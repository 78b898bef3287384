"""Wallets, voucher kinds and milestones, compiled."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from regulars.engine.lots import FIRST_TO_LAPSE, ORDERS
from regulars.engine.remembered import remembered
from regulars.engine.rules import RuleMachine
from regulars.engine.survey import walk
from regulars.program.cel import compile_value
from regulars.program.forms.tree import Life, Mark, Point
from regulars.program.model import Table, VoucherKind, Wallet
from regulars.words.days import NEVER, Day
from regulars.words.windows import BUILT_IN

if TYPE_CHECKING:
    from regulars.engine.machine import Machine


def _never(_c: Any, _day: Day) -> Day:
    return NEVER


def _from_ever(_day: Day) -> Day:
    return 0


def _after(day: Day) -> Day:
    return day + 1


OWN_DAY = frozenset({"earned", "issued", "reached", "available"})


class WalletMachine:
    """A wallet, compiled: the life of its lots, when they open, in which order they are spent."""

    __slots__ = (
        "ceiling", "counter", "divided_by", "from_opening", "gone_of", "idle", "lapse_rule", "life", "may_owe", "name", "next_period",
        "order", "pending", "place", "scale", "since", "text", "unless", "wallet",
    )  # fmt: skip

    def __init__(self, machine: Machine, wallet: Wallet, place: int) -> None:
        self.wallet, self.name, self.place = wallet, wallet.name, place
        self.scale, self.may_owe, self.counter, self.ceiling = (
            wallet.scale,
            wallet.may_owe,
            wallet.counter,
            wallet.ceiling,
        )
        self.lapse_rule = wallet.lapse_rule
        lives, idle = _apart(wallet.lasts)
        self.life: Callable[[Any, Day], Day] = machine.calendar.shortest(lives) if lives else _never
        self.idle: Callable[[Any, Day], Day] | None = machine.calendar.shortest(idle) if idle else None
        self.unless = None if wallet.unless is None else compile_value(wallet.unless)
        self.order = ORDERS.get(wallet.spent, FIRST_TO_LAPSE)
        # A life runs from the day on which units were earned, unless it says that it runs from when they can be used.
        self.from_opening = wallet.counter or any(point.name == "available" for point in points_of(wallet.lasts))
        self.pending = machine.wait(wallet.pending)
        # What the calendar alone says of a day is remembered; what hangs on the member is not.
        self.gone_of: Callable[[Day], Day] | None = (
            remembered(partial(self.life, None)) if machine.calendar.common(lives) else None
        )
        # Lots are kept as one by month of issue; a counter only sums; and where something asks for the very day, by day.
        window = BUILT_IN["day" if machine.asks_for_days(wallet.name) else "month"]
        self.divided_by = wallet.divided_by or ""
        # Lots of several compartments are never one.
        self.since: Callable[[Day], Day] = (
            _after if self.divided_by else remembered(_from_ever if wallet.counter else window.start)
        )
        self.next_period = _next_period(machine, wallet)
        self.text = _shown(wallet.scale)


def _apart(lasts: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Of several lives, those that each lot has of its own, and those that run from the last of some event and end for all lots at once."""
    idle = tuple(
        life for life in lasts if isinstance(life, Life) and any(point.kind == "last" for point in life.anchors)
    )
    own = tuple(life for life in lasts if life not in idle)
    return (own, idle) if own and idle else (lasts, ())


def _shown(scale: int) -> Callable[[int], str]:
    """How units are written: 20, 9.70."""

    def text(units: int) -> str:
        if scale == 1:
            return str(units)
        value = Decimal(units) / scale
        return str(value.normalize()) if value != value.to_integral() else str(int(value))

    return text


def _next_period(machine: Machine, wallet: Wallet) -> Callable[[Any, Day], Day]:
    """When a waived lot is asked again: at the end of the next period of a life that has one, else when a standing changes."""
    sweep = next(
        (
            life.to_end_of or life.end_of
            for life in wallet.lasts
            if isinstance(life, Life) and (life.to_end_of or life.end_of)
        ),
        None,
    )
    if sweep is None:
        return _never
    tile = machine.calendar.tile(sweep)

    def following(c: Any, day: Day) -> Day:
        held = tile(c, day)
        return NEVER if held is None else held[1]

    return following


class VoucherMachine:
    """A kind of voucher, compiled: first and last day of one issued today."""

    __slots__ = ("given", "kind", "name", "opening", "until", "use_rule", "worth")

    def __init__(self, machine: Machine, kind: VoucherKind) -> None:
        self.kind, self.name, self.use_rule = kind, kind.name, kind.use_rule
        self.given, self.worth = kind.given, kind.worth
        self.until = machine.calendar.life(kind.lasts) if kind.lasts is not None else _never
        self.opening = None if getattr(kind.open, "kind", "") == "on" else machine.opening(kind.open)

    def life(self, c: Any, day: Day) -> tuple[Day, Day]:
        """(first day or 0, first day no longer) of a voucher issued on a day."""
        first, gone = 0, self.until(c, day)
        if self.opening is not None:
            held = self.opening(c)
            first, gone = held.first, min(gone, held.gone)
        return first, gone


class Milestone:
    """Marks on a counter, compiled."""

    __slots__ = ("marks", "points", "rule", "wallet", "window")

    def __init__(self, machine: Machine, rule: RuleMachine) -> None:
        self.rule = rule
        assert isinstance(rule.rule.of, str)
        self.wallet = rule.rule.of
        scale = machine.wallets[self.wallet].scale
        self.marks = tuple(sorted({value for mark in rule.rule.marks for value in _values(mark, scale)}))
        spread = rule.rule.over
        anchors = () if spread is None or spread.life is None else spread.life.anchors
        self.points = tuple(machine.calendar.point(anchor) for anchor in anchors if anchor.name not in OWN_DAY)
        tile = machine.calendar.tile(spread.window) if spread is not None and spread.window is not None else None
        self.window: Callable[[Any], int] = (
            (lambda c: (tile(c, c.today) or (0,))[0]) if tile is not None else self._close
        )

    def runs(self, c: Any) -> bool:
        """Whether the member has the day from which the spread of the milestone runs."""
        return all(point(c, c.today) is not None for point in self.points)

    def _close(self, c: Any) -> int:
        """Without a window of its own a mark is crossed once in each window of its counter."""
        gone: int = c.machine.wallets[self.wallet].life(c, c.today)
        return gone


def _values(mark: Mark, scale: int) -> list[int]:
    if mark.value is not None:
        exact = mark.value * scale
        return [exact.numerator // exact.denominator]
    return [n * scale for n in range(mark.first, mark.last + 1, mark.every)]


def points_of(lives: Any) -> list[Point]:
    """The points in time on which lives hang."""
    return [value for value in walk(lives) if isinstance(value, Point)]


def cells_of(cell: Any) -> list[Any]:
    """All cells of a table, at any depth; the cell itself when it is none."""
    if not isinstance(cell, Table):
        return [cell]
    inner = [found for _, row in cell.rows for found in cells_of(row)]
    return inner + (cells_of(cell.otherwise) if cell.otherwise is not None else [])
