"""What compiled conditions call: the only names beside their facts that their code can reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, TypeVar

from regulars.words.days import NEVER, WEEKDAYS, Day, add_months, weekday, ymd

T = TypeVar("T")
Exact = int | Fraction

fraction = lru_cache(maxsize=1024)(Fraction)


def exact(value: Exact) -> Exact:
    """The value as an int when it is whole."""
    return value.numerator if value is not None and value.denominator == 1 else value


def quotient(a: Exact, b: Exact) -> Exact:
    """A divided by b, exactly; an int when it comes out even; ZeroDivisionError by zero."""
    return exact(Fraction(a) / b)


def remainder(a: int, b: int) -> int:
    """What is left of a after whole steps of b towards zero, with the sign of a, as CEL has it."""
    left = abs(a) % abs(b)
    return -left if a < 0 else left


def guarded(work: Callable[[], Any], instead: Any) -> Any:
    """What `work` gives, or `instead` when it divides by zero."""
    try:
        return work()
    except ZeroDivisionError:
        return instead


def later(day: Day, months: int, days: int) -> Day:
    """The day so many months, then days on, kept between the first day there is and NEVER."""
    if months:
        try:
            day = add_months(day, months)
        except ValueError:
            day = 1
    return min(max(day + days, 1), NEVER) if day < NEVER else NEVER


def part_of_date(day: Day, which: int) -> int:
    """Year (0), month (1) or day of the month (2) of a day."""
    return ymd(min(max(day, 1), NEVER - 1))[which]


def weekday_of(day: Day) -> str:
    """The name of a day's weekday, `mon` to `sun`."""
    return WEEKDAYS[weekday(day)]


def lowest_of_each(values: Iterable[T], n: int) -> list[T]:
    """The lowest of each n values in the order given; what is left over at the end, fewer than n, gives none."""
    listed: Sequence[Any] = list(values)
    return [min(listed[at : at + n]) for at in range(0, len(listed) - n + 1, n)] if n > 0 else []


def same_items(a: Iterable[object], b: Iterable[object]) -> bool:
    """Whether two lists hold equal values in the same order."""
    return list(a) == list(b)


NAMESPACE: Final[dict[str, Any]] = {
    "__builtins__": {},
    "any": any, "all": all, "len": len, "max": max, "min": min, "sum": sum, "enumerate": enumerate,
    "_fraction": fraction, "_exact": exact, "_guarded": guarded, "_int": int,
    "_later": later, "_add_months": lambda day, n: later(day, n, 0),
    "_quotient": quotient, "_quotient_by": quotient, "_remainder": remainder, "_remainder_by": remainder,
    "_part_of_date": part_of_date, "_weekday_of": weekday_of,
    "_lowest_of_each": lowest_of_each, "_same_items": same_items,
}  # fmt: skip
"""The globals of every compiled condition. `.._by` are for divisors known not to be zero, so they need no guard."""
