"""Files in pieces: from whatever position, and for whatever share of the members, the same events come."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.import_factory import MAPPING, PROGRAM, as_csv, as_lines, as_parquet, mapping, purchase, sales

from regulars.flows.importing.bodies import Bodies
from regulars.flows.importing.csv_source import CsvSource
from regulars.flows.importing.frames import Position, Share, Source
from regulars.flows.importing.jsonl import JsonSource
from regulars.flows.importing.mapping import Mapped, read_mapping
from regulars.flows.importing.parquet import ParquetSource
from regulars.program.load import load
from regulars.program.model import Program

Make = Callable[[Share], Source]
ALL = Share(0, 1)
BEGIN = Position()


@pytest.fixture(params=["csv", "csv.gz", "jsonl", "parquet"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Opens a file of 60 baskets, in frames of a few rows."""
    mapping(tmp_path)
    program, mapped = load(PROGRAM), read_mapping(MAPPING, "mapping.yaml")
    assert isinstance(program, Program)
    assert isinstance(mapped, Mapped)
    bodies = Bodies(mapped, program, tmp_path)
    if request.param == "jsonl":
        lines = as_lines(tmp_path / "e.jsonl", *(purchase(f"p{n}", member=f"m{n % 5}") for n in range(60)))
        return lambda share: JsonSource(lines, share, most=7)
    if request.param == "parquet":
        table = as_parquet(tmp_path / "e.parquet", sales(60))
        return lambda share: ParquetSource(table, mapped, bodies, share, rows=16)
    rows = as_csv(tmp_path / "e.csv", sales(60))
    if request.param == "csv.gz":
        import gzip

        packed = tmp_path / "e.csv.gz"
        packed.write_bytes(gzip.compress(b"\xef\xbb\xbf" + rows.read_bytes()))
        return lambda share: CsvSource(packed, mapped, bodies, share, most=16)
    return lambda share: CsvSource(rows, mapped, bodies, share, most=16)


def events(source: Source, begin: Position = BEGIN) -> list[tuple[int, Any]]:
    return [(item.row, item.raw()) for frame in source.frames(begin) for item in frame.items]


def test_from_every_position_the_rest_comes(source: Make) -> None:
    whole = events(source(ALL))
    assert len(whole) == 60
    seen = 0
    for frame in source(ALL).frames(BEGIN):
        seen += len(frame.items)
        assert events(source(ALL), frame.after) == whole[seen:]


@pytest.mark.parametrize("parts", [2, 3])
def test_the_shares_of_all_processes_are_the_whole_and_nobody_is_in_two(source: Make, parts: int) -> None:
    shares = [events(source(Share(part, parts))) for part in range(parts)]
    assert sorted((row for share in shares for row, _ in share)) == [row for row, _ in events(source(ALL))]
    members = [{raw["member"] for _, raw in share} for share in shares]
    assert sum(map(len, members)) == len(set().union(*members))


def test_what_stood_in_the_file_can_be_had_of_every_event(source: Make) -> None:
    for frame in source(Share(1, 2)).frames(Position()):
        for item in frame.items:
            raw, original = item.raw(), item.original()
            assert isinstance(raw, dict)
            first = original if isinstance(original, str) else original[0][0]
            assert str(raw["id"]) in first
