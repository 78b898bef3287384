"""Where things are built and joined: the command line with the databases that the environment names.

REGULARS_DATABASE_URL: a PostgreSQL of your own; without it the embedded one runs.
REGULARS_DATA: the folder of the embedded one, `.regulars` in the working directory when it is not set.
REGULARS_TENANT: whose data, `main` when it is not set.
REGULARS_API_KEY: a key that opens the service with every right, for its first steps.
REGULARS_WEBHOOK_NETWORKS: private networks in which receivers of webhooks may stand, as 10.0.0.0/8, with commas between them.
REGULARS_FOUR_EYES: `no` lets whoever wrote a draft publish it, where one person does everything.
REGULARS_MASTER_KEY: what everything sealed in the database opens with (base64, 32 bytes); without it the file `master.key`
in the data folder, which is made. Processes on several machines need the same one.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from regulars.doors import cli

if TYPE_CHECKING:
    from regulars.doors.cli.ledgers import Service
    from regulars.doors.http.app import Behind
    from regulars.doors.http.metrics import Metrics
    from regulars.flows.opened import Opened
    from regulars.sealing import Vault
    from regulars.webhooks.decide import Network

DATA, URL, TENANT = "REGULARS_DATA", "REGULARS_DATABASE_URL", "REGULARS_TENANT"
KEY: Final = "REGULARS_API_KEY"
FOUR_EYES: Final = "REGULARS_FOUR_EYES"
NETWORKS: Final = "REGULARS_WEBHOOK_NETWORKS"
MASTER: Final = "REGULARS_MASTER_KEY"
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
            from regulars.flows.entering import enter
            from regulars.flows.opened import Opened
            from regulars.postgres.connect import pool

            slug = tenant or self._environment.get(TENANT) or "main"
            address = await enter(dsn, slug, make=make)
            async with pool(address, size=CONNECTIONS) as connections:
                yield Opened(address, connections, slug)

    def serve(self, service: Service) -> None:
        """Serves HTTP until a signal stops it. Raises `DatabaseUnavailable` when it cannot begin."""
        import asyncio
        import secrets
        from functools import partial

        from regulars.doors.http.server import Options, serve

        with self._address(service.data, make=True) as dsn:
            asyncio.run(_migrate(dsn))
            tenant = service.tenant or self._environment.get(TENANT) or "main"
            key = self._environment.get(KEY)
            if not key:
                key = secrets.token_urlsafe(32)
                service.made_key(key)
            options = Options(
                service.host, service.port, service.processes, service.limit, log_as_json=service.log_as_json
            )
            vault = self.vault(service.data)
            two = self._environment.get(FOUR_EYES, "").lower() not in {"no", "off", "0", "false"}
            networks = self._networks()
            with _beside(_Worker(dsn, vault, networks, service.log_as_json) if service.with_worker else None):
                serve(partial(_behind_door, dsn, tenant, key, vault, networks, two), options)

    def work(self, data: Path | None, log_as_json: bool) -> None:
        """Does what is due until a signal stops it. Raises `DatabaseUnavailable` when it cannot begin."""
        import asyncio

        with self._address(data, make=True) as dsn:
            asyncio.run(_migrate(dsn))
            _Worker(dsn, self.vault(data), self._networks(), log_as_json)()

    def vault(self, data: Path | None = None) -> Vault:
        """What seals secrets and opens them again; raises `MasterKeyBad`."""
        from regulars.flows.master_key import vault_of

        return vault_of(self._environment.get(MASTER), data or Path(self._environment.get(DATA) or FOLDER))

    def _networks(self) -> tuple[Network, ...]:
        """The private networks that webhooks may go to; raises `Stop`."""
        from ipaddress import ip_network

        from regulars.doors.cli.endings import Stop

        words = self._environment.get(NETWORKS, "").replace(",", " ").split()
        try:
            return tuple(ip_network(word) for word in words)
        except ValueError as error:
            raise Stop(
                f"{NETWORKS} names what is no network: {error}.", "Write it as 10.0.0.0/8,192.168.7.0/24."
            ) from None

    @contextmanager
    def scratch(self) -> Iterator[str]:
        """The address of an empty, migrated database that is gone after the block."""
        import asyncio

        url = self._environment.get(URL)
        with _thrown_away(url) if url else _embedded_for_once() as dsn:
            asyncio.run(_migrate(dsn))
            yield dsn

    def folder(self, data: Path | None = None) -> Path | None:
        """The folder of the embedded database; None where a server of one's own is meant."""
        if data is None and self._environment.get(URL):
            return None
        return data or Path(self._environment.get(DATA) or FOLDER)

    def address(self, data: Path | None = None, *, make: bool = False) -> AbstractContextManager[str]:
        """The address of the database as it is, for the block; raises `DatabaseUnavailable`."""
        return self._address(data, make)

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


