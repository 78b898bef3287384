"""When something is open."""

from __future__ import annotations

from datetime import date

from regulars.program.forms.spans import at_span, point, span
from regulars.program.forms.tree import Edge, Opening
from regulars.program.forms.words import FormError, Words, reading


def read_opening(text: str) -> Opening | FormError:
    """The opening that a text like `from 3 days before birthday through 3 days after birthday` says."""
    return reading(text, "an opening", _opening, "through", "from")


def _opening(words: Words) -> Opening:
    if words.take("from"):
        first = _edge(words)
        if words.at("until"):
            words.wrong("an opening that begins with `from` ends with `through` and its last day")
        last = _edge(words) if words.take("through") else None
        return Opening("from", first=first, last=last)
    if words.take("through"):
        return Opening("through", last=_edge(words))
    if words.take("until"):
        return Opening("until", last=_edge(words))
    if words.take("on"):
        return _named_days(words)
    if words.take("within"):
        if words.see().kind == "name":
            hint = "a fact has its event before it: `purchase.window`"
            words.wrong(f"expected a fact that holds a span, not `{words.see().text}`", hint)
        return Opening("within", names=(words.name("the path of a fact that holds a span", path=True),))
    if at_span(words):
        length = span(words)
        if not words.take("from"):
            words.expected_text("`from` and a point in time (`7 days from birthday`)")
        return Opening("span", first=Edge(point=point(words)), span=length)
    return Opening("window", names=(words.name("an opening (`from ..`, `through ..`, `until ..`, `on ..`, a window)"),))


def _named_days(words: Words) -> Opening:
    what = "a weekday or the name of listed days"
    names = [words.name(what)]
    while words.take(","):
        names.append(words.name(what))
    return Opening("on", names=tuple(names), time=_time(words) if words.take("from") else None)


def _time(words: Words) -> str:
    token = words.see()
    if token.kind != "time":
        words.expected_text("a time of day like `09:00`")
    hour, _, minute = token.text.partition(":")
    if int(hour) > 23 or int(minute) > 59:
        words.wrong(f"no day has the time {token.text}")
    if len(hour) < 2:
        words.wrong(f"a time of day has two digits on each side: write `0{token.text}`")
    return words.step().text


def _edge(words: Words) -> Edge:
    token = words.see()
    if token.kind == "date":
        try:
            date.fromisoformat(token.text)
        except ValueError:
            words.wrong(f"{token.text} is no day of the calendar")
        return Edge(day=words.step().text)
    if not at_span(words):
        return Edge(point=point(words))
    length = span(words)
    if not words.at("before") and not words.at("after"):
        words.expected(["before", "after"])
    before = words.step().text == "before"
    return Edge(span=length, before=before, point=point(words))
