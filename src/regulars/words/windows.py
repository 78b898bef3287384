"""Windows: tilings of the calendar, as values.

Each day lies in exactly one tile of a window; tiles are half-open and follow one another without gap or overlap.
At both ends of the calendar tiles are cut. The tile of NEVER begins and ends at NEVER.

`Daily` to `Starts` lie on the calendar alike for everybody; `Anchored` and `AnchoredDays` are counted from a day of
one member's own, such as the first day of a plan.
"""

from abc import ABC, abstractmethod
from bisect import bisect_right
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Final

from regulars.words.days import NEVER, WEEKDAYS, Day, add_months, birthday_in, ymd

_REMEMBERED: Final = 1 << 14
# fmt: off
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on


def _within(day: Day) -> Day:
    return 1 if day < 1 else min(day, NEVER)


@dataclass(frozen=True, slots=True)
class Window(ABC):
    """A tiling of the calendar that is the same for everybody."""

    _memo: dict[Day, tuple[Day, Day]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    @abstractmethod
    def name(self) -> str:
        """What the tiling is called, in the words of a program file."""

    @abstractmethod
    def _tile(self, day: Day) -> tuple[Day, Day]:
        """Start and end of the tile of a day that is before NEVER, not yet cut to the calendar."""

    def start(self, day: Day) -> Day:
        """The first day of the tile in which the day lies."""
        tile = self._memo.get(day)
        return (tile or self._remember(day))[0]

    def end(self, day: Day) -> Day:
        """The day after the last of the tile in which the day lies."""
        tile = self._memo.get(day)
        return (tile or self._remember(day))[1]

    def next_start(self, day: Day) -> Day:
        """The first start of a tile strictly after the day; NEVER when there is none."""
        return self.end(day)

    def _remember(self, day: Day) -> tuple[Day, Day]:
        if day < 1:
            raise ValueError(f"{day} is no day of the calendar")
        start, end = self._tile(day) if day < NEVER else (NEVER, NEVER)
        if len(self._memo) >= _REMEMBERED:
            self._memo.clear()
        tile = self._memo[day] = (_within(start), _within(end))
        return tile

    def __reduce__(self) -> tuple[type["Window"], tuple[object, ...]]:
        # What was remembered stays behind when a window is copied or sent to another process.
        return type(self), tuple(getattr(self, given.name) for given in fields(self) if given.init)


@dataclass(frozen=True, slots=True)
class Daily(Window):
    """Each day by itself."""

    @property
    def name(self) -> str:
        """`day`."""
        return "day"

    def _tile(self, day: Day) -> tuple[Day, Day]:
        return day, day + 1


@dataclass(frozen=True, slots=True)
class Weekly(Window):
    """Seven days that begin on the given day of the week, Monday 0."""

    first: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.first <= 6:
            raise ValueError(f"a day of the week is 0 to 6, not {self.first}")

    @property
    def name(self) -> str:
        """`week`, or `week from sun`."""
        return f"week from {WEEKDAYS[self.first]}" if self.first else "week"

    def _tile(self, day: Day) -> tuple[Day, Day]:
        start = day - (day - 1 - self.first) % 7
        return start, start + 7


@dataclass(frozen=True, slots=True)
class _Calendar(Window):
    """A tiling whose tiles begin on the same months and days each year."""

    @abstractmethod
    def _starts(self) -> tuple[tuple[int, int], ...]: ...

    def _tile(self, day: Day) -> tuple[Day, Day]:
        year = ymd(day)[0]
        days = sorted(
            birthday_in(near, month, of_month)
            for near in range(max(year - 1, 1), min(year + 1, 9999) + 1)
            for month, of_month in self._starts()
        )
        after = bisect_right(days, day)
        return (days[after - 1] if after else 1), (days[after] if after < len(days) else NEVER)


def _day_month(month: int, day: int) -> str:
    return f"{day} {_MONTHS[month - 1]}"


@dataclass(frozen=True, slots=True)
class Monthly(_Calendar):
    """The months of the calendar."""

    @property
    def name(self) -> str:
        """`month`."""
        return "month"

    def _starts(self) -> tuple[tuple[int, int], ...]:
        return tuple((month, 1) for month in range(1, 13))


@dataclass(frozen=True, slots=True)
class Quarterly(_Calendar):
    """Three months, from January, April, July and October."""

    @property
    def name(self) -> str:
        """`quarter`."""
        return "quarter"

    def _starts(self) -> tuple[tuple[int, int], ...]:
        return ((1, 1), (4, 1), (7, 1), (10, 1))


@dataclass(frozen=True, slots=True)
class HalfYearly(_Calendar):
    """Six months, from January and July."""

    @property
    def name(self) -> str:
        """`half_year`."""
        return "half_year"

    def _starts(self) -> tuple[tuple[int, int], ...]:
        return ((1, 1), (7, 1))


@dataclass(frozen=True, slots=True)
class Yearly(_Calendar):
    """A year from the given month and day; one from 29 February begins on the 28th in a common year."""

    month: int = 1
    day: int = 1

    def __post_init__(self) -> None:
        birthday_in(2000, self.month, self.day)

    @property
    def name(self) -> str:
        """`year`, or `year from 1 October`."""
        return "year" if (self.month, self.day) == (1, 1) else f"year from {_day_month(self.month, self.day)}"

    def _starts(self) -> tuple[tuple[int, int], ...]:
        return ((self.month, self.day),)


@dataclass(frozen=True, slots=True)
class Starts(_Calendar):
    """Seasons: the year is cut at each of the given months and days, in any order.

    No day, one given twice, or one that is not, is a ValueError.
    """

    days: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        if not self.days:
            raise ValueError("a window of starts has at least one")
        # In a common year 28 and 29 February are one day, and a tile between them would hold none.
        if len({birthday_in(2001, month, day) for month, day in self.days}) < len(self.days):
            raise ValueError("a window of starts has no two on one day")

    @property
    def name(self) -> str:
        """`starts 1 February, 1 June, 1 October`."""
        return "starts " + ", ".join(_day_month(month, day) for month, day in self.days)

    def _starts(self) -> tuple[tuple[int, int], ...]:
        return self.days


BUILT_IN: Final[dict[str, Window]] = {
    window.name: window for window in (Daily(), Weekly(), Monthly(), Quarterly(), HalfYearly(), Yearly())
}


@lru_cache(maxsize=1 << 16)
def _months_tile(months: int, day: Day, anchor: Day) -> tuple[Day, Day]:
    if day >= NEVER:
        return NEVER, NEVER
    (year, month, _), (own_year, own_month, _) = ymd(day), ymd(anchor)
    period = ((year - own_year) * 12 + month - own_month) // months
    # Counted from the anchor each time: counted from the period before, a 31st would stay a 28th after February.
    if _months_from(anchor, period * months) > day:
        period -= 1
    return _months_from(anchor, period * months), _months_from(anchor, (period + 1) * months)


def _months_from(anchor: Day, n: int) -> Day:
    year, month, _ = ymd(anchor)
    return 1 if year * 12 + month - 1 + n < 12 else add_months(anchor, n)


@dataclass(frozen=True, slots=True)
class Anchored:
    """Periods of so many months counted from an anchor: period k begins at add_months(anchor, k * months).

    From the 31st a period begins on the last of February and on the 31st of March again. Days before the anchor
    lie in periods too, counted back.
    """

    months: int

    def __post_init__(self) -> None:
        if self.months < 1:
            raise ValueError(f"a period has at least one month, not {self.months}")

    @property
    def name(self) -> str:
        """`1 month`, `12 months`."""
        return f"{self.months} month{'s' * (self.months > 1)}"

    def start(self, day: Day, anchor: Day) -> Day:
        """The first day of the period in which the day lies."""
        return _months_tile(self.months, day, anchor)[0]

    def end(self, day: Day, anchor: Day) -> Day:
        """The day after the last of the period in which the day lies."""
        return _months_tile(self.months, day, anchor)[1]

    def next_start(self, day: Day, anchor: Day) -> Day:
        """The first start of a period strictly after the day; NEVER when there is none."""
        return _months_tile(self.months, day, anchor)[1]


@dataclass(frozen=True, slots=True)
class AnchoredDays:
    """Periods of so many days counted from an anchor, forward and back."""

    days: int

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError(f"a period has at least one day, not {self.days}")

    @property
    def name(self) -> str:
        """`1 day`, `28 days`."""
        return f"{self.days} day{'s' * (self.days > 1)}"

    def start(self, day: Day, anchor: Day) -> Day:
        """The first day of the period in which the day lies."""
        return NEVER if day >= NEVER else max(day - (day - anchor) % self.days, 1)

    def end(self, day: Day, anchor: Day) -> Day:
        """The day after the last of the period in which the day lies."""
        return NEVER if day >= NEVER else min(day - (day - anchor) % self.days + self.days, NEVER)

    def next_start(self, day: Day, anchor: Day) -> Day:
        """The first start of a period strictly after the day; NEVER when there is none."""
        return self.end(day, anchor)
