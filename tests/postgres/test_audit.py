"""The audit log: rows in one chain whoever writes at once, and whatever somebody does to them is found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest

from regulars.audit.decide import genesis
from regulars.audit.model import Entry, Head, Recorded, Verdict
from regulars.audit.store import page, record, verify
from regulars.flows.entering import enter
from regulars.ledger.tenants import tenant_number
from regulars.postgres.connect import Connection, Pool, connect, pool, transaction

ROWS = 6
Meddle = Callable[[Connection, int], Awaitable[object]]


@asynccontextmanager
async def office(database: str, tenant: str = "shop", size: int = 4) -> AsyncIterator[tuple[Pool, int]]:
    """A tenant's connections, as the service has them, and its number."""
    async with pool(await enter(database, tenant, make=True), size=size) as connections:
        number = await tenant_number(connections, tenant)
        assert number is not None
        yield connections, number


def entry(n: int = 1) -> Entry:
    return Entry("staff:ana", "key.made", f"key:{n}", "cli", {"scopes": []}, {"scopes": ["events:write"], "limit": n})


async def write(connections: Pool, tenant: int, n: int = 1) -> Recorded:
    async with transaction(connections) as connection:
        return await record(connection, tenant, entry(n))


def test_a_chain_that_nobody_touched_is_whole_and_says_where_it_ends(database: str) -> None:
    async def story() -> None:
        async with office(database) as (connections, tenant):
            empty = await verify(connections, tenant)
            assert (empty.holds, empty.head) == (True, genesis(tenant))
            rows = [await write(connections, tenant, n) for n in range(1, ROWS + 1)]
            verdict = await verify(connections, tenant)
            assert verdict == Verdict(ROWS, Head(ROWS, rows[-1].hash), 0, ())
            assert await page(connections, tenant) == tuple(reversed(rows))
            assert [row.n for row in await page(connections, tenant, before=4, limit=2)] == [3, 2]
            assert (await verify(connections, tenant, Head(3, rows[2].hash))).holds

    asyncio.run(story())


def test_rows_written_at_once_follow_one_another(database: str) -> None:
    async def story() -> None:
        async with office(database, size=8) as (connections, tenant), office(database, "other") as (others, other):
            await asyncio.gather(
                *(write(connections, tenant, n) for n in range(40)), *(write(others, other, n) for n in range(10))
            )
            assert [(await verify(*place)).rows for place in ((connections, tenant), (others, other))] == [40, 10]
            assert (await verify(connections, tenant)).holds
            assert (await verify(others, other)).holds

    asyncio.run(story())


def test_a_row_stands_or_falls_with_its_act(database: str) -> None:
    async def story() -> None:
        async with office(database) as (connections, tenant):
            with pytest.raises(RuntimeError, match="thought better"):
                async with transaction(connections) as connection:
                    await record(connection, tenant, entry())
                    raise RuntimeError("thought better of it")
            assert await page(connections, tenant) == ()
            assert (await verify(connections, tenant)).holds
            with pytest.raises(AssertionError, match="stands or falls"):
                async with connections.acquire() as connection:
                    await record(connection, tenant, entry())

    asyncio.run(story())


def test_personal_data_does_not_get_in(database: str) -> None:
    async def story() -> None:
        async with office(database) as (connections, tenant):
            for name in ("email", "phone", "token", "password"):
                with pytest.raises(AssertionError, match="personal"):
                    async with transaction(connections) as connection:
                        await record(connection, tenant, Entry("staff:ana", "x", "y", after={name: "secret"}))

    asyncio.run(story())


