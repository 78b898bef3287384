"""When steps happen: as written, bare dates in the order written, ticks at the start of their day."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.scenarios.clock import times_of
from regulars.scenarios.model import Step
from regulars.words.days import day_of

DAY = day_of("2026-03-02")


def steps(*written: str) -> list[Step]:
    return [
        Step(at.removeprefix("tick "), "tick" if at.startswith("tick ") else "join", "ann", {}, {}) for at in written
    ]


def test_a_time_is_taken_as_written() -> None:
    assert times_of(steps("2026-03-02T09:05")) == [(DAY, 9 * 60 + 5)]


def test_a_tick_is_the_start_of_its_day() -> None:
    assert times_of(steps("2026-03-01", "tick 2026-03-02"))[1] == (DAY, 0)


def test_bare_dates_of_one_day_follow_each_other_in_the_order_written() -> None:
    minutes = [minute for _, minute in times_of(steps("2026-03-02", "2026-03-02", "2026-03-02"))]
    assert minutes == sorted(set(minutes))


def test_a_bare_date_stands_before_the_time_that_follows_it_and_after_the_one_before() -> None:
    first, second, third, fourth = times_of(steps("2026-03-02", "2026-03-02T08:00", "2026-03-02", "2026-03-02T20:00"))
    assert first < second < third < fourth


@given(st.lists(st.sampled_from(["2026-03-02", "2026-03-03", "tick 2026-03-03", "2026-03-04T23:00"]), max_size=10))
def test_what_is_written_in_order_never_goes_back_in_time(written: list[str]) -> None:
    ordered = sorted(written, key=lambda at: (at.removeprefix("tick ")[:10], not at.startswith("tick ")))
    times = times_of(steps(*ordered))
    assert times == sorted(times)


@pytest.mark.parametrize("at", ["tomorrow", "2026-13-01", "2026-03-02T9:00", "2026-03-02T09:00:00Z"])
def test_an_unreadable_moment_is_a_value_error(at: str) -> None:
    with pytest.raises(ValueError):
        times_of(steps(at))
