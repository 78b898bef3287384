"""Moments as integers, and the time zone in which they become days.

A moment is microseconds since 1970-01-01T00:00Z. Where a day begins is a question for the zone of the program:
some days have 23 hours, some have no midnight, some were left out altogether.

The rules of the zones come from the tzdata package and from nowhere else, so that every machine agrees.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from regulars.words.days import NEVER, Day
from regulars.words.refusals import Refusal

Moment: TypeAlias = int

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
DAY: Final = 24 * 60 * MINUTE

_EPOCH: Final = datetime(1970, 1, 1)
_EPOCH_DAY: Final = _EPOCH.toordinal()
_EPOCH_UTC: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_BUCKET: Final = 15 * MINUTE
_BUCKETS_KEPT: Final = 1 << 17
_DAYS_KEPT: Final = 1 << 14
# A moment outside the calendar has no day; its offset is that of the nearest day but one that has.
_FIRST: Final = (2 - _EPOCH_DAY) * DAY
_LAST: Final = (NEVER - 2 - _EPOCH_DAY) * DAY
_EARLIEST: Final = (1 - _EPOCH_DAY) * DAY
_LATEST: Final = (NEVER - _EPOCH_DAY) * DAY - 1

_ISO: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
    r"([Zz]|[+-][0-9]{2}(?::?[0-9]{2}(?::[0-9]{2})?)?)?)?"
)


class UnknownZone(ValueError):
    """A name that the time zone database does not have."""


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset((files("tzdata") / "zones").read_text(encoding="ascii").split())


@lru_cache(maxsize=1024)
def _rules(name: str) -> ZoneInfo:
    if name not in _names():
        raise UnknownZone(f"no time zone has the name {name!r}")
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)


class Zone:
    """A time zone by its name in the IANA database, such as `Europe/Madrid`.

    Zones of one name are equal. An unknown name raises UnknownZone.
    """

    __slots__ = ("_days", "_rules", "_shifts", "name")

    def __init__(self, name: str) -> None:
        self.name: Final = name
        self._rules = _rules(name)
        self._shifts: dict[int, int] = {}
        self._days: dict[Day, Moment] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Zone) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"Zone({self.name!r})"

    def __reduce__(self) -> tuple[type["Zone"], tuple[str]]:
        # What was remembered stays behind when a zone is copied or sent to another process.
        return Zone, (self.name,)

    def local(self, at: Moment) -> tuple[Day, int]:
        """The local day, and the minute of it that the clock on the wall shows (0 to 1439)."""
        shift = self._shifts.get(at // _BUCKET)
        if shift is None:
            shift = self._remember(at)
        day, minute = divmod((at + shift) // MINUTE, 1440)
        return day + _EPOCH_DAY, minute

    def start_of(self, day: Day) -> Moment:
        """The first moment of the local day.

        Where the clock goes over midnight that is when it does; of a day that the zone left out it is the first
        moment after; where midnight comes twice it is the first.
        """
        at = self._days.get(day)
        if at is None:
            if len(self._days) >= _DAYS_KEPT:
                self._days.clear()
            at = self._days[day] = self._first(day)
        return at

    def moment(self, day: Day, minute: int) -> Moment:
        """The moment at which the local clock shows that minute of that day.

        A time that the clock goes over is moved forward by as much as the clock was; of one that comes twice
        it is the first.
        """
        return self._at((day - _EPOCH_DAY) * DAY + minute * MINUTE)

    def parse(self, text: str) -> Moment | Refusal:
        """The moment written in ISO 8601: with an offset or Z, without (local time), or a bare day (its start).

        Digits beyond microseconds are dropped. Refused are `moment.unreadable` and, outside the years 1 to 9999,
        `moment.out_of_range`.
        """
        shape = _ISO.fullmatch(text)
        if shape is None:
            return _unreadable()
        try:
            read = datetime.fromisoformat(text.upper())
        except ValueError:  # the shape was right, but there is no such day or time
            return _unreadable()
        if shape[1] is None:
            at = self.start_of(read.toordinal())
        elif shape[2] is None:
            at = self._at((read - _EPOCH) // _MICROSECOND)
        else:
            at = (read - _EPOCH_UTC) // _MICROSECOND
        if not _EARLIEST <= at <= _LATEST or self.local(at)[0] < 1:
            return Refusal("moment.out_of_range", "This is outside the calendar.", values=(("value", text),))
        return at

    def text(self, at: Moment) -> str:
        """The moment in ISO 8601 as local time with its offset, which parse reads back as the same moment.

        Where the local year would not be within 1 to 9999 it is in UTC; a moment outside these is a ValueError.
        """
        if not _EARLIEST <= at <= _LATEST:
            raise ValueError(f"{at} is outside the calendar")
        moment = _EPOCH_UTC + timedelta(microseconds=at)
        try:
            return moment.astimezone(self._rules).isoformat()
        except OverflowError:
            return moment.isoformat()

    def _remember(self, at: Moment) -> int:
        bucket = at // _BUCKET
        shift = self._shift(at)
        # Old zones change offset at odd minutes: such a quarter of an hour is looked up each time.
        if self._shift(bucket * _BUCKET) == self._shift((bucket + 1) * _BUCKET - 1):
            if len(self._shifts) >= _BUCKETS_KEPT:
                self._shifts.clear()
            self._shifts[bucket] = shift
        return shift

    def _shift(self, at: Moment) -> int:
        near = _EPOCH_UTC + timedelta(microseconds=min(max(at, _FIRST), _LAST))
        return self._micros(near.astimezone(self._rules))

    def _at(self, wall: int, fold: int = 0) -> Moment:
        near = _EPOCH + timedelta(microseconds=min(max(wall, _FIRST), _LAST))
        return wall - self._micros(near.replace(tzinfo=self._rules, fold=fold))

    @staticmethod
    def _micros(local: datetime) -> int:
        offset = local.utcoffset()
        assert offset is not None, "a local time has an offset"
        return offset // _MICROSECOND

    def _first(self, day: Day) -> Moment:
        wall = (day - _EPOCH_DAY) * DAY
        late, early = self._at(wall), self._at(wall, fold=1)
        if late <= early:
            return late
        # Midnight is gone over, and not always from midnight on: the day begins at the very change of the clock.
        before = self._shift(early)
        while late - early > 1:
            middle = (early + late) // 2
            if self._shift(middle) == before:
                early = middle
            else:
                late = middle
        return late


def _unreadable() -> Refusal:
    return Refusal(
        "moment.unreadable",
        "A moment is written as 2024-05-17T09:30:00+02:00, or without the offset, or as a day.",
    )
