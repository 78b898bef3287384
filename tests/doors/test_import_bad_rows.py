"""`regulars import` with files that are broken: what is bad is refused with its row, the rest goes in."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from tests.doors.conftest import Ran, Regulars
from tests.import_factory import as_csv, as_lines, as_parquet, mapping, program, purchase, sales

from regulars.wiring import URL

HEAD = "id,type,member,happened_at,line.amount,line.kind\n"


@pytest.fixture
def shop(database: str, monkeypatch: pytest.MonkeyPatch, regulars: Regulars, tmp_path: Path) -> Regulars:
    """The command line on an empty database, in a folder with a program and a mapping."""
    monkeypatch.setenv(URL, database)
    program(tmp_path)
    mapping(tmp_path)
    return regulars


def imported(shop: Regulars, file: Path, *words: object) -> dict[str, Any]:
    ran: Ran = shop("import", "shop.yaml", "--events", file, *words, "--json")
    assert ran.code in {0, 1}, ran.out + ran.err
    assert ran.code == (1 if ran.json["refused"] or ran.json["cut"] else 0)
    return dict(ran.json)


def rejects(found: dict[str, Any]) -> list[list[str]]:
    with Path(found["rejects"]).open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        return list(csv.reader(file))


def test_every_kind_of_bad_event_is_refused_with_its_code_and_its_line(shop: Regulars, tmp_path: Path) -> None:
    bad = {
        "event.not_json": '{"id": "x1", ',
        "event.not_an_object": "[1, 2]",
        "event.unknown_type": {**purchase("x2"), "type": "theft"},
        "event.missing_field": {**purchase("x3"), "member": None},
        "event.unknown_field": purchase("x4", mood="good"),
        "event.out_of_range": purchase("x5", lines=[{"amount": "-1.00"}]),
        "event.bad_moment": purchase("x6", at="yesterday"),
        "event.bad_lines": purchase("x7", lines=[]),
        "event.too_precise": purchase("x8", lines=[{"amount": "1.005"}]),
        "event.id_reused": purchase("good1", lines=[{"amount": "9.00"}]),
        "event.wrong_type": purchase("x9", lines=[{"amount": "much"}]),
        "event.in_the_future": purchase("x10", at="2199-01-01T10:00"),
        "event.derived": {**purchase("x11"), "source": "derived"},
        "id.reserved": purchase("x12/friend"),
    }
    file = as_lines(tmp_path / "events.jsonl", purchase("good1"), *bad.values(), purchase("good2"))
    found = imported(shop, file)
    assert (found["recorded"], found["refused"]) == (2, len(bad))
    lines = [json.loads(line) for line in Path(found["rejects"]).read_text(encoding="utf-8").splitlines()]
    assert [line["refusal_code"] for line in lines] == list(bad)
    for row, line in enumerate(lines, 2):
        assert line["refusal_text"].startswith(f"Row {row}: ")
        assert line["refusal_text"].endswith(".")


def test_mended_json_lines_go_in(shop: Regulars, tmp_path: Path) -> None:
    broken = json.dumps(purchase("p2"))[:-1]
    file = as_lines(tmp_path / "events.jsonl", purchase("p1", lines=[{"amount": "-3.00"}]), broken, purchase("p3"))
    found = imported(shop, file)
    assert (found["recorded"], found["refused"]) == (1, 2)
    first, second = [json.loads(line) for line in Path(found["rejects"]).read_text(encoding="utf-8").splitlines()]
    first["lines"][0]["amount"] = "3.00"
    second["refusal_line"] += "}"
    again = imported(shop, as_lines(tmp_path / "mended.jsonl", first, second))
    assert (again["recorded"], again["refused"]) == (2, 0)


def test_broken_rows_take_their_basket_with_them_and_nothing_else(shop: Regulars, tmp_path: Path) -> None:
    text = (
        HEAD + "p1,purchase,ana,2026-03-02T09:00,1.00,food\n"
        "p2,purchase,ana,2026-03-02T09:00,1.00,food\n"
        "p2,purchase,ana,2026-03-02T09:00,1.00\n"
        "p3,purchase,ana,2026-03-02T09:00,1.00,food,more,and more\n"
        'p4,purchase,ana,2026-03-02T09:00,1.00,"food\n'
        "p5,purchase,ana,2026-03-02T09:00,1.00,food\n"
        "p6,purchase,ana,2026-03-02T09:00,1.00,food\n"
        "p6,purchase,ben,2026-03-02T09:00,1.00,food\n"
        "\n"
        "p7,purchase,ana,2026-03-02T09:00,,food\n"
        "p8,purchase,ana,2026-03-02T09:00,1.00,food\n"
    )
    (tmp_path / "sales.csv").write_text(text, encoding="utf-8")
    found = imported(shop, tmp_path / "sales.csv")
    assert (found["recorded"], found["refused"], found["cut"]) == (3, 5, False)
    head, *rows = rejects(found)
    assert head == ["refusal_code", "refusal_text", *HEAD.strip().split(",")]
    assert [(row[0], row[1].split(":")[0], row[2]) for row in rows] == [
        ("import.bad_row", "Row 3", "p2"),
        ("import.bad_row", "Row 3", "p2"),
        ("import.bad_row", "Row 5", "p3"),
        ("import.bad_row", "Row 6", "p4"),
        ("import.mixed_rows", "Row 8", "p6"),
        ("import.mixed_rows", "Row 8", "p6"),
        ("event.missing_field", "Row 11", "p7"),
    ]
    assert rows[2][2:] == ["p3", "purchase", "ana", "2026-03-02T09:00", "1.00", "food", "more", "and more"]


def test_a_mended_rejects_file_brings_the_rest_of_the_baskets(shop: Regulars, tmp_path: Path) -> None:
    file = as_csv(tmp_path / "sales.csv", sales(20))
    whole = file.read_text(encoding="utf-8")
    file.write_text(
        whole.replace("b7,m0,2026-01-01T00:07:00,t1,1,", "b7,m0,2026-01-01T00:07:00,t1,1,-"), encoding="utf-8"
    )
    found = imported(shop, file, "--mapping", "mapping.yaml")
    assert (found["recorded"], found["refused"]) == (19, 1)
    rejected = Path(found["rejects"])
    assert len(rejects(found)) == 1 + 3
    rejected.write_text(rejected.read_text(encoding="utf-8").replace(",-", ","), encoding="utf-8")
    again = imported(shop, rejected, "--mapping", "mapping.yaml")
    assert (again["recorded"], again["refused"]) == (1, 0)
    file.write_text(whole, encoding="utf-8")
    assert imported(shop, file, "--mapping", "mapping.yaml")["repeated"] == 20


def test_bytes_that_are_no_text_are_refused_and_kept_as_they_are(shop: Regulars, tmp_path: Path) -> None:
    data = (
        (HEAD + "p1,purchase,ana,2026-03-02T09:00,1.00,").encode()
        + b"caf\xe9\n"
        + b"p2,purchase,ana,2026-03-02T09:00,1.00,food\n"
    )
    (tmp_path / "sales.csv").write_bytes(data)
    found = imported(shop, tmp_path / "sales.csv")
    assert (found["recorded"], found["refused"]) == (1, 1)
    assert b"caf\xe9" in Path(found["rejects"]).read_bytes()
    assert rejects(found)[1][0] == "import.bad_encoding"


@pytest.mark.parametrize("cut", [0.3, 0.5, 0.7, 0.95])
def test_of_a_cut_file_what_is_whole_goes_in_and_the_rest_when_it_is_whole(
    shop: Regulars, tmp_path: Path, cut: float
) -> None:
    whole = as_csv(tmp_path / "whole.csv", sales(300))
    data = whole.read_bytes()
    inside = data.rindex(b",", 0, int(len(data) * cut))
    (tmp_path / "cut.csv").write_bytes(data[:inside])
    found = imported(shop, tmp_path / "cut.csv", "--mapping", "mapping.yaml")
    assert found["cut"]
    assert found["refused"] == 1
    assert rejects(found)[1][0] == "import.cut_file"
    assert found["recorded"] == len({row[0] for row in csv.reader(data[:inside].decode().splitlines()[1:])}) - 1
    rest = imported(shop, whole, "--mapping", "mapping.yaml")
    assert (rest["recorded"] + rest["repeated"], rest["refused"]) == (300, 0)


def test_a_cut_compressed_file_says_so(shop: Regulars, tmp_path: Path) -> None:
    whole = as_csv(tmp_path / "whole.csv", sales(3_000)).read_bytes()
    packed = gzip.compress(whole)
    (tmp_path / "cut.csv.gz").write_bytes(packed[: len(packed) // 2])
    found = imported(shop, tmp_path / "cut.csv.gz", "--mapping", "mapping.yaml")
    assert found["cut"]
    assert 0 < found["recorded"] < 3_000
    (tmp_path / "cut.csv.gz").write_bytes(packed)
    rest = imported(shop, tmp_path / "cut.csv.gz", "--mapping", "mapping.yaml")
    assert (rest["recorded"] + rest["repeated"], rest["refused"], rest["cut"]) == (3_000, 0, False)


def test_a_cut_last_line_of_json_is_refused_as_such(shop: Regulars, tmp_path: Path) -> None:
    file = as_lines(tmp_path / "events.jsonl", purchase("p1"), purchase("p2"))
    file.write_bytes(file.read_bytes()[:-20])
    found = imported(shop, file)
    assert (found["recorded"], found["refused"], found["cut"]) == (1, 1, True)


def test_a_cut_parquet_file_is_told_in_a_sentence(shop: Regulars, tmp_path: Path) -> None:
    file = as_parquet(tmp_path / "sales.parquet", sales(50))
    file.write_bytes(file.read_bytes()[:-100])
    ran = shop("import", "shop.yaml", "--events", file, "--mapping", "mapping.yaml")
    assert ran.code == 2
    assert "no whole Parquet file" in ran.err


def test_rejects_of_parquet_are_a_table_that_the_same_mapping_reads(shop: Regulars, tmp_path: Path) -> None:
    rows = sales(30)
    rows[10]["price"] = -5.0
    found = imported(shop, as_parquet(tmp_path / "sales.parquet", rows), "--mapping", "mapping.yaml")
    assert (found["recorded"], found["refused"]) == (29, 1)
    rejected = Path(found["rejects"])
    rejected.write_text(rejected.read_text(encoding="utf-8").replace("-5.0", "5.00"), encoding="utf-8")
    assert imported(shop, rejected, "--mapping", "mapping.yaml")["recorded"] == 1


def test_rejects_of_several_processes_stand_in_the_order_of_the_file(shop: Regulars, tmp_path: Path) -> None:
    rows = sales(200)
    for row in rows[::30]:
        row["price"] = -5.0
    file = as_parquet(tmp_path / "sales.parquet", rows)
    found = imported(shop, file, "--mapping", "mapping.yaml", "--processes", 2, "--rejects", tmp_path / "bad.csv")
    assert found["refused"] == len({row["basket"] for row in rows[::30]})
    told = [int(row[1].split(":")[0].removeprefix("Row ")) for row in rejects(found)[1:]]
    assert told == sorted(told)
    assert not list(tmp_path.glob("*.part"))


def test_returns_that_are_too_large_or_of_nothing_are_refused(shop: Regulars, tmp_path: Path) -> None:
    back = {"type": "return", "member": "ana", "happened_at": "2026-03-03T09:00"}
    file = as_lines(
        tmp_path / "events.jsonl",
        purchase("p1"),
        {**back, "id": "r1", "of": "nothing", "lines": [{"line": 0}]},
        {**back, "id": "r2", "of": "p1", "lines": [{"line": 0, "amount": "99.00"}]},
    )
    found = imported(shop, file)
    assert (found["recorded"], found["refused"]) == (1, 2)
    lines = Path(found["rejects"]).read_text(encoding="utf-8").splitlines()
    assert all(json.loads(line)["refusal_code"].startswith("return.") for line in lines), lines


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("sales.txt", b"x", "no form of events"),
        ("sales.csv", b"", "empty"),
        ("sales.csv.gz", b"no gzip at all", "empty"),
        ("sales.parquet", b"PAR1", "no whole Parquet"),
        ("sales.csv", b"a,b\n1,2\n", "no column `id`"),
    ],
)
def test_a_file_that_is_no_file_of_events_is_told_in_a_sentence(
    shop: Regulars, tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(data)
    ran = shop("import", "shop.yaml", "--events", name)
    assert ran.code in {1, 2}
    assert said in ran.err + ran.out
    assert "Traceback" not in ran.err + ran.out


def test_a_file_that_is_not_there_is_told_in_a_sentence(shop: Regulars) -> None:
    ran = shop("import", "shop.yaml", "--events", "nowhere.csv")
    assert ran.code == 2
    assert "nowhere.csv" in ran.err


def test_for_people_refused_events_end_with_exit_code_1_and_a_hint_to_the_rejects(
    shop: Regulars, tmp_path: Path
) -> None:
    file = as_lines(tmp_path / "events.jsonl", purchase("p1"), purchase("p2", lines=[{"amount": "-1.00"}]))
    ran = shop("import", "shop.yaml", "--events", file)
    assert ran.code == 1
    assert "1 event recorded" in ran.out
    assert "1 event refused: see" in ran.out
    assert "events.rejects.jsonl, mend it, and import it." in " ".join(ran.out.split())
    known = shop("import", "shop.yaml", "--events", file)
    assert (known.code, "1 event refused: see" in known.out) == (1, True)
    assert shop("import", "shop.yaml", "--events", as_lines(tmp_path / "good.jsonl", purchase("p3"))).code == 0
