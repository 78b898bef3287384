"""The calendar in a file: named days, windows and sets of events, and the names inside lives, openings, triggers and
waits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from regulars.program.cel import Checked, Date, DayOfYear, Moment, SpanType
from regulars.program.cel.types import Unknown, inner
from regulars.program.forms import FormError, read_life, read_opening, read_spread, read_start, read_wait, read_window
from regulars.program.forms.tree import Edge, Life, Opening, Point, Span, Spread, Start, Wait, WindowForm
from regulars.program.nodes import Mark, Node, Scalar
from regulars.program.problems import did_you_mean, nearest
from regulars.program.scope import EVERYTHING
from regulars.program.sections.blocks import good_name
from regulars.program.sections.conditions import checked
from regulars.program.sections.context import Context
from regulars.program.sections.names import POINTS, REQUESTS, WINDOWS
from regulars.words.days import WEEKDAYS, Day

T = TypeVar("T")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_dates(context: Context, node: Node) -> dict[str, tuple[Day, ...]]:
    """`dates`: named days."""
    found: dict[str, tuple[Day, ...]] = {}
    mapping = context.mapping(node, "`dates`")
    for key, value in mapping.items if mapping else ():
        good_name(context, key, "list of days")
        days = [context.day(item) for item in context.each(value)]
        found[key.text] = tuple(sorted({day for day in days if day is not None}))
    return found


def read_windows(context: Context, node: Node) -> dict[str, WindowForm]:
    """`windows`: named tilings of the calendar."""
    found: dict[str, WindowForm] = {}
    mapping = context.mapping(node, "`windows`")
    for key, value in mapping.items if mapping else ():
        good_name(context, key, "window")
        if key.text in WINDOWS and key.text not in ("week", "month", "year"):
            context.say(key, "two_things", f"`{key.text}` is a window of the language")
        window = context.form(value, read_window, "window")
        if window is None or not isinstance(value, Scalar):
            continue
        if window.kind == "week" and window.name not in (*_DAYS, *WEEKDAYS):
            unknown(context, value, window.name, "day of the week", _DAYS)
        if window.point is not None:
            _point(context, value, window.point)
        found[key.text] = window
    return found


def read_events(context: Context, node: Node) -> dict[str, tuple[str, ...]]:
    """`events`: named sets of event kinds, or of rules with groups spread out."""
    found: dict[str, tuple[str, ...]] = {}
    mapping = context.mapping(node, "`events`")
    for key, value in mapping.items if mapping else ():
        good_name(context, key, "set of events")
        names: list[str] = []
        for item in context.texts(value, "event or rule"):
            names.extend(_event_or_rule(context, item))
        found[key.text] = tuple(dict.fromkeys(names))
    return found


def _event_or_rule(context: Context, item: Scalar) -> tuple[str, ...]:
    names = context.names
    section, _, rest = item.text.partition(".")
    if rest and section in names.rules:
        spread = names.spread(item.text)
        if spread or rest in names.rules[section]:
            return spread
        if section not in REQUESTS:
            hint = did_you_mean(item.text, (f"{section}.{name}" for name in names.rules[section]))
            context.say(item, "unknown_name", f"`{item.text}` is no rule", hint)
            return ()
    if context.name(item, "event or rule", paths=True) is None:
        return ()
    if not rest and item.text not in names.kinds() and (spread := names.spread(item.text)):
        full = spread[0].partition(".")[0] + "." + item.text
        context.say(item, "section_missing", f"a rule is named with its section here: `{full}`")
        return ()
    return (item.text,)


def unknown(context: Context, text: Scalar, word: str, what: str, known: Iterable[str], hint: str = "") -> None:
    """Notes a word inside a text that is not what stands there."""
    context.say(word_at(text, word), "unknown_name", f"`{word}` is no {what}", hint or did_you_mean(word, known))


def word_at(text: Scalar, word: str, last: bool = False) -> Mark:
    """The place of a word inside a text."""
    found = list(re.finditer(rf"(?<![\w.]){re.escape(word)}(?![\w])", text.text))
    return text.at(found[-1 if last else 0].start()) if found else text.mark


def _checked_form(
    context: Context, node: Node, reader: Callable[[str], T | FormError], check: Callable[[Scalar, T], None], what: str
) -> T | None:
    read = context.form(node, reader, what)
    if read is not None and isinstance(node, Scalar):
        check(node, read)
    return read


def life(context: Context, node: Node) -> Life | None:
    """A LIFE with its names checked."""
    return _checked_form(context, node, read_life, lambda text, read: _life(context, text, read), "span of life")


def opening(context: Context, node: Node) -> Opening | None:
    """An OPENING with its names checked."""
    return _checked_form(context, node, read_opening, lambda text, read: _opening(context, text, read), "opening")


def spread(context: Context, node: Node) -> Spread | None:
    """A SPREAD with its names checked."""

    def names(text: Scalar, read: Spread) -> None:
        if read.life is not None:
            _life(context, text, read.life)
        if read.window is not None:
            _window(context, text, read.window)

    return _checked_form(context, node, read_spread, names, "span to measure over")


def wait(context: Context, node: Node) -> Wait | None:
    """A WAIT with its names checked."""

    def names(text: Scalar, read: Wait) -> None:
        if read.life is not None:
            _life(context, text, read.life)

    return _checked_form(context, node, read_wait, names, "wait")


def start(context: Context, node: Node) -> Start | None:
    """A START."""
    read = context.form(node, read_start, "first day")
    if read is not None and read.kind == "next" and isinstance(node, Scalar):
        _window(context, node, read.name)
    return read


def _window(context: Context, text: Scalar, name: str) -> None:
    if name not in context.names.all_windows:
        unknown(context, text, name, "window of the calendar", context.names.all_windows)


def _life(context: Context, text: Scalar, read: Life) -> None:
    if read.span is not None:
        _span(context, text, read.span)
    for anchor in read.anchors:
        _point(context, text, anchor)
    for window in (read.to_end_of, read.end_of):
        if window is not None:
            _window(context, text, window)


def _opening(context: Context, text: Scalar, read: Opening) -> None:
    for edge in (read.first, read.last):
        if edge is not None:
            _edge(context, text, edge)
    if read.span is not None:
        _span(context, text, read.span)
    if read.kind == "on":
        for name in read.names:
            if name not in context.names.dates and name not in WEEKDAYS:
                unknown(
                    context, text, name, "day of the week and no name under `dates`", (*WEEKDAYS, *context.names.dates)
                )
    elif read.kind == "within":
        for name in read.names:
            _path(context, text, name, (SpanType,), "span of days")
    elif read.kind == "window":
        for name in read.names:
            _window(context, text, name)


def _edge(context: Context, text: Scalar, edge: Edge) -> None:
    if edge.span is not None:
        _span(context, text, edge.span)
    if edge.point is not None:
        _point(context, text, edge.point)


def _span(context: Context, text: Scalar, read: Span) -> None:
    if isinstance(read.n, str):
        _path(context, text, read.n, (), "number")


def point(context: Context, text: Scalar, read: Point) -> None:
    """Checks the names of a point in time."""
    _point(context, text, read)


def _point(context: Context, text: Scalar, read: Point) -> None:
    names = context.names
    if read.kind == "end_of":
        _window(context, text, read.name)
    elif read.kind == "last":
        known = tuple(_happenings(context))
        if read.name not in known:
            unknown(context, text, read.name, "event and no set of events", known)
    elif "." in read.name:
        _path(context, text, read.name, (Date, Moment, DayOfYear), "date")
    elif read.name not in POINTS and read.name not in context.scopes.tainted:
        if read.name in names.defines:
            _path(context, text, read.name, (Date, Moment, DayOfYear), "date")
            return
        own = (*POINTS, *names.defines)
        near = nearest(read.name, (*own, *_happenings(context)))
        hint = "" if near is None else f"did you mean `{near}`?" if near in own else f"did you mean `last {near}`?"
        unknown(context, text, read.name, "point in time", (), hint)


def _happenings(context: Context) -> Iterator[str]:
    yield from context.names.events
    for kind in context.names.kinds():
        yield kind
        yield kind.partition(".")[0]
    yield from context.names.fired


def _path(context: Context, text: Scalar, path: str, wanted: tuple[type, ...], what: str) -> None:
    """Checks that a fact exists and holds a day (or what is wanted)."""
    found = checked(context, path, EVERYTHING, None)
    if not isinstance(found, Checked):
        for error in found:
            place = word_at(text, path)
            context.say(Mark(place.line, place.column + error.offset), "cel", error.message, error.hint)
        return
    if wanted and not isinstance(inner(found.type), (*wanted, Unknown)):
        context.say(word_at(text, path), "type", f"`{path}` is no {what}")
