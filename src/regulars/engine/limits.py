"""Limits: a tally of what a rule gave, of its times, or of its base, over a window, for a scope, with a ceiling that clips.

Limits, budgets, uses of a benefit and places are one thing. A tally that many members share (`per everybody`) is a budget: what it has left
comes in as a fact and what was used goes out as a claim.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, NamedTuple

from regulars.engine.calendar import Calendar, Tile
from regulars.engine.remembered import remembered
from regulars.engine.tables import choose
from regulars.program.forms.tree import Limit, Period, Span
from regulars.words.days import Day, add_span
from regulars.words.windows import BUILT_IN

Counted = Literal["times", "units", "base", "lines", "measure"]
MEMBER_WORDS = frozenset({"member", "person", "card"})
EVERYBODY, CODE = "everybody", "code"
OWN_WINDOWS = frozenset({"membership_year", "birthday_month", "campaign", "opening"})
"""Windows that lie otherwise for each member or rule."""
KEPT_WINDOWS = 12
MINUTES = 1_440


class Counting(NamedTuple):
    """What a limit counts and in which parts; of what is measured (litres, nights) how much of it there is, line by line or not."""

    counted: Counted
    grain: int = 1
    measure: Callable[..., Any] | None = None
    by_line: bool = False


TIMES = Counting("times")
ScaleOf = Callable[["str | None"], Counting]


class Bound:
    """One limit, compiled. `key` names its tally; `ceiling` is in times, smallest units of the wallet, minor units, lines, or
    parts (`grain`) of what is measured.
    """

    counted: Counted
    __slots__ = (
        "budget",
        "by_line",
        "ceiling",
        "counted",
        "event_only",
        "grain",
        "index",
        "key",
        "measure",
        "noun",
        "paths",
        "shared",
        "sliding",
        "start",
        "take",
        "tiles",
    )

    def __init__(
        self,
        key: str,
        index: int,
        limit: Limit,
        calendar: Calendar,
        scale_of: ScaleOf,
    ) -> None:
        self.key, self.index = key, index
        self.noun = limit.noun
        self.counted, self.grain, self.measure, self.by_line = TIMES if limit.times else scale_of(limit.noun)
        exact = limit.value * self.grain
        self.ceiling = self.budget = exact.numerator // exact.denominator
        self.shared = any(period.name == EVERYBODY for period in limit.periods)
        self.sliding: Span | None = next((period.last for period in limit.periods if period.last is not None), None)
        names = [period.name for period in limit.periods if period.name is not None and _is_window(calendar, period)]
        self.tiles: tuple[Tile, ...] = tuple(calendar.tile(name) for name in names)
        plain = not names or (len(names) == 1 and names[0] in BUILT_IN)
        self.start: Callable[[Day], Day] | None = (
            remembered(BUILT_IN[names[0]].start if names else _for_ever) if plain else None
        )
        self.paths = tuple(period.name for period in limit.periods if period.name and _is_path(calendar, period))
        if calendar.program.account.kind == "card" and any(period.name == "person" for period in limit.periods):
            self.paths = (*self.paths, "person")
        self.event_only = bool(limit.periods) and all(_is_event(calendar, period) for period in limit.periods)
        self.take: Callable[[Any, int], int] = self._taker()
        """How many of `n` there is room for, counted at once."""

    def _taker(self) -> Callable[[Any, int], int]:
        if self.event_only and not self.paths:
            return self._take_in_event
        if self.sliding is not None or self.shared or self.paths or self.event_only:
            return self._take_anyhow
        return self._take_in_window

    def _key(self, c: Any) -> str:
        if not self.paths:
            return self.key
        return self.key + "|" + "|".join(str(c.path(path)) for path in self.paths)

    def window(self, c: Any, day: Day) -> int:
        """The number of the window that holds the day: its first day; 0 for ever."""
        start = 0
        for tile in self.tiles:
            held = tile(c, day)
            if held is None:
                return -1
            start = max(start, held[0])
        return start

    def used(self, c: Any) -> int:
        """How much is used up in the window of now."""
        key = self._key(c)
        if self.event_only:
            return int(c.in_event.get(key, 0))
        if self.shared:
            return self.ceiling - self.room(c)
        entries = c.tallies.get(key)
        if not entries:
            return 0
        if self.sliding is not None:
            since = self._since(c)
            return sum(n for at, n in entries if at > since)
        window = self.window(c, c.today)
        if len(entries) >= KEPT_WINDOWS and window < entries[0][0]:
            # What was used so long ago is no longer known, and a limit that cannot be counted lets nothing through.
            return self.ceiling
        return sum(n for start, n in entries if start == window)

    def room(self, c: Any) -> int:
        """How much is left, never below zero."""
        if self.shared:
            key = self.budget_key(c)
            left = c.left_of.get(key)
            if left is None:
                return 0 if c.judging else self.ceiling
            return max(int(left) - self.budget + self.ceiling, 0)
        return max(self.ceiling - self.used(c), 0)

    def _take_in_event(self, c: Any, n: int) -> int:
        used = c.in_event.get(self.key, 0)
        taken = n if used + n <= self.ceiling else max(self.ceiling - used, 0)
        c.in_event[self.key] = used + taken
        return int(taken)

    def _take_anyhow(self, c: Any, n: int) -> int:
        room = self.room(c)
        taken = min(n, room)
        if taken:
            self.use(c, taken)
        return taken

    def _take_in_window(self, c: Any, n: int) -> int:
        window = self.window(c, c.today) if self.start is None else self.start(c.today)
        tallies, key, room = c.tallies, self.key, self.ceiling
        entries = tallies.get(key)
        if entries:
            start, used = entries[-1]
            if start == window:
                room -= used
                if room <= 0:
                    return 0
                n = min(n, room)
                tallies[key] = (*entries[:-1], (window, used + n)) if len(entries) > 1 else ((window, used + n),)
                return n
            if start > window:
                return self._take_anyhow(c, n)
        n = min(n, room)
        if n:
            tallies[key] = (*entries, (window, n))[-KEPT_WINDOWS:] if entries else ((window, n),)
        return n

    def use(self, c: Any, n: int) -> None:
        """Counts `n` more (fewer, when negative) in the window of now."""
        key = self._key(c)
        if self.event_only:
            c.in_event[key] = c.in_event.get(key, 0) + n
            return
        if self.shared:
            budget = self.budget_key(c)
            c.left_of[budget] = c.left_of.get(budget, self.budget) - n
            c.claimed[budget] = c.claimed.get(budget, 0) + n
            return
        entries = c.tallies.get(key, ())
        if self.sliding is not None:
            since = self._since(c)
            c.tallies[key] = (*((at, m) for at, m in entries if at > since), (self._clock(c), n))
            return
        window = self.window(c, c.today)
        for place, (start, m) in enumerate(entries):
            if start == window:
                c.tallies[key] = (*entries[:place], (start, m + n), *entries[place + 1 :])
                return
        c.tallies[key] = tuple(sorted((*entries, (window, n))))[-KEPT_WINDOWS:]

    def budget_key(self, c: Any) -> str:
        """The name under which everybody's tally is kept: one for each window."""
        window = self.window(c, c.today)
        return f"{self._key(c)}@{window}" if window else self._key(c)

    def _clock(self, c: Any) -> int:
        return int(c.today * MINUTES + (c.event.minute if c.event is not None and c.today == c.event.day else 0))

    def _since(self, c: Any) -> int:
        span = self.sliding
        assert span is not None
        assert isinstance(span.n, int)
        now = self._clock(c)
        if span.unit == "minute":
            return now - span.n
        if span.unit == "hour":
            return now - span.n * 60
        return add_span(c.today, -span.n, span.unit) * MINUTES + now % MINUTES

    def next_room(self, c: Any) -> Day | None:
        """The first day of the next window, when the limit is one of windows."""
        ends = [held[1] for tile in self.tiles if (held := tile(c, c.today)) is not None]
        return min(ends) if ends else None


