"""What every test may ask for: a real PostgreSQL, shared by all workers, and an empty, migrated database in it.

Set REGULARS_TEST_DATABASE_URL to use a server of your own (16 or newer, as a user who may create databases). Where that
server offers Citus, every database is spread as `regulars db distribute` does it, over the one machine that it then is.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tests.cluster import reason

from regulars.postgres import citus
from regulars.postgres.clusters import create_database, database_exists, drop_database, quoted
from regulars.postgres.connect import connect, with_database
from regulars.postgres.embedded import start
from regulars.postgres.migrate import migrate, migrations
from regulars.postgres.placings import PLACINGS

settings.register_profile("quick", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("quick")

FOLDER = "REGULARS_TEST_FOLDER"
NOTHING_TO_LOSE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


def pytest_configure(config: pytest.Config) -> None:
    # Only the process that hands out tests makes the folder; its workers inherit the name. Not pytest's own temporary
    # folder: pytest closes that one to every user but its own, and the server may run as another.
    if not hasattr(config, "workerinput"):
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="regulars-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if {"server", "data_folder"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.database)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a server where databases may be made, one for all workers."""
    if url := os.environ.get("REGULARS_TEST_DATABASE_URL"):
        yield url
        return
    with start(Path(os.environ[FOLDER]) / "shared", NOTHING_TO_LOSE) as embedded:
        yield embedded.dsn("postgres")


@pytest.fixture(scope="session")
def cluster(server: str) -> bool:
    """Whether the server offers Citus, so that the databases of the tests are spread."""

    async def ask() -> bool:
        connection = await connect(server)
        try:
            return await citus.offered(connection)
        finally:
            await connection.close()

    return asyncio.run(ask())


@pytest.fixture(autouse=True)
def fits_the_server(request: pytest.FixtureRequest) -> None:
    """Skips what speaks of one machine where there are several."""
    if "server" in request.fixturenames and (why := reason(request.node.nodeid)) and request.getfixturevalue("cluster"):
        pytest.skip(f"on one machine only: {why}")


@pytest.fixture(scope="session")
def template(server: str, cluster: bool) -> str:
    """The name of a database that all migrations have been applied to, made by whichever worker comes first."""
    steps = migrations()
    parts = [migration.sha256 for migration in steps] + ([str(PLACINGS)] if cluster else [])
    mark = hashlib.sha256("".join(parts).encode()).digest()
    name = f"regulars_template_{mark.hex()[:12]}"

    async def make() -> None:
        connection = await connect(server)
        await connection.execute("select pg_advisory_lock($1)", int.from_bytes(mark[:7]))
        if not await database_exists(connection, name):
            # Renamed when it is whole, so that a run which was cut short leaves nothing that looks like a template.
            await drop_database(connection, f"{name}_making")
            await create_database(connection, f"{name}_making")
            making = await connect(with_database(server, f"{name}_making"))
            if cluster:
                await making.execute("create extension citus; set citus.shard_count = 4")
            await migrate(making, steps)
            if cluster:
                await citus.distribute(making)
            await making.close()
            # Nobody but the making ever connects: whom the cluster keeps there would be in the way of every copy.
            await connection.execute(f"alter database {quoted(name + '_making')} allow_connections false")
            await connection.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1", f"{name}_making"
            )
            await connection.execute(f"alter database {quoted(name + '_making')} rename to {quoted(name)}")
        await connection.close()

    asyncio.run(make())
    return name


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    return count(1)


@pytest.fixture
def database(server: str, template: str, numbers: Iterator[int]) -> Iterator[str]:
    """The address of a database of the test's own: migrated, otherwise empty, gone afterwards."""
    name = f"regulars_test_{os.getpid()}_{next(numbers)}"

    async def make() -> None:
        connection = await connect(server)
        await create_database(connection, name, template)
        await connection.close()

    async def drop() -> None:
        connection = await connect(server)
        await drop_database(connection, name)
        await connection.close()

    asyncio.run(make())
    yield with_database(server, name)
    asyncio.run(drop())


@pytest.fixture
def data_folder(numbers: Iterator[int]) -> Path:
    """An empty folder for an embedded server of the test's own, which the test may kill."""
    folder = Path(os.environ[FOLDER]) / f"own-{os.getpid()}-{next(numbers)}"
    folder.mkdir()
    return folder
