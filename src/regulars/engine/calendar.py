"""The calendar of a program, compiled: windows, points in time, lives, waits and triggers as functions of a member's context.

A *tile* function takes (context, day) and gives the half-open window that holds the day. A *life* function takes (context, day) and gives
the first day on which the thing is gone. Days that a member does not have (no birthday known, never bought) are None.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regulars.engine.bodies import said
from regulars.engine.remembered import remembered
from regulars.engine.tables import choose
from regulars.program.forms.tree import Life, Point, Span, Start, Trigger, WindowForm
from regulars.program.model import Program
from regulars.words.days import NEVER, WEEKDAYS, Day, birthday_in, weekday, ymd
from regulars.words.days import add_span as add_days_or_more
from regulars.words.windows import BUILT_IN, Anchored, Monthly, Starts, Weekly, Window, Yearly

Tile = Callable[[Any, Day], "tuple[Day, Day] | None"]
LifeOf = Callable[[Any, Day], Day]
MONTH, YEAR = Monthly(), Yearly()


class Calendar:
    """Compiles the text forms of one program's calendar."""

    def __init__(self, program: Program) -> None:
        self.program = program
        named = {trigger.name for rule in program.rules for trigger in rule.on if trigger.kind == "event"}
        paths = {f"{kind.partition('.')[0]}.{fact}" for kind, facts in program.facts.items() for fact in facts}
        self.kinds = (frozenset(program.facts) | named) - paths
        """The kinds of events that the program knows by their whole name, and that are no paths of facts."""
        self._tiles: dict[str, Tile] = {}

    def tile(self, name: str) -> Tile:
        """The tile function of a window by its name."""
        found = self._tiles.get(name)
        if found is None:
            found = self._tiles[name] = self._tile(name)
        return found

    def _tile(self, name: str) -> Tile:
        if name in BUILT_IN:
            return _of_window(BUILT_IN[name])
        if name == "membership_year":
            return _anchored(Point("name", "joined"), 12)
        if name == "birthday_month":
            return _birthday_month
        if name == "campaign":
            return lambda c, _day: (c.rule_first, c.rule_until)
        if name == "opening":
            return lambda c, _day: (c.opening_first, c.opening_last + 1)
        return self._form(self.program.windows[name])

    def _form(self, form: WindowForm) -> Tile:
        if form.kind == "week":
            return _of_window(Weekly(WEEKDAYS.index(form.name[:3].lower())))
        if form.kind == "year":
            return _of_window(Yearly(*form.days[0]))
        if form.kind == "starts":
            return _of_window(Starts(form.days))
        assert form.point is not None
        return _anchored(form.point, 1)

    def common(self, lives: tuple[Any, ...]) -> bool:
        """Whether lives are the same for every member: they hang on nothing but the day and the common calendar."""
        return all(isinstance(life, Life) and self._common(life) for life in lives)

    def _common(self, life: Life) -> bool:
        own = {"earned", "issued", "reached", "available"}
        anchored = any(point.kind != "name" or point.name not in own for point in life.anchors)
        swept = life.to_end_of or life.end_of
        form = self.program.windows.get(swept or "")
        shared = swept is None or swept in BUILT_IN or (form is not None and form.kind != "month")
        return not anchored and shared and (life.span is None or isinstance(life.span.n, int))

    def life(self, cell: Any) -> LifeOf:
        """The life function of a LIFE or a table of them."""
        pick = choose(cell, self._life)
        if isinstance(cell, Life):
            fixed: LifeOf = pick(None, None)
            return fixed
        return lambda c, day: NEVER if (found := pick(c, None)) is None else found(c, day)

    def shortest(self, cells: tuple[Any, ...]) -> LifeOf:
        """Of several lives, the one that ends first."""
        lives = [self.life(cell) for cell in cells]
        if len(lives) == 1:
            return lives[0]
        return lambda c, day: min(life(c, day) for life in lives)

    def _life(self, life: Life) -> LifeOf:
        if life.never:
            return lambda _c, _day: NEVER
        if life.end_of is not None:
            return self._end_of(life.end_of, life.next)
        lasts = self._spanned(life, self._anchor(life.anchors))
        if not life.anchors or any(anchor.kind != "last" for anchor in life.anchors):
            return lasts
        afresh = self._spanned(life, lambda _c, day: day)
        # What is given to somebody long idle would be gone before it came: it lasts from its own day.
        return lambda c, day: gone if (gone := lasts(c, day)) > day else afresh(c, day)

    def _spanned(self, life: Life, anchor: LifeOf) -> LifeOf:
        assert life.span is not None
        span, through = life.span, 1 if life.through else 0
        n = span.n
        if life.to_end_of is None and isinstance(n, int):
            # What hangs on a day alone is worked out once.
            def end(day: Day) -> Day:
                return min(add_span(day, n, span.unit) + through, NEVER) if day < NEVER else NEVER

            ended = remembered(end)
            return lambda c, day: ended(anchor(c, day))
        if life.to_end_of is None:
            return lambda c, day: min(_add(c, anchor(c, day), span) + through, NEVER)
        tile = self.tile(life.to_end_of)

        def swept(c: Any, day: Day) -> Day:
            reached = _add(c, anchor(c, day), span)
            if reached >= NEVER:
                return NEVER
            held = tile(c, reached)
            return NEVER if held is None else held[1]

        return swept

    def _end_of(self, name: str, following: bool) -> LifeOf:
        tile = self.tile(name)

        def end(c: Any, day: Day) -> Day:
            held = tile(c, day)
            if held is None:
                return NEVER
            if following and held[1] < NEVER:
                held = tile(c, held[1])
            return NEVER if held is None else held[1]

        return end

    def _anchor(self, anchors: tuple[Point, ...]) -> LifeOf:
        points = [
            self.point(anchor)
            for anchor in anchors
            if not (anchor.kind == "name" and anchor.name in {"earned", "issued", "reached", "available"})
        ]
        keeps_own = not anchors or len(points) < len(anchors)
        if not points:
            return lambda _c, day: day

        if len(points) == 1 and not keeps_own:
            only = points[0]
            return lambda c, day: day if (found := only(c, day)) is None else found

        def latest(c: Any, day: Day) -> Day:
            known = [found for point in points if (found := point(c, day)) is not None]
            if keeps_own or not known:
                known.append(day)
            return max(known)

        return latest

    def point(self, point: Point) -> Callable[[Any, Day], Day | None]:
        """A point in time as a function of (context, own day); None where the member has none."""
        name = point.name
        if point.kind == "last":
            return lambda c, _day: c.days.get(f"last:{name}")
        if point.kind == "end_of":
            tile = self.tile(name)
            return lambda c, day: None if (held := tile(c, day)) is None else held[1] - 1
        if name == "joined":
            return lambda c, _day: c.days.get("joined")
        if name == "next_order":
            return lambda c, _day: None if c.order is None else c.order.next
        if name == "birthday":
            return lambda c, day: c.birthday(ymd(day)[0])
        if name in {"earned", "issued", "reached", "available"}:
            return lambda _c, day: day
        if name in self.program.defines or "." in name:
            value = self._value(name)
            return lambda c, _day: value(c)
        return lambda c, _day: c.days.get(name)

    def _value(self, name: str) -> Callable[[Any], Day | None]:
        from regulars.program.cel import compile_value

        if name in self.program.defines:
            checked = self.program.defines[name]
            function = compile_value(checked)
            return lambda c: _as_day(c, function(c, None))
        first, _, rest = name.partition(".")
        if first == "sale":
            return lambda c: c.sale_day if rest == "date" else _as_day(c, getattr(c.sale, rest, None))
        if first == "member":
            return lambda c: _as_day(c, c.who.get(rest))
        if first == "line":
            return lambda c: _as_day(c, getattr(c.line, rest, None))
        return lambda c: _as_day(c, said(c.facts, rest))

    def next_time(self, trigger: Trigger) -> Callable[[Any, Day], Day]:
        """For a trigger of the calendar: (context, day) gives the first day strictly after `day` on which it fires; NEVER for none."""
        if trigger.kind == "start_of":
            return _next_start(self.tile(trigger.name))
        if trigger.kind == "yearly":
            window = Starts(trigger.days)
            return lambda _c, day: window.next_start(day)
        if trigger.kind == "event" and trigger.name == "birthday":
            return _next_birthday
        if trigger.kind == "offset":
            return self._next_offset(trigger)
        return lambda _c, _day: NEVER

    def _next_offset(self, trigger: Trigger) -> Callable[[Any, Day], Day]:
        assert trigger.point is not None
        assert trigger.span is not None
        point, span, sign = self.point(trigger.point), trigger.span, -1 if trigger.before else 1
        assert isinstance(span.n, int)
        steps = span.n * sign

        def following(c: Any, day: Day) -> Day:
            for year in (0, 1, 2):
                known = point(c, add_span(day, year, "year"))
                if known is not None and (due := add_span(known, steps, span.unit)) > day:
                    return due
            return NEVER

        return following

    def start(self, start: Start) -> Callable[[Any, Day], Day]:
        """The first day of a grant, given the day on which it is reached."""
        if start.kind == "next_day":
            return lambda _c, day: day + 1
        if start.kind == "next_business_day":
            return lambda _c, day: day + (1, 1, 1, 1, 3, 2, 1)[weekday(day)]
        if start.kind == "next":
            tile = self.tile(start.name)
            return lambda c, day: NEVER if (held := tile(c, day)) is None else held[1]
        return lambda _c, day: day


