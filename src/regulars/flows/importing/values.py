"""Values of a table's cells as events have them: exact texts for money, whole numbers, words, moments.

A column has few different values, so each is worked out once and remembered. What cannot be read stays as it was
written: the program's own reader then says what is wrong with it.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from regulars.flows.importing.mapping import Field
from regulars.words.moments import Zone

REMEMBERED: Final = 200_000
_NO_WORD: Final = re.compile(r"[^a-z0-9]+")

Convert = Callable[[Any], Any]


class Memo(dict[Any, Any]):
    """What a conversion gives, remembered; forgets everything when it has grown too large."""

    def __init__(self, convert: Convert) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, value: Any) -> Any:
        if len(self) >= REMEMBERED:
            self.clear()
        found = self[value] = self._convert(value)
        return found


class Column:
    """A field's values, from the columns of a table."""

    def __init__(self, field: Field, exponent: int | None, found: Mapping[str, tuple[str, Mapping[str, Any]]]) -> None:
        """`exponent` is how many decimals a money field has (None: no money); `found` are the looked-up columns."""
        self._constant = field.value
        self.sources: list[str] = []
        readers: list[Convert] = []
        for name, _ in field.columns:
            source, table = found.get(name, (name, None))
            self.sources.append(source)
            readers.append(_cell if table is None else _looked_up(table))
        signs = [sign for _, sign in field.columns]
        last = _chain(field, exponent)
        if len(readers) == 1 and signs == [1]:
            only = readers[0]
            self._memo = Memo(lambda raw: last(only(raw)))
        else:
            self._memo = Memo(
                lambda raws: last(_sum([read(raw) for read, raw in zip(readers, raws, strict=True)], signs))
            )
        self._single = len(readers) == 1 and signs == [1]

    def values(self, column: Callable[[str], Sequence[Any]], rows: int) -> list[Any]:
        """The values of so many rows; `column` gives the cells of a source by name."""
        if self._constant is not None:
            return [self._constant] * rows
        cells: Sequence[Any] = (
            column(self.sources[0]) if self._single else list(zip(*map(column, self.sources), strict=True))
        )
        return list(map(self._memo.__getitem__, cells))


def _cell(raw: Any) -> Any:
    """A cell as a text or a whole number; None for an empty one."""
    if isinstance(raw, str):
        return raw.strip() or None
    if raw is None or isinstance(raw, bool | int):
        return raw
    if isinstance(raw, float):
        return Decimal(repr(raw)) if math.isfinite(raw) else str(raw)
    if isinstance(raw, datetime.datetime | datetime.date):
        return raw.isoformat()
    if isinstance(raw, list):
        return [_cell(item) for item in raw]
    return raw if isinstance(raw, Decimal) else str(raw)


def _looked_up(table: Mapping[str, Any]) -> Convert:
    return lambda raw: _cell(table.get(str(raw).strip()))


def _sum(values: list[Any], signs: list[int]) -> Any:
    try:
        return sum((sign * Decimal(str(value or 0)) for value, sign in zip(values, signs, strict=True)), Decimal(0))
    except InvalidOperation:
        return " + ".join(map(str, values))


def _chain(field: Field, exponent: int | None) -> Convert:
    zone = None if field.zone is None else Zone(field.zone)

    def convert(value: Any) -> Any:
        if isinstance(value, Decimal):
            value = _exact(value, exponent)
        if field.words and isinstance(value, str):
            value = _NO_WORD.sub("_", value.lower()).strip("_") or None
        if field.values and value is not None:
            value = field.values.get(str(value), value)
        if value is None or _outside(value, field.least, field.most):
            value = field.otherwise
        if zone is not None and isinstance(value, str):
            at = zone.parse(value)
            value = at if isinstance(at, int) else value
        return value

    return convert


def _exact(value: Decimal, exponent: int | None) -> Any:
    """A number as text: of money with its decimals, which takes away what a binary fraction has added."""
    if exponent is not None and abs(value) < 10**20:
        return str(value.quantize(Decimal(1).scaleb(-exponent)))
    return int(value) if value == value.to_integral_value() and abs(value) < 10**18 else format(value, "f")


def _outside(value: Any, least: int | None, most: int | None) -> bool:
    if least is None and most is None:
        return False
    try:
        number = Decimal(str(value))
        return (least is not None and number < least) or (most is not None and number > most)
    except InvalidOperation:
        return False
