"""Tables: wherever a value may stand, a mapping with `by`, `band` or `since` looks it up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from regulars.program.cel import Bool, Checked, Count, Date, Enum, Money, Number, Text, Type
from regulars.program.cel.types import inner
from regulars.program.forms import RESERVED
from regulars.program.model import Cell, Table
from regulars.program.nodes import Mapping, Node, Scalar, Sequence
from regulars.program.problems import did_you_mean
from regulars.program.scope import LINE, TENDER, View
from regulars.program.sections.conditions import condition
from regulars.program.sections.context import Context
from regulars.words.days import day_of

MARKS = ("by", "band", "since")
"""Keys that make a mapping a table."""


@dataclass(frozen=True)
class Reading:
    """Where a value stands: its load, what is in sight there, and whether it may look at each line and tender."""

    context: Context
    view: View
    deep: bool = False
    """Whether a key of a table may be a fact of a line or tender."""

    def key_view(self) -> View:
        """What a table's key may speak of."""
        return replace(self.view, line=True, tender=True) if self.deep else self.view


ReadCell = Callable[[Reading, Node], Cell]


def is_table(node: Node) -> bool:
    """Whether a node is a table."""
    return isinstance(node, Mapping) and any(mark in node for mark in MARKS)


def cell_or_table(reading: Reading, node: Node, cell: ReadCell, whole: bool = False) -> Cell:
    """What stands at a node: a cell, or a table of cells. `whole`: a closed key that is not named and has no `else` is
    a mistake.
    """
    if not is_table(node):
        return cell(reading, node)
    assert isinstance(node, Mapping)
    return table(reading, node, cell, whole)


def table(reading: Reading, node: Mapping, cell: ReadCell, whole: bool = False) -> Table | None:
    """The table of a mapping that is one."""
    mark = next(mark for mark in MARKS if mark in node)
    terms = reading.context.terms({key.text: (key, value) for key, value in node.items if key.text == "terms"})
    made = _READ[mark](reading, node, cell, whole)
    return replace(made, terms=terms) if made is not None and terms else made


def _by(reading: Reading, node: Mapping, cell: ReadCell, whole: bool) -> Table | None:
    key = node.get("by")
    if isinstance(key, Sequence):
        return _across(reading, node, key, cell)
    checked = condition(reading.context, key, reading.key_view(), None, "key") if key is not None else None
    rows: list[tuple[tuple[object, ...], Cell]] = []
    otherwise: Cell = None
    before = len(reading.context.problems)
    seen: dict[object, str] = {}
    for name, value in node.items:
        if name.text in ("by", "terms"):
            continue
        read = cell_or_table(reading, value, cell, whole)
        if name.text == "else":
            otherwise = read
        elif checked is not None:
            values = _values(reading.context, name, checked, seen)
            rows.extend(((value,), read) for value in values)
    if checked is None:
        return None
    if whole and "else" not in node and not node.broken and len(reading.context.problems) == before:
        _not_named(reading.context, node, checked, seen)
    return Table("by", (checked,), tuple(rows), otherwise, level=level(reading, (checked,)))


def _values(context: Context, name: Scalar, key: Checked, seen: dict[object, str]) -> Iterator[object]:
    """The values that a row is for: its key split at the commas."""
    for part in re.finditer(r"[^,]+", name.text):
        written = part.group().strip()
        at = name.at(part.start() + len(part.group()) - len(part.group().lstrip()))
        problem, value = value_of(context, written, key.type)
        if problem:
            context.say(at, "table_key", *_never(key, written, problem))
        elif value in seen:
            context.say(at, "twice", f"`{written}` stands twice in this table")
        else:
            seen[value] = written
            yield value


def _never(key: Checked, written: str, problem: str) -> tuple[str, str]:
    kind = inner(key.type)
    if isinstance(kind, Enum):
        hint = did_you_mean(written, kind.values)
        return f"{key.text} is never '{written}' ({', '.join(kind.values)})", hint
    return f"`{written}` is {problem}, and `{key.text}` is compared with it", ""


def value_of(context: Context, written: str, of: Type) -> tuple[str, object]:
    """What is wrong with a text as a value of a type, and the value as it stands at run time."""
    kind = inner(of)
    whole, point = re.fullmatch(r"\d+", written), re.fullmatch(r"\d+\.\d+", written)
    if isinstance(kind, Enum):
        return ("" if kind.open or written in kind.values else "no value", written)
    if isinstance(kind, Text):
        return "", written
    if isinstance(kind, Bool):
        return ("" if written in ("true", "false") else "neither `true` nor `false`", written == "true")
    if isinstance(kind, Count):
        return ("", int(written)) if whole else ("no whole number", None)
    if isinstance(kind, Money):
        value = Fraction(written) * 10**context.names.exponent if point else None
        return (
            ("", int(value))
            if value is not None and value.denominator == 1
            else ("no amount of money such as `5.00`", None)
        )
    if isinstance(kind, Number):
        return ("", _exact(written)) if whole or point else ("no number", None)
    if isinstance(kind, Date):
        try:
            return "", day_of(written)
        except ValueError:
            return "no day such as `2026-01-31`", None
    return "nothing that it can be", None


def _exact(written: str) -> int | Fraction:
    value = Fraction(written)
    return value.numerator if value.denominator == 1 else value


