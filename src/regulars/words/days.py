"""Days of the calendar as integers, and the spans that are added to them.

A day is its proleptic Gregorian ordinal (1 is 0001-01-01, as in `date.toordinal`), so days compare, subtract and
hash as integers do. A moment becomes a day only in a time zone: see `moments`.
"""

from calendar import isleap, monthrange
from datetime import date
from functools import lru_cache
from typing import Final, Literal, TypeAlias

Day: TypeAlias = int
Unit: TypeAlias = Literal["day", "week", "month", "year"]

NEVER: Final[Day] = 3652060
"""One past the last day there is (9999-12-31): what never lapses ends here, and nothing added to it moves it."""

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_CACHED: Final = 1 << 16


@lru_cache(maxsize=_CACHED)
def day_of(iso: str) -> Day:
    """The day written `YYYY-MM-DD`; any other shape, or a day that is not, is a ValueError."""
    if len(iso) != 10 or iso[4] != "-" or iso[7] != "-":
        raise ValueError(f"a day is written YYYY-MM-DD, not {iso!r}")
    return date.fromisoformat(iso).toordinal()


@lru_cache(maxsize=_CACHED)
def iso(day: Day) -> str:
    """The day as `YYYY-MM-DD`; NEVER has no such text and is a ValueError."""
    return date.fromordinal(day).isoformat()


@lru_cache(maxsize=_CACHED)
def ymd(day: Day) -> tuple[int, int, int]:
    """Year, month and day of the month; NEVER has none and is a ValueError."""
    given = date.fromordinal(day)
    return given.year, given.month, given.day


def from_ymd(year: int, month: int, day: int) -> Day:
    """The day of that year, month and day of the month; one that is not is a ValueError."""
    return date(year, month, day).toordinal()


def month_day(day: Day) -> tuple[int, int]:
    """Month and day of the month, for what comes back each year."""
    return ymd(day)[1:]


def weekday(day: Day) -> int:
    """The day of the week, Monday 0 to Sunday 6; its name is at that place in WEEKDAYS."""
    return (day + 6) % 7


@lru_cache(maxsize=_CACHED)
def add_months(day: Day, n: int) -> Day:
    """The same day of the month n months on, or the last day of that month when it is shorter.

    n may be negative. Beyond the last day there is, and from NEVER, the answer is NEVER; before the first,
    ValueError.
    """
    if day >= NEVER:
        return NEVER
    year, month, of_month = ymd(day)
    year, month = divmod(year * 12 + month - 1 + n, 12)
    if year > 9999:
        return NEVER
    if year < 1:
        raise ValueError(f"{n} months from {iso(day)} is before the first year")
    return date(year, month + 1, min(of_month, monthrange(year, month + 1)[1])).toordinal()


def add_years(day: Day, n: int) -> Day:
    """The same day n years on; 29 February falls on 28 February in a common year. Edges as in add_months."""
    return add_months(day, 12 * n)


def add_span(day: Day, n: int, unit: Unit) -> Day:
    """The day n units on. Edges as in add_months; a unit that is not day, week, month or year is a ValueError."""
    if unit == "month":
        return add_months(day, n)
    if unit == "year":
        return add_months(day, 12 * n)
    if unit == "day":
        later = day + n
    elif unit == "week":
        later = day + 7 * n
    else:
        raise ValueError(f"a span is counted in days, weeks, months or years, not {unit!r}")
    if later >= NEVER or day >= NEVER:
        return NEVER
    if later < 1:
        raise ValueError(f"{n} {unit}s from {iso(day)} is before the first year")
    return later


def birthday_in(year: int, month: int, day: int) -> Day:
    """The day on which a birthday is kept in that year.

    One born on 29 February keeps it on 28 February in a common year, as add_years would have it, so that a
    birthday never leaves its month. Any other month and day that is not is a ValueError.
    """
    if month == 2 and day == 29 and not isleap(year):
        day = 28
    return date(year, month, day).toordinal()


def age_on(born: Day, day: Day) -> int:
    """Whole years lived on that day, counted by birthday_in; negative before birth."""
    year, month, of_month = ymd(born)
    now = ymd(day)[0]
    return now - year - (day < birthday_in(now, month, of_month))
