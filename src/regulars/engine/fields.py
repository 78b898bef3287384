"""Reading one field of a body by the type that the program declares."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from regulars.program.forms.tree import FactType
from regulars.words.days import day_of
from regulars.words.moments import Zone
from regulars.words.refusals import Refusal

MOST = 10**15
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,9})?\Z", re.ASCII)
_MONTH_DAY = re.compile(r"(\d\d)-(\d\d)\Z", re.ASCII)
Read = Callable[[Any], Any]


class Bad(Exception):
    """A field that cannot be what it should be: a stable code, a sentence, and where."""

    def __init__(self, code: str, text: str, pointer: str = "") -> None:
        super().__init__(text)
        self.code, self.text, self.pointer = code, text, pointer

    def of(self, _name: str, pointer: str) -> Bad:
        """The same of a field, now that its name is known."""
        return Bad(self.code, self.text, pointer)


class BadValue(Bad):
    """A value that cannot be what it should be, by what is wrong with it (`is negative`); whose it is, who reads it knows."""

    def __init__(self, code: str, predicate: str) -> None:
        super().__init__(code, f"A value {predicate}.")
        self.predicate = predicate

    def of(self, name: str, pointer: str) -> Bad:
        """The same of a field, as a sentence that names it."""
        return Bad(self.code, f"The field `{name}` {self.predicate}.", pointer)


def shown(value: Any) -> str:
    """A value as it may stand in a sentence: as written, and not too long."""
    text = str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


def text_field(value: Any) -> str:
    """Text of at most 500 characters."""
    if not isinstance(value, str):
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        raise BadValue("event.wrong_type", "must be text")
    if len(value) > 500:
        raise BadValue("event.out_of_range", "is longer than 500 characters")
    return value


def exact(value: Any) -> Fraction:
    """The exact number in a field: a whole number, a decimal, or the text of one, of at most fifteen digits before the point."""
    if isinstance(value, (bool, float)):
        raise BadValue("event.float", f"is no exact number, but {shown(value)}; write it as text")
    if isinstance(value, int):
        return Fraction(value)
    text = str(value) if isinstance(value, Decimal) else value
    if isinstance(text, str) and len(text) < 40 and _DECIMAL.match(text):
        return Fraction(text)
    raise BadValue("event.wrong_type", f"must be a number, not {shown(value)}")


def money_reader(exponent: int, signed: bool = False) -> Read:
    """A reader of money: `"7.50"`, `Decimal("7.50")` or a whole `7` become minor units; at most 10**15 of them, not negative."""
    unit = 10**exponent
    seen: dict[Any, int] = {}

    def read(value: Any) -> int:
        known = seen.get(value) if isinstance(value, str | Decimal) else None
        if known is not None:
            return known
        minor = exact(value) * unit
        if minor.denominator != 1:
            raise BadValue("event.too_precise", f"has more decimals than the money has: {value}")
        whole: int = minor.numerator
        if abs(whole) > MOST or (whole < 0 and not signed):
            raise BadValue("event.out_of_range", "is negative" if whole < 0 else "is absurdly large")
        if len(seen) < 50_000 and isinstance(value, str | Decimal):
            seen[value] = whole
        return whole

    return read


def _count(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    else:
        found = exact(value)
        if found.denominator != 1:
            raise BadValue("event.wrong_type", f"must be a whole number, not {value}")
        number = found.numerator
    if abs(number) > MOST:
        raise BadValue("event.out_of_range", "is absurdly large")
    if number < 0:
        raise BadValue("event.out_of_range", "is negative")
    return number


def _number(value: Any) -> int | Fraction:
    found = exact(value)
    if abs(found) > MOST or found < 0:
        raise BadValue("event.out_of_range", "is negative or absurdly large")
    return found.numerator if found.denominator == 1 else found


def _bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise BadValue("event.wrong_type", "must be true or false")


def _date(value: Any) -> int:
    try:
        return day_of(str(value)[:10])
    except ValueError:
        raise BadValue("event.wrong_type", f"must be a day such as 2026-03-02, not {shown(value)}") from None


def _day_of_year(value: Any) -> str:
    text = str(value)
    text = text[5:] if len(text) == 10 else text
    found = _MONTH_DAY.match(text)
    if not found or not (1 <= int(found[1]) <= 12 and 1 <= int(found[2]) <= 31):
        raise BadValue("event.wrong_type", f"must be a day of the year such as 05-09, not {shown(value)}")
    return text


def _moment(zone: Zone) -> Read:
    def read(value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        parsed = zone.parse(str(value))
        if isinstance(parsed, Refusal):
            raise BadValue("event.wrong_type", f"must be a moment such as 2026-03-02T09:00, not {shown(value)}")
        return parsed

    return read


def _enum(values: tuple[str, ...], default: str | None) -> Read:
    allowed = frozenset(values)

    def read(value: Any) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        if default is not None:
            return default
        raise BadValue("event.unknown_value", f"must be one of {', '.join(values)}, not {shown(value)}")

    return read


def _span(value: Any) -> tuple[int, int]:
    """A span of days: `["2020-11-01", "2020-11-09"]` or `{from, through}`; half-open as days."""
    pair = [value.get("from"), value.get("through")] if isinstance(value, dict) else value
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise BadValue("event.wrong_type", "must be a span: [first day, last day]")
    first, last = _date(pair[0]), _date(pair[1])
    return first, last + 1


def _record(value: Any) -> Any:
    """A line inside an event; its fields are read by the reader of lines."""
    if not isinstance(value, dict):
        raise BadValue("event.bad_lines", "must be a line: an object")
    return value


def _records(value: Any) -> Any:
    if not isinstance(value, list | tuple) or not all(isinstance(one, dict) for one in value):
        raise BadValue("event.bad_lines", "must be a list of lines")
    return value


def _list(of: Read) -> Read:
    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise BadValue("event.wrong_type", "must be a list")
        if len(value) > 1_000:
            raise BadValue("event.out_of_range", "has more than 1,000 items")
        return tuple(of(item) for item in value)

    return read


def reader(kind: FactType, exponent: int, zone: Zone) -> tuple[Read, Any, bool]:
    """How a fact of this type is read: (reader, default, required)."""
    if kind.base == "enum":
        read = _enum(kind.values, kind.default)
    else:
        read = {
            "text": text_field, "member": text_field, "count": _count, "number": _number, "money": money_reader(exponent), "bool": _bool,
            "date": _date, "moment": _moment(zone), "day_of_year": _day_of_year, "span": _span, "line": _record, "lines": _records,
        }[kind.base]  # fmt: skip
    if kind.many:
        return _list(read), (), False
    if kind.base == "lines":
        return read, (), False
    default = None if kind.default is None else read(kind.default)
    return read, default, not kind.optional and kind.default is None
