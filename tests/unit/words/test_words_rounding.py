"""Rounding against exact fractions."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.words.rounding import Mode, divide, divider

numerators = st.integers(-(10**30), 10**30) | st.integers(-50, 50)
denominators = st.integers(1, 10**12) | st.integers(1, 12)
modes = st.sampled_from(Mode)


@pytest.mark.parametrize(
    ("mode", "of_halves"),
    [
        (Mode.DOWN, {-5: -2, -3: -1, -1: 0, 1: 0, 3: 1, 5: 2}),
        (Mode.NEAREST, {-5: -3, -3: -2, -1: -1, 1: 1, 3: 2, 5: 3}),
        (Mode.UP, {-5: -3, -3: -2, -1: -1, 1: 1, 3: 2, 5: 3}),
        (Mode.HALF_EVEN, {-5: -2, -3: -2, -1: 0, 1: 0, 3: 2, 5: 2}),
    ],
)
def test_a_half_goes_where_the_mode_says(mode: Mode, of_halves: dict[int, int]) -> None:
    assert {half: divide(half, 2, mode) for half in of_halves} == of_halves


@pytest.mark.parametrize(
    ("mode", "thirds"), [(Mode.DOWN, [0, 0]), (Mode.NEAREST, [0, 1]), (Mode.UP, [1, 1]), (Mode.HALF_EVEN, [0, 1])]
)
def test_a_third_goes_where_the_mode_says(mode: Mode, thirds: list[int]) -> None:
    assert [divide(1, 3, mode), divide(2, 3, mode)] == thirds


@settings(max_examples=60)
@given(st.integers(-(10**9), 10**9), st.sampled_from([1, 2, 4, 5, 8, 10, 16, 1000]))
def test_the_modes_are_those_of_decimal_arithmetic(numerator: int, denominator: int) -> None:
    exact = Decimal(numerator) / denominator
    rounded = {
        mode: int(exact.quantize(Decimal(1), rounding))
        for mode, rounding in zip(Mode, (ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, ROUND_HALF_EVEN), strict=True)
    }
    assert {mode: divide(numerator, denominator, mode) for mode in Mode} == rounded


@settings(max_examples=60)
@given(numerators, denominators)
def test_half_even_is_what_fractions_round_to(numerator: int, denominator: int) -> None:
    assert divide(numerator, denominator, Mode.HALF_EVEN) == round(Fraction(numerator, denominator))


@settings(max_examples=60)
@given(numerators, denominators, modes)
def test_rounding_moves_less_than_one_and_to_its_own_side(numerator: int, denominator: int, mode: Mode) -> None:
    exact, rounded = Fraction(numerator, denominator), divide(numerator, denominator, mode)
    assert abs(rounded - exact) < 1
    if mode is Mode.DOWN:
        assert abs(rounded) <= abs(exact)
    elif mode is Mode.UP:
        assert abs(rounded) >= abs(exact)
    else:
        assert abs(rounded - exact) <= Fraction(1, 2)


@settings(max_examples=60)
@given(numerators, denominators, modes)
def test_negative_numerators_mirror_positive_ones(numerator: int, denominator: int, mode: Mode) -> None:
    assert divide(-numerator, denominator, mode) == -divide(numerator, denominator, mode)


@settings(max_examples=30)
@given(numerators, denominators, modes)
def test_the_function_of_a_mode_divides_as_the_mode_does(numerator: int, denominator: int, mode: Mode) -> None:
    assert divider(mode)(numerator, denominator) == divide(numerator, denominator, mode)


def test_without_a_mode_it_is_rounded_down() -> None:
    assert (divide(19, 10), divide(-19, 10)) == (1, -1)


@pytest.mark.parametrize("denominator", [0, -3])
def test_a_denominator_that_is_not_above_zero_is_a_broken_promise(denominator: int) -> None:
    with pytest.raises(ValueError, match="above zero"):
        divide(1, denominator)


def test_the_modes_have_the_names_of_a_program_file() -> None:
    assert [Mode(name) for name in ("down", "nearest", "up", "half_even")] == list(Mode)
