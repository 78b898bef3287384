"""Plain SQL migrations: `NNNN_title.sql` in a package, each applied once, in order, in a transaction of its own.

What was applied is recorded in `schema_migrations` with its checksum: a step that changed after it ran is refused,
since two databases that both say "0003" must be the same. Processes that migrate at once take turns by an
advisory lock.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from regulars.postgres import citus
from regulars.postgres.connect import Connection

_FILE: Final = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_LOCK: Final = int.from_bytes(hashlib.sha256(b"regulars schema_migrations").digest()[:8], "big", signed=True)
_TABLE: Final = """
create table if not exists schema_migrations (
    version     integer primary key,
    name        text not null,
    applied_at  timestamptz not null default clock_timestamp(),
    sha256      text not null
)
"""


class MigrationRefused(Exception):
    """Raised when the database and the migrations at hand do not belong together; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema."""

    version: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """The checksum of the text, whatever line ends a checkout gave it."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations() -> tuple[Migration, ...]:
    """The steps of the schema, of all rooms, in order."""
    return read_folder(files("regulars.postgres.migrations"))


def read_folder(folder: Traversable) -> tuple[Migration, ...]:
    """The migrations of a folder, in order, numbered from 1 without a gap; raises `MigrationRefused` otherwise."""
    found: list[Migration] = []
    for entry in folder.iterdir():
        if not entry.name.endswith(".sql"):
            continue
        match = _FILE.fullmatch(entry.name)
        if match is None:
            raise MigrationRefused(f"{entry.name}: a migration is named NNNN_title.sql, in small letters")
        found.append(Migration(int(match[1]), match[2], entry.read_text(encoding="utf-8").replace("\r\n", "\n")))
    found.sort(key=lambda migration: migration.version)
    for expected, migration in enumerate(found, start=1):
        if migration.version != expected:
            raise MigrationRefused(
                f"migration {expected:04} is missing or there twice; {migration.version:04} was found"
            )
    return tuple(found)


async def migrate(connection: Connection, migrations: tuple[Migration, ...]) -> tuple[Migration, ...]:
    """The migrations that this call applied; none when the database was up to date.

    Raises `MigrationRefused` when a recorded migration has changed or is not among the given ones. A step that fails is
    rolled back, and the driver's exception is raised; the steps before it stay.
    """
    await connection.execute("select pg_advisory_lock($1)", _LOCK)
    try:
        await connection.execute(_TABLE)
        todo = await pending(connection, migrations)
        for migration in todo:
            async with connection.transaction():
                await connection.execute(migration.sql)
                await connection.execute(
                    "insert into schema_migrations (version, name, sha256) values ($1, $2, $3)",
                    migration.version,
                    migration.name,
                    migration.sha256,
                )
        # A table that a step has made must go to where the others are before anybody writes to it.
        if todo and await citus.is_spread(connection):
            await citus.distribute(connection)
        return todo
    finally:
        if not connection.is_closed():
            await connection.execute("select pg_advisory_unlock($1)", _LOCK)


async def pending(connection: Connection, migrations: tuple[Migration, ...]) -> tuple[Migration, ...]:
    """The migrations that the database lacks, after comparing those it has; raises as `migrate` does."""
    if await connection.fetchval("select to_regclass('schema_migrations')") is None:
        return migrations
    rows = await connection.fetch("select version, name, sha256 from schema_migrations order by version")
    known = {migration.version: migration for migration in migrations}
    for row in rows:
        label = f"{row['version']:04}_{row['name']}"
        migration = known.get(row["version"])
        if migration is None:
            raise MigrationRefused(
                f"the database has migration {label}, this program has not: it needs a newer Regulars"
            )
        if migration.sha256 != row["sha256"] or migration.name != row["name"]:
            raise MigrationRefused(
                f"migration {label} has changed since it was applied: put it back, and add a new one"
            )
    applied = {row["version"] for row in rows}
    return tuple(migration for migration in migrations if migration.version not in applied)
