"""`regulars import`: the same events from any form of file, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.doors.conftest import Regulars
from tests.import_factory import as_csv, as_lines, as_parquet, mapping, program, purchase, sales

from regulars.wiring import URL

Have = dict[str, Any]


@pytest.fixture
def shop(database: str, monkeypatch: pytest.MonkeyPatch, regulars: Regulars, tmp_path: Path) -> Regulars:
    """The command line on an empty database, in a folder with a program and a mapping."""
    monkeypatch.setenv(URL, database)
    program(tmp_path)
    mapping(tmp_path)
    return regulars


def have(shop: Regulars, member: str, tenant: str = "main") -> Have:
    ran = shop("member", member, "--as-of", "2026-04-01", "--tenant", tenant, "--json")
    assert ran.code == 0, ran.err
    return dict(ran.json["wallets"])


def test_csv_and_parquet_of_the_same_rows_give_everybody_the_same(shop: Regulars, tmp_path: Path) -> None:
    rows = sales(200)
    files = {"csv": as_csv(tmp_path / "sales.csv", rows), "parquet": as_parquet(tmp_path / "sales.parquet", rows)}
    for tenant, file in files.items():
        ran = shop("import", "shop.yaml", "--events", file, "--mapping", "mapping.yaml", "--tenant", tenant, "--json")
        assert ran.code == 0, ran.out
        assert ran.json["recorded"] == 200
    for member in (f"m{n}" for n in range(7)):
        assert have(shop, member, "csv") == have(shop, member, "parquet")
    # 4 kinds of price, 3 lines of price less 0.10 each, 0.05 off one of them, no half cent left from the binary fraction.
    why = shop("explain", "b0", "--tenant", "parquet", "--json").json[0]
    assert why["pay"] == "0.55"
    assert {step["rule"] for step in why["steps"]} == {"earn.fund"}


def test_columns_named_as_fields_need_no_mapping(shop: Regulars, tmp_path: Path) -> None:
    (tmp_path / "plain.csv").write_text(
        "id;type;member;happened_at;till;line.amount;line.kind\n"
        "p1;purchase;ana;2026-03-02T09:00;t1;7.50;drink\n"
        "p1;purchase;ana;2026-03-02T09:00;t1;3.00;food\n"
        "j;join;ben;2026-03-02T09:00;;;\n",
        encoding="utf-8-sig",
    )
    ran = shop("import", "shop.yaml", "--events", "plain.csv", "--json")
    assert (ran.code, ran.json["recorded"]) == (0, 2)
    assert have(shop, "ana")["points"]["available"] == "15"
    assert have(shop, "ben")["points"]["available"] == "10"


def test_json_lines_go_in_as_they_are_also_compressed(shop: Regulars, tmp_path: Path) -> None:
    file = as_lines(tmp_path / "events.jsonl.gz", purchase("p1"), "", purchase("p2", at="2026-03-03T09:00"))
    ran = shop("import", "shop.yaml", "--events", file)
    assert ran.code == 0
    assert "2 events recorded" in ran.out
    assert have(shop, "ana")["points"]["available"] == "6"


def test_a_member_joins_before_the_first_basket_and_only_then(shop: Regulars, tmp_path: Path) -> None:
    first, second = as_csv(tmp_path / "one.csv", sales(14)), as_csv(tmp_path / "two.csv", sales(28)[42:])
    for file in (first, second):
        assert shop("import", "shop.yaml", "--events", file, "--mapping", "mapping.yaml").code == 0
    joins = [shop("explain", f"join/m{n}", "--json").json for n in range(7)]
    assert [len(found) for found in joins] == [1] * 7


def test_a_second_run_finds_everything_done(shop: Regulars, tmp_path: Path) -> None:
    words = ("import", "shop.yaml", "--events", as_csv(tmp_path / "sales.csv", sales(50)), "--mapping", "mapping.yaml")
    assert shop(*words, "--json").json["recorded"] == 50
    again = shop(*words, "--json").json
    assert (again["known"], again["recorded"], again["events"]) == (True, 0, 50)
    assert "in already" in shop(*words).out
    anew = shop(*words, "--again", "--json").json
    assert (anew["recorded"], anew["repeated"]) == (0, 50)


def test_a_grown_file_brings_only_what_is_new(shop: Regulars, tmp_path: Path) -> None:
    for baskets, recorded in ((30, 30), (45, 15)):
        file = as_csv(tmp_path / "sales.csv", sales(baskets))
        assert (
            shop("import", "shop.yaml", "--events", file, "--mapping", "mapping.yaml", "--json").json["recorded"]
            == recorded
        )


def test_several_processes_import_what_one_does_and_the_budget_runs_out_exactly(shop: Regulars, tmp_path: Path) -> None:
    file = as_parquet(tmp_path / "sales.parquet", sales(300))
    for tenant, processes in (("one", 1), ("two", 2)):
        words = ("--mapping", "mapping.yaml", "--tenant", tenant, "--processes", processes, "--batch", 20, "--json")
        assert shop("import", "shop.yaml", "--events", file, *words).json["recorded"] == 300
        laws = {law["name"]: law for law in shop("verify", "--tenant", tenant, "--json").json["laws"]}
        assert all(law["holds"] for law in laws.values())
    totals = [
        sum(int(have(shop, f"m{n}", tenant)["points"]["available"]) for n in range(7)) for tenant in ("one", "two")
    ]
    assert totals[0] == totals[1]


def test_a_basket_of_ten_thousand_lines_goes_in(shop: Regulars, tmp_path: Path) -> None:
    rows = [{**row, "basket": "big", "customer": "m1", "sold": "2026-03-02T09:00:00"} for row in sales(1, lines=10_000)]
    for tenant, file in (
        ("csv", as_csv(tmp_path / "big.csv", rows)),
        ("pq", as_parquet(tmp_path / "big.parquet", rows)),
    ):
        ran = shop("import", "shop.yaml", "--events", file, "--mapping", "mapping.yaml", "--tenant", tenant, "--json")
        assert (ran.code, ran.json["recorded"]) == (0, 1), ran.out
    assert have(shop, "m1", "csv") == have(shop, "m1", "pq")


def test_an_event_of_more_rows_than_any_event_has_is_refused_and_the_next_goes_in(
    shop: Regulars, tmp_path: Path
) -> None:
    endless = [{**row, "basket": "endless", "customer": "m1"} for row in sales(1, lines=45_000)]
    rows = [*endless, *sales(3)]
    for tenant, file in (("csv", as_csv(tmp_path / "e.csv", rows)), ("pq", as_parquet(tmp_path / "e.parquet", rows))):
        ran = shop("import", "shop.yaml", "--events", file, "--mapping", "mapping.yaml", "--tenant", tenant, "--json")
        assert (ran.code, ran.json["recorded"]) == (1, 3), ran.out
        rejected = Path(ran.json["rejects"]).read_text(encoding="utf-8").splitlines()
        assert len(rejected) == 45_001
        assert all(line.startswith("event.too_many_lines,") for line in rejected[1:])
