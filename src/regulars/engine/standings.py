"""Standings: levels as grants. The level held is the highest live grant, and nothing else decides a tier.

Reaching a mark adds a grant even when a higher one is held, so that at the end of a term a member falls to what the last year earned.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from regulars.engine import lots, rungs
from regulars.engine.amounts import plain_number
from regulars.engine.granting import grant, highest, level_now
from regulars.engine.model import REDEEMED, Entry, Grant
from regulars.engine.survey import walk
from regulars.program.cel import compile_value
from regulars.program.forms.tree import Life, Number, Of
from regulars.program.model import Ladder, Level
from regulars.words.days import NEVER, Day
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.machine import Machine

MORE_THAN_RUNGS = 64


class Mark:
    """One mark of a level: the counter's name and how much of it, in smallest units."""

    __slots__ = ("amount", "fixed", "wallet")

    def __init__(self, wallet: str, amount: Callable[[Any, Any], int], fixed: int | None) -> None:
        self.wallet, self.amount, self.fixed = wallet, amount, fixed

    def goal(self, c: Context) -> int:
        """The mark for this member."""
        return self.amount(c, None) if self.fixed is None else self.fixed


class LadderMachine:
    """A ladder, compiled."""

    __slots__ = (
        "carry_in",
        "goals",
        "ladder",
        "life",
        "marks",
        "name",
        "names",
        "one_rung",
        "places",
        "rungs",
        "start",
        "swept",
        "termed",
        "watches",
    )

    def __init__(self, machine: Machine, ladder: Ladder) -> None:
        self.ladder, self.name = ladder, ladder.name
        self.names = tuple(level.name for level in ladder.levels)
        self.places = {name: place for place, name in enumerate(self.names)}
        self.life = machine.calendar.life(ladder.lasts) if ladder.lasts is not None else (lambda _c, _day: NEVER)
        self.start = machine.calendar.start(ladder.starts)
        self.swept = any(isinstance(value, Life) and (value.to_end_of or value.end_of) for value in walk(ladder.lasts))
        """Whether terms end with a window: then a term that follows runs from the last day of the one before."""
        end = (ladder.at_end or {}).get("else")
        self.termed = isinstance(end, Mapping) and bool(end.get("carry"))
        """Whether the lowest level has terms too: at the end of each something is carried on, or not."""
        self.marks = tuple(tuple(_mark(machine, *mark) for mark in level.marks) for level in ladder.levels)
        self.carry_in = None if ladder.carry_in is None else compile_value(ladder.carry_in)
        wallets = {mark.wallet for marks in self.marks for mark in marks}
        costs = {level.cost[0] for level in ladder.levels if level.cost is not None}
        flags = {
            f"fact:{flag}"
            for level in ladder.levels
            for flag in (*level.flags, level.by or "")
            if flag not in {"", "plan"}
        }
        self.rungs = tuple(
            (place, level, self.marks[place], _followed(level))
            for place, level in enumerate(ladder.levels)
            if level.source != "none"
        )
        self.watches = frozenset(wallets | costs | flags)
        self.one_rung = ladder.one_rung
        self.goals = None if costs or flags else _goals(self.rungs)


def _goals(rungs: tuple[Any, ...]) -> dict[str, list[int]] | None:
    """Each counter's marks, ascending, when all are the same for everybody and each counts by itself; None otherwise."""
    goals: dict[str, list[int]] = {}
    for _, level, marks, _ in rungs:
        for mark in marks:
            if mark.fixed is None or level.source == "all":
                return None
            insort(goals.setdefault(mark.wallet, []), mark.fixed)
    return goals


def _followed(level: Level) -> tuple[str, ...]:
    """The flags that alone hold a level."""
    if level.source not in {"any", "by"} or level.by == "plan":
        return ()
    return (*level.flags, *((level.by,) if level.by else ()))


def _mark(machine: Machine, wallet: str, cell: Any) -> Mark:
    amount = plain_number(cell, machine.wallets[wallet].scale)
    return Mark(wallet, amount, amount(None, None) if isinstance(cell, Number | Of) else None)


def crosses(c: Context, goals: Mapping[str, list[int]], before: Mapping[str, int]) -> bool:
    """Whether a counter that changed is on another side of one of its marks than before."""
    for wallet, marks in goals.items():
        was = before.get(wallet)
        if was is not None and bisect_right(marks, was) != bisect_right(marks, c.holdings[wallet].active):
            return True
    return False


def review(c: Context, ladder: LadderMachine, before: Mapping[str, int]) -> None:
    """Grants and ends what the counters and flags that changed say."""
    climbed: dict[str, int] = {}
    for place, level, marks, flags in ladder.rungs:
        if level.source == "all":
            cross_all(c, ladder, level, marks, before)
        else:
            for mark in marks:
                was = before.get(mark.wallet)
                if was is not None and not (ladder.one_rung and rungs.withheld(c, mark, was, climbed)):
                    cross(c, ladder, level, mark, was)
        for flag in flags:
            follow_flag(c, ladder, level, flag)
        if level.cost is not None:
            climb(c, ladder, place, level)


def cross(c: Context, ladder: LadderMachine, level: Level, mark: Mark, before: int) -> None:
    """One counter against one mark: crossing grants; falling below by a return undoes."""
    goal = mark.goal(c) if mark.fixed is None else mark.fixed
    was, now = before >= goal, c.holdings[mark.wallet].active >= goal
    if was != now:
        _turn(c, ladder, level, mark.wallet, was, now, c.machine.wallets[mark.wallet].life(c, c.today))


