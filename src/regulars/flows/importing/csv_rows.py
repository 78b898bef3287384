"""Rows of a CSV file that may be broken: each with its line number and the byte after it.

A quote that is never closed would swallow the rest of the file: of such a row only the first line is given up, and the
others are read again.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from regulars.flows.importing.bytelines import BOM, ByteLines
from regulars.words.refusals import Refusal

DELIMITERS: Final = ",;\t|"
WIDEST: Final = 1_000_000
"""Characters of one cell."""


class Row(NamedTuple):
    """A row: its first line, cells, the place after it (lines and bytes), and what is wrong with it."""

    line: int
    cells: list[str]
    last: int
    after: int
    wrong: Refusal | None


def delimiter_of(line: str) -> str:
    """What parts the columns of a header."""
    return max(DELIMITERS, key=line.count)


class CsvRows:
    """The rows of a file after its header; `cut` when it ends in the middle of a row."""

    def __init__(self, path: Path, delimiter: str, width: int, begin: tuple[int, int]) -> None:
        """`begin` is how many lines and bytes are passed over; 0 lines: the header is there still."""
        self._lines = ByteLines(path, begin[1])
        self._line, self._passed = begin[0], begin[1]
        self._delimiter, self._width = delimiter, width
        self._again: deque[tuple[str, int]] = deque()
        self._taken: list[tuple[str, int]] = []
        self._source = iter(self._lines)
        self.cut = False

    def __iter__(self) -> Iterator[Row]:
        csv.field_size_limit(WIDEST)
        reader = csv.reader(self._physical(), delimiter=self._delimiter, strict=True)
        while True:
            self._taken = []
            try:
                cells = next(reader, None)
                broken = None
            except csv.Error as error:
                cells, broken = [], f"This row is no CSV: {error}."
            if cells is None:
                break
            if len(self._taken) > 1 and (broken or len(cells) != self._width):
                self._again.extendleft(reversed(self._taken[1:]))
                del self._taken[1:]
                cells, broken = _split(self._taken[0][0], self._delimiter), "A quote in this row is never closed."
                reader = csv.reader(self._physical(), delimiter=self._delimiter, strict=True)
            text = "".join(line for line, _ in self._taken)
            first, self._line = self._line + 1, self._line + len(self._taken)
            self._passed += sum(size for _, size in self._taken)
            if cells or broken:
                yield Row(first, cells, self._line, self._passed, self._wrong(cells, broken, text))
        self.cut = self.cut or self._lines.cut

    def _wrong(self, cells: list[str], broken: str | None, text: str) -> Refusal | None:
        if broken is None and len(cells) == self._width:
            if text.isascii() or not any("\udc80" <= letter <= "\udcff" for letter in text):
                return None
            return Refusal("import.bad_encoding", "This row is not text in UTF-8.")
        if not self._again and not text.endswith("\n"):
            self.cut = True
            return Refusal("import.cut_file", "The file ends in the middle of this row.")
        if broken is None:
            broken = f"This row has {len(cells)} columns; the header has {self._width}."
        return Refusal("import.bad_row", broken)

    def _physical(self) -> Iterator[str]:
        while True:
            if self._again:
                one = self._again.popleft()
            else:
                line = next(self._source, None)
                if line is None:
                    return
                one = (line.decode("utf-8", "surrogateescape"), len(line))
            self._taken.append(one)
            yield one[0]


def _split(line: str, delimiter: str) -> list[str]:
    """The cells of a line in which a quote is not closed, as they stand there."""
    return line.rstrip("\r\n").split(delimiter)


def header_of(line: bytes) -> tuple[list[str], str]:
    """The names of the columns, and what parts them."""
    text = line.removeprefix(BOM).decode("utf-8", "surrogateescape")
    delimiter = delimiter_of(text)
    return [name.strip() for name in next(csv.reader([text], delimiter=delimiter), [])], delimiter
