"""The schema: the same from `schema.sql` as from all migrations; programs published once and for good; bodies kept whole."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger_factory import PROGRAM, Shop, program, run

from regulars.ledger.programs import Version, open_book, publish, published
from regulars.ledger.statements import sql
from regulars.ledger.stored import pack_body, unpack_body
from regulars.postgres.clusters import create_database, drop_database
from regulars.postgres.connect import connect, with_database
from regulars.postgres.placings import PLACINGS
from regulars.words.refusals import Refusal

PLANS = ("Seq Scan", "Hash Join", "Merge Join", "Materialize")
CATALOGUE = """
select 'column', table_name || '.' || column_name, ordinal_position || ' ' || data_type || ' ' || is_nullable || ' '
       || coalesce(column_default, '') || coalesce(identity_generation, '') || coalesce(collation_name, '')
from information_schema.columns where table_schema = 'public'
union all
select 'index', indexname, indexdef from pg_indexes where schemaname = 'public'
union all
select 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) from pg_constraint
where connamespace = 'public'::regnamespace
union all
select 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
union all
select 'function', proname, prosrc from pg_proc where pronamespace = 'public'::regnamespace
union all
select 'policy', tablename || '.' || policyname, cmd || ' ' || coalesce(qual, '') || coalesce(with_check, '') from pg_policies
where schemaname = 'public'
union all
select 'options', relname, array_to_string(reloptions, ',') from pg_class
where relnamespace = 'public'::regnamespace and reloptions is not null
order by 1, 2, 3
"""


def schemas() -> list[str]:
    """What each room says its tables are, the ledger's first: others may lean on it."""
    found = sorted(files("regulars").glob("*/schema.sql"), key=lambda path: (path.parent.name != "ledger", path))  # type: ignore[attr-defined]
    return [path.read_text(encoding="utf-8") for path in found]


def test_schema_sql_and_all_migrations_make_the_same_database(
    server: str, database: str, numbers: Iterator[int]
) -> None:
    async def catalogue(dsn: str) -> list[tuple[str, ...]]:
        connection = await connect(dsn)
        rows = await connection.fetch(CATALOGUE)
        await connection.close()
        return [tuple(row) for row in rows if "schema_migrations" not in str(tuple(row))]

    async def story() -> None:
        name = f"regulars_schema_{next(numbers)}"
        admin = await connect(server)
        await create_database(admin, name)
        try:
            made = await connect(with_database(server, name))
            for schema in schemas():
                await made.execute(schema)
            await made.close()
            from_schema = await catalogue(with_database(server, name))
        finally:
            await drop_database(admin, name)
            await admin.close()
        from_migrations = await catalogue(database)
        assert from_schema == from_migrations
        assert len(from_schema) > 60

    asyncio.run(story())


def test_every_growing_table_has_tenant_and_member_at_the_head_of_its_key(database: str) -> None:
    async def story(shop: Shop) -> None:
        keys = await shop.pool.fetch(
            "select conrelid::regclass::text as name, pg_get_constraintdef(oid) as key from pg_constraint "
            "where contype = 'p' and connamespace = 'public'::regnamespace"
        )
        grows = {one.table for one in PLACINGS.values() if one.column == "member"}
        assert {row["name"] for row in keys if row["key"].startswith("PRIMARY KEY (tenant, member")} == grows

    run(database, story)


def test_every_statement_is_one_that_the_server_takes(database: str) -> None:
    async def story(shop: Shop) -> None:
        async with shop.pool.acquire() as connection:
            for name in sql:
                if ";\nset" not in sql[name]:
                    await connection.prepare(sql[name], name=name)

    run(database, story)


@pytest.mark.parametrize("name", ["lock_members", "recorded", "sales", "lock_budgets", "write_states"])
def test_a_plan_made_while_tables_are_empty_looks_rows_up_by_their_keys(database: str, name: str) -> None:
    async def story(shop: Shop) -> None:
        async with shop.pool.acquire() as connection, connection.transaction():
            await connection.execute(sql.by_keys)
            await connection.execute(f"prepare asked as {sql[name]}")
            nothing = ", ".join("null" for _ in set(re.findall(r"\$\d+", sql[name])))
            rows = await connection.fetch(f"explain execute asked({nothing})")
        plan = "\n".join(row[0] for row in rows)
        assert [word for word in PLANS if word in plan] == [], plan

    run(database, story)