def _not_named(context: Context, node: Mapping, key: Checked, seen: dict[object, str]) -> None:
    kind = inner(key.type)
    known = (
        kind.values if isinstance(kind, Enum) and not kind.open else ("true", "false") if isinstance(kind, Bool) else ()
    )
    missing = [value for value in known if value not in seen.values()]
    if missing:
        place = node.key("by")
        names = ", ".join(f"`{value}`" for value in missing)
        context.say(
            place or node, "table_misses", f"this table says nothing for {names}", "name them, or write `else:`"
        )


def _across(reading: Reading, node: Mapping, keys: Sequence, cell: ReadCell) -> Table | None:
    context = reading.context
    across = node.get("across")
    checked = [condition(context, key, reading.key_view(), None, "key") for key in keys.items]
    if len(keys.items) != 2 or not isinstance(across, Sequence):
        context.say(
            keys,
            "table",
            "a table by two keys names both, and under `across` the values of the second",
            "`{by: [a, b], across: [x, y], ..}`",
        )
        return None
    rows_by, columns_by = checked
    if rows_by is None or columns_by is None:
        return None
    seen: dict[object, str] = {}
    columns = [value for item in context.texts(across, "value") for value in _values(context, item, columns_by, seen)]
    rows: list[tuple[tuple[object, ...], Cell]] = []
    otherwise: Cell = None
    down: dict[object, str] = {}
    for name, value in node.items:
        if name.text in ("by", "across", "terms"):
            continue
        if name.text == "else":
            otherwise = cell_or_table(reading, value, cell)
            continue
        if not isinstance(value, Sequence) or len(value.items) != len(across.items):
            if not (isinstance(value, Sequence) and value.broken):
                context.say(value, "table", f"a row here has {len(across.items)} values, one for each of `across`")
            continue
        cells = [cell_or_table(reading, item, cell) for item in value.items]
        for row in _values(context, name, rows_by, down):
            rows.extend(((row, column), found) for column, found in zip(columns, cells, strict=False))
    return Table("across", (rows_by, columns_by), tuple(rows), otherwise, level=level(reading, (rows_by, columns_by)))


def _band(reading: Reading, node: Mapping, cell: ReadCell, whole: bool) -> Table | None:  # noqa: ARG001
    context = reading.context
    key = node.get("band")
    checked = condition(context, key, reading.key_view(), None, "value") if key is not None else None
    sides = [name for name in ("from", "up_to") if name in node]
    if len(sides) != 1:
        context.say(
            node.key("band") or node,
            "table",
            "a table by bands has its limits under `from` (inclusive) or `up_to` (inclusive)",
        )
        return None
    limits = context.mapping(node.get(sides[0]) or node, "the limits of the bands")
    rows: list[tuple[tuple[object, ...], Cell]] = []
    last: int | Fraction | None = None
    for name, value in limits.items if limits else ():
        read = cell_or_table(reading, value, cell)
        if checked is None:
            continue
        problem, bound = value_of(context, name.text, checked.type)
        if problem or not isinstance(bound, int | Fraction):
            context.say(
                name,
                "table_key",
                f"`{name.text}` is {problem or 'no number'}, and `{checked.text}` is compared with it",
            )
        elif last is not None and bound <= last:
            context.say(name, "order", "the limits of bands rise from one to the next")
        else:
            last = bound
            rows.append(((bound,), read))
    otherwise = node.get("else")
    rest = cell_or_table(reading, otherwise, cell) if otherwise is not None else None
    _only(context, node, ("band", "from", "up_to", "else", "terms"))
    if checked is None:
        return None
    return Table("band", (checked,), tuple(rows), rest, up_to=sides[0] == "up_to", level=level(reading, (checked,)))


def _since(reading: Reading, node: Mapping, cell: ReadCell, whole: bool) -> Table | None:
    context = reading.context
    rows: list[tuple[tuple[object, ...], Cell]] = []
    days = context.mapping(node.get("since") or node, "`since`")
    last = 0
    for name, value in days.items if days else ():
        read = cell_or_table(reading, value, cell, whole)
        day = 0 if name.text == "start" else context.day(name)
        if day is None:
            continue
        if rows and day <= last:
            context.say(name, "order", "the days of `since` follow one another, `start` first")
            continue
        last = day
        rows.append(((day or None,), read))
    _only(context, node, ("since", "terms"))
    return Table("since", (), tuple(rows))


def _only(context: Context, node: Mapping, known: Iterable[str]) -> None:
    for key, _ in node.items:
        if key.text not in known:
            hint = did_you_mean(key.text, known)
            context.say(
                key, "unknown_key", f"unknown key `{key.text}` in a table", hint if key.text not in RESERVED else ""
            )


def level(reading: Reading, keys: Iterable[Checked]) -> Literal["event", "line", "tender"]:
    """At what a table's keys are looked up: each line, each tender, or the event."""
    needs: set[str] = set()
    for key in keys:
        needs |= reading.context.scopes.needs(key.roots)
    return "line" if LINE in needs else "tender" if TENDER in needs else "event"


_READ: dict[str, Callable[[Reading, Mapping, ReadCell, bool], Table | None]] = {
    "by": _by,
    "band": _band,
    "since": _since,
}
