"""Where tables live on a cluster: every table of the schema has its place, and keys that make it possible."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from regulars.ledger.statements import spread_sql, sql
from regulars.postgres import citus, queries
from regulars.postgres.citus import ForeignKey, may_stay
from regulars.postgres.connect import connect
from regulars.postgres.placings import FIRST, PLACINGS, Home
from regulars.postgres.unavailable import DatabaseUnavailable
from regulars.webhooks import store as webhooks

SHARD = re.compile(r"_\d{6}$|^citus_|^pg_")
KEYS = """
select c.relname as name, i.indexrelid::regclass::text as key,
       array(select a.attname::text from pg_attribute a where a.attrelid = i.indexrelid) as columns
from pg_class c left join pg_index i on i.indrelid = c.oid and i.indisunique
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
"""


def asked(dsn: str, statement: str) -> list[Any]:
    async def ask() -> list[Any]:
        connection = await connect(dsn)
        try:
            return list(await connection.fetch(statement))
        finally:
            await connection.close()

    return [row for row in asyncio.run(ask()) if not SHARD.search(row["name"])]


def test_every_table_has_a_place_with_its_reason_and_no_place_is_without_its_table(database: str) -> None:
    assert {row["name"] for row in asked(database, KEYS)} == set(PLACINGS)
    assert [one.table for one in PLACINGS.values() if not one.why.endswith(".")] == []


def test_every_key_of_a_table_that_is_spread_has_the_column_that_it_is_spread_by(database: str) -> None:
    keys = [row for row in asked(database, KEYS) if PLACINGS[row["name"]].home is Home.SPREAD]
    assert [row["key"] for row in keys if PLACINGS[row["name"]].column not in row["columns"]] == []
    assert {row["name"] for row in keys} >= {"events", "identifiers", "people"}


def test_a_table_has_a_column_to_be_spread_by_when_it_is_spread_and_only_then() -> None:
    assert [one.table for one in PLACINGS.values() if bool(one.column) != (one.home is Home.SPREAD)] == []
    assert PLACINGS[FIRST].column == "member"


@pytest.mark.parametrize(
    ("source", "target", "columns", "stays"),
    [
        ("imports", "programs", ("tenant", "program"), True),
        ("people", "tenants", ("tenant",), False),
        ("movements", "events", ("tenant", "member"), True),
        ("movements", "events", ("tenant",), False),
        ("movements", "names", ("tenant", "wallet"), True),
        ("names", "tenants", ("tenant",), False),
        ("identifiers", "people", ("tenant", "member"), False),
        ("budgets", "names", ("tenant",), False),
    ],
)
def test_a_foreign_key_stays_where_its_ends_lie_on_one_machine(
    source: str, target: str, columns: tuple[str, ...], stays: bool
) -> None:
    assert may_stay(ForeignKey("key", source, target, columns, columns)) is stays


def test_what_a_cluster_is_asked_in_another_way_has_the_same_arguments_and_columns(database: str) -> None:
    both = [(sql[name], spread_sql[name]) for name in ("recorded", "sales", "states_of")]
    both += [(webhooks.sql[name], webhooks.spread_sql[name]) for name in ("told_movements", "told_events")]
    said = {*queries.load("regulars.ledger", "spread.sql"), *queries.load("regulars.webhooks", "spread.sql")}
    assert len(said & {*sql, *webhooks.sql}) == len(both) + len({"by_keys"})

    async def shapes() -> None:
        connection = await connect(database)
        for texts in both:
            one, other = [await connection.prepare(text) for text in texts]
            assert [p.name for p in one.get_parameters()] == [p.name for p in other.get_parameters()], texts
            described = [[(a.name, a.type.name) for a in each.get_attributes()] for each in (one, other)]
            assert described[0] == described[1], texts
        await connection.close()

    asyncio.run(shapes())


def test_a_server_without_citus_is_refused_with_a_hint(database: str, cluster: bool) -> None:
    if cluster:
        pytest.skip("the server of REGULARS_TEST_DATABASE_URL has Citus")

    async def distribute() -> None:
        connection = await connect(database)
        try:
            assert not await citus.is_spread(connection)
            await citus.distribute(connection)
        finally:
            await connection.close()

    with pytest.raises(DatabaseUnavailable, match="has no Citus") as refused:
        asyncio.run(distribute())
    assert "REGULARS_DATABASE_URL" in refused.value.hint
