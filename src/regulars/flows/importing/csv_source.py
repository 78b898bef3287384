"""Events from CSV: rows that follow each other with the same key are one event, and stand or fall together.

A broken row makes the event fall to which it belongs; where its key cannot be read, the events before and after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from regulars.flows.importing.bodies import Bodies
from regulars.flows.importing.bytelines import first_line
from regulars.flows.importing.csv_rows import CsvRows, Row, header_of
from regulars.flows.importing.frames import CUT, MIXED, MOST_ROWS, TOO_LONG, Frame, Item, Position, Rows, Share
from regulars.flows.importing.mapping import Mapped
from regulars.words.refusals import Refusal

ROWS: Final = 30_000
WHY: Final = ("refusal_code", "refusal_text")
"""The columns that a rejects file has besides; a run that reads one passes over them."""
_NONE: Final = object()


class _Group:
    __slots__ = ("key", "rows", "wrong")

    def __init__(self, key: Any, row: Row, wrong: Refusal | None) -> None:
        self.key, self.rows, self.wrong = key, [row], wrong


class CsvSource:
    """A CSV file, plain or gzip, whose first line names the columns."""

    def __init__(self, path: Path, mapped: Mapped, bodies: Bodies, share: Share, most: int = ROWS) -> None:
        self._path, self._bodies, self._share, self._most = path, bodies, share, most
        line = first_line(path)
        names, self._delimiter = header_of(line)
        self._begin = (1, len(line))
        self._width = len(names)
        self._places = {name: place for place, name in enumerate(names)}
        self._kept = [place for place, name in enumerate(names) if name not in WHY]
        self._member = self._places[mapped.head["member"].columns[0][0]]
        self._key = None if mapped.by is None else self._places[mapped.by]
        self.cut = False

    def frames(self, begin: Position) -> Iterator[Frame]:
        """The frames from a position on."""
        rows = CsvRows(self._path, self._delimiter, self._width, begin if begin.row else self._begin)
        groups: list[_Group] = []
        taken, after, overlong = 0, begin, _NONE
        for group in self._groups(rows):
            if overlong is not _NONE and group.key == overlong:
                group.wrong = TOO_LONG
            overlong = group.key if len(group.rows) >= MOST_ROWS else _NONE
            last = group.rows[-1]
            after = Position(last.last, last.after)
            if self._share.owns(self._member_of(group)):
                groups.append(group)
                taken += len(group.rows)
            if taken >= self._most:
                yield self._frame(groups, after)
                groups, taken = [], 0
        self.cut = self.cut or rows.cut
        yield self._frame(groups, after)

    def _groups(self, rows: CsvRows) -> Iterator[_Group]:
        group: _Group | None = None
        shaky: Refusal | None = None
        for row in rows:
            key = _NONE if self._key is None else row.cells[self._key].strip() if len(row.cells) > self._key else ""
            belongs = (
                group is not None
                and self._key is not None
                and (key == group.key or (row.wrong is not None and not key))
            )
            if group is not None and belongs:
                group.rows.append(row)
                group.wrong = group.wrong or row.wrong
                if row.wrong is not None and not key:
                    shaky = row.wrong
                elif len(group.rows) >= MOST_ROWS:
                    group.wrong = TOO_LONG
                    yield group
                    group = None
                continue
            if group is not None:
                yield group
            group = _Group(key, row, row.wrong or shaky)
            shaky = None
        if group is not None:
            if rows.cut and self._key is not None:
                group.wrong = CUT
            yield group

    def _member_of(self, group: _Group) -> str:
        return next((row.cells[self._member] for row in group.rows if len(row.cells) > self._member), "").strip()

    def _frame(self, groups: Sequence[_Group], after: Position) -> Frame:
        good = [group for group in groups if group.wrong is None]
        cells = [row.cells for group in good for row in group.rows]
        firsts = [group.rows[0].cells for group in good]
        columns = _Columns(self, cells, firsts)
        items: list[Item] = []
        start = place = 0
        for group in groups:
            row, member = group.rows[0].line, self._member_of(group)
            if group.wrong is not None:
                items.append(_Broken(row, member, group.wrong, [self.kept(one.cells) for one in group.rows]))
                continue
            span = (start, start + len(group.rows))
            mixed = any(one.cells[self._member].strip() != member for one in group.rows)
            items.append(Rows(columns, row, member, place, span, MIXED if mixed else None))
            start, place = span[1], place + 1
        return Frame(items, after)

    def made(self, cells: list[list[str]], firsts: list[list[str]]) -> Any:
        """The bodies of rows."""

        def column(rows: list[list[str]], name: str) -> list[str]:
            place = self._places[name]
            return [row[place] for row in rows]

        return self._bodies.of(
            lambda name: column(cells, name), lambda name: column(firsts, name), len(cells), len(firsts)
        )

    def kept(self, cells: list[str]) -> list[str]:
        """The cells without those that an earlier run added."""
        if len(self._kept) == self._width:
            return cells
        return [cell for place, cell in enumerate(cells) if place >= self._width or place in self._kept]


class _Columns:
    def __init__(self, source: CsvSource, cells: list[list[str]], firsts: list[list[str]]) -> None:
        self._source, self._cells = source, cells
        self.body = source.made(cells, firsts).body

    def original(self, row: int, start: int, end: int) -> list[list[str]]:
        """The cells as they stand in the file."""
        del row
        return [self._source.kept(cells) for cells in self._cells[start:end]]


class _Broken:
    __slots__ = ("_rows", "_wrong", "member", "row")

    def __init__(self, row: int, member: str, wrong: Refusal, rows: list[list[str]]) -> None:
        self.row, self.member, self._wrong, self._rows = row, member, wrong, rows

    def raw(self) -> Refusal:
        return self._wrong

    def original(self) -> list[list[str]]:
        return self._rows