def cross_all(
    c: Context, ladder: LadderMachine, level: Level, marks: tuple[Mark, ...], before: Mapping[str, int]
) -> None:
    """All marks and flags of a level together."""
    flags = all(c.who.get(flag) for flag in level.flags)
    goals = [(mark.wallet, mark.goal(c)) for mark in marks]
    now = flags and all(c.available(wallet) >= goal for wallet, goal in goals)
    known = any(held.cause == "all" for held in c.grants.get(ladder.name, ()) if ladder.names[held.level] == level.name)
    was = known and all(before.get(wallet, c.available(wallet)) >= goal for wallet, goal in goals)
    window = min((c.machine.wallets[mark.wallet].life(c, c.today) for mark in marks), default=NEVER)
    _turn(c, ladder, level, "all", was, now, window)


def _turn(c: Context, ladder: LadderMachine, level: Level, cause: str, was: bool, now: bool, window: Day) -> None:
    if now and not was:
        if ladder.ladder.at_end is not None and ladder.places[level.name] <= level_now(c, ladder.name):
            return
        first = ladder.start(c, c.today)
        grant(c, ladder.name, level.name, cause, first=first, window=window)
    elif was and not now:
        by_return = c.returning and ladder.ladder.on_return == "undo"
        if by_return or ladder.ladder.lasts is None:
            end(c, ladder, level.name, cause, open_only=ladder.ladder.lasts is not None)


def too_soon(c: Context, wanted: Any) -> Refusal | None:
    """An invitation to a level that asks for marks too, when they are not reached: refused with the mark, unless it opens another one."""
    refusal = None
    for ladder in c.machine.ladders.values():
        for _, level, marks, _ in ladder.rungs:
            if "invitation" not in level.flags or wanted not in {None, level.name}:
                continue
            short = next((mark for mark in marks if c.available(mark.wallet) < mark.goal(c)), None)
            if level.source != "all" or short is None:
                return None
            shown = c.machine.wallets[short.wallet].text(short.goal(c))
            refusal = Refusal(code="below_mark", rule=f"tiers.{ladder.name}", values=(("mark", shown),))
    return refusal


def follow_flag(c: Context, ladder: LadderMachine, level: Level, flag: str) -> None:
    """A level held as long as a flag of the member is set: a card, an invitation, having joined."""
    held = any(one.cause == flag and ladder.names[one.level] == level.name for one in c.grants.get(ladder.name, ()))
    has = ("joined" in c.days) if flag == "join" else bool(c.who.get(flag))
    if has and not held:
        grant(c, ladder.name, level.name, flag, first=ladder.start(c, c.today), gone=NEVER)
    elif held and not has:
        end(c, ladder, level.name, flag)


def end(c: Context, ladder: LadderMachine, level: str, cause: str, open_only: bool = False) -> None:
    """Ends the grants of a level by a cause, today; with `open_only` not those from a window of the counter that is closed, and of a
    return not those from before its sale, which had no part in them.
    """
    place = ladder.places[level]
    since = c.sale_day if open_only and c.sale_day is not None else 0
    kept = tuple(
        one
        for one in c.grants.get(ladder.name, ())
        if not (one.level == place and one.cause == cause)
        or (open_only and (one.window <= c.today or one.first < since))
    )
    c.regrant(ladder.name, kept)
    c.changed.add(f"standing:{ladder.name}")


def climb(c: Context, ladder: LadderMachine, place: int, level: Level) -> None:
    """A rung that is bought: its cost is taken from the wallet as soon as there is enough."""
    assert level.cost is not None
    wallet, units = level.cost
    if rungs.next_to_buy(c, ladder, level_now(c, ladder.name)) == place:
        take_rung(c, ladder, wallet, units)
        grant(c, ladder.name, level.name, "cost", first=ladder.start(c, c.today))


def take_rung(c: Context, ladder: LadderMachine, wallet: str, units: int) -> None:
    """Takes the cost of a rung."""
    machine = c.machine.wallets[wallet]
    holding, moved = lots.take(c.holding(wallet), units, wallet, REDEEMED, machine.order)
    c.hold(wallet, holding)
    c.moved.extend(moved)
    c.recording.append(Entry(ladder.ladder.rule or 0, machine.place, -units, units, 0, 1, units))


def carry_in(c: Context, ladder: LadderMachine) -> None:
    """Places a member once by the ladder's own numbers, from a count known before the program began."""
    assert ladder.carry_in is not None
    count = ladder.carry_in(c, None)
    if count is None:
        return
    for place, marks in enumerate(ladder.marks):
        for mark in marks:
            if count * c.machine.wallets[mark.wallet].scale >= mark.goal(c):
                grant(c, ladder.name, ladder.names[place], "carry_in")


def snapshot(c: Context, day: Day | None = None) -> dict[str, str]:
    """Each ladder's level on a day (today) and each choice's value as it is now: what every rate of an event uses."""
    machine = c.machine
    if not c.grants and not machine.choice_defaults:
        return machine.lowest
    on = c.today if day is None else day
    # Who is suspended has no standing to speak of, whatever they hold.
    grants = {} if c.suspended else c.grants
    levels = machine.lowest.copy()
    for name, held in grants.items():
        if name in levels:
            levels[name] = machine.ladders[name].names[highest(held, on)]
    for name, default in machine.choice_defaults:
        levels[name] = str(c.marks.get(f"choice:{name}", default))
    return levels


def live(held: tuple[Grant, ...], day: Day) -> list[Grant]:
    """The grants that hold on a day."""
    return [one for one in held if one.first <= day < one.gone]
