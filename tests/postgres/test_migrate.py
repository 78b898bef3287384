"""Migrations: applied once, in order, whole or not at all, and refused when they have changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from regulars.postgres.clusters import create_database, drop_database
from regulars.postgres.connect import Connection, connect, with_database
from regulars.postgres.migrate import Migration, MigrationRefused, migrate, pending, read_folder

FIRST = Migration(1, "shelves", "create table shelves (id int primary key); insert into shelves values (1);")
SECOND = Migration(2, "labels", "alter table shelves add label text;")


@pytest.fixture
def empty(server: str, numbers: Iterator[int]) -> Iterator[str]:
    """A database without any schema."""
    name = f"regulars_empty_{id(object())}_{next(numbers)}"

    async def admin(act: Callable[[Connection, str], Awaitable[None]]) -> None:
        connection = await connect(server)
        await act(connection, name)
        await connection.close()

    asyncio.run(admin(create_database))
    yield with_database(server, name)
    asyncio.run(admin(drop_database))


def run(dsn: str, *migrations: Migration) -> tuple[Migration, ...]:
    async def go() -> tuple[Migration, ...]:
        connection = await connect(dsn)
        try:
            return await migrate(connection, migrations)
        finally:
            await connection.close()

    return asyncio.run(go())


def value(dsn: str, sql: str) -> object:
    async def go() -> object:
        connection = await connect(dsn)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(go())


def test_each_migration_is_applied_once_and_recorded(empty: str) -> None:
    assert run(empty, FIRST) == (FIRST,)
    assert run(empty, FIRST, SECOND) == (SECOND,)
    assert run(empty, FIRST, SECOND) == ()
    assert value(empty, "select string_agg(name, ',' order by version) from schema_migrations") == "shelves,labels"
    assert value(empty, "select count(label) + count(*) from shelves") == 1


def test_a_migration_that_changed_after_it_ran_is_refused(empty: str) -> None:
    run(empty, FIRST)
    with pytest.raises(MigrationRefused, match="0001_shelves has changed"):
        run(empty, replace(FIRST, sql=FIRST.sql + " "), SECOND)
    assert value(empty, "select count(*) from schema_migrations") == 1


def test_a_database_ahead_of_the_program_is_refused(empty: str) -> None:
    run(empty, FIRST, SECOND)
    with pytest.raises(MigrationRefused, match="needs a newer"):
        run(empty, FIRST)


def test_a_step_that_fails_leaves_nothing_and_the_steps_before_it_stay(empty: str) -> None:
    broken = Migration(2, "broken", "create table half (id int); select 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        run(empty, FIRST, broken)
    assert value(empty, "select to_regclass('half')") is None
    assert run(empty, FIRST, SECOND) == (SECOND,)


def test_two_that_migrate_at_once_take_turns(empty: str) -> None:
    async def both() -> list[tuple[Migration, ...]]:
        connections = [await connect(empty) for _ in range(2)]
        try:
            return await asyncio.gather(*(migrate(connection, (FIRST, SECOND)) for connection in connections))
        finally:
            for connection in connections:
                await connection.close()

    assert sorted(asyncio.run(both()), key=len) == [(), (FIRST, SECOND)]


def test_what_is_pending_can_be_asked_without_changing_anything(empty: str) -> None:
    async def ask() -> tuple[Migration, ...]:
        connection = await connect(empty)
        try:
            return await pending(connection, (FIRST, SECOND))
        finally:
            await connection.close()

    assert asyncio.run(ask()) == (FIRST, SECOND)
    assert value(empty, "select to_regclass('schema_migrations')") is None
    run(empty, FIRST)
    assert asyncio.run(ask()) == (SECOND,)


def test_files_are_read_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "0002_labels.sql").write_bytes(SECOND.sql.encode() + b"\r\n")
    (tmp_path / "0001_shelves.sql").write_text(FIRST.sql)
    (tmp_path / "notes.txt").write_text("not a migration")
    assert read_folder(tmp_path) == (FIRST, replace(SECOND, sql=SECOND.sql + "\n"))


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["0001_a.sql", "0003_c.sql"], "0002 is missing"),
        (["0001_a.sql", "0001_b.sql"], "there twice"),
        (["0000_a.sql"], "0001 is missing"),
        (["first.sql"], "NNNN_title"),
        (["0001_Big.sql"], "NNNN_title"),
    ],
)
def test_names_that_leave_the_order_open_are_refused(tmp_path: Path, names: list[str], message: str) -> None:
    for name in names:
        (tmp_path / name).write_text("select 1")
    with pytest.raises(MigrationRefused, match=message):
        read_folder(tmp_path)


def test_the_schema_that_ships_can_be_read_and_is_what_a_test_database_has(database: str) -> None:
    assert value(database, "select to_regclass('schema_migrations') is not null") is True
