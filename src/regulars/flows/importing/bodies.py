"""Bodies of events from columns: what a mapping says of the rows of a frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from regulars.flows.importing.mapping import LookUp, Mapped
from regulars.flows.importing.values import Column
from regulars.program.model import Fact, Program

Cells = Callable[[str], Sequence[Any]]


class Bodies:
    """Makes events of a frame's columns, as a mapping and the facts of a program say."""

    def __init__(self, mapped: Mapped, program: Program, folder: Path) -> None:
        found: dict[str, tuple[str, Mapping[str, Any]]] = {}
        for look_up in mapped.look_ups:
            found.update(looked_up(look_up, folder))
        exponent = program.exponent
        lines = program.facts.get("line", {})
        own: dict[str, Fact] = {}
        for kind, facts in program.facts.items():
            if kind not in {"line", "tender", "member"}:
                own.update(facts)
        self._head = [(name, Column(one, None, found)) for name, one in mapped.head.items()]
        self._head += [
            (name, Column(one, _decimals(own.get(name), exponent), found)) for name, one in mapped.facts.items()
        ]
        self._lines = [
            (name, Column(one, exponent if name == "amount" else _decimals(lines.get(name), exponent), found))
            for name, one in mapped.lines.items()
        ]
        self._names = tuple(mapped.lines)

    def of(self, cells: Cells, firsts: Cells, rows: int, events: int) -> Made:
        """The bodies of a frame: `cells` gives a column's rows, `firsts` its cells in the first rows of the events."""
        head = [(name, column.values(firsts, events)) for name, column in self._head]
        lines = [column.values(cells, rows) for _, column in self._lines]
        return Made(head, lines, self._names)


class Made:
    """The values of a frame, from which a body is put together when it is wanted."""

    __slots__ = ("_head", "_lines", "_names")

    def __init__(self, head: list[tuple[str, list[Any]]], lines: list[list[Any]], names: tuple[str, ...]) -> None:
        self._head, self._lines, self._names = head, lines, names

    def body(self, place: int, start: int, end: int) -> dict[str, Any]:
        """The body of the event at a place among the frame's, whose rows are these."""
        body = {name: value for name, values in self._head if (value := values[place]) is not None}
        if self._names:
            names = self._names
            columns = [column[start:end] for column in self._lines]
            none = (None,) * len(names)
            lines = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True) if row != none]
            if lines:
                body["lines"] = lines
        return body


def looked_up(look_up: LookUp, folder: Path) -> dict[str, tuple[str, dict[str, Any]]]:
    """By column taken: the column by which it is found, and its values by that column's, as texts."""
    import polars

    path = folder / look_up.file
    wanted = [look_up.by, *look_up.take]
    if path.suffix == ".csv":
        table = polars.read_csv(path, columns=wanted, infer_schema=False)
    else:
        table = polars.read_parquet(path, columns=wanted)
    keys = table[look_up.by].cast(polars.String).to_list()
    return {name: (look_up.by, dict(zip(keys, _shared(table[name].to_list()), strict=True))) for name in look_up.take}


def _shared(values: list[Any]) -> list[Any]:
    """The same values, those that are equal one object: a table has many rows and few different words."""
    seen: dict[Any, Any] = {}
    return [seen.setdefault(value, value) for value in values]


def _decimals(fact: Fact | None, exponent: int) -> int | None:
    return exponent if fact is not None and fact.type.base == "money" else None
