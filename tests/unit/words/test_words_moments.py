"""Moments and the local day, on quiet days and on those when the clock is changed."""

import copy
import pickle
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.words.days import NEVER, day_of, iso
from regulars.words.moments import DAY, MINUTE, SECOND, UnknownZone, Zone
from regulars.words.refusals import Refusal

NAMES = [
    "UTC",
    "Europe/Madrid",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/Havana",
    "Europe/Dublin",
    "Asia/Gaza",
]
ZONES = {name: Zone(name) for name in NAMES}
zones = st.sampled_from(list(ZONES.values()))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
moments = st.integers(-70 * 365 * DAY, 70 * 365 * DAY)


def utc(text: str) -> int:
    return (datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


def changes(zone: Zone, first: str, last: str) -> list[int]:
    """The moments at which the clock of the zone is changed, to the minute."""
    found = []
    for day in range(utc(first), utc(last), DAY):
        if _offset(zone, day) != _offset(zone, day + DAY):
            low, high = day, day + DAY
            while high - low > MINUTE:
                middle = (low + high) // 2 // MINUTE * MINUTE
                low, high = (middle, high) if _offset(zone, middle) == _offset(zone, low) else (low, middle)
            found.append(high)
    return found


def _offset(zone: Zone, at: int) -> timedelta | None:
    return datetime.fromisoformat(zone.text(at)).utcoffset()


CHANGES = [(zone, at) for zone in ZONES.values() for at in changes(zone, "2005-01-01", "2020-01-01")]


def test_the_zones_tried_change_their_clocks_often() -> None:
    assert len(CHANGES) > 150


@settings(max_examples=100)
@given(zones, moments)
def test_a_moment_comes_back_from_its_text(zone: Zone, at: int) -> None:
    assert zone.parse(zone.text(at)) == at


@settings(max_examples=100)
@given(zones, moments)
def test_the_local_day_and_minute_are_those_of_the_clock_on_the_wall(zone: Zone, at: int) -> None:
    wall = datetime.fromisoformat(zone.text(at))
    assert zone.local(at) == (wall.toordinal(), wall.hour * 60 + wall.minute)


@settings(max_examples=100)
@given(st.sampled_from(CHANGES), st.integers(-3 * 60, 3 * 60), st.integers(0, MINUTE - 1))
def test_around_a_change_of_the_clock_text_and_wall_agree(change: tuple[Zone, int], minutes: int, micros: int) -> None:
    zone, at = change[0], change[1] + minutes * MINUTE + micros
    wall = datetime.fromisoformat(zone.text(at))
    assert zone.local(at) == (wall.toordinal(), wall.hour * 60 + wall.minute)
    assert zone.parse(zone.text(at)) == at
    day, minute = zone.local(at)
    again = zone.moment(day, minute)
    assert zone.local(again) == (day, minute)
    assert again <= at, "of a time that comes twice it is the first"


@settings(max_examples=100)
@given(st.sampled_from(CHANGES), st.integers(-1, 2))
def test_a_day_begins_at_its_first_moment_whatever_the_clock_does(change: tuple[Zone, int], away: int) -> None:
    zone, at = change
    day = zone.local(at)[0] + away
    start = zone.start_of(day)
    assert zone.local(start - 1)[0] < day <= zone.local(start)[0]
    assert zone.start_of(day + 1) >= start
    assert zone.parse(iso(day)) == start


@settings(max_examples=60)
@given(zones, st.integers(day_of("1900-01-01"), day_of("2100-01-01")))
def test_days_follow_one_another(zone: Zone, day: int) -> None:
    start = zone.start_of(day)
    assert zone.local(start)[0] >= day > zone.local(start - 1)[0]
    assert zone.start_of(day) == start < zone.start_of(day + 2)


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("Europe/Madrid", "2024-05-17", "2024-05-17T00:00:00+02:00"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"),
        ("America/Havana", "2019-03-10", "2019-03-10T01:00:00-04:00"),
        ("America/Havana", "2019-11-03", "2019-11-03T00:00:00-04:00"),
        ("America/Toronto", "1919-03-31", "1919-03-31T00:30:00-04:00"),
        ("Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"),
        ("Pacific/Apia", "2011-12-31", "2011-12-31T00:00:00+14:00"),
    ],
)
def test_the_first_moment_of_a_day(zone: str, day: str, start: str) -> None:
    assert Zone(zone).text(Zone(zone).start_of(day_of(day))) == start


@pytest.mark.parametrize(("day", "hours"), [("2024-03-31", 23), ("2024-10-27", 25), ("2024-05-17", 24)])
def test_a_day_has_as_many_hours_as_the_clock_shows(day: str, hours: int) -> None:
    madrid = ZONES["Europe/Madrid"]
    assert madrid.start_of(day_of(day) + 1) - madrid.start_of(day_of(day)) == hours * 60 * MINUTE


def test_a_time_that_the_clock_goes_over_is_moved_forward() -> None:
    madrid = ZONES["Europe/Madrid"]
    assert madrid.text(madrid.moment(day_of("2024-03-31"), 150)) == "2024-03-31T03:30:00+02:00"
    assert madrid.text(ok(madrid.parse("2024-03-31T02:30"))) == "2024-03-31T03:30:00+02:00"


