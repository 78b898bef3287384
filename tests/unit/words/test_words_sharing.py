"""Sharing out never loses or invents a unit."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.words.sharing import share

totals = st.integers(-(10**15), 10**15) | st.integers(-40, 40)
weights = st.lists(st.integers(0, 10**12) | st.integers(0, 6), min_size=1, max_size=12)


def test_a_hundred_over_three_equal_lines_gives_the_odd_one_to_the_first() -> None:
    assert share(100, [1, 1, 1]) == [34, 33, 33]


def test_units_left_go_to_the_largest_remainders_and_not_to_the_largest_weights() -> None:
    assert share(10, [55, 28, 17]) == [5, 3, 2]


def test_of_equal_remainders_the_earliest_is_served() -> None:
    assert share(2, [1, 1, 1, 1]) == [1, 1, 0, 0]


def test_a_weight_of_zero_gets_nothing() -> None:
    assert share(7, [0, 3, 0, 4]) == [0, 3, 0, 4]


def test_if_all_weights_are_zero_the_first_takes_all() -> None:
    assert share(7, [0, 0, 0]) == [7, 0, 0]
    assert share(-7, [0]) == [-7]


def test_nothing_can_be_shared_among_nobody_and_something_cannot() -> None:
    assert share(0, []) == []
    with pytest.raises(ValueError, match="nobody"):
        share(1, [])


@pytest.mark.parametrize("below_zero", [[-1], [2, -1], [1, -1]])
def test_a_weight_below_zero_is_a_broken_promise(below_zero: list[int]) -> None:
    with pytest.raises(ValueError, match="below zero"):
        share(1, below_zero)


@settings(max_examples=100)
@given(totals, weights)
def test_the_shares_add_up_to_the_total(total: int, weights: list[int]) -> None:
    shares = share(total, weights)
    assert sum(shares) == total
    assert len(shares) == len(weights)


@settings(max_examples=60)
@given(totals, weights)
def test_a_negative_total_is_the_mirror_image(total: int, weights: list[int]) -> None:
    assert share(-total, weights) == [-part for part in share(total, weights)]


@settings(max_examples=60)
@given(totals.map(abs), weights)
def test_no_share_of_what_is_given_is_below_zero(total: int, weights: list[int]) -> None:
    assert min(share(total, weights)) >= 0


@settings(max_examples=60)
@given(totals.map(abs), weights.filter(any))
def test_a_larger_weight_never_gets_less(total: int, weights: list[int]) -> None:
    ranked = sorted(zip(weights, share(total, weights), strict=True))
    for (lighter, less), (heavier, more) in pairwise(ranked):
        assert less <= more or lighter == heavier


@settings(max_examples=60)
@given(totals.map(abs), weights.filter(any))
def test_each_share_is_what_is_due_to_less_than_one_unit(total: int, weights: list[int]) -> None:
    whole = sum(weights)
    for part, weight in zip(share(total, weights), weights, strict=True):
        assert abs(part * whole - total * weight) < whole


@settings(max_examples=60)
@given(weights, st.data())
def test_no_share_exceeds_its_weight_while_the_total_does_not(weights: list[int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(weights)))
    assert all(part <= weight for part, weight in zip(share(total, weights), weights, strict=True))
