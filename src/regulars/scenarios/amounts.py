"""Amounts as scenarios write them, in the smallest parts that the engine counts."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from regulars.engine.machine import Machine


def smallest(value: Any, scale: int) -> int | None:
    """So many smallest parts; None for what is no number or is finer than they are."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        exact = Fraction(value) * scale
    except ValueError:
        return None
    return exact.numerator if exact.denominator == 1 else None


def minor_of(machine: Machine, value: Any) -> int | None:
    """Money in minor units."""
    return smallest(value, machine.minor)


def millionths(percent: Any) -> int | None:
    """A percentage in millionths of the whole."""
    return smallest(percent, 10_000)
