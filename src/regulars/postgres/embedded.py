"""The PostgreSQL 18 that comes with Regulars: started in a data folder, shared, stopped with its last user.

Users hold a shared lock on a file, so the kernel forgets a user that was killed; whoever leaves last, by getting that
lock alone, stops the server. Starting and stopping take turns by a second lock. A server or a user that was killed at
any moment leaves nothing that the next start does not mend: the folder is made aside and renamed, a stale pid file is
taken away once no process of the old server is left, and PostgreSQL replays its log.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote

from regulars.postgres import cluster
from regulars.postgres.unavailable import DatabaseUnavailable

DATABASE: Final = "regulars"
"""The database that a new data folder has."""

SETTINGS: Final[Mapping[str, str]] = {
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    # Short, prepared statements gain nothing from compiling, and pay for it at every plan.
    "jit": "off",
    "effective_io_concurrency": "16",
    "random_page_cost": "1.1",
    "autovacuum": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
"""What a new data folder's postgresql.conf says; edit that file to tune a folder that exists."""

RECOVERY_SECONDS: Final = 600
"""How long a start may replay the log of a server that was killed."""


class EmbeddedServer:
    """A running server, held until `close()`, the end of a `with` block, or the end of the process."""

    def __init__(self, folder: Path, held: int) -> None:
        self._folder = folder
        self._held: int | None = held
        self._owner = os.getpid()
        atexit.register(self.close)

    @property
    def socket_folder(self) -> Path:
        """The folder of the Unix socket: what libpq calls the host."""
        return cluster.socket_folder(_data(self._folder))

    @property
    def pid(self) -> int | None:
        """The process id of the server, or None when it is not running any more (it was killed)."""
        return cluster.postmaster(_data(self._folder))

    def dsn(self, database: str = DATABASE) -> str:
        """A connection URI for asyncpg and libpq alike."""
        # All is said, so that no PGHOST or PGPORT of the environment fills in something else.
        place = f"host={quote(str(self.socket_folder), safe='')}&port={cluster.PORT}"
        return f"postgresql://{cluster.SUPERUSER}@/{quote(database)}?{place}"

    def close(self) -> None:
        """Gives the server back, and stops it if nobody else holds it; doing so twice does no harm."""
        # A forked child shares the descriptor: it must not stop what its parent still uses.
        if self._held is None or os.getpid() != self._owner:
            return
        held, self._held = self._held, None
        atexit.unregister(self.close)
        with _turn(self._folder) as turn:
            fcntl.flock(held, fcntl.LOCK_UN)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            else:
                cluster.stop(_data(self._folder), turn)
            finally:
                os.close(held)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def start(folder: Path, settings: Mapping[str, str] | None = None) -> EmbeddedServer:
    """A server over the data folder: started if it is not running, joined if it is, recovered if it was killed.

    `settings` add to `SETTINGS` when the folder is new and are ignored later. Takes about a second for a new folder, a
    tenth of one for a known folder. Raises `DatabaseUnavailable` when the folder cannot be used or the server does not
    come up.
    """
    folder = folder.expanduser().resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _turn(folder):
            _bring_up(folder, {**SETTINGS, **(settings or {})})
            held = os.open(folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(held, fcntl.LOCK_SH)
    except OSError as error:
        raise DatabaseUnavailable(
            f"The data folder {folder} cannot be used: {error.strerror or error}.",
            "Choose a folder that you may write to, or set REGULARS_DATABASE_URL to a server of your own.",
        ) from error
    return EmbeddedServer(folder, held)


def _data(folder: Path) -> Path:
    return folder / "postgres"


def _bring_up(folder: Path, settings: Mapping[str, str]) -> None:
    """Leaves a server that answers; the caller has its turn, so nobody else starts or stops it meanwhile."""
    data = _data(folder)
    if not data.exists():
        cluster.create(data, settings, DATABASE)
    cluster.require_same_version(data)
    deadline = time.monotonic() + RECOVERY_SECONDS
    # It may be there and not ready: who started or stopped it was killed, and it still comes up or goes down. Or it was
    # killed itself this moment: then it is still listed, and all that tells is that it does not answer.
    while (running := cluster.postmaster(data)) is None or not (cluster.ready(data) and cluster.answers(data)):
        if time.monotonic() > deadline:
            raise DatabaseUnavailable("The embedded PostgreSQL did not come up.", f"Its log is {cluster.log(data)}.")
        if running is None:
            _launch(data)
        else:
            time.sleep(0.02)


def _launch(data: Path) -> None:
    if not cluster.clear_remains(data):
        return
    try:
        cluster.launch(data, RECOVERY_SECONDS)
    except DatabaseUnavailable:
        # The start of somebody who was killed has won after all.
        if cluster.postmaster(data) is None:
            raise


@contextmanager
def _turn(folder: Path) -> Iterator[int]:
    """Lets one process at a time start or stop the server of a folder; gives the descriptor that holds the turn."""
    lock = os.open(folder / "start.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
    finally:
        os.close(lock)
