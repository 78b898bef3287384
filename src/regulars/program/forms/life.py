"""How long something lasts, and the forms that may be a life: over what a rule measures, until when something waits."""

from __future__ import annotations

from regulars.program.forms.spans import at_span, point, span
from regulars.program.forms.tree import Cutoff, Life, Point, Spread, Start, Wait
from regulars.program.forms.words import FormError, Words, reading

_GO_ON = ("after", "to", "or", "end", "of")


def read_life(text: str) -> Life | FormError:
    """The life that a text like `6 months after earned to end of month` says."""
    return reading(text, "a life", life, *_GO_ON)


def read_spread(text: str) -> Spread | FormError:
    """What a rule is measured over: `last 12 months`, a life, or the name of a window."""
    return reading(text, "a spread", _spread, *_GO_ON)


def read_wait(text: str) -> Wait | FormError:
    """Until when something is not available: `until confirm`, `none`, or a life."""
    return reading(text, "a wait", _wait, *_GO_ON)


def read_cutoff(text: str) -> Cutoff | FormError:
    """Up to when something must have been available: `by end of last season` or `by yesterday`."""
    return reading(text, "a cut-off", _cutoff)


def read_start(text: str) -> Start | FormError:
    """The first day of a grant: `at once`, `next day`, `next business day`, `next WINDOW` or `on NAME`."""
    return reading(text, "a start", _start)


def life(words: Words) -> Life:
    """`never`, `end of ..`, `through ..` or a span."""
    if words.take("never"):
        return Life()
    if words.take("end"):
        words.need("of")
        following = words.take("next")
        return Life(end_of=words.name("the name of a window"), next=following)
    if words.take("through"):
        length = span(words)
        if not words.take("after"):
            words.expected_text(f"`after` and a point in time (`through {_said(words)} after earned`)")
        return Life(span=length, anchors=_anchors(words), through=True)
    if not at_span(words):
        words.expected_text("a life (`60 days`, `12 months after earned`, `end of year`, `never`, ..)")
    length = span(words)
    anchors = _anchors(words) if words.take("after") else ()
    sweep = None
    if words.take("to"):
        words.need("end", "of")
        if words.at("next"):
            words.wrong("the window is that in which the span ends, so `next` cannot stand here", "write a longer span")
        sweep = words.name("the name of a window")
    return Life(span=length, anchors=anchors, to_end_of=sweep)


def _anchors(words: Words) -> tuple[Point, ...]:
    points = [point(words)]
    while words.take("or"):
        points.append(point(words))
    return tuple(points)


def _said(words: Words) -> str:
    return " ".join(token.text for token in words.tokens[1 : words.place])


def _spread(words: Words) -> Spread:
    if words.take("last"):
        return Spread(last=span(words))
    if words.see().kind == "name" and words.see().text not in ("end", "through", "never"):
        return Spread(window=words.name("the name of a window"))
    return Spread(life=life(words))


def _wait(words: Words) -> Wait:
    if words.take("until"):
        return Wait(until=words.name("the name of an event"))
    if words.take("none"):
        return Wait()
    return Wait(life=life(words))


def _cutoff(words: Words) -> Cutoff:
    words.need("by")
    if words.take("yesterday"):
        return Cutoff(None)
    if not words.at("end"):
        words.expected(["end of last", "yesterday"])
    words.need("end", "of", "last")
    return Cutoff(words.name("the name of a window"))


def _start(words: Words) -> Start:
    if words.take("at"):
        words.need("once")
        return Start("at_once")
    if words.take("on"):
        return Start("on", words.name("the name of an event"))
    if not words.take("next"):
        words.expected(["at once", "next day", "next business day", "next", "on"])
    if words.take("business"):
        words.need("day")
        return Start("next_business_day")
    if words.take("day"):
        return Start("next_day")
    return Start("next", words.name("the name of a window"))
