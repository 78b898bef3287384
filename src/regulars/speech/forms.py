"""The text forms in words: lives, openings, triggers, limits, windows, waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regulars.program.forms.tree import Edge, Life, Limit, Opening, Period, Point, Span, Spread, Start, Trigger
from regulars.program.model import Rule, Table
from regulars.speech.language import human
from regulars.speech.tables import table_words
from regulars.speech.voice import Voice
from regulars.words.days import day_of

POINTS = ("earned", "issued", "available", "reached", "joined")
SAYABLE = ("purchase", "join", "return", "birthday", "start")


def span(voice: Voice, form: Span) -> str:
    """A length of time: "6 months"."""
    return voice.say(f"unit.{form.unit}", n=form.n if isinstance(form.n, int) else human(form.n))


# Points and lives.


def anchor(voice: Voice, points: tuple[Point, ...]) -> tuple[str, bool]:
    """What a life counts from, and whether it is a clause: ("you earned them or last shopped", True)."""
    did = _did_any(voice, points)
    if did is not None:
        return voice.say("anchor.you", did=did), True
    return voice.any_of([_point(voice, point) for point in points]), False


def _did_any(voice: Voice, points: tuple[Point, ...]) -> str | None:
    """What a member did, "earned them or last shopped"; None when a point is no act of theirs."""
    once = [voice.say(f"did.{point.name}") for point in points if point.kind == "name" and point.name in POINTS]
    last = [point.name for point in points if point.kind == "last"]
    if len(once) + len(last) < len(points):
        return None
    verbs = dict.fromkeys(_verb(voice, kind, name) for name in last for kind in kinds_of(voice, name))
    return voice.any_of([*once, voice.say("did.last", verbs=voice.any_of(list(verbs)))] if verbs else once)


def _verb(voice: Voice, kind: str, name: str) -> str:
    key = f"did.{kind.partition('.')[0]}"
    return voice.say(key) if voice.language.has(key) else voice.say("did.other", name=human(name))


def kinds_of(voice: Voice, name: str) -> tuple[str, ...]:
    """The kinds of event behind a name: of a set its members, of a rule in it the events it is on."""
    found: list[str] = []
    for member in voice.program.events.get(name, (name,)):
        rule = voice.program.rule(member)
        found.extend([trigger.name for trigger in rule.on] if rule is not None else [member])
    return tuple(found)


def _point(voice: Voice, point: Point) -> str:
    if point.kind == "end_of":
        return voice.say("anchor.end_of", window=voice.window(point.name))
    if point.kind == "name" and point.name == "birthday":
        return voice.say("anchor.birthday")
    did = _did_any(voice, (point,))
    if did is not None:
        return voice.say("anchor.you", did=did)
    if point.name == "sale.date":
        return voice.say("anchor.sale")
    return voice.say("anchor.day", name=human(point.name).rpartition(".")[2])


def life_end(voice: Voice, life: Life, default: str = "earned") -> tuple[str, bool]:
    """When a life is over, and whether that is the end of a window: ("the end of the year", True)."""
    if life.end_of is not None:
        return voice.say("life.end_next" if life.next else "life.end", window=voice.window(life.end_of)), True
    assert life.span is not None
    said, clause = anchor(voice, life.anchors or (Point("name", default),))
    n, unit = life.span.n, life.span.unit
    if life.to_end_of == "month" and unit in {"month", "year"} and isinstance(n, int):
        months = n * 12 if unit == "year" else n
        return voice.say(
            "life.months" if clause else "life.months_of", nth=voice.language.nth(months), anchor=said
        ), True
    if life.to_end_of is not None:
        return voice.say(
            "life.sweep", window=voice.window(life.to_end_of), span=span(voice, life.span), anchor=said
        ), True
    return voice.say("life.span", span=span(voice, life.span), anchor=said), False


def lapse(voice: Voice, lives: tuple[Any, ...], default: str = "earned") -> str:
    """When units lapse: "at the end of the sixth month after the month you earned them"."""
    said = [_lapse_one(voice, cell, default) for cell in lives]
    joined = voice.any_of(said)
    return voice.say("life.shortest", life=joined) if len(said) > 1 else joined


def _lapse_one(voice: Voice, cell: Any, default: str) -> str:
    if isinstance(cell, Table):
        return table_words(voice, cell, lambda inner: _lapse_one(voice, inner, default))
    end, at = life_end(voice, cell, default)
    return voice.say("lapse.at", end=end) if at else end


def valid(voice: Voice, cell: Any, default: str) -> str:
    """How long something is good: "for 60 days", "until the end of the next year"."""
    if isinstance(cell, Table):
        return table_words(voice, cell, lambda inner: valid(voice, inner, default))
    if cell is None or cell.never:
        return voice.say("valid.always")
    if cell.span is not None and not cell.anchors and cell.to_end_of is None:
        return voice.say("valid.for", span=span(voice, cell.span))
    return voice.say("valid.until", end=life_end(voice, cell, default)[0])


def wait(voice: Voice, form: Any) -> str:
    """From when something is available; a table of waits row by row."""
    if isinstance(form, Table):
        return table_words(voice, form, lambda cell: wait(voice, cell))
    if form.until is not None:
        return voice.say("wait.until", name=human(form.until))
    if form.life is None:
        return voice.say("rule.at_once")
    return voice.say("wait.day", life=life_end(voice, form.life)[0])


def start(voice: Voice, form: Start) -> str:
    """The first day of a grant, as it is written."""
    del voice
    return human(form.kind if form.kind != "on" else f"on {form.name}")


# Openings.


def opening(voice: Voice, cell: Any) -> str:
    """When something is open: "on your birthday", "on Tuesdays and Thursdays from 09:00"."""
    if isinstance(cell, Table):
        return table_words(voice, cell, lambda inner: opening(voice, inner))
    return _OPENINGS[cell.kind](voice, cell)


def _from(voice: Voice, form: Opening) -> str:
    first = _edge(voice, form.first)
    if form.last is None:
        return voice.say("open.from", first=first)
    return voice.say("open.from_through", first=first, last=_edge(voice, form.last))


def _span_from(voice: Voice, form: Opening) -> str:
    assert form.span is not None
    point = _edge(voice, form.first)
    if form.span.n == 1 and form.span.unit == "day":
        return voice.say("open.day", point=point)
    return voice.say("open.span", span=span(voice, form.span), point=point)


def _on(voice: Voice, form: Opening) -> str:
    days = [voice.language.weekday(name) or voice.say("open.named", name=human(name)) for name in form.names]
    said = voice.say("open.on", days=voice.all_of(days))
    return said if form.time is None else f"{said} {voice.say('cond.from', time=form.time)}"


_OPENINGS: dict[str, Callable[[Voice, Opening], str]] = {
    "from": _from,
    "through": lambda voice, form: voice.say("open.through", last=_edge(voice, form.last)),
    "until": lambda voice, form: voice.say("open.until", last=_edge(voice, form.last)),
    "span": _span_from,
    "on": _on,
    "within": lambda voice, form: voice.say("open.within", name=human(form.names[0]).rpartition(".")[2]),
    "window": lambda voice, form: voice.say("open.window", window=voice.window(form.names[0])),
}


def _edge(voice: Voice, edge: Edge | None) -> str:
    assert edge is not None
    if edge.day is not None:
        return voice.language.day(day_of(edge.day))
    assert edge.point is not None
    point = _point(voice, edge.point)
    if edge.span is None:
        return point
    return voice.say("edge.before" if edge.before else "edge.after", span=span(voice, edge.span), point=point)


# Triggers.


def triggers(voice: Voice, rule: Rule) -> str:
    """On what a rule fires, in words; nothing for a purchase."""
    said = [trigger(voice, one) for one in rule.on if one != Trigger("event", "purchase")]
    return voice.any_of(said)


def trigger(voice: Voice, form: Trigger) -> str:
    """One trigger: "on your birthday", "each February 15"."""
    if form.kind == "start_of":
        key = "on.start_of_yours" if form.name in {"birthday_month", "membership_year"} else "on.start_of"
        return voice.say(key, window=voice.window(form.name))
    if form.kind == "yearly":
        return voice.say("on.yearly", days=voice.all_of([voice.language.month_day(*day) for day in form.days]))
    if form.kind == "offset":
        assert form.span is not None
        assert form.point is not None
        key = "on.offset_before" if form.before else "on.offset_after"
        return voice.say(key, span=span(voice, form.span), point=_point(voice, form.point))
    first, _, rest = form.name.partition(".")
    if form.name in SAYABLE:
        return voice.say(f"on.{form.name}")
    if first in {"activity", "friend", "reach"} and rest:
        return voice.say(f"on.{first}", name=human(rest))
    return voice.say("on.other", name=human(form.name).replace(".", " "))


# Limits.


def limits(voice: Voice, cells: tuple[Any, ...], noun: str | None = None) -> str:
    """How often or up to what, of which all hold; `noun` is what a limit in money without a name counts."""
    return ", ".join(limit(voice, cell, noun) for cell in cells)


def limit(voice: Voice, cell: Any, noun: str | None = None) -> str:
    """One limit: "once per year", "at most 4 stamps per purchase"."""
    if isinstance(cell, Table):
        return table_words(voice, cell, lambda inner: limit(voice, inner, noun))
    assert isinstance(cell, Limit)
    period = " ".join(_period(voice, one) for one in cell.periods)
    if cell.times and cell.value == 0:
        return voice.say("limit.never")
    if cell.times and cell.value == 1:
        return voice.say("limit.once", period=period)
    if cell.times:
        return voice.say("limit.times", n=voice.number(cell.value), period=period)
    shown = voice.major(cell.value) if cell.noun is None else voice.amount(cell.value, cell.noun)
    return voice.say("limit.units", amount=shown, period=period)


def added_up(voice: Voice, form: Spread) -> str:
    """Over what time something is added up: "per week", "in any 7 days", "by the end of the year"."""
    if form.life is not None:
        return voice.say("tail.over", life=life_end(voice, form.life)[0])
    return _period(voice, Period(form.window, form.last))


def _period(voice: Voice, form: Period) -> str:
    if form.last is not None:
        return voice.say("per.last", span=span(voice, form.last))
    if form.name is None:
        return voice.say("per.ever")
    key = f"per.{form.name}"
    if voice.language.has(key):
        return voice.say(key)
    if voice.language.has(f"window.{form.name}") or form.name in voice.program.windows:
        return voice.say("per.window", window=voice.window(form.name))
    return voice.say("per.other", name=human(form.name.rpartition(".")[2]))
