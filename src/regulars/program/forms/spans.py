"""Spans, points and days of the year: what the calendar forms are made of."""

from __future__ import annotations

from regulars.program.forms.tree import Point, Span, Unit
from regulars.program.forms.words import FormError, Words, reading
from regulars.program.problems import did_you_mean

UNITS: dict[str, Unit] = {
    "minute": "minute",
    "minutes": "minute",
    "hour": "hour",
    "hours": "hour",
    "day": "day",
    "days": "day",
    "week": "week",
    "weeks": "week",
    "month": "month",
    "months": "month",
    "year": "year",
    "years": "year",
}
MONTHS = "January February March April May June July August September October November December".split()
LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONG_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_span(text: str) -> Span | FormError:
    """The span that a text like `12 months` or `subscribe.every_weeks weeks` says."""
    return reading(text, "a span", span)


def at_span(words: Words) -> bool:
    """Whether a span begins here: a number, or a path before a unit of time."""
    token = words.see()
    return token.kind in ("integer", "decimal") or (token.kind == "path" and words.see(1).text in UNITS)


def span(words: Words) -> Span:
    """`INT UNIT` or `PATH UNIT`."""
    token = words.see()
    if token.kind == "path":
        return Span(words.step().text, unit(words))
    count = words.integer("a number of days, months or the like")
    if count == 0:
        words.wrong("a span has at least one unit of time", token=token)
    if count > 100_000:
        words.wrong("a span has at most 100000 units of time", token=token)
    return Span(count, unit(words))


def unit(words: Words) -> Unit:
    """A unit of time, with or without its s."""
    token = words.see()
    if found := UNITS.get(token.text):
        words.step()
        return found
    if token.kind in ("name", "path"):
        words.wrong(f"`{token.text}` is no unit of time", did_you_mean(token.text, UNITS))
    return words.expected_text("a unit of time (`days`, `months`, ..)")


def point(words: Words) -> Point:
    """`NAME`, `PATH`, `last NAME` or `end of NAME`."""
    if words.take("last"):
        return Point("last", words.name("the name of an event"))
    if words.take("end"):
        words.need("of")
        return Point("end_of", words.name("the name of a window"))
    return Point("name", words.name("a point in time (`earned`, `last purchase`, ..)", path=True))


def day_of_year(words: Words) -> tuple[int, int]:
    """`15 February` as (month, day)."""
    day_token = words.see()
    day = words.integer("a day like `15 February`")
    token = words.see()
    if token.text not in MONTHS:
        begins = token.text.lower()[:3]
        meant = next((month for month in MONTHS if begins and month.lower().startswith(begins)), None)
        if token.kind == "end" or meant is None:
            words.expected_text("a month (January .. December)", did_you_mean(token.text, MONTHS))
        words.wrong(f"`{token.text}` is no month", f"did you mean `{meant}`?")
    month = MONTHS.index(words.step().text) + 1
    if not 1 <= day <= LONGEST[month - 1]:
        words.wrong(f"{MONTHS[month - 1]} has no day {day}", token=day_token)
    return month, day


def days_of_year(words: Words) -> tuple[tuple[int, int], ...]:
    """`15 February, 15 June` in the order written."""
    days = [day_of_year(words)]
    while words.take(","):
        days.append(day_of_year(words))
    return tuple(days)
