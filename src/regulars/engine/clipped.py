"""What becomes of the rest when a shared limit clips what a rule earns (`when_clipped`): a wallet is emptied."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from regulars.engine import lots
from regulars.engine.model import EXPIRED, Entry

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.earning import Walk
    from regulars.engine.machine import Machine
    from regulars.words.days import Day


def emptied_by(machine: Machine) -> dict[int, str]:
    """The wallet that each limit empties, by what the limit is called on a receipt."""
    limits = machine.program.limits.values()
    return {-1 - place: limit.empty for place, limit in enumerate(limits) if limit.empty is not None}


def emptying(machine: Machine, walk_of: Callable[[Day], Walk]) -> Callable[[Day], Walk]:
    """The walk of each day, with what its clipping limits say of the rest; the walk itself where no limit says anything."""
    if not machine.empties:
        return walk_of

    def of(day: Day) -> Walk:
        inner = walk_of(day)

        def walk(c: Context) -> None:
            had = len(c.recording), len(c.promised)
            inner(c)
            drop(c, *had)

        return walk

    return of


def drop(c: Context, entries: int, promised: int) -> None:
    """Empties what the limits say that clipped something since there were so many entries and promises."""
    empties = c.machine.empties
    done: set[int] = set()
    for entry in (*c.recording[entries:], *c.promised[promised:]):
        for name in entry.shaped:
            if name in empties and name not in done:
                done.add(name)
                empty(c, empties[name], entry.rule, name)


def empty(c: Context, name: str, rule: int, limit: int) -> None:
    """Lets everything that can be used of a wallet lapse."""
    held = c.holding(name)
    holding, moved, units = lots.lapse(held, {lot.serial for lot in held.lots}, name, EXPIRED)
    if units:
        c.hold(name, holding)
        c.moved.extend(moved)
        place = c.machine.wallets[name].place
        c.recording.append(Entry(rule, place, -units, units, 0, 1, units, (limit,)))
