"""Terms of a standing: how a grant ends, and what `at_end` says then; renewed for its cost or by its own marks, or dropped by some steps.

A ladder with an `at_end` has one term at a time: its end is a review, so a mark reached again in between adds nothing beneath.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from regulars.engine import lots
from regulars.engine.granting import grant, level_now
from regulars.engine.model import EXPIRED, Entry
from regulars.engine.standings import LadderMachine, take_rung
from regulars.words.days import Day

if TYPE_CHECKING:
    from regulars.engine.context import Context

ENDED_KEPT_DAYS = 400


def lapse_grants(c: Context, ladder: LadderMachine, day: Day) -> None:
    """Grants whose last day was yesterday end; `at_end` says what follows. Ended ones are kept a while, for late news."""
    held = c.grants.get(ladder.name, ())
    ending = [one for one in held if one.gone == day]
    starting = [one for one in held if one.first == day]
    if not ending and not starting:
        return
    highest = max((one.level for one in held if one.first < day <= one.gone), default=0)
    c.regrant(ladder.name, tuple(one for one in held if one.gone > day - ENDED_KEPT_DAYS))
    c.changed.add(f"standing:{ladder.name}")
    if (
        ladder.ladder.at_end is not None
        and any(one.level == highest for one in ending)
        and _nothing_left(c, ladder, highest)
    ):
        at_end(c, ladder, highest, day)


def _nothing_left(c: Context, ladder: LadderMachine, place: int) -> bool:
    return not any(one.level >= place and one.first <= c.today < one.gone for one in c.grants[ladder.name])


def at_end(c: Context, ladder: LadderMachine, place: int, day: Day) -> None:
    """What becomes of a level at its end; a limit on what is carried on."""
    spec = ladder.ladder.at_end
    assert spec is not None
    renew, otherwise = spec.get("renew"), spec.get("else")
    gone = following(c, ladder, day)
    if isinstance(renew, Mapping) and renewed(c, ladder, place, renew):
        grant(c, ladder.name, ladder.names[place], "term", first=day, gone=gone)
        carry(c, ladder, renew)
    elif isinstance(otherwise, Mapping):
        lower = max(place - int(otherwise.get("drop", 0)), 0)
        if lower > level_now(c, ladder.name) or (lower == 0 and ladder.termed):
            grant(c, ladder.name, ladder.names[lower], "drop", first=day, gone=gone)
        carry(c, ladder, otherwise)


def following(c: Context, ladder: LadderMachine, gone: Day) -> Day:
    """The end of the term that follows one which ended before `gone`: it runs from that one's last day, and where both would end with the
    same window, from the day after.
    """
    end = ladder.life(c, gone - 1) if ladder.swept else gone
    return end if end > gone else ladder.life(c, gone)


def renewed(c: Context, ladder: LadderMachine, place: int, spec: Mapping[str, Any]) -> bool:
    """Whether a level goes on: for its cost, which is taken, or where none is said because its own marks are met."""
    level = ladder.ladder.levels[place]
    if "cost" in spec:
        cost = spec["cost"] if isinstance(spec["cost"], tuple) else level.cost
        if cost is None or c.available(cost[0]) < cost[1]:
            return False
        take_rung(c, ladder, *cost)
        return True
    met = [c.available(mark.wallet) >= mark.goal(c) for mark in ladder.marks[place]]
    met += [bool(c.who.get(flag)) for flag in level.flags]
    return bool(met) and (all(met) if level.source == "all" else any(met))


def carry(c: Context, ladder: LadderMachine, spec: Mapping[str, Any]) -> None:
    """At most so much of what is left goes on into the next term."""
    for wallet, most in dict(spec.get("carry") or {}).items():
        machine = c.machine.wallets[wallet]
        over = c.available(wallet) - int(most)
        if over > 0:
            holding, moved = lots.take(c.holding(wallet), over, wallet, EXPIRED, machine.order)
            c.hold(wallet, holding)
            c.moved.extend(moved)
            c.recording.append(Entry(ladder.ladder.end_rule or 0, machine.place, -over, over, 0, 1, over))


def begin_terms(c: Context) -> None:
    """Gives who has none yet the term of the lowest level, where its end carries something on or not: it runs from the day of joining."""
    for ladder in () if c.closed else c.machine.termed:
        if not c.grants.get(ladder.name):
            gone = ladder.life(c, c.days.get("joined", c.today))
            while gone <= c.today:
                gone = following(c, ladder, gone)
            grant(c, ladder.name, ladder.names[0], "term", gone=gone)
