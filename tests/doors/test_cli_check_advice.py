"""`regulars check` gives advice: beside the mistakes, never instead of an answer, in two languages, from a history too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.doors.conftest import Regulars

SHOP = """\
program: shop
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts: {line: {kind: [drink, food]}, purchase: {channel: [store, web]}}
wallets: {points: {lasts: 12 months}}
earn:
  base: {give: {points: 1 per 1.00}}
  app: {on: activity.app, give: {points: 5}}
rewards: {bike: {cost: 5000 points, item: bike}}
"""
MAPPING = "id: number\ntype: {value: purchase}\nmember: customer\nhappened_at: day\nfacts: {channel: {value: store}}\n"
MAPPING += "lines: {amount: paid, kind: {value: food}}\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    file = tmp_path / "shop.yaml"
    file.write_text(SHOP)
    return file


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    """A year of one purchase a month by two members, as a table of a till."""
    rows = [f"{member}{month},{member},2026-{month:02}-01,10.00" for month in range(1, 13) for member in ("ann", "bob")]
    file = tmp_path / "sales.csv"
    file.write_text("number,customer,day,paid\n" + "\n".join(rows) + "\n")
    (tmp_path / "till.yaml").write_text(MAPPING)
    return file


def test_advice_stands_where_it_belongs_and_never_fails(regulars: Regulars, shop: Path) -> None:
    ran = regulars("check", "shop.yaml")
    assert ran.code == 0
    assert ran.out.startswith("ok: ")
    assert "shop.yaml:9:27    advice: the rule `earn.app` is a promise without an end" in ran.out
    assert ran.lines[-1] == "1 piece of advice"


def test_in_json_advice_has_a_list_of_its_own(regulars: Regulars, shop: Path) -> None:
    ran = regulars("check", "shop.yaml", "--json")
    assert ran.code == 0
    assert ran.json["ok"] is True
    assert ran.json["problems"] == []
    (one,) = ran.json["advice"]
    assert (one["code"], one["file"], one["line"], one["column"]) == ("unbounded.activity", "shop.yaml", 9, 27)
    assert one["hint"].startswith("write `at_most: once per day`")


def test_advice_is_given_in_the_language_that_is_asked_for(regulars: Regulars, shop: Path) -> None:
    assert "promesa sin fin" in regulars("check", "shop.yaml", "--language", "es").out
    assert regulars("check", "shop.yaml", "--language", "tlh").code == 2


def test_a_table_of_a_till_says_what_is_too_dear(regulars: Regulars, shop: Path, sales: Path) -> None:
    ran = regulars("check", "shop.yaml", "--events", "sales.csv", "--mapping", "till.yaml")
    assert ran.code == 0
    assert "sales.csv: 24 events of 2 members" in ran.out
    assert "`rewards.bike` costs 5,000 points; a typical member of these events earns 130 points in a year" in ran.out


def test_lines_of_json_are_read_as_play_reads_them(regulars: Regulars, shop: Path, tmp_path: Path) -> None:
    events = [
        {"id": f"e{n}", "type": "purchase", "member": "ann", "channel": "web", "happened_at": f"2026-{n:02}-01",
         "lines": [{"kind": "food", "amount": "10.00"}]}
        for n in range(1, 13)
    ]  # fmt: skip
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(one) + "\n" for one in events) + "{broken\n")
    ran = regulars("check", "shop.yaml", "--events", "events.jsonl", "--json")
    assert ran.code == 0
    assert [one["code"] for one in ran.json["advice"]] == ["unbounded.activity", "seen.dear"]


def test_a_history_that_is_not_there_or_does_not_fit_ends_the_command(
    regulars: Regulars, shop: Path, sales: Path
) -> None:
    assert regulars("check", "shop.yaml", "--events", "nowhere.csv").code == 2
    assert regulars("check", "shop.yaml", "--mapping", "till.yaml").code == 2
    ran = regulars("check", "shop.yaml", "--events", "sales.csv")
    assert ran.code == 1
    assert "the events have no column `id`" in ran.out


def test_a_broken_program_gets_no_advice(regulars: Regulars, tmp_path: Path, sales: Path) -> None:
    (tmp_path / "broken.yaml").write_text("program: broken\n")
    ran = regulars("check", "broken.yaml", "--events", "sales.csv", "--mapping", "till.yaml", "--json")
    assert ran.code == 1
    assert ran.json["advice"] == []
