"""Events from Parquet: slices of rows, of which only the columns that are wanted are read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars

from regulars.flows.importing.bodies import Bodies
from regulars.flows.importing.frames import MIXED, MOST_ROWS, ROWS, TOO_LONG, Frame, Item, Position, Rows, Share
from regulars.flows.importing.mapping import Mapped
from regulars.words.refusals import Refusal


class ParquetSource:
    """A Parquet file; raises `polars.exceptions.PolarsError` when it is none, or is cut."""

    cut = False

    def __init__(self, path: Path, mapped: Mapped, bodies: Bodies, share: Share, rows: int = ROWS) -> None:
        self._path, self._mapped, self._bodies, self._share, self._rows = path, mapped, bodies, share, rows
        self._member = mapped.head["member"].columns[0][0]
        self._key = mapped.by
        self._overlong: Any = None

    def frames(self, begin: Position) -> Iterator[Frame]:
        """The frames from a position on; bytes are not counted."""
        total = polars.scan_parquet(self._path).select(polars.len()).collect().item()
        at = begin.row
        while at < total:
            table = self._slice(at)
            starts = self._starts(table)
            end = table.height
            if at + end < total and len(starts) > 1:
                # The last event goes on in the next slice, perhaps.
                end = starts.pop()
            yield Frame(self._items(table.head(end), starts, at), Position(at + end))
            if len(starts) == 1 and end >= MOST_ROWS and self._key is not None:
                self._overlong = table[self._key][0]
            at += end

    def _slice(self, at: int) -> polars.DataFrame:
        scan = polars.scan_parquet(self._path).select(self._mapped.columns()).slice(at, self._rows)
        return scan.collect(engine="streaming")

    def _starts(self, table: polars.DataFrame) -> list[int]:
        if self._key is None:
            return list(range(table.height))
        key = table[self._key]
        return key.ne_missing(key.shift(1)).scatter(0, True).arg_true().to_list() if len(key) else []

    def _items(self, table: polars.DataFrame, starts: list[int], at: int) -> list[Item]:
        members = table[self._member].gather(starts).to_list()
        ends = [*starts[1:], table.height]
        owns = list(map(self._share.owns, members))
        own = [one for one in zip(starts, ends, members, owns, strict=True) if one[3]]
        if len(own) < len(starts):
            lengths = [end - start for start, end in zip(starts, ends, strict=True)]
            mask = polars.DataFrame({"own": owns, "rows": lengths}).select(
                polars.col("own").repeat_by("rows").explode()
            )
            table = table.filter(mask.to_series())
        spans, first = [], 0
        for start, end, _, _ in own:
            spans.append((first, first + end - start))
            first += end - start
        columns = _Columns(self._path, self._bodies, table, [start for start, _ in spans])
        mixed = self._mixed(table, spans)
        overlong = self._overlong is not None and self._goes_on(table, own, starts)
        return [
            Rows(
                columns, at + start + 1, str(member), place, span, _wrong(span, place in mixed, overlong and start == 0)
            )
            for place, ((start, _, member, _), span) in enumerate(zip(own, spans, strict=True))
        ]

    def _goes_on(self, table: polars.DataFrame, own: list[Any], starts: list[int]) -> bool:
        """Whether the first event is the rest of one that was too long."""
        return bool(own) and own[0][0] == starts[0] and self._key is not None and table[self._key][0] == self._overlong

    def _mixed(self, table: polars.DataFrame, spans: list[tuple[int, int]]) -> set[int]:
        """Events whose rows name different members."""
        if table.height == len(spans):
            return set()
        member = table[self._member]
        first = [start for start, end in spans for _ in range(end - start)]
        wrong = member.ne_missing(member.gather(first)).arg_true().to_list()
        starts = [start for start, _ in spans]
        return {bisect_right(starts, row) - 1 for row in wrong}


class _Columns:
    """The rows of a frame that are this process's."""

    def __init__(self, path: Path, bodies: Bodies, table: polars.DataFrame, firsts: list[int]) -> None:
        self._path = path
        self._made = bodies.of(
            lambda name: table[name].to_list(),
            lambda name: table[name].gather(firsts).to_list(),
            table.height,
            len(firsts),
        )
        self.body = self._made.body

    def original(self, row: int, start: int, end: int) -> list[list[str]]:
        """The rows with all their columns, read again: this is rare."""
        table = polars.scan_parquet(self._path).slice(row - 1, end - start).collect()
        return [["" if cell is None else _text(cell) for cell in cells] for cells in table.iter_rows()]


def _wrong(span: tuple[int, int], mixed: bool, overlong: bool) -> Refusal | None:
    if overlong or span[1] - span[0] > MOST_ROWS:
        return TOO_LONG
    return MIXED if mixed else None


def _text(cell: Any) -> str:
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)
