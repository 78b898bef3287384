"""Connections: what a person is told when there is none, and what a transaction keeps."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import asyncpg
import pytest

from regulars.postgres import connect as module
from regulars.postgres.connect import connect, pool, transaction, with_database
from regulars.postgres.embedded import start
from regulars.postgres.unavailable import DatabaseUnavailable


def refusal(dsn: str) -> DatabaseUnavailable:
    with pytest.raises(DatabaseUnavailable) as refused:
        asyncio.run(connect(dsn, seconds=5))
    return refused.value


def test_a_server_that_is_not_there_is_said_without_the_password(tmp_path: Path) -> None:
    for dsn in (f"postgresql://clerk:sesame@/shop?host={tmp_path}", "postgresql://clerk:sesame@127.0.0.1:1/shop"):
        refused = refusal(dsn)
        assert "No PostgreSQL answers" in refused.problem
        assert "Is it running" in refused.hint
        assert "sesame" not in str(refused)


def test_a_database_that_is_not_there_is_said_by_name(server: str) -> None:
    refused = refusal(with_database(server, "no such shop"))
    assert "no such shop" in refused.problem
    assert "Create it" in refused.hint


def test_a_user_who_is_not_known_is_refused(server: str) -> None:
    refused = refusal(server.replace("://", "://nobody-of-that-name:wrong@", 1).replace("@postgres@", "@"))
    assert "refused" in refused.problem


@pytest.mark.parametrize("dsn", ["nonsense", "mysql://localhost/shop", "postgresql://localhost:many/shop"])
def test_an_address_that_is_not_one_is_refused_with_the_right_form(dsn: str) -> None:
    assert "postgresql://user:password@host:5432/database" in refusal(dsn).hint


def test_a_server_that_is_too_old_is_refused(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OLDEST", 99)
    assert "needs 99 or newer" in refusal(server).hint


@pytest.mark.parametrize(
    ("dsn", "expected"),
    [
        ("postgresql://postgres@/a?host=%2Ftmp%2Fx", "postgresql://postgres@/b?host=%2Ftmp%2Fx"),
        ("postgresql://u:p@h:1/a", "postgresql://u:p@h:1/b"),
        ("postgresql:///a?host=/tmp", "postgresql:///b?host=/tmp"),
    ],
)
def test_the_database_of_an_address_can_be_exchanged(dsn: str, expected: str) -> None:
    assert with_database(dsn, "b") == expected


def test_a_transaction_keeps_all_or_nothing(database: str) -> None:
    async def go() -> int | None:
        async with pool(database, size=2) as connections:
            async with transaction(connections) as connection:
                await connection.execute("create table till (coin bytea)")
                await connection.execute("insert into till values ($1)", b"\x00\xff")
            with pytest.raises(FileNotFoundError):
                async with transaction(connections) as connection:
                    await connection.execute("delete from till")
                    raise FileNotFoundError("receipt.csv")
            async with transaction(connections, readonly=True) as connection:
                assert await connection.fetchval("select coin from till") == b"\x00\xff"
            with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
                async with transaction(connections, readonly=True) as connection:
                    await connection.execute("delete from till")
            return await connections.fetchval("select count(*) from till")

    assert asyncio.run(go()) == 1


def test_a_server_killed_in_the_middle_of_a_transaction_is_one_clear_exception(data_folder: Path) -> None:
    async def go(dsn: str, pid: int) -> None:
        async with pool(dsn, size=1) as connections:
            with pytest.raises(DatabaseUnavailable, match="went away") as gone:
                async with transaction(connections) as connection:
                    await connection.execute("create table till (coin int)")
                    os.kill(pid, signal.SIGKILL)
                    os.kill(connection.get_server_pid(), signal.SIGKILL)
                    await connection.execute("insert into till values (1)")
            assert "Start the server again" in gone.value.hint
            with pytest.raises(DatabaseUnavailable, match="went away"):
                async with transaction(connections):
                    pass

    with start(data_folder) as server:
        assert server.pid is not None
        asyncio.run(go(server.dsn(), server.pid))
