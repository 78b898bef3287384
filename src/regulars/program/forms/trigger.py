"""On what a rule fires, and named tilings of the calendar."""

from __future__ import annotations

from regulars.program.forms.spans import LONG_WEEKDAYS, WEEKDAYS, at_span, day_of_year, days_of_year, point, span
from regulars.program.forms.tree import Trigger, WindowForm
from regulars.program.forms.words import FormError, Words, reading
from regulars.program.problems import did_you_mean


def read_trigger(text: str) -> Trigger | FormError:
    """The trigger that a text like `purchase`, `start of quarter` or `yearly 15 February, 15 June` says."""
    return reading(text, "a trigger", _trigger)


def read_window(text: str) -> WindowForm | FormError:
    """The tiling that a text like `week from sunday` or `starts 15 February, 15 June, 15 October` says."""
    return reading(text, "a window", _window)


def _trigger(words: Words) -> Trigger:
    if words.at("start") and words.see(1).text == "of":
        words.need("start", "of")
        return Trigger("start_of", name=words.name("the name of a window"))
    if words.at("yearly") and words.see(1).kind != "end":
        words.step()
        return Trigger("yearly", days=days_of_year(words))
    if at_span(words):
        length = span(words)
        if not words.at("before") and not words.at("after"):
            words.expected(["before", "after"])
        before = words.step().text == "before"
        return Trigger("offset", span=length, before=before, point=point(words))
    # `start` alone is the day on which the program itself begins.
    if words.take("start"):
        return Trigger("event", name="start")
    what = "an event or a moment (`purchase`, `start of month`, `yearly 1 March`)"
    return Trigger("event", name=words.name(what, path=True))


def _window(words: Words) -> WindowForm:
    token = words.see()
    if token.text not in ("week", "year", "month", "starts"):
        words.expected(["week from", "year from", "month from", "starts"])
    kind = words.step().text
    if kind == "starts":
        return WindowForm("starts", days=days_of_year(words))
    words.need("from")
    if kind == "week":
        return WindowForm("week", name=_weekday(words))
    if kind == "year":
        return WindowForm("year", days=(day_of_year(words),))
    return WindowForm("month", point=point(words))


def _weekday(words: Words) -> str:
    token = words.see()
    if token.kind == "end" or token.text.lower() not in WEEKDAYS + LONG_WEEKDAYS:
        words.expected_text("a weekday (`monday`, ..)", did_you_mean(token.text, LONG_WEEKDAYS))
    return words.name("a weekday")
