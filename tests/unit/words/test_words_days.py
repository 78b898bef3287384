"""Days, and the spans added to them."""

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.words.days import (
    NEVER,
    WEEKDAYS,
    add_months,
    add_span,
    add_years,
    age_on,
    birthday_in,
    day_of,
    from_ymd,
    iso,
    month_day,
    weekday,
    ymd,
)

days = st.integers(1, NEVER - 1)
usual = st.integers(day_of("1900-01-01"), day_of("2199-12-31"))
months = st.integers(-1200, 1200)


@settings(max_examples=60)
@given(days)
def test_a_day_comes_back_from_its_text_and_from_its_parts(day: int) -> None:
    assert day_of(iso(day)) == day
    assert from_ymd(*ymd(day)) == day
    assert month_day(day) == ymd(day)[1:]


@pytest.mark.parametrize(
    "text", ["", "2024-02-30", "2023-02-29", "20240101", "2024-W01-1", "2024-1-1", "2024-01-01T00:00", "٢٠٢٤-٠١-٠١"]
)
def test_what_is_not_a_day_has_no_day(text: str) -> None:
    with pytest.raises(ValueError):
        day_of(text)


def test_never_is_one_past_the_last_day_and_has_no_text() -> None:
    assert date.max.toordinal() + 1 == NEVER
    with pytest.raises(ValueError):
        iso(NEVER)
    with pytest.raises(ValueError):
        ymd(NEVER)


@settings(max_examples=60)
@given(days)
def test_the_day_of_the_week_is_that_of_the_calendar(day: int) -> None:
    assert weekday(day) == date.fromordinal(day).weekday()


def test_the_week_begins_on_monday() -> None:
    assert WEEKDAYS[weekday(day_of("2024-05-13"))] == "mon"
    assert WEEKDAYS[weekday(day_of("2024-05-19"))] == "sun"


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-01-31", 2, "2024-03-31"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2024-03-31", -1, "2024-02-29"),
        ("2024-12-15", 1, "2025-01-15"),
        ("2024-01-15", -1, "2023-12-15"),
        ("9998-12-31", 12, "9999-12-31"),
        ("0001-02-01", -1, "0001-01-01"),
    ],
)
def test_months_added_to_a_day_end_on_the_same_day_or_on_the_last_of_a_shorter_month(
    start: str, n: int, end: str
) -> None:
    assert iso(add_months(day_of(start), n)) == end


@settings(max_examples=100)
@given(usual, months)
def test_added_months_are_counted_exactly_and_clip_to_the_last_of_the_month(day: int, n: int) -> None:
    (year, month, of_month), (then_year, then_month, then_of_month) = ymd(day), ymd(add_months(day, n))
    assert then_year * 12 + then_month - (year * 12 + month) == n
    assert then_of_month == min(of_month, monthrange(then_year, then_month)[1])


@settings(max_examples=60)
@given(usual.filter(lambda day: month_day(day) != (2, 29)), months, st.integers(-50, 50))
def test_a_year_is_twelve_months_however_it_is_counted(day: int, n: int, years: int) -> None:
    assert add_months(add_years(day, years), n) == add_months(day, n + 12 * years)


@settings(max_examples=60)
@given(usual, usual, months)
def test_adding_months_never_turns_two_days_round(day: int, other: int, n: int) -> None:
    earlier, later = sorted((day, other))
    assert add_months(earlier, n) <= add_months(later, n)


@settings(max_examples=60)
@given(usual, st.integers(-400, 400))
def test_a_span_adds_its_unit(day: int, n: int) -> None:
    assert add_span(day, n, "day") == day + n
    assert add_span(day, n, "week") == day + 7 * n
    assert add_span(day, n, "month") == add_months(day, n)
    assert add_span(day, n, "year") == add_years(day, n) == add_months(day, 12 * n)


@pytest.mark.parametrize("unit", ["day", "week", "month", "year"])
def test_nothing_goes_past_never_and_nothing_comes_back_from_it(unit: str) -> None:
    last = NEVER - 1
    assert add_span(last, 0, unit) == last  # type: ignore[arg-type]
    assert add_span(last, 1, unit) == NEVER  # type: ignore[arg-type]
    assert add_span(last, 10**9, unit) == NEVER  # type: ignore[arg-type]
    assert add_span(NEVER, -10, unit) == NEVER  # type: ignore[arg-type]
    assert add_span(NEVER, 0, unit) == NEVER  # type: ignore[arg-type]


@pytest.mark.parametrize("unit", ["day", "week", "month", "year"])
def test_nothing_is_before_the_first_day(unit: str) -> None:
    with pytest.raises(ValueError, match="before the first year"):
        add_span(1, -1, unit)  # type: ignore[arg-type]


def test_a_unit_that_is_not_of_the_calendar_is_a_broken_promise() -> None:
    with pytest.raises(ValueError, match="hour"):
        add_span(1, 1, "hour")  # type: ignore[arg-type]


def test_one_born_on_the_leap_day_keeps_it_on_the_28th_of_a_common_year() -> None:
    assert iso(birthday_in(2023, 2, 29)) == "2023-02-28"
    assert iso(birthday_in(2024, 2, 29)) == "2024-02-29"
    assert iso(birthday_in(1900, 2, 29)) == "1900-02-28"
    assert iso(birthday_in(2023, 2, 28)) == "2023-02-28"


@pytest.mark.parametrize(("month", "day"), [(2, 30), (4, 31), (13, 1), (0, 1), (1, 0)])
def test_a_birthday_that_no_year_has_is_a_broken_promise(month: int, day: int) -> None:
    with pytest.raises(ValueError):
        birthday_in(2023, month, day)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("2000-05-17", "2024-05-16", 23),
        ("2000-05-17", "2024-05-17", 24),
        ("2004-02-29", "2022-02-27", 17),
        ("2004-02-29", "2022-02-28", 18),
        ("2004-02-29", "2024-02-28", 19),
        ("2004-02-29", "2024-02-29", 20),
        ("2004-02-29", "2004-02-29", 0),
        ("2004-02-29", "2004-02-28", -1),
    ],
)
def test_age_is_counted_in_birthdays(born: str, day: str, age: int) -> None:
    assert age_on(day_of(born), day_of(day)) == age


@settings(max_examples=60)
@given(usual, st.integers(0, 120))
def test_so_many_years_on_one_is_so_many_years_old_and_the_day_before_one_less(born: int, years: int) -> None:
    assert age_on(born, add_years(born, years)) == years
    assert age_on(born, add_years(born, years) - 1) == years - 1
