"""A database that is spread over shards: what crosses them, and what was there before it was spread.

Everything else of the suite says the same of a cluster as of one machine, when it is pointed at one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from tests.ledger_factory import Shop, run

from regulars.ledger.shards import CitusShards
from regulars.ledger.sweep import sweep
from regulars.postgres import citus
from regulars.postgres.clusters import create_database, drop_database
from regulars.postgres.connect import connect, with_database
from regulars.postgres.migrate import migrate, migrations
from regulars.postgres.placings import PLACINGS, Home

MEMBERS = [f"member-{n}" for n in range(24)]


@pytest.fixture(autouse=True)
def a_cluster(cluster: bool) -> None:
    if not cluster:
        pytest.skip("needs Citus: set REGULARS_TEST_DATABASE_URL to a server that has it")


def test_a_batch_of_members_of_all_shards_is_recorded_and_answered_in_order(database: str) -> None:
    async def story(shop: Shop) -> None:
        assert len(set(await CitusShards(shop.pool).of(MEMBERS))) > 1
        batch = [shop.event(f"e-{member}", member=member) for member in MEMBERS]
        outcomes = await shop.poster.post(batch)
        assert [(o.event_id, o.refusal) for o in outcomes] == [(event.id, None) for event in batch]
        again = await shop.poster.post(batch)
        assert all(outcome.repeated for outcome in again)
        back = [shop.event(f"r-{member}", "return", member=member, of=f"e-{member}") for member in MEMBERS]
        assert all(outcome.refusal is None for outcome in await shop.poster.post(back))
        assert await shop.broken() == set()

    run(database, story)


def test_a_sweep_finds_what_is_due_on_every_shard(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.poster.post([shop.event(f"e-{member}", member=member) for member in MEMBERS])
        swept = await sweep(shop.poster, shop.moment("2029-01-01T00:00"), page=5)
        assert swept.ticks >= len(MEMBERS)
        assert swept.stuck == ()
        assert [await shop.points(member, at="2029-01-01T00:00") for member in MEMBERS] == [0] * len(MEMBERS)
        assert await shop.broken() == set()

    run(database, story)


@pytest.fixture
def unspread(server: str, numbers: Iterator[int]) -> Iterator[str]:
    """A database that could be spread and is not."""
    name = f"regulars_unspread_{next(numbers)}"

    async def make() -> None:
        admin = await connect(server)
        await drop_database(admin, name)
        await create_database(admin, name)
        await admin.close()
        connection = await connect(with_database(server, name))
        await connection.execute("create extension citus")
        await migrate(connection, migrations())
        await connection.close()

    async def drop() -> None:
        admin = await connect(server)
        await drop_database(admin, name)
        await admin.close()

    asyncio.run(make())
    yield with_database(server, name)
    asyncio.run(drop())


def test_what_was_recorded_before_a_database_is_spread_is_there_after_it(unspread: str) -> None:
    async def before(shop: Shop) -> None:
        await shop.poster.post([shop.event(f"e-{member}", member=member) for member in MEMBERS])

    async def spread() -> None:
        connection = await connect(unspread)
        moved = await citus.distribute(connection)
        assert {one.table for one in moved} == {one.table for one in PLACINGS.values() if one.home is not Home.KEPT}
        assert await citus.is_spread(connection)
        assert await citus.distribute(connection) == ()
        await connection.close()

    async def after(shop: Shop) -> None:
        again = await shop.poster.post([shop.event(f"e-{member}", member=member) for member in MEMBERS])
        assert all(outcome.repeated for outcome in again)
        later = await shop.poster.post([shop.event(f"f-{member}", member=member) for member in MEMBERS])
        assert all(outcome.refusal is None and not outcome.repeated for outcome in later)
        assert await shop.broken() == set()

    run(unspread, before)
    asyncio.run(spread())
    run(unspread, after)