def test_a_program_is_published_once_and_a_later_version_beside_it(database: str) -> None:
    async def story(shop: Shop) -> None:
        again = await publish(shop.pool, shop.tenant, program())
        assert isinstance(again, Version)
        assert again.version == 0
        second = program(PROGRAM.replace("2026-01-01", "2026-06-01").replace("1 per 1.00", "2 per 1.00"))
        later = await publish(shop.pool, shop.tenant, second)
        assert isinstance(later, Version)
        assert (later.version, later.first_day) == (1, second.first)
        assert [version.text for version in await published(shop.pool, shop.tenant, shop.book.slug)] == [
            PROGRAM,
            second.text,
        ]
        book = await open_book(shop.pool, shop.tenant, shop.book.slug)
        assert [machine.program.first for machine in book.machines] == [shop.book.program.first, second.first]

    run(database, story)


def test_a_version_that_would_change_what_was_judged_is_refused(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.one("a", at="2026-03-02T10:00")
        same_day = await publish(shop.pool, shop.tenant, program(PROGRAM + "\n"))
        judged = await publish(shop.pool, shop.tenant, program(PROGRAM.replace("2026-01-01", "2026-03-02")))
        assert [isinstance(r, Refusal) and r.code for r in (same_day, judged)] == [
            "version.not_later",
            "version.judged",
        ]
        after = await publish(shop.pool, shop.tenant, program(PROGRAM.replace("2026-01-01", "2026-03-03")))
        assert isinstance(after, Version)

    run(database, story)


def test_a_version_that_follows_is_published_only_behind_what_it_follows(database: str) -> None:
    async def story(shop: Shop) -> None:
        later = PROGRAM.replace("2026-01-01", "2026-06-01")
        other = await publish(shop.pool, shop.tenant, program(later + "follows: other-shop\n"))
        less = later.replace("  stamps: {lasts: 3 months after last purchase, may_owe: true}\n", "")
        less = less.replace("  stamp: {lines: line.kind == 'drink', give: {stamps: 1 per line.qty}}\n", "")
        less = less.replace(
            "  tenth: {every: 9 stamps, give: {free_drink: 1}}\n",
            "  tenth: {every: 90 points, give: {free_drink: 1}}\n",
        )
        less = less.replace(", stamps: take back", "") + "follows: ledger-shop\n"
        gone = await publish(shop.pool, shop.tenant, program(less))
        assert [isinstance(one, Refusal) and one.code for one in (other, gone)] == ["version.follows", "version.gone"]
        ended = await publish(shop.pool, shop.tenant, program(less + "ends: {stamps: lapse}\n"))
        assert isinstance(ended, Version)
        assert ended.version == 1

    run(database, story)


scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=8)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3)
)
same_lines = st.lists(st.sampled_from("abcde"), min_size=1, unique=True).flatmap(
    lambda names: st.lists(st.fixed_dictionaries(dict.fromkeys(names, values)), min_size=1, max_size=4)
)
any_lines = st.lists(st.dictionaries(st.text(min_size=1, max_size=3), values, max_size=3), max_size=4)
bodies = st.dictionaries(st.text(min_size=1, max_size=6), values, max_size=4).flatmap(
    lambda body: (same_lines | any_lines).map(lambda lines: {**body, "lines": lines})
)


@given(bodies)
def test_a_body_comes_back_as_it_went_in(body: dict[str, Any]) -> None:
    assert unpack_body(pack_body(body)) == body


@given(bodies, st.randoms())
def test_the_order_of_names_does_not_count_in_a_body(body: dict[str, Any], chance: Any) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            items = list(value.items())
            chance.shuffle(items)
            return {key: shuffled(item) for key, item in items}
        return [shuffled(item) for item in value] if isinstance(value, list) else value

    assert pack_body(shuffled(body)) == pack_body(body)


def test_lines_of_one_shape_take_half_the_room() -> None:
    import msgspec

    body = {"lines": [{"department": "GROCERY", "amount": f"{n}.99", "quantity": 1} for n in range(1, 10)]}
    assert len(pack_body(body)) < len(msgspec.msgpack.encode(body)) * 6 / 10
