"""`regulars member`, `explain`, `verify` and `sweep`, on a ledger in PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.doors.conftest import PROGRAMS, Regulars

from regulars.engine.events import Event
from regulars.ledger.programs import Version, publish
from regulars.postgres.connect import connect
from regulars.program.load import load
from regulars.program.model import Program
from regulars.wiring import DATA, URL, Databases

DRINKS = [{"kind": "drink", "qty": 3, "amount": "7.50"}]


def purchase(id: str, at: str, member: str = "ana") -> dict[str, Any]:
    return {"id": id, "type": "purchase", "member": member, "happened_at": at, "lines": DRINKS}


def fill(environment: Mapping[str, str], *events: dict[str, Any], program: str = "corner-coffee-card") -> None:
    """Publishes a program of the gallery and posts events to it."""

    async def post() -> None:
        read = load((PROGRAMS / f"{program}.yaml").read_text(encoding="utf-8"))
        assert isinstance(read, Program)
        async with Databases(environment).open(make=True) as ledger:
            assert isinstance(await publish(ledger.pool, ledger.tenant, read), Version)
            book = await ledger.book(program)
            readable = [book.read(event) for event in events]
            assert all(isinstance(event, Event) for event in readable)
            outcomes = await ledger.poster(book).post([event for event in readable if isinstance(event, Event)])
            assert all(outcome.refusal is None for outcome in outcomes)

    asyncio.run(post())


@pytest.fixture
def shop(database: str, monkeypatch: pytest.MonkeyPatch, regulars: Regulars) -> Regulars:
    """The command line on a database in which ana was twice in a shop."""
    monkeypatch.setenv(URL, database)
    fill({URL: database}, purchase("p1", "2026-03-02T09:00"), purchase("p2", "2026-03-03T12:00"))
    return regulars


def test_a_member_is_shown_as_of_a_moment(shop: Regulars) -> None:
    first = shop("member", "ana", "--as-of", "2026-03-02T12:00", "--json").json
    second = shop("member", "ana", "--as-of", "2026-03-03T12:00", "--json").json
    assert first["wallets"]["stamps"]["available"] == "3"
    assert second["wallets"]["stamps"]["available"] == "6"
    assert "stamps" in shop("member", "ana").out


def test_a_member_of_whom_nothing_is_recorded_is_a_finding(shop: Regulars) -> None:
    assert shop("member", "bob").code == 1
    ran = shop("member", "ana", "--as-of", "2026-03-01")
    assert ran.code == 1
    assert "2026-03-01" in ran.err
    assert shop("member", "ana", "--as-of", "soon").code == 2


def test_an_event_is_explained_in_two_languages(shop: Regulars) -> None:
    english, spanish = shop("explain", "p1"), shop("explain", "p1", "--language", "es")
    assert english.code == spanish.code == 0
    assert "3 stamps" in english.out
    assert english.lines[1:] != spanish.lines[1:]
    (answer,) = shop("explain", "p1", "--member", "ana", "--json").json
    assert answer["member"] == "ana"
    assert [step["given"] for step in answer["steps"]] == ["3"]


def test_an_event_that_never_came_is_a_finding(shop: Regulars) -> None:
    assert shop("explain", "p9").code == 1
    assert shop("explain", "p1", "--member", "bob").code == 1


def test_a_sound_ledger_is_proved_law_by_law(shop: Regulars) -> None:
    ran = shop("verify")
    assert ran.code == 0
    assert all(line.startswith("ok") for line in ran.lines[:-1])
    answer = shop("verify", "--json").json
    assert answer["ok"] is True
    assert len(answer["laws"]) == len(ran.lines) - 1


def test_a_ledger_that_somebody_meddled_with_is_found_out(shop: Regulars, database: str) -> None:
    async def meddle() -> None:
        connection = await connect(database)
        # Whoever is no owner of the tables cannot even do this: movements are only ever added to.
        await connection.execute("set session_replication_role = replica")
        await connection.execute("update movements set amount = amount + 1 where member = 'ana'")
        await connection.close()

    asyncio.run(meddle())
    ran = shop("verify")
    assert ran.code == 1
    assert any(line.startswith("BROKEN") for line in ran.lines)
    assert any("ana" in line for line in ran.lines)
    assert shop("verify", "--json").json["ok"] is False


def test_the_sweep_writes_what_has_fallen_due_once(shop: Regulars) -> None:
    # The clock says that it is long after the stamps of early March have lapsed, or they have not and nothing is due.
    first = shop("sweep", "--json").json
    again = shop("sweep", "--json").json
    assert first["ok"] is again["ok"] is True
    assert again["ticks"] == 0
    assert shop("verify").code == 0
    assert "corner-coffee-card" in shop("sweep").out


def test_of_several_programs_one_has_to_be_named(shop: Regulars, database: str) -> None:
    fill({URL: database}, program="nike-membership")
    unclear = shop("member", "ana")
    assert unclear.code == 2
    assert "--program" in unclear.err
    assert "nike-membership" in unclear.err
    assert shop("member", "ana", "--program", "corner-coffee-card").code == 0
    unknown = shop("member", "ana", "--program", "no-such")
    assert unknown.code == 2
    assert "corner-coffee-card" in unknown.err


def test_another_tenant_sees_nothing(shop: Regulars) -> None:
    ran = shop("member", "ana", "--tenant", "other")
    assert ran.code == 2
    assert "ana" not in ran.out


def test_the_embedded_database_is_where_the_option_or_the_environment_says(
    regulars: Regulars, data_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fill({DATA: str(data_folder)}, purchase("p1", "2026-03-02T09:00"))
    assert regulars("member", "ana").code == 3
    assert regulars("member", "ana", "--data", data_folder).code == 0
    monkeypatch.setenv(DATA, str(data_folder))
    assert regulars("member", "ana").code == 0
    assert not (tmp_path / ".regulars").exists()


def test_no_database_is_a_code_of_its_own_and_makes_no_folder(
    regulars: Regulars, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for words in (("member", "ana"), ("explain", "p1"), ("verify",), ("sweep",)):
        ran = regulars(*words)
        assert ran.code == 3
        assert "--data" in ran.err
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv(URL, f"postgresql://nobody:secret@/none?host={tmp_path}")
    ran = regulars("verify")
    assert ran.code == 3
    assert "secret" not in ran.err
