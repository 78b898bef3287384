"""Windows tile the calendar: no gap, no overlap, and each day in one tile."""

import copy
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.words.days import NEVER, add_months, day_of, iso, month_day, weekday
from regulars.words.windows import (
    BUILT_IN,
    Anchored,
    AnchoredDays,
    Daily,
    HalfYearly,
    Monthly,
    Quarterly,
    Starts,
    Weekly,
    Window,
    Yearly,
)

WINDOWS: list[Window] = [
    Daily(),
    *(Weekly(first) for first in range(7)),
    Monthly(),
    Quarterly(),
    HalfYearly(),
    Yearly(),
    Yearly(10, 1),
    Yearly(2, 29),
    Yearly(12, 31),
    Starts(((2, 1), (6, 1), (10, 1))),
    Starts(((11, 15), (2, 29))),
]
every_window = pytest.mark.parametrize("window", WINDOWS, ids=lambda window: window.name)
days = st.integers(1, NEVER - 1) | st.integers(day_of("1999-01-01"), day_of("2031-01-01"))
anchors = st.integers(day_of("1999-01-01"), day_of("2031-01-01"))


def tile(window: Window, day: str) -> tuple[str, str]:
    return iso(window.start(day_of(day))), iso(window.end(day_of(day)))


@pytest.mark.parametrize(
    ("window", "day", "start", "end"),
    [
        (Daily(), "2024-02-29", "2024-02-29", "2024-03-01"),
        (Weekly(), "2024-05-19", "2024-05-13", "2024-05-20"),
        (Weekly(6), "2024-05-19", "2024-05-19", "2024-05-26"),
        (Weekly(6), "2024-05-18", "2024-05-12", "2024-05-19"),
        (Monthly(), "2024-02-29", "2024-02-01", "2024-03-01"),
        (Quarterly(), "2024-12-31", "2024-10-01", "2025-01-01"),
        (HalfYearly(), "2024-06-30", "2024-01-01", "2024-07-01"),
        (Yearly(), "2024-12-31", "2024-01-01", "2025-01-01"),
        (Yearly(10, 1), "2024-09-30", "2023-10-01", "2024-10-01"),
        (Yearly(10, 1), "2024-10-01", "2024-10-01", "2025-10-01"),
        (Yearly(2, 29), "2024-02-28", "2023-02-28", "2024-02-29"),
        (Starts(((2, 1), (6, 1), (10, 1))), "2025-01-31", "2024-10-01", "2025-02-01"),
        (Starts(((10, 1), (2, 1), (6, 1))), "2025-02-01", "2025-02-01", "2025-06-01"),
    ],
)
def test_a_day_lies_in_the_tile_that_people_would_name(window: Window, day: str, start: str, end: str) -> None:
    assert tile(window, day) == (start, end)


@every_window
@settings(max_examples=30)
@given(day=days)
def test_tiles_follow_one_another_without_gap_or_overlap(window: Window, day: int) -> None:
    start, end = window.start(day), window.end(day)
    assert start <= day < end <= NEVER
    assert (window.start(start), window.end(start)) == (start, end)
    assert (window.start(end - 1), window.end(end - 1)) == (start, end)
    assert window.next_start(day) == end == window.start(end)
    assert start == 1 or window.end(start - 1) == start


@every_window
def test_every_day_of_a_leap_year_and_its_neighbours_is_in_the_tile_after_or_the_same(window: Window) -> None:
    ends = {window.end(day) for day in range(day_of("2023-01-01"), day_of("2026-01-01"))}
    starts = {window.start(day) for day in range(day_of("2023-01-01"), day_of("2026-01-01"))}
    assert starts - {min(starts)} == ends - {max(ends)}


@every_window
def test_the_calendar_ends_where_never_begins(window: Window) -> None:
    assert window.end(NEVER - 1) == NEVER
    assert window.start(1) == 1
    assert (window.start(NEVER), window.end(NEVER), window.next_start(NEVER)) == (NEVER, NEVER, NEVER)
    with pytest.raises(ValueError, match="no day"):
        window.start(0)


@every_window
def test_a_window_is_a_value_and_what_it_remembers_is_not_part_of_it(window: Window) -> None:
    window.start(day_of("2024-05-17"))
    sent = pickle.loads(pickle.dumps(window))
    assert sent == window == copy.deepcopy(window)
    assert hash(sent) == hash(window)
    assert sent.start(day_of("2024-05-17")) == window.start(day_of("2024-05-17"))
    assert len(pickle.dumps(window)) < 200


