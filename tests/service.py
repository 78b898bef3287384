"""The service as it is run: `regulars serve` and `regulars worker` as processes of their own, to be watched, stopped and killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
from tests.wire import KEY

from regulars.flows.entering import enter
from regulars.ledger.programs import Version, publish
from regulars.postgres.connect import pool
from regulars.program.load import load
from regulars.program.model import Program

TENANT = "main"
PATIENCE = 60
"""Seconds within which a service is there, or gone."""


async def published(dsn: str, text: str) -> None:
    """Publishes a program for the tenant of the service."""
    read = load(text, "shop.yaml")
    assert isinstance(read, Program), read
    async with pool(await enter(dsn, TENANT, make=True), size=1) as connections:
        assert isinstance(await publish(connections, TENANT, read), Version)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Command:
    """A command of Regulars that runs until it is stopped: a process with all that it has started."""

    def __init__(self, folder: Path, dsn: str, *words: str, module: str = "regulars") -> None:
        """Its log is in the folder, named after its first word. `module` is what Python runs."""
        self._words = [sys.executable, "-m", module, *words]
        self.log = folder / f"{words[0]}.log"
        self._environment = {
            **os.environ,
            "REGULARS_DATABASE_URL": dsn,
            "REGULARS_DATA": str(folder),
            "REGULARS_API_KEY": KEY,
            "REGULARS_TENANT": TENANT,
            "REGULARS_WEBHOOK_NETWORKS": "127.0.0.0/8",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, and does not wait until it is ready."""
        with self.log.open("ab") as log:
            # A session of its own, so that it can be killed with all that it started.
            self._process = subprocess.Popen(
                self._words, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def pid(self) -> int:
        assert self._process is not None, "it was started"
        return self._process.pid

    def children(self) -> list[psutil.Process]:
        """The processes that it has started."""
        return psutil.Process(self.pid).children(recursive=True)

    def memory(self) -> int:
        """Bytes of memory that it and its processes have to themselves."""
        found = 0
        for process in [psutil.Process(self.pid), *self.children()]:
            with suppress(psutil.NoSuchProcess):
                found += process.memory_full_info().uss
        return found

    def kill(self) -> None:
        """Kills it with all its processes, at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.wait()

    def wait(self) -> int:
        """Its exit code, when it has ended."""
        assert self._process is not None, "it was started"
        return self._process.wait(PATIENCE)

    @property
    def ended(self) -> bool:
        """Whether it was started and has ended."""
        return self._process is not None and self._process.poll() is not None

    def stop(self) -> int:
        """Asks it to end, if it has not, and gives its exit code."""
        if not self.ended:
            os.kill(self.pid, signal.SIGTERM)
        return self.wait()


class Service(Command):
    """`regulars serve` on a port of its own."""

    def __init__(self, folder: Path, dsn: str, *more: str, module: str = "regulars") -> None:
        self.port = free_port()
        super().__init__(folder, dsn, "serve", "--port", str(self.port), *more, module=module)

    def ready(self) -> float:
        """Seconds until it was ready."""
        begun = time.monotonic()
        while time.monotonic() < begun + PATIENCE:
            with suppress(URLError, OSError), urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                answer.read()
                return time.monotonic() - begun
            time.sleep(0.02)
        raise AssertionError(f"the service is not ready: {self.log.read_text()[-2000:]}")


@contextmanager
def running(*commands: Command) -> Iterator[None]:
    """Runs commands while the block lasts; whatever is left of them then is killed."""
    try:
        for command in commands:
            command.start()
        for command in commands:
            if isinstance(command, Service):
                command.ready()
        yield
    finally:
        for command in commands:
            command.kill()
