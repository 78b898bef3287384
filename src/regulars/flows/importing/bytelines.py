"""Lines of a file, plain or gzip, with the bytes before each; notices when the file ends in the middle."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

LONGEST: Final = 32 * 1024 * 1024
"""Bytes of a line; what is longer is given in pieces, which then are no rows."""
BOM: Final = b"\xef\xbb\xbf"


class ByteLines:
    """The lines of a file from a byte on, each with its end; `at` counts the bytes before the next one.

    `cut`: the compressed file ended in the middle. `ended` is false after a last line without a line end.
    """

    def __init__(self, path: Path, begin: int = 0) -> None:
        self.path = path
        self.at = begin
        self.cut = False
        self.ended = True

    def __iter__(self) -> Iterator[bytes]:
        with self._opened() as file:
            try:
                file.seek(self.at)
                while line := file.readline(LONGEST):
                    self.at += len(line)
                    self.ended = line.endswith(b"\n")
                    yield line
            except (EOFError, zlib.error, gzip.BadGzipFile):
                self.cut = True

    def _opened(self) -> IO[bytes]:
        if self.path.suffix == ".gz":
            return gzip.open(self.path, "rb")  # type: ignore[return-value]
        return self.path.open("rb")


def first_line(path: Path) -> bytes:
    """The first line of a file; empty when there is none."""
    for line in ByteLines(path):
        return line
    return b""
