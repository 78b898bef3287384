"""Openings: when a thing may be asked for, and what to tell who comes too early or too late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from regulars.engine.bodies import said
from regulars.engine.calendar import Calendar, add_span
from regulars.engine.tables import choose
from regulars.program.forms.tree import Edge, Opening
from regulars.words.days import NEVER, WEEKDAYS, Day, day_of, weekday
from regulars.words.moments import MINUTE


class Open(NamedTuple):
    """Whether a thing is open now, and the opening that holds now or comes next: first day, first day no longer, first moment."""

    now: bool
    first: Day = 0
    gone: Day = NEVER
    moment: int | None = None


CLOSED = Open(False)
OpenOf = Callable[[Any], Open]


def opening(cell: Any, calendar: Calendar) -> OpenOf:
    """A function of the context that tells the opening of an OPENING or a table of them; a missing row is never open."""
    pick = choose(cell, lambda form: _opening(form, calendar))
    return lambda c: CLOSED if (found := pick(c, c.line)) is None else found(c)


def _opening(form: Opening, calendar: Calendar) -> OpenOf:
    if form.kind == "on":
        return _on(form, calendar)
    if form.kind == "within":
        return lambda c: _within(c, form.names[0])
    if form.kind == "window":
        return _window(form.names[0], calendar)
    if form.kind == "span":
        return _span(form, calendar)
    return _between(form, calendar)


def _on(form: Opening, calendar: Calendar) -> OpenOf:
    dates = calendar.program.dates
    weekdays = {WEEKDAYS.index(name[:3]) for name in form.names if name[:3] in WEEKDAYS and name not in dates}
    named = frozenset(day for name in form.names if name in dates for day in dates[name])
    minute = 0 if form.time is None else int(form.time[:2]) * 60 + int(form.time[3:])

    def is_open(c: Any) -> Open:
        day = c.today
        for ahead in range(367):
            if weekday(day + ahead) in weekdays or day + ahead in named:
                now = ahead == 0 and c.event.minute >= minute
                return Open(now, day + ahead, day + ahead + 1, c.zone.moment(day + ahead, minute))
        return CLOSED

    return is_open


def _within(c: Any, path: str) -> Open:
    span = c.span_fact(path)
    return CLOSED if span is None else Open(span[0] <= c.today < span[1], span[0], span[1])


def _window(name: str, calendar: Calendar) -> OpenOf:
    tile = calendar.tile(name)

    def is_open(c: Any) -> Open:
        held = tile(c, c.today)
        return CLOSED if held is None else Open(held[0] <= c.today < held[1], held[0], held[1])

    return is_open


def _span(form: Opening, calendar: Calendar) -> OpenOf:
    """`7 days from birthday`: the day itself is the first of them."""
    assert form.first is not None
    assert form.first.point is not None
    assert form.span is not None
    point, span = calendar.point(form.first.point), form.span
    assert isinstance(span.n, int)
    count = span.n

    def bounds(c: Any, near: Day) -> tuple[Day, Day] | None:
        first = point(c, near)
        return None if first is None else (first, add_span(first, count, span.unit))

    return lambda c: _nearest(c, bounds)


def _nearest(c: Any, bounds: Callable[[Any, Day], tuple[Day, Day] | None]) -> Open:
    """Of the instances around today (a birthday comes every year), the one that holds today, else the next, else the last."""
    last = CLOSED
    for years in (-1, 0, 1):
        held = bounds(c, add_span(c.today, years, "year"))
        if held is None:
            return CLOSED
        if held[0] <= c.today < held[1]:
            return Open(True, *held)
        last = Open(False, *held)
        if held[0] > c.today:
            return last
    return last


def _between(form: Opening, calendar: Calendar) -> OpenOf:
    first = _edge(form.first, calendar) if form.first is not None else None
    last = _edge(form.last, calendar) if form.last is not None else None
    inclusive = form.kind != "until"

    def bounds(c: Any, near: Day) -> tuple[Day, Day] | None:
        start = first(c, near)[0] if first is not None else 0
        end = last(c, near)[0] if last is not None else NEVER
        if start is None or end is None:
            return None
        return start, end + 1 if inclusive and last is not None else end

    def is_open(c: Any) -> Open:
        if first is not None:
            moment = first(c, c.today)[1]
            if moment is not None:
                return Open(c.event.at >= moment, c.zone.local(moment)[0], NEVER, moment)
        if last is not None:
            moment = last(c, c.today)[1]
            if moment is not None:
                return Open(c.event.at < moment, 0, c.zone.local(moment)[0])
        return _nearest(c, bounds)

    return is_open


def _edge(edge: Edge, calendar: Calendar) -> Callable[[Any, Day], tuple[Day | None, int | None]]:
    """(day, moment) of one side of an opening: a moment where the point is one or the span counts hours, else a day."""
    if edge.day is not None:
        fixed = day_of(edge.day)
        return lambda _c, _near: (fixed, None)
    assert edge.point is not None
    point, span = calendar.point(edge.point), edge.span
    moment = _moment_of(edge.point.name)
    sign = -1 if edge.before else 1

    def place(c: Any, near: Day) -> tuple[Day | None, int | None]:
        at = moment(c)
        if at is None:
            day = point(c, near)
            if day is None or span is None:
                return day, None
            if span.unit not in {"minute", "hour"}:
                return add_span(day, sign * int(span.n), span.unit), None
            at = c.zone.start_of(day)
        if span is not None:
            at = _shift(c, at, sign * int(span.n), span.unit)
        return c.zone.local(at)[0], at

    return place


def _shift(c: Any, at: int, n: int, unit: str) -> int:
    if unit in {"minute", "hour"}:
        return at + n * (60 if unit == "hour" else 1) * MINUTE
    day, minute = c.zone.local(at)
    shifted: int = c.zone.moment(add_span(day, n, unit), minute)
    return shifted


def _moment_of(path: str) -> Callable[[Any], int | None]:
    first, _, rest = path.partition(".")
    if path == "next_order":
        return lambda c: (
            None if c.order is None or c.order.next >= NEVER else c.zone.moment(c.order.next, c.order.minute)
        )
    if first in {"sale", "member"} or not rest:
        return lambda _c: None

    def moment(c: Any) -> int | None:
        value = said(c.line if first == "line" else c.facts, rest)
        return value if isinstance(value, int) and value > NEVER else None

    return moment
