"""Backups, rehearsed: what was copied while it was written to comes back as of a moment, and the ledger is proved after it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from tests.conftest import NOTHING_TO_LOSE
from tests.ledger_factory import Shop, run

from regulars.postgres import backups
from regulars.postgres.connect import connect
from regulars.postgres.embedded import start
from regulars.postgres.migrate import migrate, migrations
from regulars.postgres.unavailable import DatabaseUnavailable

T = TypeVar("T")
NOW = "select (extract(epoch from clock_timestamp()) * 1000000)::bigint"


def told(folder: Path, story: Callable[[Shop], Awaitable[T]]) -> T:
    """What a story returns that is told in the shop of a data folder, whose server stops after it."""
    with start(folder, NOTHING_TO_LOSE) as server:
        return run(server.dsn(), story)


def shop_in(folder: Path) -> Path:
    """The folder, with the tables in its database."""

    async def made(dsn: str) -> None:
        connection = await connect(dsn)
        await migrate(connection, migrations())
        await connection.close()

    with start(folder, NOTHING_TO_LOSE) as server:
        asyncio.run(made(server.dsn()))
    return folder


def bought(*ids: str) -> Callable[[Shop], Awaitable[int]]:
    """Purchases of two members and the return of one, each in a commit of its own; the moment after the last."""

    async def story(shop: Shop) -> int:
        for number, id in enumerate(ids):
            assert (await shop.one(id, member=f"m{number % 2}")).refusal is None
        assert (await shop.one(f"{ids[0]}-back", "return", member="m0", of=ids[0])).refusal is None
        return int(await shop.pool.fetchval(NOW))

    return story


async def kept(shop: Shop) -> tuple[set[str], set[str]]:
    """The ids of all events, and the laws that do not hold."""
    rows = await shop.pool.fetch("select id from events")
    return {row["id"] for row in rows}, await shop.broken()


def test_a_restore_to_a_moment_has_exactly_the_events_up_to_it_and_every_law_holds(data_folder: Path) -> None:
    shop, store, new = shop_in(data_folder / "shop"), data_folder / "store", data_folder / "new"
    told(shop, bought("a1", "a2"))
    backups.backup(shop, store)
    with start(shop) as server:
        run(server.dsn(), bought("b1"))
        backups.backup(shop, store)
        moment = run(server.dsn(), bought("c1", "c2", "c3"))
        last = run(server.dsn(), bought("d1", "d2"))
    reached = backups.restore(store, new, moment)
    assert reached is not None
    assert reached <= moment < last
    ids, broken = told(new, kept)
    wanted = {"a1", "a2", "b1", "c1", "c2", "c3"}
    assert ids == wanted | {"a1-back", "b1-back", "c1-back"}
    assert broken == set()
    # Life goes on there: what came after the moment can be sent again.
    with start(new) as server:
        run(server.dsn(), bought("d1", "d2"))
        assert run(server.dsn(), kept) == (ids | {"d1", "d2", "d1-back"}, set())


def test_what_cannot_be_restored_is_refused_with_a_hint_and_leaves_no_database(data_folder: Path) -> None:
    shop, store, new = shop_in(data_folder / "shop"), data_folder / "store", data_folder / "new"
    with pytest.raises(DatabaseUnavailable, match="no backup"):
        backups.restore(store, new)
    moment = told(shop, bought("a1"))
    backups.backup(shop, store)
    with pytest.raises(DatabaseUnavailable, match=r"no backup in .* from before"):
        backups.restore(store, new, moment)
    with pytest.raises(DatabaseUnavailable, match="does not reach to") as refused:
        backups.restore(store, new, moment + 10**15)
    assert "--until" in refused.value.hint
    with pytest.raises(DatabaseUnavailable, match="There is a database in"):
        backups.restore(store, shop)
    assert not (new / "postgres").exists()


def test_the_first_backup_wants_the_server_for_itself_and_later_ones_do_not(data_folder: Path) -> None:
    shop, store = shop_in(data_folder / "shop"), data_folder / "store"
    with start(shop), pytest.raises(DatabaseUnavailable, match="somebody else uses it"):
        backups.backup(shop, store)
    first = backups.backup(shop, store)
    with start(shop):
        second = backups.backup(shop, store)
    assert backups.backups(store) == [first, second]
    assert backups.chosen([first, second], None) == second
    assert backups.forget(store, 1) == [first]
    assert backups.backups(store) == [second]
    copied = store / "base" / second / "PG_VERSION"
    version = copied.read_bytes()
    copied.write_bytes(version[:-1] + b" ")
    with pytest.raises(DatabaseUnavailable, match="PG_VERSION is not what"):
        backups.read_again(copied.parent)
    copied.write_bytes(version)
    told(shop, bought("a1"))
    # Without a moment everything comes back that was copied.
    backups.restore(store, data_folder / "new")
    assert told(data_folder / "new", kept) == ({"a1", "a1-back"}, set())