def test_of_a_time_that_comes_twice_it_is_the_first() -> None:
    madrid = ZONES["Europe/Madrid"]
    assert madrid.text(madrid.moment(day_of("2024-10-27"), 150)) == "2024-10-27T02:30:00+02:00"
    assert madrid.text(ok(madrid.parse("2024-10-27T02:30"))) == "2024-10-27T02:30:00+02:00"


def test_an_offset_that_changes_within_a_quarter_of_an_hour_is_kept_apart() -> None:
    monrovia, change = Zone("Africa/Monrovia"), utc("1972-01-07T00:44:30")
    for at in (change - 1, change, change - 1, change):
        wall = datetime.fromisoformat(monrovia.text(at))
        assert monrovia.local(at) == (wall.toordinal(), wall.hour * 60 + wall.minute)
    assert monrovia.local(change - 1) == (day_of("1972-01-06"), 1439)
    assert monrovia.local(change) == (day_of("1972-01-07"), 44)


def ok(answer: int | Refusal) -> int:
    assert isinstance(answer, int)
    return answer


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-05-17T09:30:00+02:00", "2024-05-17T07:30:00"),
        ("2024-05-17T09:30:00Z", "2024-05-17T09:30:00"),
        ("2024-05-17t09:30:00z", "2024-05-17T09:30:00"),
        ("2024-05-17 09:30", "2024-05-17T07:30:00"),
        ("2024-05-17T09:30:00.5", "2024-05-17T07:30:00.500000"),
        ("2024-05-17T09:30:00,123456789Z", "2024-05-17T09:30:00.123456"),
        ("2024-05-17T09:30-0330", "2024-05-17T13:00:00"),
        ("2024-05-17T09:30+05", "2024-05-17T04:30:00"),
        ("2024-05-17", "2024-05-16T22:00:00"),
    ],
)
def test_a_moment_is_read_from_iso_8601(text: str, moment: str) -> None:
    assert ZONES["Europe/Madrid"].parse(text) == utc(moment)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2024-02-30",
        "2024-05-17T25:00",
        "2024-05-17T24:00",
        "2024-05-17T09:30:60",
        "2024-05-17T",
        "2024-05-17T09",
        "20240517T093000",
        "2024-W20-5",
        "2024-05-17T09:30+25:00",
        "2024-05-17T09:30:00 Z",
        " 2024-05-17",
        "2024-05-17\n",
        "٢٠٢٤-٠٥-١٧",
        "\ud800",
    ],
)
def test_what_is_not_a_moment_is_refused(text: str) -> None:
    answer = ZONES["Europe/Madrid"].parse(text)
    assert isinstance(answer, Refusal)
    assert answer.code == "moment.unreadable"


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Asia/Tokyo", "0001-01-01"),
        ("America/New_York", "0001-01-01T00:00Z"),
        ("UTC", "9999-12-31T23:59-14:00"),
        ("UTC", "0001-01-01T00:00+14:00"),
    ],
)
def test_a_moment_outside_the_calendar_is_refused(zone: str, text: str) -> None:
    answer = Zone(zone).parse(text)
    assert isinstance(answer, Refusal)
    assert answer.code == "moment.out_of_range"


@pytest.mark.parametrize("zone", list(ZONES.values()), ids=NAMES)
def test_the_last_second_there_is_comes_back_from_its_text_everywhere(zone: Zone) -> None:
    last = ok(zone.parse("9999-12-31T23:59:59Z"))
    assert zone.parse(zone.text(last)) == last
    assert NEVER - 1 <= zone.local(last)[0] <= NEVER
    assert zone.local(zone.start_of(NEVER)) == (NEVER, 0)
    with pytest.raises(ValueError):
        zone.text(last + SECOND)


def test_seconds_of_an_old_offset_are_kept() -> None:
    monrovia = Zone("Africa/Monrovia")
    at = utc("1900-01-01T12:00:00")
    assert monrovia.text(at) == "1900-01-01T11:16:52-00:43:08"
    assert monrovia.parse(monrovia.text(at)) == at


@pytest.mark.parametrize(
    "name",
    ["", "Europe", "Europe/Atlantis", "europe/madrid", "../UTC", "/etc/localtime", "localtime", "\ud800", "a\0b"],
)
def test_a_zone_that_the_database_does_not_have_is_unknown(name: str) -> None:
    with pytest.raises(UnknownZone):
        Zone(name)


def test_zones_of_one_name_are_equal_and_travel_light() -> None:
    madrid = Zone("Europe/Madrid")
    madrid.local(0)
    assert pickle.loads(pickle.dumps(madrid)) == madrid == copy.deepcopy(madrid)
    assert len({madrid, Zone("Europe/Madrid"), Zone("UTC")}) == 2
    assert repr(madrid) == "Zone('Europe/Madrid')"
    assert madrid != "Europe/Madrid"


def test_remembering_has_an_end_and_answers_do_not_change() -> None:
    zone = Zone("Europe/Madrid")
    first = day_of("1950-01-01")
    starts = [zone.start_of(day) for day in range(first, first + 20_000)]
    assert len(zone._days) < len(starts)
    assert [zone.local(at)[0] for at in starts[::97]] == list(range(first, first + 20_000, 97))
