"""The second lock: whoever works as the service for one tenant reaches no row of another, in any table there is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import quote

import asyncpg
import pytest
from tests.ledger_factory import PROGRAM, open_shop, program

from regulars.flows.entering import enter
from regulars.ledger.programs import publish
from regulars.ledger.sweep import sweep
from regulars.ledger.tenants import tenant_number
from regulars.postgres.clusters import quoted
from regulars.postgres.connect import Connection, connect, pool
from regulars.postgres.second_lock import NOBODY, ROLE, entered, fit, standing

T = TypeVar("T")

REFUSED = (asyncpg.InsufficientPrivilegeError, asyncpg.GeneratedAlwaysError)
"""For want of a right; or since the number of a tenant is nobody's to choose."""
NEVER_CHANGED = {"events", "movements", "versions", "refs", "audit_log"}
TABLES = """
select c.relname::text as name, c.relrowsecurity as locked,
       exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant') as has_tenant,
       array(select p.polcmd::text from pg_policy p where p.polrelid = c.oid order by 1) as policies
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
order by 1
"""
COLUMNS = """
select a.attname::text as name, format_type(a.atttypid, null) as type, a.attnum as place
from pg_attribute a
where a.attrelid = $1::text::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
order by a.attnum
"""
VALUES: dict[str, Callable[[int], Any]] = {
    "bytea": lambda n: f"'\\x{n:02x}'::bytea",
    "text": lambda n: f"'x{n}'",
    "timestamp with time zone": lambda _: "now()",
    "date": lambda _: "current_date",
    "boolean": lambda _: "false",
    "jsonb": lambda _: "'{}'::jsonb",
    "uuid": lambda n: f"'{n:032x}'::uuid",
}


def told(story: Callable[[], Awaitable[T]]) -> T:
    async def go() -> T:
        return await story()

    return asyncio.run(go())


@asynccontextmanager
async def both(database: str) -> AsyncIterator[tuple[Connection, Connection, int, int]]:
    """The owner of the tables, the service for the tenant `ours`, and the numbers of `ours` and `theirs`."""
    address = await enter(database, "ours", make=True)
    await enter(database, "theirs", make=True)
    owner, service = await connect(database), await connect(address)
    ours, theirs = [await tenant_number(owner, slug) for slug in ("ours", "theirs")]
    assert ours is not None
    assert theirs is not None
    try:
        yield owner, service, ours, theirs
    finally:
        await owner.close()
        await service.close()


async def tables(owner: Connection) -> list[str]:
    return [row["name"] for row in await owner.fetch(TABLES) if row["has_tenant"]]


def value_of(type: str, n: int) -> str:
    """A value of a type, another one for each column; numbers are written as they are."""
    return f"'{{}}'::{type}" if type.endswith("[]") else str(VALUES.get(type, str)(n))


async def row_of(owner: Connection, table: str, tenant: int) -> tuple[str, str]:
    """Columns and values of some row of the tenant."""
    columns = await owner.fetch(COLUMNS, table)
    values = [str(tenant) if one["name"] == "tenant" else value_of(one["type"], one["place"]) for one in columns]
    return ", ".join(quoted(column["name"]) for column in columns), ", ".join(values)


async def plant(owner: Connection, table: str, tenant: int) -> None:
    """A row of the tenant; what it would have to refer to, or what its columns would have to fit, does not matter here."""
    for name in await owner.fetch(
        "select conname from pg_constraint where conrelid = $1::text::regclass and contype = 'c'", table
    ):
        await owner.execute(f"alter table {quoted(table)} drop constraint {quoted(name[0])}")
    columns, values = await row_of(owner, table, tenant)
    async with owner.transaction():
        await owner.execute("set local session_replication_role = replica")
        await owner.execute(
            f"insert into {quoted(table)} ({columns}) overriding system value values ({values}) on conflict do nothing"
        )


async def refused_or_nothing(connection: Connection, statement: str) -> bool:
    """Whether a statement is refused for want of a right, or finds no row to work on."""
    try:
        status = await connection.execute(statement)
    except REFUSED:
        return True
    return status.rpartition(" ")[2] == "0"


async def unlocked(owner: Connection) -> list[str]:
    """The tables with a tenant that a migration has forgotten to guard."""
    rows = [row for row in await owner.fetch(TABLES) if row["has_tenant"]]
    return [row["name"] for row in rows if not row["locked"] or not row["policies"] or "*" in row["policies"]]


def test_every_table_has_its_tenant_and_is_locked_by_it(database: str) -> None:
    async def story() -> None:
        owner = await connect(database)
        rows = await owner.fetch(TABLES)
        assert [row["name"] for row in rows if not row["has_tenant"]] == ["schema_migrations"]
        assert await unlocked(owner) == [], "a migration ends with `select guard('table', 'select insert …')`"
        await owner.execute("create table forgotten (tenant integer primary key)")
        assert await unlocked(owner) == ["forgotten"]
        await owner.close()

    told(story)


