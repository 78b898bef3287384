"""A mapping with mistakes: all are said at once, with line and column."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.doors.conftest import Regulars
from tests.import_factory import MAPPING, as_csv, as_lines, mapping, program, purchase, sales

from regulars.flows.importing.mapping import Field, read_mapping
from regulars.flows.importing.values import Column
from regulars.program.problems import Problem
from regulars.wiring import URL

WRONG = """
by: basket
id: [one, two]
typ: {value: purchase}
type: {column: kind, value: purchase}
member: customer
happened_at: {column: sold, zone: Mars/Base}
join: perhaps
lines:
  amount: {colum: price}
  qty: {column: pieces, from: much}
look_up:
  goods.csv: {by: article}
"""


def test_every_mistake_is_said_with_its_place() -> None:
    found = read_mapping(WRONG, "m.yaml")
    assert isinstance(found, list)
    assert [(one.line, one.code) for one in found] == [
        (3, "mapping.field"),
        (4, "mapping.unknown_key"),
        (5, "mapping.field"),
        (7, "mapping.zone"),
        (8, "mapping.flag"),
        (10, "mapping.field"),
        (10, "mapping.unknown_key"),
        (11, "mapping.number"),
        (13, "mapping.look_up"),
    ]
    assert all(isinstance(one, Problem) and one.file == "m.yaml" for one in found)


@pytest.mark.parametrize("text", ["", "id: 'x\n", "- a\n", "member: x\n"])
def test_a_text_that_is_no_mapping_is_a_mistake(text: str) -> None:
    found = read_mapping(text, "m.yaml")
    assert isinstance(found, list)
    assert found


def test_columns_that_the_file_lacks_are_said_where_the_mapping_names_them(
    database: str, monkeypatch: pytest.MonkeyPatch, regulars: Regulars, tmp_path: Path
) -> None:
    monkeypatch.setenv(URL, database)
    program(tmp_path)
    mapping(tmp_path)
    (tmp_path / "mapping.yaml").write_text(MAPPING.replace("off: coupon", "off: cupon"), encoding="utf-8")
    file = as_csv(tmp_path / "sales.csv", sales(2))
    ran = regulars("import", "shop.yaml", "--events", file, "--mapping", "mapping.yaml")
    assert ran.code == 1
    assert ran.lines == ["mapping.yaml:12:8    the events have no column `cupon`; did you mean `coupon`?"]
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "goods.csv").unlink()
    assert "goods.csv" in regulars("import", "shop.yaml", "--events", file, "--mapping", "mapping.yaml").out
    lines = as_lines(tmp_path / "e.jsonl", purchase("p"))
    (tmp_path / "goods.csv").write_text("article,shelf\n", encoding="utf-8")
    assert regulars("import", "shop.yaml", "--events", lines, "--mapping", "mapping.yaml").code == 2


@pytest.mark.parametrize(
    ("field", "exponent", "cells", "values"),
    [
        (
            Field((("a", 1),)),
            2,
            {"a": [0.1 + 0.2, 1.39, 2.0, None, " 7.5 ", "x"]},
            ["0.30", "1.39", "2.00", None, "7.5", "x"],
        ),
        (Field((("a", 1),)), 0, {"a": [3.0000001]}, ["3"]),
        (Field((("a", 1),)), None, {"a": [3.0, 0.125, float("nan"), True, 5]}, [3, "0.125", "nan", True, 5]),
        (Field((("a", 1), ("b", -1))), 2, {"a": [1.0, "2.50"], "b": [0.1, "0.55"]}, ["0.90", "1.95"]),
        (Field((("a", 1), ("b", 1))), 2, {"a": ["x"], "b": [1]}, ["x + 1"]),
        (Field((("a", 1),), least=1, most=100, otherwise="1"), None, {"a": [0, 5, 14_000, None]}, ["1", 5, "1", "1"]),
        (
            Field((("a", 1),), words=True, values={"meat_pckgd": "meat"}),
            None,
            {"a": ["MEAT-PCKGD", " Deli "]},
            ["meat", "deli"],
        ),
        (Field(value="purchase"), None, {}, ["purchase"]),
        (Field((("a", 1),), zone="UTC"), None, {"a": ["1970-01-01T00:00:01", "soon"]}, [1_000_000, "soon"]),
    ],
)
def test_a_field_is_made_of_its_columns(
    field: Field, exponent: int | None, cells: dict[str, list[object]], values: list[object]
) -> None:
    assert Column(field, exponent, {}).values(cells.__getitem__, len(values)) == values
