"""Turning to another version of a program in the middle of a decision: a member's units go on, places in the program do not.

A receipt keeps rules and wallets by their places in one version, the one that judged the event. What time did before it, under an
older version, is noted by the places that the same names have in the newer one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from regulars.engine import lots
from regulars.engine.model import EXPIRED, Entry, Issue

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.machine import Machine


def turn_to(c: Context, machine: Machine) -> None:
    """Makes the machine the one that judges, and what was noted so far readable by it."""
    old = c.machine
    if old is machine:
        return
    c.machine = machine
    c.dues[:] = [_carried(entry, old, machine) for entry in c.dues]
    c.charged = tuple([replace(charge, rule=_rule(charge.rule, old, machine)) for charge in c.charged])
    c.used = tuple([replace(use, rule=_rule(use.rule, old, machine)) for use in c.used])
    c.issued = tuple([_issued(issue, old, machine) for issue in c.issued])


def _carried(entry: Entry, old: Machine, new: Machine) -> Entry:
    name = old.by_place[entry.wallet].name if entry.wallet >= 0 else ""
    place = new.wallets[name].place if name in new.wallets else -1
    return Entry(
        _rule(entry.rule, old, new), place, entry.given, entry.base, entry.num, entry.den, entry.rounded, (), entry.weights, entry.gone
    )  # fmt: skip


def _issued(issue: Issue, old: Machine, new: Machine) -> Issue:
    earned = None if issue.earned is None else _carried(issue.earned, old, new)
    return replace(issue, rule=_rule(issue.rule, old, new), earned=earned)


def _rule(place: int, old: Machine, new: Machine) -> int:
    """The place of the rule of the same name; the returns clause, which every program has, where the name is gone."""
    found = new.named.get(old.names[place])
    return found.index if found is not None else new.program.return_rule or 0


def end_names(c: Context) -> None:
    """On a version's first day: what becomes of the wallets and ladders that it no longer has (`ends: {stars: lapse}`)."""
    program = c.machine.program
    for name, what in program.ends.items():
        held = c.holdings.get(name)
        if what == "lapse" and held is not None and held.lots and name not in c.machine.wallets:
            emptied, moved, units = lots.lapse(held, {lot.serial for lot in held.lots}, name, EXPIRED)
            c.hold(name, emptied)
            c.moved.extend(moved)
            c.recording.append(Entry(program.return_rule or 0, -1, -units, units, 0, 1, units))
        if what == "lapse" and name in c.grants and name not in c.machine.ladders:
            c.grants = {ladder: grants for ladder, grants in c.grants.items() if ladder != name}