def test_rows_of_another_tenant_can_neither_be_seen_nor_touched_in_any_table(database: str) -> None:
    async def story() -> None:
        async with both(database) as (owner, service, ours, theirs):
            names = await tables(owner)
            assert len(names) > 15
            for table in names:
                await plant(owner, table, theirs)
                await plant(owner, table, ours)
                name = quoted(table)
                assert await owner.fetchval(f"select count(*) from {name} where tenant = {theirs}") == 1, table
                assert await service.fetchval(f"select count(*) from {name} where tenant = {theirs}") == 0, table
                assert await service.fetchval(f"select count(*) from {name} where tenant = {ours}") == 1, table
                where = f"where tenant = {theirs}"
                assert await refused_or_nothing(service, f"update {name} set tenant = {ours} {where}"), table
                assert await refused_or_nothing(service, f"delete from {name} {where}"), table
                columns, values = await row_of(owner, table, theirs)
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await service.execute(f"insert into {name} ({columns}) overriding system value values ({values})")
                assert await owner.fetchval(f"select count(*) from {name} where tenant = {theirs}") == 1, table

    told(story)


def test_a_row_cannot_be_moved_to_another_tenant(database: str) -> None:
    async def story() -> None:
        async with both(database) as (owner, service, ours, theirs):
            for table in await tables(owner):
                await plant(owner, table, ours)
                with pytest.raises(REFUSED):
                    await service.execute(f"update {quoted(table)} set tenant = {theirs} where tenant = {ours}")

    told(story)