class Always:
    """A limit that is no table: the same bound whatever the context."""

    __slots__ = ("bound",)

    def __init__(self, bound: Bound) -> None:
        self.bound = bound

    def __call__(self, _c: Any) -> Bound:
        return self.bound


class Looked:
    """A limit that is a table: the bound of the row that fits the context; `cells` are those of all rows.

    A budget's rows draw on one tally, which is kept against the largest of their ceilings.
    """

    __slots__ = ("cells", "pick")

    def __init__(self, cell: Any, make: Callable[[Limit], Bound]) -> None:
        made: list[Bound] = []

        def kept(limit: Limit) -> Bound:
            made.append(make(limit))
            return made[-1]

        self.pick = choose(cell, kept)
        self.cells = tuple(made)
        most = max((bound.ceiling for bound in made if bound.shared), default=0)
        for bound in made:
            bound.budget = most if bound.shared else bound.ceiling

    def __call__(self, c: Any) -> Bound | None:
        found: Bound | None = self.pick(c, None)
        return found


BoundOf = Callable[[Any], "Bound | None"]


def bounds(
    name: str,
    cells: tuple[Any, ...],
    index: int,
    calendar: Calendar,
    scale_of: ScaleOf,
) -> tuple[BoundOf, ...]:
    """The limits of one rule (or a shared one) as functions of the context; None where a table has no row (then nothing is allowed)."""
    made: list[BoundOf] = []
    for place, cell in enumerate(cells):
        key = name if place == 0 else f"{name}#{place}"
        if isinstance(cell, Limit):
            made.append(Always(_bound(key, index, calendar, scale_of, cell)))
        else:
            made.append(Looked(cell, partial(_bound, key, index, calendar, scale_of)))
    return tuple(made)


def _for_ever(_day: Day) -> Day:
    return 0


def fixed(bound_of: BoundOf) -> Bound | None:
    """The bound of a limit that is no table; None for one that is."""
    return getattr(bound_of, "bound", None)


def _bound(key: str, index: int, calendar: Calendar, scale_of: ScaleOf, limit: Limit) -> Bound:
    return Bound(key, index, limit, calendar, scale_of)


def all_of(bound_of: BoundOf) -> tuple[Bound, ...]:
    """Every bound that a limit may be: of each row of a table, else the one."""
    return bound_of.cells if isinstance(bound_of, Looked) else (bound_of.bound,) if isinstance(bound_of, Always) else ()


def _is_window(calendar: Calendar, period: Period) -> bool:
    return period.name in BUILT_IN or period.name in OWN_WINDOWS or period.name in calendar.program.windows


def _is_path(calendar: Calendar, period: Period) -> bool:
    """A fact's path, or the code of a voucher; a kind of event with a point in its name is none."""
    return period.name == CODE or ("." in (period.name or "") and period.name not in calendar.kinds)


def _is_event(calendar: Calendar, period: Period) -> bool:
    """The event itself, by its name or as `event`."""
    who = period.name is None or period.name in MEMBER_WORDS or period.name == EVERYBODY
    return not (who or _is_window(calendar, period) or _is_path(calendar, period))