def _of_window(window: Window) -> Tile:
    start, end = window.start, window.end
    return lambda _c, day: (start(day), end(day))


def _anchored(point: Point, months: int) -> Tile:
    window, name = Anchored(months), point.name

    def tile(c: Any, day: Day) -> tuple[Day, Day] | None:
        anchor = c.days.get(name)
        return None if anchor is None or day < anchor else (window.start(day, anchor), window.end(day, anchor))

    return tile


def _birthday_month(c: Any, day: Day) -> tuple[Day, Day] | None:
    born = c.born()
    if born is None:
        return None
    year = ymd(day)[0]
    for near in (year, year + 1):
        first = birthday_in(near, born[0], 1)
        if MONTH.end(first) > day:
            return first, MONTH.end(first)
    return None


def _next_start(tile: Tile) -> Callable[[Any, Day], Day]:
    def following(c: Any, day: Day) -> Day:
        held = tile(c, day)
        if held is None:
            return NEVER
        if held[0] > day:
            return held[0]
        later = tile(c, held[1]) if held[1] < NEVER else None
        return NEVER if later is None else later[0]

    return following


def _next_birthday(c: Any, day: Day) -> Day:
    year = ymd(day)[0]
    for near in (year, year + 1):
        born = c.birthday(near)
        if born is not None and born > day:
            return int(born)
    return NEVER


def _add(c: Any, day: Day, span: Span) -> Day:
    if day >= NEVER:
        return NEVER
    n = span.n if isinstance(span.n, int) else int(getattr(c.facts, span.n.partition(".")[2], 0))
    return add_span(day, n, span.unit)


def add_span(day: Day, n: int, unit: str) -> Day:
    """The day so many units later; minutes and hours do not reach another day here (openings count them in moments)."""
    if unit in {"minute", "hour"}:
        return day
    return add_days_or_more(day, n, unit)  # type: ignore[arg-type]


def _as_day(c: Any, value: Any) -> Day | None:
    """A fact that is a day, or the local day of a fact that is a moment."""
    if value is None:
        return None
    number = int(value)
    return number if number <= NEVER else int(c.zone.local(number)[0])