@asynccontextmanager
async def _behind_door(
    dsn: str, tenant: str, key: str, vault: Vault, networks: tuple[Network, ...], two: bool, metrics: Metrics
) -> AsyncIterator[Behind]:
    """The programs in service and who knows the keys, for one process of the HTTP door."""
    import httpx2

    from regulars.access.four_eyes import FourEyes
    from regulars.access.providers import Providers
    from regulars.doors.http.app import Behind
    from regulars.doors.http.caller import SCOPES, Caller, KeyTable
    from regulars.doors.http.entrance import Entrance
    from regulars.flows.callers import Callers
    from regulars.flows.rooms import Rooms
    from regulars.flows.serving import Serving
    from regulars.postgres.connect import pool
    from regulars.webhooks.sending import Sender

    async with pool(dsn, size=2) as owners, httpx2.AsyncClient() as client:
        serving = Serving(dsn, owners, metrics.committed)
        first = KeyTable({key: Caller(tenant, frozenset(SCOPES), "key:first")})
        rooms = Rooms(serving, vault, Sender(networks), _now)
        access = Entrance(Callers(serving, vault), vault, Providers(client), first)
        try:
            yield Behind(serving, access, rooms, FourEyes(publishing=two))
        finally:
            await rooms.close()


def _now() -> int:
    return time.time_ns() // 1_000


@dataclass(frozen=True, slots=True)
class _Worker:
    """A worker on a database, run by calling it; a process of its own can be made of it."""

    dsn: str
    vault: Vault
    networks: tuple[Network, ...]
    log_as_json: bool

    def __call__(self) -> None:
        """Works until a signal stops it."""
        import asyncio

        import uvloop

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._work())

    async def _work(self) -> None:
        import asyncio
        import signal

        from regulars.doors.http.server import end_with_parent, start_logging
        from regulars.flows.rooms import Rooms
        from regulars.flows.serving import Serving
        from regulars.flows.working import Worker
        from regulars.postgres.connect import pool
        from regulars.webhooks.sending import Sender

        start_logging(self.log_as_json)
        end_with_parent()
        async with pool(self.dsn, size=2) as owners:
            serving = Serving(self.dsn, owners)
            rooms = Rooms(serving, self.vault, Sender(self.networks), _now)
            worker = Worker(serving, rooms)
            for name in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(name, worker.stop)
            try:
                await worker.run()
            finally:
                await rooms.close()
                await serving.close()


@contextmanager
def _beside(worker: _Worker | None) -> Iterator[None]:
    """A worker in a process of its own, begun again when it dies, while the block lasts."""
    if worker is None:
        yield
        return
    import multiprocessing
    import threading

    spawn = multiprocessing.get_context("spawn")
    ended = threading.Event()
    held: list[multiprocessing.process.BaseProcess] = []

    def keep() -> None:
        while not ended.is_set():
            process = spawn.Process(target=worker, daemon=True)
            process.start()
            held[:] = [process]
            process.join()
            ended.wait(1.0)

    keeper = threading.Thread(target=keep, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        for process in held:
            process.terminate()
        keeper.join(30)


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
