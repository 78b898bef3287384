"""Opens a file of events as what it is: CSV, JSON Lines or Parquet, each plain or, but for Parquet, gzip."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from regulars.flows.importing.bytelines import first_line
from regulars.flows.importing.csv_rows import header_of
from regulars.flows.importing.frames import Share, Source
from regulars.flows.importing.mapping import Mapped, plain
from regulars.program.problems import Problem

if TYPE_CHECKING:
    from regulars.program.model import Program

FORMS: Final = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
}


class FileUnreadable(Exception):
    """Raised when a file of events cannot be read at all; nothing of it went in. `hint` says what to do."""

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(f"{problem} {hint}")
        self.problem, self.hint = problem, hint


class MappingWrong(Exception):
    """Raised when a mapping does not fit the file; `problems` say where."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} mistakes")
        self.problems = problems


def form_of(path: Path) -> str:
    """`csv`, `jsonl` or `parquet`, by the ending of the name; raises `FileUnreadable`."""
    name = path.with_suffix("") if path.suffix == ".gz" else path
    found = FORMS.get(name.suffix.lower())
    if found is None or (found == "parquet" and path.suffix == ".gz"):
        endings = ", ".join(FORMS)
        raise FileUnreadable(
            f"{path}: this is no form of events that is known.", f"Files end in {endings}; or .csv.gz."
        )
    return found


def header(path: Path) -> list[str] | None:
    """The columns of the file; None of JSON Lines. Raises `FileUnreadable`."""
    form = form_of(path)
    if form == "jsonl":
        return None
    if form == "parquet":
        import polars

        try:
            return list(polars.read_parquet_schema(path))
        except polars.exceptions.PolarsError as error:
            hint = "A Parquet file has its index at the end: of one that was cut nothing can be read. Fetch it again."
            raise FileUnreadable(f"{path}: this is no whole Parquet file.", hint) from error
    try:
        names, _ = header_of(first_line(path))
    except (EOFError, zlib.error, gzip.BadGzipFile):
        names = []
    if not names:
        raise FileUnreadable(f"{path}: the file is empty.", "Its first line names the columns.")
    return names


def fitted(path: Path, mapped: Mapped | None) -> Mapped | None:
    """The mapping for a file, made from its columns where none is given; None for JSON Lines.

    Raises `MappingWrong` with every column that is missing, and `FileUnreadable`.
    """
    names = header(path)
    if names is None:
        if mapped is not None:
            raise FileUnreadable(f"{path}: a line of JSON is an event already.", "Leave the mapping out.")
        return None
    found = mapped or plain(names, str(path))
    if problems := found.missing(names):
        raise MappingWrong(problems)
    for look_up in found.look_ups:
        if not (path.parent / look_up.file).is_file():
            where = path.parent / look_up.file
            message, hint = f"there is no file {where}", "it stands in the folder of the events"
            raise MappingWrong(
                [Problem(look_up.mark.line, look_up.mark.column, "mapping.look_up", message, hint, found.file)]
            )
    return found


def source(path: Path, mapped: Mapped | None, program: Program, share: Share) -> Source:
    """The file, open for a process that takes a share of the members."""
    form = form_of(path)
    if form == "jsonl":
        from regulars.flows.importing.jsonl import JsonSource

        return JsonSource(path, share)
    from regulars.flows.importing.bodies import Bodies

    assert mapped is not None, "a table has a mapping"
    bodies = Bodies(mapped, program, path.parent)
    if form == "csv":
        from regulars.flows.importing.csv_source import CsvSource

        return CsvSource(path, mapped, bodies, share)
    from regulars.flows.importing.parquet import ParquetSource

    return ParquetSource(path, mapped, bodies, share)


def fingerprint(path: Path, mapping: str) -> bytes:
    """What tells this file with this mapping from any other: a hash of all that stands in them."""
    with path.open("rb") as file:
        whole = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16))
    whole.update(mapping.encode())
    return whole.digest()


def length(path: Path) -> int:
    """How long the file is, in what a position counts: rows of Parquet, bytes of others (0: not known)."""
    if form_of(path) == "parquet":
        import polars

        found: int = polars.scan_parquet(path).select(polars.len()).collect().item()
        return found
    return 0 if path.suffix == ".gz" else path.stat().st_size
