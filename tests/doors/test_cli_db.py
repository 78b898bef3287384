"""`regulars db`: the database as an operator sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import NOTHING_TO_LOSE
from tests.doors.conftest import Regulars

from regulars.postgres.embedded import start
from regulars.postgres.migrate import migrations
from regulars.wiring import URL


def test_a_new_database_is_migrated_once_and_its_condition_told(data_folder: Path, regulars: Regulars) -> None:
    with start(data_folder, NOTHING_TO_LOSE):
        pending = regulars("db", "status", "--data", data_folder, "--json")
        assert pending.code == 1
        assert pending.json["applied"] == 0
        applied = regulars("db", "migrate", "--data", data_folder, "--json").json["applied"]
        assert applied == [f"{step.version:04}_{step.name}" for step in migrations()] == pending.json["pending"]
        assert regulars("db", "migrate", "--data", data_folder).out == "Nothing to apply.\n"
        told = regulars("db", "status", "--data", data_folder, "--json")
        assert told.code == 0
        assert told.json | {"server": "", "size": 0} == {
            "ok": True,
            "server": "",
            "size": 0,
            "applied": len(applied),
            "pending": [],
            "tenants": [],
            "spread": False,
            "log": "kept here",
            "second_lock": {"locked": True, "hint": ""},
        }
        assert "PostgreSQL" in regulars("db", "status", "--data", data_folder).out


def test_a_database_that_is_not_there_is_not_made_by_asking_how_it_stands(tmp_path: Path, regulars: Regulars) -> None:
    assert regulars("db", "status", "--data", tmp_path / "none").code == 3
    assert not (tmp_path / "none").exists()


def test_to_distribute_without_citus_is_refused_and_says_what_to_do(
    database: str, cluster: bool, regulars: Regulars, monkeypatch: pytest.MonkeyPatch
) -> None:
    if cluster:
        pytest.skip("the server of REGULARS_TEST_DATABASE_URL has Citus")
    monkeypatch.setenv(URL, database)
    ran = regulars("db", "distribute")
    assert ran.code == 3
    assert "no Citus" in ran.err
    assert "coordinator" in ran.err


def test_a_backup_is_for_the_embedded_server_alone(
    tmp_path: Path, regulars: Regulars, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URL, "postgresql://nobody@localhost:1/none")
    for words in (("backup", tmp_path / "store"), ("restore", tmp_path / "store")):
        ran = regulars("db", *words)
        assert ran.code == 2
        assert "embedded" in ran.err
    assert regulars("db", "backup", tmp_path / "store", "--keep", "0").code == 2


def test_what_was_backed_up_is_restored_into_another_folder(data_folder: Path, regulars: Regulars) -> None:
    shop, store, new = data_folder / "shop", data_folder / "store", data_folder / "new"
    with start(shop, NOTHING_TO_LOSE):
        regulars("keys", "make", "till", "--scope", "events:write", "--data", shop)
    made = regulars("db", "backup", store, "--data", shop, "--json")
    assert made.code == 0
    assert regulars("db", "restore", store, "--until", "soon", "--data", new).code == 2
    assert regulars("db", "restore", store, "--until", "2020-01-01", "--data", new).code == 3
    back = regulars("db", "restore", store, "--data", new, "--json").json
    assert back["data"] == str(new)
    assert back["master_key"] is False
    with start(new, NOTHING_TO_LOSE):
        assert [key["label"] for key in regulars("keys", "list", "--data", new, "--json").json["keys"]] == ["till"]
        assert regulars("db", "status", "--data", new, "--json").json["log"] == "kept here"
