"""Spreads a database over the machines of a Citus cluster: each table to where `placings` says that it lives.

Members lie together: all rows of one are on one machine, so what concerns one member is a statement on one machine.
Two things do not go along. Policies by tenant: other machines do not know whom a connection acts for, so the second
lock does not hold on a spread table. And foreign keys whose ends come to lie apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from regulars.postgres import queries
from regulars.postgres.clusters import quoted
from regulars.postgres.connect import Connection, Pool
from regulars.postgres.placings import FIRST, PLACINGS, Home, Placing
from regulars.postgres.unavailable import DatabaseUnavailable

ask: Final = queries.load("regulars.postgres", "citus.sql")
_MAKE: Final = "`create extension citus`, as an administrator, in this database on the coordinator and on every worker"


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key, with the columns of both its ends."""

    name: str
    source: str
    target: str
    columns: tuple[str, ...]
    named: tuple[str, ...]


async def offered(connection: Connection) -> bool:
    """Whether the extension could be made in this database, or is."""
    row = await connection.fetchrow(ask.extension)
    return row is not None and row["offered"] is not None


async def is_spread(connection: Connection | Pool) -> bool:
    """Whether members are spread over machines; one short statement where there is no Citus."""
    row = await connection.fetchrow(ask.extension)
    if row is None or not row["readable"]:
        return False
    return FIRST in {row["name"] for row in await connection.fetch(ask.placed)}


async def distribute(connection: Connection) -> tuple[Placing, ...]:
    """Puts every table where it belongs, and gives those that this call has moved; all of them or none.

    What is in a table goes with it; nobody else can use the tables meanwhile. Raises `DatabaseUnavailable` where there
    is no Citus, or this is not the coordinator.
    """
    await require(connection)
    async with connection.transaction():
        there = {row["name"] for row in await connection.fetch(ask.placed)}
        todo = [one for one in PLACINGS.values() if one.home is not Home.KEPT and one.table not in there]
        # What others lie beside comes first, what is copied before what is spread.
        todo.sort(key=lambda one: (one.home is Home.SPREAD, one.table != FIRST, one.table))
        if not todo:
            return ()
        await connection.execute(ask.settings)
        for key in await connection.fetch(ask.foreign_keys):
            if not may_stay(
                ForeignKey(key["name"], key["source"], key["target"], (*key["columns"],), (*key["named"],))
            ):
                await connection.execute(f"alter table {key['source']} drop constraint {quoted(key['name'])}")
        for placing in todo:
            await _move(connection, placing)
    return tuple(todo)


def may_stay(key: ForeignKey) -> bool:
    """Whether a foreign key can be kept: both ends stay, or the row that is named lies on the machine of the one that names it."""
    source, target = PLACINGS[key.source], PLACINGS[key.target]
    if source.home is Home.KEPT or target.home is Home.KEPT:
        return source.home is target.home
    if target.home is Home.COPIED:
        return True
    pairs = zip(key.columns, key.named, strict=True)
    return source.column == target.column and (source.column, target.column) in pairs


async def _move(connection: Connection, placing: Placing) -> None:
    for policy in await connection.fetch(ask.policies, placing.table):
        await connection.execute(f"drop policy {quoted(policy['name'])} on {quoted(placing.table)}")
    await connection.execute(f"alter table {quoted(placing.table)} disable row level security")
    if placing.home is Home.COPIED:
        await connection.execute(ask.copy, placing.table)
        return
    first = placing.table == FIRST or placing.column != PLACINGS[FIRST].column
    await connection.execute(ask.spread, placing.table, placing.column, "none" if first else FIRST)


async def require(connection: Connection) -> None:
    """Raises `DatabaseUnavailable` unless this is a coordinator's database that uses Citus."""
    row = await connection.fetchrow(ask.extension)
    assert row is not None, "a select without a table has one row"
    if row["made"] is None and row["offered"] is None:
        raise DatabaseUnavailable(
            "This PostgreSQL has no Citus, so there are no machines to spread the database over.",
            "Name the coordinator of a Citus cluster in REGULARS_DATABASE_URL. On one machine nothing needs to be spread.",
        )
    if row["made"] is None:
        raise DatabaseUnavailable("This server has Citus, but this database does not use it.", f"Run {_MAKE}.")
    if await connection.fetchval(ask.group_here) != 0:
        raise DatabaseUnavailable(
            "This is a worker of a Citus cluster.", "Name the cluster's coordinator in REGULARS_DATABASE_URL."
        )