def test_what_is_only_ever_added_to_cannot_be_changed_by_the_service_for_want_of_a_right(database: str) -> None:
    async def story() -> None:
        async with both(database) as (owner, service, _, _):
            changes = await owner.fetch(
                """
                select c.relname::text as name, said.one as "right"
                from pg_class c cross join unnest(array['update', 'delete', 'truncate']) as said (one)
                where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and has_table_privilege($1, c.oid, said.one)
                """,
                ROLE,
            )
            may = {(row["name"], row["right"]) for row in changes}
            assert not {name for name, _ in may} & NEVER_CHANGED
            assert not {name for name, right in may if right == "truncate"}
            append_only = await owner.fetch(
                "select tgrelid::regclass::text as name from pg_trigger where tgname = 'append_only'"
            )
            assert {row["name"] for row in append_only} >= NEVER_CHANGED
            assert not {row["name"] for row in append_only} & {name for name, _ in may}
            for table in NEVER_CHANGED:
                for statement in (f"update {table} set tenant = tenant", f"delete from {table}", f"truncate {table}"):
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await service.execute(statement)
            for statement in (
                "create table extra (n integer)",
                f"alter table events owner to {ROLE}",
                "drop table events",
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await service.execute(statement)

    told(story)


def test_role_and_tenant_stay_on_a_connection_that_goes_back_to_its_pool(database: str) -> None:
    async def story() -> None:
        address = await enter(database, "ours", make=True)
        async with pool(address, size=1) as connections:
            for _ in range(2):
                row = await connections.fetchrow(
                    "select current_user::text as who, current_setting('regulars.tenant') as tenant"
                )
                assert row is not None
                assert (row["who"], int(row["tenant"])) == (ROLE, await tenant_number(connections, "ours"))
                async with connections.acquire() as connection:
                    await connection.execute("set regulars.tenant = 999")
                    assert await connection.fetchval("select count(*) from tenants") == 0

    told(story)


def test_a_program_lives_its_whole_life_as_the_service(database: str) -> None:
    async def story() -> None:
        address = await enter(database, "shop", make=True)
        await enter(database, "other", make=True)
        async with pool(address, size=4) as connections:
            shop = await open_shop(address, connections, "shop")
            await shop.one("a", lines=[{"amount": "80.00", "kind": "food"}])
            await shop.one("join", "join", "bob", referred_by="ann")
            await shop.one("b", member="bob")
            await shop.one("back", "return", of="a", lines=[{"line": 1, "amount": "10.00"}])
            await sweep(shop.poster, shop.moment("2026-12-31"))
            assert await connections.fetchval("select count(*) from events") > 5
            assert await shop.broken() == set()
            later = program(PROGRAM.replace("2026-01-01", "2026-06-01"))
            await publish(connections, "shop", later)
        async with pool(await enter(database, "other"), size=1) as connections:
            assert await connections.fetchval("select count(*) from events") == 0
            assert await connections.fetchval("select count(*) from programs") == 0

    told(story)


def test_whoever_names_a_tenant_that_is_not_there_sees_nothing_and_makes_nothing(database: str) -> None:
    async def story() -> None:
        address = await enter(database, "nowhere")
        assert f"regulars.tenant={NOBODY}" in address
        service = await connect(address)
        assert await service.fetchval("select count(*) from tenants") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await service.execute("insert into tenants (slug) values ('mine')")
        await service.close()

    told(story)


def test_rights_that_nobody_meant_to_give_are_taken_back(database: str) -> None:
    async def story() -> None:
        owner = await connect(database)
        assert await fit(owner)
        await owner.execute(f"grant all on events, audit_log to {ROLE}")
        await owner.execute(f"revoke insert on movements from {ROLE}")
        assert await fit(owner)
        rights = [
            await owner.fetchval("select has_table_privilege($1, $2, $3)", ROLE, table, right)
            for table, right in (
                ("events", "update"),
                ("audit_log", "truncate"),
                ("movements", "insert"),
                ("events", "select"),
            )
        ]
        assert rights == [False, False, True, True]
        await owner.close()

    told(story)


@asynccontextmanager
async def person(database: str, name: str, rights: str = "") -> AsyncIterator[str]:
    """The address of an ordinary person of the server who owns the database's tables; gone afterwards."""
    admin = await connect(database)
    await admin.execute(f"create role {name} login {rights} password 'sesame'")
    try:
        for row in await admin.fetch(TABLES):
            await admin.execute(f"alter table {quoted(row['name'])} owner to {name}")
        head, _, rest = database.partition("://")
        yield f"{head}://{name}:{quote('sesame')}@{rest.rpartition('@')[2]}"
    finally:
        for row in await admin.fetch(TABLES):
            await admin.execute(f"alter table {quoted(row['name'])} owner to current_user")
        await admin.execute(f"drop owned by {name}; drop role {name}")
        await admin.close()


def test_an_owner_who_may_make_no_role_still_works_and_is_told_what_is_missing(database: str) -> None:
    async def story() -> None:
        async with person(database, "plain_owner") as dsn:
            address = await enter(dsn, "shop", make=True)
            assert ROLE not in address
            connection = await connect(address)
            found = await standing(connection)
            assert not found.locked
            assert f"create role {ROLE}" in found.hint
            assert '"plain_owner"' in found.hint
            await connection.close()
            async with pool(address, size=1) as connections:
                shop = await open_shop(address, connections, "shop")
                assert (await shop.one("a")).refusal is None

    told(story)


def test_an_owner_who_was_given_the_role_is_locked_from_the_next_start_on(database: str) -> None:
    async def story() -> None:
        admin = await connect(database)
        await fit(admin)
        async with person(database, "given_owner") as dsn:
            assert ROLE not in await enter(dsn, "shop", make=True)
            await admin.execute(f"grant {ROLE} to given_owner")
            address = await enter(dsn, "shop", make=True)
            connection = await connect(address)
            assert (await standing(connection)).locked
            assert await connection.fetchval("select current_user::text") == ROLE
            await connection.close()
            await admin.execute(f"revoke {ROLE} from given_owner")
        await admin.close()

    told(story)


def test_somebody_with_the_role_alone_is_locked_and_owns_nothing(database: str) -> None:
    async def story() -> None:
        await enter(database, "ours", make=True)
        admin = await connect(database)
        await admin.execute(f"create role servant login password 'sesame' in role {ROLE}")
        head, _, rest = database.partition("://")
        try:
            address = await enter(f"{head}://servant:sesame@{rest.rpartition('@')[2]}", "ours")
            connection = await connect(address)
            assert (await standing(connection)).locked
            assert await connection.fetchval("select slug from tenants") == "ours"
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await enter(f"{head}://servant:sesame@{rest.rpartition('@')[2]}", "new", make=True)
            await connection.close()
        finally:
            await admin.execute("drop role servant")
            await admin.close()

    told(story)


@pytest.mark.parametrize(
    ("dsn", "expected"),
    [
        ("postgresql:///a", "postgresql:///a?regulars.tenant=7&role=regulars_service"),
        (
            "postgresql://u:p@h/a?host=%2Ftmp",
            "postgresql://u:p@h/a?host=%2Ftmp&regulars.tenant=7&role=regulars_service",
        ),
        ("postgresql://h/a?role=x&regulars.tenant=1", "postgresql://h/a?regulars.tenant=7&role=regulars_service"),
    ],
)
def test_an_address_takes_on_one_tenant_and_one_role(dsn: str, expected: str) -> None:
    assert entered(dsn, 7) == expected
    assert entered(expected, 8, role=False) == expected.replace("tenant=7", "tenant=8").replace(f"&role={ROLE}", "")
