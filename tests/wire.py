"""HTTP on bare sockets: a client that takes little of the machine and says when it was cut off, and a receiver of webhooks that counts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self

KEY = "the-first-key"
LONGEST = 60
"""Seconds within which an answer comes, or none will."""


class Cut(Exception):
    """There was no whole answer: what was asked may or may not have been done."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of the problem, empty for what is none."""
        return str(self.json["code"]) if self.headers.get("content-type") == "application/problem+json" else ""


class Line:
    """A connection to a service that is kept open, and opened again where it was cut."""

    def __init__(self, port: int, key: str = KEY) -> None:
        self._port, self._key = port, key
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """The answer; raises `Cut`. A body that is no bytes goes as JSON."""
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        head = {"host": "service", "authorization": f"Bearer {self._key}", "content-length": str(len(sent)), **headers}
        if sent:
            head = {"content-type": "application/json", **head}
        text = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in head.items())
        try:
            async with asyncio.timeout(LONGEST):
                return await self.send(f"{method} {path} HTTP/1.1\r\n{text}\r\n".encode() + sent)
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError, ValueError) as error:
            self.close()
            raise Cut(type(error).__name__) from error

    async def send(self, raw: bytes) -> Reply:
        """What is answered to these bytes."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(raw)
        status, headers = await head_of(reader)
        if headers.get("transfer-encoding") == "chunked":
            parts = []
            while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
                parts.append((await reader.readexactly(size + 2))[:-2])
            await reader.readexactly(2)
            body = b"".join(parts)
        else:
            body = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection") == "close":
            self.close()
        return Reply(int(status.split()[1]), headers, body)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hangs up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def head_of(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]]:
    """The first line and the headers, with names in small letters."""
    first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip("\r\n").split("\r\n")
    return first, {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}


@dataclass
class Inbox:
    """A receiver of webhooks: how often each message came, and for which events messages of which type did."""

    url: str = ""
    times: dict[str, int] = field(default_factory=dict)
    types: dict[str, set[str]] = field(default_factory=dict)

    def take(self, id: str, body: bytes) -> None:
        """Notes a message."""
        message = json.loads(body)
        self.times[id] = self.times.get(id, 0) + 1
        self.types.setdefault(message["data"].get("event", ""), set()).add(message["type"])


@asynccontextmanager
async def inbox(found: Inbox | None = None) -> AsyncIterator[Inbox]:
    """A receiver on a real socket that takes everything, while the block lasts."""
    found = found or Inbox()
    open_ones: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_ones.add(writer)
        with suppress(OSError, EOFError):
            while True:
                _, headers = await head_of(reader)
                body = await reader.readexactly(int(headers["content-length"]))
                found.take(headers["webhook-id"], body)
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                await writer.drain()
        open_ones.discard(writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=256)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield found
    finally:
        server.close()
        for writer in open_ones:
            writer.close()
