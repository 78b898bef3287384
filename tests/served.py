"""The service as people run it: `regulars serve` in a process of its own, on a real socket."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event
from typing import Any

from tests.http_factory import LASTING, TENANT
from tests.ledger_factory import program

from regulars.flows.entering import enter
from regulars.ledger.programs import publish
from regulars.postgres.connect import pool
from regulars.wiring import KEY as KEY_SETTING
from regulars.wiring import TENANT as TENANT_SETTING
from regulars.wiring import URL

KEY = "the-first-key"
SECONDS = 60


@dataclass
class Served:
    """A service that runs."""

    process: subprocess.Popen[bytes]
    port: int

    def connection(self, seconds: float = SECONDS) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)

    def ask(self, method: str, path: str, body: Any = None, connection: Any = None) -> tuple[int, Any, dict[str, str]]:
        """Status, body and headers of an answer; OSError and HTTPException where there is none."""
        over = connection or self.connection()
        data = None if body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
        over.request(method, path, data, headers)
        response = over.getresponse()
        text = response.read()
        if connection is None:
            over.close()
        found = {name.lower(): value for name, value in response.getheaders()}
        return response.status, json.loads(text) if text[:1] in {b"{", b"["} else text, found

    def stop(self) -> int:
        """Asks it to stop, and waits until it has; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SECONDS)


async def publish_shop(dsn: str) -> None:
    """Publishes the shop that lasts."""
    async with pool(await enter(dsn, TENANT, make=True), size=1) as connections:
        await publish(connections, TENANT, program(LASTING))


@contextmanager
def served(dsn: str, *words: str) -> Iterator[Served]:
    """A service on a database with the shop published; killed after the block if it has not stopped."""
    asyncio.run(publish_shop(dsn))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, URL: dsn, KEY_SETTING: KEY, TENANT_SETTING: TENANT}
    command = [sys.executable, "-m", "regulars", "serve", "--port", str(port), *words]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True)
    found = Served(process, port)
    try:
        for _ in range(SECONDS * 10):
            with suppress(OSError, http.client.HTTPException):
                if found.ask("GET", "/readyz")[0] == 200:
                    break
            assert process.poll() is None, "the service ended before it began"
            Event().wait(0.1)
        yield found
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
