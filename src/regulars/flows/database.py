"""What there is to say of a database: its server, its schema, whose data it holds, and what guards it."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.flows.opened import ask
from regulars.postgres.citus import is_spread
from regulars.postgres.connect import Connection, connect
from regulars.postgres.migrate import migrations, pending
from regulars.postgres.second_lock import Standing, standing


@dataclass(frozen=True, slots=True)
class Condition:
    """How a database stands; `applied` and `pending` are migrations, `size` is in bytes (of a cluster the coordinator's).

    `log` is what becomes of the server's log: `kept here`, `copied` elsewhere, or `failing` when the last copy failed.
    """

    server: str
    size: int
    applied: int
    pending: tuple[str, ...]
    tenants: tuple[str, ...]
    spread: bool
    log: str
    second_lock: Standing


async def condition(dsn: str) -> Condition:
    """How the database of an address stands; nothing is changed. Raises `DatabaseUnavailable` and `MigrationRefused`."""
    connection = await connect(dsn)
    try:
        steps = migrations()
        todo = await pending(connection, steps)
        spread = await is_spread(connection)
        made = len(todo) < len(steps)
        return Condition(
            server=str(await connection.fetchval("show server_version")),
            size=int(await connection.fetchval("select pg_database_size(current_database())")),
            applied=len(steps) - len(todo),
            pending=tuple(f"{step.version:04}_{step.name}" for step in todo),
            tenants=tuple(row["slug"] for row in await connection.fetch(ask.all_tenants)) if made else (),
            spread=spread,
            log=str(await connection.fetchval(ask.log_copies)),
            second_lock=await _second_lock(connection, spread, made),
        )
    finally:
        await connection.close()


async def _second_lock(connection: Connection, spread: bool, made: bool) -> Standing:
    if not made:
        return Standing(False, "There are no tables yet.")
    if spread:
        return Standing(
            False, "Tables that are spread over machines have no policies; programs alone keep tenants apart."
        )
    return await standing(connection, owner=True)
