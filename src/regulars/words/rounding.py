"""The one home of rounding: whole numbers divided by whole numbers, by a named mode.

Points, minor units and rates are integers or exact fractions everywhere; wherever a fraction must become
whole, it does so here.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final


class Mode(StrEnum):
    """How a fraction becomes whole; the names are those a program file uses."""

    DOWN = "down"  # toward zero
    NEAREST = "nearest"  # half away from zero
    UP = "up"  # away from zero
    HALF_EVEN = "half_even"  # half to the even neighbour


def _down(numerator: int, denominator: int) -> int:
    return numerator // denominator if numerator >= 0 else -(-numerator // denominator)


def _nearest(numerator: int, denominator: int) -> int:
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((denominator - 2 * numerator) // (2 * denominator))


def _up(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator) if numerator >= 0 else numerator // denominator


def _half_even(numerator: int, denominator: int) -> int:
    whole, rest = divmod(numerator, denominator)
    twice = 2 * rest
    if twice > denominator or (twice == denominator and whole & 1):
        return whole + 1
    return whole


_DIVIDERS: Final[dict[Mode, Callable[[int, int], int]]] = {
    Mode.DOWN: _down,
    Mode.NEAREST: _nearest,
    Mode.UP: _up,
    Mode.HALF_EVEN: _half_even,
}


def divide(numerator: int, denominator: int, mode: Mode = Mode.DOWN) -> int:
    """The quotient as a whole number, rounded by the mode.

    The denominator is above zero; anything else is a ValueError. Negative numerators mirror positive ones
    in every mode.
    """
    if denominator <= 0:
        raise ValueError(f"a denominator is above zero, not {denominator}")
    return _DIVIDERS[mode](numerator, denominator)


def divider(mode: Mode) -> Callable[[int, int], int]:
    """The function that divides by this mode, for loops that choose the mode once.

    It does not look at its denominator: that it is above zero is the caller's promise.
    """
    return _DIVIDERS[mode]
