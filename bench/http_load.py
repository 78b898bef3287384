"""A client that keeps connections busy: each sends its next request when its last one is answered.

Written on bare protocols, so that it takes little of the machine that it measures.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

import uvloop

LONGEST = 300
"""Seconds after which a load is given up."""


@dataclass
class Load:
    """What came of a load: answers by status, the seconds that each took, and how long it all took."""

    statuses: dict[int, int] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds

    def quantile(self, share: float) -> float:
        """The time within which that share of answers came, in seconds."""
        return sorted(self.times)[min(int(len(self.times) * share), len(self.times) - 1)]


class _Connection(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], load: Load, ended: Callable[[], None]) -> None:
        self._requests, self._load, self._ended = requests, load, ended
        self._buffer = b""
        self._begun = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self._buffer.index(b"content-length: ") + 16
        length = int(self._buffer[at : self._buffer.index(b"\r", at)])
        if len(self._buffer) < head + 4 + length:
            return
        status = int(self._buffer[9:12])
        self._load.times.append(time.perf_counter() - self._begun)
        self._load.statuses[status] = self._load.statuses.get(status, 0) + 1
        self._buffer = self._buffer[head + 4 + length :]
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        del error
        self._ended()

    def _send(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            return
        self._begun = time.perf_counter()
        self._transport.write(request)


def request(method: str, path: str, key: str, body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    head = [f"{method} {path} HTTP/1.1", "host: bench", f"authorization: Bearer {key}"]
    if body:
        head += ["content-type: application/json", f"content-length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body


def run(port: int, requests: Iterator[bytes], connections: int) -> Load:
    """Sends all requests over so many connections, each in the order of the iterator."""
    load = Load()

    async def work() -> None:
        left = connections
        done = asyncio.Event()

        def ended() -> None:
            nonlocal left
            left -= 1
            if not left:
                done.set()

        loop = asyncio.get_running_loop()
        begun = time.perf_counter()
        for _ in range(connections):
            await loop.create_connection(lambda: _Connection(requests, load, ended), "127.0.0.1", port)
        async with asyncio.timeout(LONGEST):
            await done.wait()
        load.seconds = time.perf_counter() - begun

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())
    return load
