"""Tables: wherever a value may stand, a table of values may; here they become lookups.

`choose(cell, make)` gives a function of (context, line) that finds the cell and hands over what `make` made of it, once, at compile time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from regulars.engine.calculators import band
from regulars.program.cel import compile_value
from regulars.program.model import Table

Find = Callable[[Any, Any], Any]


def choose(cell: Any, make: Callable[[Any], Any]) -> Find:
    """A function of (context, line) that gives `make(cell)`, or what `make` gave for the row of the table that fits; None without one."""
    if not isinstance(cell, Table):
        made = make(cell)
        return lambda _context, _line: made
    return find(cell, make)


def key_of(table: Table, place: int = 0) -> Find:
    """The key expression of a table as a function of (context, line or tender)."""
    parameters = ("c", "tender") if table.level == "tender" else ("c", "line")
    found: Find = compile_value(table.keys[place], parameters=parameters)
    return found


def find(table: Table, make: Callable[[Any], Any]) -> Find:
    """The lookup of a table whose cells may be tables again."""
    otherwise = choose(table.otherwise, make) if table.otherwise is not None else (lambda _c, _l: None)
    rows = [(keys, choose(cell, make)) for keys, cell in table.rows]
    if table.kind == "by":
        return _by(key_of(table), {key: got for keys, got in rows for key in keys}, otherwise)
    if table.kind == "across":
        return _across(key_of(table), key_of(table, 1), dict(rows), otherwise)
    if table.kind == "since":
        return _since([int(str(keys[0] or 0)) for keys, _ in rows], [got for _, got in rows])
    return _band(key_of(table), [keys[0] for keys, _ in rows], [got for _, got in rows], otherwise, table.up_to)


def _by(key: Find, rows: dict[Any, Find], otherwise: Find) -> Find:
    return lambda c, line: rows.get(key(c, line), otherwise)(c, line)


def _across(first: Find, second: Find, rows: dict[Any, Find], otherwise: Find) -> Find:
    return lambda c, line: rows.get((first(c, line), second(c, line)), otherwise)(c, line)


def _since(days: list[int], cells: list[Find]) -> Find:
    return lambda c, line: cells[max(bisect_right(days, c.today) - 1, 0)](c, line)


def _band(value: Find, bounds: list[Any], cells: list[Find], otherwise: Find, up_to: bool) -> Find:
    return lambda c, line: band(value(c, line), bounds, cells, otherwise, up_to)(c, line)
