"""`regulars test`: scenarios in memory and through PostgreSQL."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.doors.conftest import Regulars

from regulars.postgres.connect import connect
from regulars.wiring import URL

SCENARIOS = """\
format: loyalty-case/1
program: {slug: corner-coffee-card}
units: [{id: stamps, is: stamps, decimals: 0}]
scenarios:
  - id: three
    title: Three drinks
    steps:
      - at: '2026-03-02T09:00'
        do: purchase
        who: ana
        with: {lines: [{kind: drink, qty: 3, amount: 7.50}]}
        then: {ledger: [{u: stamps, n: 3, by: R1}], balance: {stamps: 3}}
  - id: wrong
    title: Six drinks are not six stamps
    steps:
      - at: '2026-03-02T09:00'
        do: purchase
        who: ana
        with: {lines: [{kind: drink, qty: 1, amount: 2.50}]}
        then: {ledger: [{u: stamps, n: 1, by: R1}], balance: {stamps: 1}}
      - at: '2026-03-03T12:00'
        do: purchase
        who: ana
        with: {lines: [{kind: drink, qty: 6, amount: 15.00}]}
        then: {ledger: [{u: stamps, n: 4, by: R3}], balance: {stamps: 7}}
  - id: later
    title: Not run today
    skip: the machine is broken
    steps:
      - {at: 2026-03-02, do: tick, who: ana, then: {balance: {stamps: 99}}}
"""
WRONG_LINE = next(number for number, line in enumerate(SCENARIOS.splitlines(), 1) if "2026-03-03T12:00" in line)


@pytest.fixture
def shop(tmp_path: Path, card: Path) -> Path:
    (tmp_path / "card.yaml").write_text(card.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "card.scenarios.yaml").write_text(SCENARIOS)
    return tmp_path / "card.yaml"


def test_a_scenario_that_fails_says_step_expected_came_and_why(regulars: Regulars, shop: Path) -> None:
    ran = regulars("test", shop)
    assert ran.code == 1
    lines = ran.lines
    assert lines[0].startswith("ok")
    assert "three" in lines[0]
    assert lines[1].startswith("FAIL")
    assert "wrong" in lines[1]
    assert f"card.scenarios.yaml:{WRONG_LINE}" in lines[2]
    assert "step 2" in lines[2]
    assert any(line.split()[0] == "expected" and "7" in line for line in lines[3:])
    assert any(line.split()[0] == "came" and "5" in line for line in lines[3:])
    assert any(line.split()[0] == "because" and "stamp" in line for line in lines[3:])
    assert any(line.startswith("skip") and "the machine is broken" in line for line in lines)
    assert lines[-1] == "3 scenarios, 1 ok, 1 failed, 1 skipped"


def test_as_json_a_failure_has_its_parts(regulars: Regulars, shop: Path) -> None:
    answer = regulars("test", shop, "--json").json
    assert answer["ok"] is False
    three, wrong, later = answer["scenarios"]
    assert three["ok"]
    assert three["failure"] is None
    assert (wrong["failure"]["step"], wrong["failure"]["line"]) == (2, WRONG_LINE)
    assert wrong["failure"]["expected"] != wrong["failure"]["came"]
    assert later["skipped"] == "the machine is broken"


def test_the_scenarios_may_be_named(regulars: Regulars, card: Path, shop: Path) -> None:
    beside = card.with_suffix(".scenarios.yaml")
    assert regulars("test", shop, beside).code == 0


def test_a_program_without_scenarios_says_where_they_were_looked_for(
    regulars: Regulars, shop: Path, tmp_path: Path
) -> None:
    (tmp_path / "card.scenarios.yaml").unlink()
    ran = regulars("test", shop)
    assert ran.code == 2
    assert "card.scenarios.yaml" in ran.err


def test_through_the_database_the_same_comes_and_nothing_stays(
    regulars: Regulars, shop: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scratches() -> list[str]:
        connection = await connect(server)
        rows = await connection.fetch("select datname from pg_database where datname like 'regulars_scratch_%'")
        await connection.close()
        return [row["datname"] for row in rows]

    in_memory = regulars("test", shop)
    monkeypatch.setenv(URL, server)
    before = asyncio.run(scratches())
    through = regulars("test", shop, "--database")
    assert (through.code, through.out) == (in_memory.code, in_memory.out)
    assert set(asyncio.run(scratches())) <= set(before)
