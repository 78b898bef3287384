"""What limits leave of a price: so often, so much money, so many lines. Prices, benefits and vouchers count alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from regulars.engine import rations
from regulars.words.sharing import share

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.limits import Bound
    from regulars.engine.rules import RuleMachine


def of_money(rule: RuleMachine, bound: Bound) -> bool:
    """Whether a limit of a price is one of money: so much off in its window."""
    return bound.counted == "units" and bound.noun is None and not rule.targets


def money_left(c: Context, rule: RuleMachine) -> int | None:
    """How much money the limits of a price still allow, in minor units; None where none is of money."""
    if not rule.limited:
        return None
    rooms = [
        0 if bound is None else bound.room(c) for bound, _ in rule.limits(c) if bound is None or of_money(rule, bound)
    ]
    return min(rooms, default=None)


def has_room(c: Context, rule: RuleMachine) -> bool:
    """Whether every limit of a price has room for one more time."""
    return all(bound is not None and bound.room(c) >= 1 for bound, _ in _limits(c, rule))


def within(c: Context, rule: RuleMachine, taken: Mapping[int, int]) -> Mapping[int, int]:
    """What the limits of a price in lines and in money leave of what would come off each line."""
    for bound, _ in _limits(c, rule):
        if bound is not None and bound.counted == "lines" and len(taken) > bound.room(c):
            taken = dict(list(taken.items())[: bound.room(c)])
        if bound is not None and of_money(rule, bound) and sum(taken.values()) > bound.room(c):
            taken = dict(zip(taken, share(bound.room(c), list(taken.values())), strict=True))
    return taken


def count(c: Context, rule: RuleMachine, off: int, lines: int = 1) -> None:
    """Counts what a price did against its limits: one time, so much money, so many lines, so much of what was measured."""
    for bound, _ in _limits(c, rule):
        if bound is not None:
            bound.use(c, _used(c, rule, bound, off, lines))


def _used(c: Context, rule: RuleMachine, bound: Bound, off: int, lines: int) -> int:
    if bound.counted in rations.MEASURED:
        return rations.noted(c, bound)
    return abs(off) if of_money(rule, bound) else lines if bound.counted == "lines" else 1


def _limits(c: Context, rule: RuleMachine) -> Iterator[tuple[Bound | None, int]]:
    return iter(rule.limits(c)) if rule.limited else iter(())
