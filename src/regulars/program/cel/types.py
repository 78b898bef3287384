"""The types of conditions: what a fact can be, and how its value stands in Python at run time.

Text, Enum: str. Count: int. Number: int or Fraction, exact. Money: int of minor units. Bool: bool. Date: the day's
ordinal. Moment: int of microseconds. TimeOfDay: text `HH:MM`. DayOfYear: text `MM-DD`. SpanType: (months, days).
ListOf: list or tuple. Record: any object that the sources of its fields fit. Optional: the value, or None when missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as _field
from typing import TypeAlias, Union


@dataclass(frozen=True, slots=True)
class Text:
    """Any text."""


@dataclass(frozen=True, slots=True)
class Enum:
    """One of some texts, lowest first when `ordered`; with `open` any other text may come too."""

    values: tuple[str, ...]
    ordered: bool = False
    open: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number, perhaps of a unit (`night`); counts of different units do not mix."""

    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """An exact number, perhaps of a unit (`litre`)."""

    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the program's money, in minor units; a Fraction only where arithmetic did not come out even."""


@dataclass(frozen=True, slots=True)
class Bool:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Date:
    """A day."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment."""


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time on the clock, `HH:MM`, which sorts as text."""


@dataclass(frozen=True, slots=True)
class DayOfYear:
    """A day that comes back each year."""


@dataclass(frozen=True, slots=True)
class SpanType:
    """A length of time in months and days."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """Several values of one type."""

    of: Type


@dataclass(frozen=True, slots=True)
class Record:
    """Something with fields, known by its name: two records of one name are the same type."""

    name: str
    fields: Mapping[str, Field] = _field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Optional:
    """A value that may be missing."""

    of: Type


@dataclass(frozen=True, slots=True)
class Null:
    """The type of `null`."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The type of what was already complained about: it fits everywhere, so one mistake is said once."""


Type: TypeAlias = Union[  # noqa: UP007  the members are declared below their first use
    Text,
    Enum,
    Count,
    Number,
    Money,
    Bool,
    Date,
    Moment,
    TimeOfDay,
    DayOfYear,
    SpanType,
    ListOf,
    Record,
    Optional,
    Null,
    Unknown,
]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: its type, and its Python source with `{0}` for the record (`{0}.kind`)."""

    type: Type
    source: str


@dataclass(frozen=True, slots=True)
class Name:
    """A root name: its type and its Python expression (`c.event`, `line`)."""

    type: Type
    source: str


@dataclass(frozen=True, slots=True)
class Function:
    """A function: the types it takes, what it gives, and its Python source with `{0}`, `{1}` for the arguments."""

    parameters: tuple[Type, ...]
    result: Type
    source: str


@dataclass(frozen=True, slots=True)
class Method:
    """A function written after a value: as Function, with `{0}` for that value and the arguments from `{1}` on."""

    receiver: Type
    parameters: tuple[Type, ...]
    result: Type
    source: str


_PLAIN: Mapping[type, str] = {
    Text: "text", Money: "money", Bool: "yes or no", Date: "a date", Moment: "a moment", TimeOfDay: "a time of day",
    DayOfYear: "a day of the year", SpanType: "a span of time", Null: "null", Unknown: "unknown",
}  # fmt: skip


def say(of: Type) -> str:
    """The type in the words of a message: `a number of litre`, `a list of money`."""
    match of:
        case Enum(values):
            return "one of " + ", ".join(values[:8]) + (", .." if len(values) > 8 else "")
        case Count(unit):
            return f"a count of {unit}" if unit else "a count"
        case Number(unit):
            return f"a number of {unit}" if unit else "a number"
        case ListOf(inner):
            return "a list of " + say(inner).removeprefix("a ")
        case Record(name):
            return f"a {name}"
        case Optional(inner):
            return say(inner) + " that may be missing"
    return _PLAIN[type(of)]


def inner(of: Type) -> Type:
    """The type when the value is there: Optional taken off."""
    while isinstance(of, Optional):
        of = of.of
    return of