def test_windows_of_one_kind_differ_by_what_they_are_given() -> None:
    assert len(set(WINDOWS)) == len(WINDOWS)


def test_remembering_has_an_end_and_answers_do_not_change() -> None:
    window = Monthly()
    first, last = day_of("1950-01-01"), day_of("2020-01-01")
    assert all(month_day(window.start(day))[1] == 1 for day in range(first, last))
    assert len(window._memo) < last - first


@settings(max_examples=30)
@given(days)
def test_a_week_begins_on_its_day_and_has_seven(day: int) -> None:
    for first in range(7):
        start = Weekly(first).start(day)
        assert start == 1 or weekday(start) == first
        assert Weekly(first).end(day) - start <= 7


def test_the_built_in_windows_have_the_names_of_the_language() -> None:
    assert list(BUILT_IN) == ["day", "week", "month", "quarter", "half_year", "year"]
    assert all(window.name == name for name, window in BUILT_IN.items())


def test_other_windows_are_named_as_a_program_writes_them() -> None:
    assert Weekly(6).name == "week from sun"
    assert Yearly(10, 1).name == "year from 1 October"
    assert Starts(((2, 1), (6, 1))).name == "starts 1 February, 1 June"
    assert [Anchored(1).name, Anchored(12).name, AnchoredDays(1).name, AnchoredDays(28).name] == [
        "1 month",
        "12 months",
        "1 day",
        "28 days",
    ]


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (Weekly, 7),
        (Weekly, -1),
        (Starts, ()),
        (Starts, ((2, 1), (2, 1))),
        (Starts, ((2, 28), (2, 29))),
        (Starts, ((2, 30),)),
        (Anchored, 0),
        (AnchoredDays, 0),
    ],
)
def test_what_does_not_tile_the_calendar_is_no_window(kind: type, given: object) -> None:
    with pytest.raises(ValueError):
        kind(given)
    with pytest.raises(ValueError):
        Yearly(2, 30)


def test_a_period_from_the_31st_comes_back_to_it_after_february() -> None:
    anchor, starts = day_of("2024-01-31"), []
    day = anchor
    for _ in range(5):
        starts.append(iso(day))
        day = Anchored(1).next_start(day, anchor)
    assert starts == ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"]


def test_a_year_from_the_leap_day_comes_back_to_it() -> None:
    anchor = day_of("2024-02-29")
    assert iso(Anchored(12).start(day_of("2025-02-28"), anchor)) == "2025-02-28"
    assert iso(Anchored(12).start(day_of("2028-02-28"), anchor)) == "2027-02-28"
    assert iso(Anchored(12).start(day_of("2028-02-29"), anchor)) == "2028-02-29"


@settings(max_examples=100)
@given(st.integers(1, 30), days, anchors)
def test_months_from_an_anchor_tile_the_calendar(months: int, day: int, anchor: int) -> None:
    window = Anchored(months)
    start, end = window.start(day, anchor), window.end(day, anchor)
    assert start <= day < end <= NEVER
    assert (window.start(start, anchor), window.start(end - 1, anchor)) == (start, start)
    assert window.next_start(day, anchor) == end == window.start(end, anchor)
    assert start == 1 or window.end(start - 1, anchor) == start


@settings(max_examples=60)
@given(st.integers(1, 30), st.integers(-60, 60), anchors)
def test_each_period_begins_its_months_after_the_anchor(months: int, k: int, anchor: int) -> None:
    begins = add_months(anchor, k * months)
    assert Anchored(months).start(begins, anchor) == begins
    assert Anchored(months).end(begins, anchor) == add_months(anchor, (k + 1) * months)


@settings(max_examples=60)
@given(st.integers(1, 400), days, anchors)
def test_days_from_an_anchor_tile_the_calendar(length: int, day: int, anchor: int) -> None:
    window = AnchoredDays(length)
    start, end = window.start(day, anchor), window.end(day, anchor)
    assert start <= day < end <= NEVER
    assert start == 1 or (start - anchor) % length == 0
    assert end == NEVER or end == start + length or start == 1
    assert window.next_start(day, anchor) == end


def test_periods_of_never_are_never() -> None:
    anchor = day_of("2024-01-31")
    assert Anchored(1).start(NEVER, anchor) == Anchored(1).end(NEVER, anchor) == NEVER
    assert AnchoredDays(28).start(NEVER, anchor) == AnchoredDays(28).next_start(NEVER, anchor) == NEVER
