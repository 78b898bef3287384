"""Spans hold their start and not their end."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.words.spans import Span

points = st.integers(-20, 20)
spans = st.tuples(points, points).map(sorted).map(lambda ends: Span(*ends))


def test_a_span_contains_its_start_and_not_its_end() -> None:
    span = Span(10, 12)
    assert [day for day in range(8, 14) if span.contains(day)] == [10, 11]
    assert span.last_day == 11


def test_spans_that_only_touch_do_not_overlap() -> None:
    assert not Span(1, 5).overlaps(Span(5, 9))
    assert Span(1, 6).overlaps(Span(5, 9))


@settings(max_examples=100)
@given(spans, spans)
def test_spans_overlap_when_they_have_a_day_in_common(one: Span, other: Span) -> None:
    common = [day for day in range(-21, 22) if one.contains(day) and other.contains(day)]
    assert one.overlaps(other) == other.overlaps(one) == bool(common)


def test_an_empty_span_holds_nothing_and_overlaps_nothing() -> None:
    assert not Span(5, 5).contains(5)
    assert not Span(5, 5).overlaps(Span(0, 10))
    assert Span(5, 5).last_day == 4


def test_a_span_does_not_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Span(5, 4)
