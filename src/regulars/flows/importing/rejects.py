"""What was refused, kept so that it can be mended and run again: the rows as they stood, with why in two columns in front.

Each process writes a part of its own while it runs; in the end the parts are joined in the order of the file.
"""

from __future__ import annotations

import csv
import heapq
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from regulars.flows.importing.csv_source import WHY
from regulars.flows.importing.frames import Rejected
from regulars.flows.importing.jsonl import rejected_line

BROKEN_AT: Final = "surrogateescape"


class Part:
    """What one process refused, a line each; what an earlier run wrote beyond its last position is forgotten."""

    def __init__(self, path: Path, position: int) -> None:
        kept = [one for one in read_part(path) if one.row <= position] if path.exists() else []
        self._file = path.open("w", encoding="ascii")
        self.write(kept)

    def write(self, rejected: Iterable[Rejected]) -> None:
        """Adds some, in the order of their rows."""
        for one in rejected:
            self._file.write(json.dumps([one.row, one.code, one.text, one.original]) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Ends the part."""
        self._file.close()


def part_path(rejects: Path, part: int) -> Path:
    """The file of a process's part."""
    return rejects.with_name(f"{rejects.name}.{part}.part")


def read_part(path: Path) -> Iterator[Rejected]:
    """What a part holds; a last line that was cut is left out."""
    if not path.exists():
        return
    with path.open(encoding="ascii") as file:
        for line in file:
            if not line.endswith("\n"):
                return
            row, code, text, original = json.loads(line)
            yield Rejected(row, code, text, original)


def join(rejects: Path, paths: Sequence[Path], header: Sequence[str] | None, delimiter: str) -> int:
    """How many events were refused, all written into one file; without any there is none. The parts are then gone."""
    found = heapq.merge(*map(read_part, paths), key=lambda one: one.row)
    first = next(found, None)
    count = 0
    if first is not None:
        with rejects.open("wb") as file:
            if header is not None:
                file.write(_csv([*WHY, *header], delimiter))
            for one in _with(first, found):
                file.write(_written(one, delimiter))
                count += 1
    for path in paths:
        path.unlink(missing_ok=True)
    return count


def _with(first: Rejected, others: Iterator[Rejected]) -> Iterator[Rejected]:
    yield first
    yield from others


def _written(one: Rejected, delimiter: str) -> bytes:
    said = f"Row {one.row}: {one.text}"
    if isinstance(one.original, str):
        return rejected_line(one.code, said, one.original)
    return b"".join(_csv([one.code, said, *cells], delimiter) for cells in one.original)


def _csv(cells: Sequence[str], delimiter: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerow(cells)
    return text.getvalue().encode("utf-8", BROKEN_AT)
