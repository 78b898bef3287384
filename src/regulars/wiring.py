"""Where things are built and joined: the command line with the databases that the environment names.

REGULARS_DATABASE_URL: a PostgreSQL of your own; without it the embedded one runs.
REGULARS_DATA: the folder of the embedded one, `.regulars` in the working directory when it is not set.
REGULARS_TENANT: whose data, `main` when it is not set.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from regulars.doors import cli

if TYPE_CHECKING:
    from regulars.flows.opened import Opened

DATA, URL, TENANT = "REGULARS_DATA", "REGULARS_DATABASE_URL", "REGULARS_TENANT"
FOLDER: Final = ".regulars"
CONNECTIONS: Final = 8
NOTHING_TO_LOSE: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Settings of a server whose data is thrown away."""


def main(words: Sequence[str] | None = None) -> int:
    """The exit code of the command `regulars`, with the words of the command line or those given."""
    return cli.main(Databases(os.environ), words)


class Databases:
    """The databases that an environment names."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    @asynccontextmanager
    async def open(
        self, data: Path | None = None, tenant: str | None = None, *, make: bool = False
    ) -> AsyncIterator[Opened]:
        """The ledger, migrated, for the block. With `make` its folder is made when it is not there.

        A folder that is named goes before REGULARS_DATABASE_URL. Raises `DatabaseUnavailable`.
        """
        with self._address(data, make) as dsn:
            from regulars.flows.opened import Opened
            from regulars.postgres.connect import pool

            await _migrate(dsn)
            async with pool(dsn, size=CONNECTIONS) as connections:
                yield Opened(dsn, connections, tenant or self._environment.get(TENANT) or "main")

    @contextmanager
    def scratch(self) -> Iterator[str]:
        """The address of an empty, migrated database that is gone after the block."""
        import asyncio

        url = self._environment.get(URL)
        with _thrown_away(url) if url else _embedded_for_once() as dsn:
            asyncio.run(_migrate(dsn))
            yield dsn

    @contextmanager
    def _address(self, data: Path | None, make: bool) -> Iterator[str]:
        url = self._environment.get(URL)
        if data is None and url:
            yield url
            return
        from regulars.postgres.embedded import start
        from regulars.postgres.unavailable import DatabaseUnavailable

        folder = data or Path(self._environment.get(DATA) or FOLDER)
        if not make and not (folder / "postgres").exists():
            raise DatabaseUnavailable(
                f"There is no database in {folder}.",
                "`regulars import` and `regulars demo` make one; --data names another folder, "
                f"{URL} a server of your own.",
            )
        with start(folder) as server:
            yield server.dsn()


async def _migrate(dsn: str) -> None:
    from regulars.postgres.connect import connect
    from regulars.postgres.migrate import migrate, migrations, pending

    steps = migrations()
    connection = await connect(dsn)
    try:
        # Whoever only reads need not be somebody who may make tables.
        if await pending(connection, steps):
            await migrate(connection, steps)
    finally:
        await connection.close()


@contextmanager
def _embedded_for_once() -> Iterator[str]:
    import shutil
    import tempfile

    from regulars.postgres.embedded import start

    folder = Path(tempfile.mkdtemp(prefix="regulars-"))
    try:
        with start(folder, NOTHING_TO_LOSE) as server:
            yield server.dsn()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _thrown_away(url: str) -> Iterator[str]:
    import asyncio
    import secrets

    from regulars.postgres.clusters import create_database, drop_database
    from regulars.postgres.connect import connect, with_database

    name = f"regulars_scratch_{secrets.token_hex(6)}"

    async def make(gone: bool) -> None:
        connection = await connect(url)
        try:
            await (drop_database if gone else create_database)(connection, name)
        finally:
            await connection.close()

    asyncio.run(make(gone=False))
    try:
        yield with_database(url, name)
    finally:
        asyncio.run(make(gone=True))