def test_the_service_itself_can_only_add(database: str) -> None:
    async def story() -> None:
        async with office(database) as (connections, tenant):
            await write(connections, tenant)
            for statement in ("update audit_log set actor = 'x'", "delete from audit_log", "truncate audit_log"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connections.execute(statement)
            owner = await connect(database)
            with pytest.raises(asyncpg.RestrictViolationError):
                await owner.execute("delete from audit_log")
            await owner.close()

    asyncio.run(story())


async def changed(owner: Connection, tenant: int) -> None:
    await owner.execute("update audit_log set actor = 'staff:eve' where tenant = $1 and n = 3", tenant)


async def facts_changed(owner: Connection, tenant: int) -> None:
    await owner.execute("update audit_log set after = replace(after, '3', '4') where tenant = $1 and n = 3", tenant)


async def later(owner: Connection, tenant: int) -> None:
    await owner.execute("update audit_log set at = at + interval '1 microsecond' where tenant = $1 and n = 3", tenant)


async def spoilt(owner: Connection, tenant: int) -> None:
    await owner.execute("update audit_log set before = 'no json' where tenant = $1 and n = 3", tenant)


async def removed(owner: Connection, tenant: int) -> None:
    await owner.execute("delete from audit_log where tenant = $1 and n = 3", tenant)


async def removed_and_closed_up(owner: Connection, tenant: int) -> None:
    await owner.execute("delete from audit_log where tenant = $1 and n = 3", tenant)
    for n in range(4, ROWS + 1):
        await owner.execute("update audit_log set n = n - 1 where tenant = $1 and n = $2", tenant, n)


async def inserted(owner: Connection, tenant: int) -> None:
    for n in range(ROWS, 2, -1):
        await owner.execute("update audit_log set n = n + 1 where tenant = $1 and n = $2", tenant, n)
    await owner.execute(
        "insert into audit_log select at, 3, tenant, actor, action, 'key:9', place, before, after, hash from audit_log "
        "where tenant = $1 and n = 2",
        tenant,
    )


async def reordered(owner: Connection, tenant: int) -> None:
    for old, new in ((3, 100), (4, 3), (100, 4)):
        await owner.execute("update audit_log set n = $3 where tenant = $1 and n = $2", tenant, old, new)


async def cut_short(owner: Connection, tenant: int) -> None:
    await owner.execute("delete from audit_log where tenant = $1 and n = $2", tenant, ROWS)


async def emptied(owner: Connection, tenant: int) -> None:
    await owner.execute("delete from audit_log where tenant = $1", tenant)


async def end_forgotten(owner: Connection, tenant: int) -> None:
    await owner.execute("delete from audit_heads where tenant = $1", tenant)


async def appended(owner: Connection, tenant: int) -> None:
    await owner.execute(
        "insert into audit_log select at, n + 1, tenant, actor, action, subject, place, before, after, hash from audit_log "
        "where tenant = $1 and n = $2",
        tenant,
        ROWS,
    )


MEDDLINGS: list[Meddle] = [
    changed,
    facts_changed,
    later,
    spoilt,
    removed,
    removed_and_closed_up,
    inserted,
    reordered,
    cut_short,
    emptied,
    end_forgotten,
    appended,
]


async def meddled(database: str, tenant: int, meddle: Meddle) -> None:
    """Does it as somebody who owns the server and has turned the triggers off."""
    owner = await connect(database)
    await owner.execute("set session_replication_role = replica")
    await meddle(owner, tenant)
    await owner.close()


@pytest.mark.parametrize("meddle", MEDDLINGS, ids=lambda meddle: meddle.__name__)
def test_whatever_is_done_to_a_row_is_found(database: str, meddle: Meddle) -> None:
    async def story() -> None:
        async with office(database) as (connections, tenant), office(database, "other") as (others, other):
            for n in range(1, ROWS + 1):
                await write(connections, tenant, n)
                await write(others, other, n)
            await meddled(database, tenant, meddle)
            verdict = await verify(connections, tenant)
            assert not verdict.holds
            assert verdict.first[0].n in {3, ROWS, ROWS + 1, 4}
            assert (await verify(others, other)).holds

    asyncio.run(story())


def test_a_chain_cut_short_with_its_end_is_found_by_whoever_noted_the_end(database: str) -> None:
    async def story() -> None:
        async with office(database) as (connections, tenant):
            rows = [await write(connections, tenant, n) for n in range(1, ROWS + 1)]

            async def cut(owner: Connection, of: int) -> None:
                await cut_short(owner, of)
                before = rows[-2]
                await owner.execute(
                    "update audit_heads set n = $2, hash = $3 where tenant = $1", of, before.n, before.hash
                )

            await meddled(database, tenant, cut)
            assert (await verify(connections, tenant)).holds
            noted = await verify(connections, tenant, Head(ROWS, rows[-1].hash))
            assert [fault.says for fault in noted.first] == ["the row that was noted is not in the chain"]

    asyncio.run(story())


def test_many_faults_are_counted_and_the_first_are_named(database: str) -> None:
    async def story() -> None:
        async with office(database) as (connections, tenant):
            for n in range(30):
                await write(connections, tenant, n)

            async def all_changed(owner: Connection, of: int) -> None:
                await owner.execute("update audit_log set actor = 'staff:eve' where tenant = $1", of)

            await meddled(database, tenant, all_changed)
            verdict = await verify(connections, tenant)
            assert (verdict.faults, len(verdict.first), verdict.rows) == (30, 10, 30)

    asyncio.run(story())
