"""A server between a client and the service that spoils the first answers: lost on the way, or another in their place."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.service_factory import Service

LOST = "lost"
"""The service answers, and nobody ever hears it."""
AWAY = "away"
"""The connection is cut before the service hears anything."""


@dataclass(frozen=True)
class Instead:
    """An answer that does not come from the service."""

    status: int
    code: str = ""
    retry_after: str | None = None


@dataclass
class Spoiler:
    """What goes wrong, in order; then nothing does. `requests`: method, path, key and body of what came."""

    service: Service
    spoils: list[str | Instead]
    requests: list[tuple[str, str, str | None, bytes]] = field(default_factory=list)

    @contextmanager
    def standing(self) -> Iterator[Service]:
        """The service as it looks from behind it."""
        spoiler = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                spoiler.pass_on(self)

            def do_POST(self) -> None:
                spoiler.pass_on(self)

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield Service(f"http://127.0.0.1:{server.server_port}", self.service.key, self.service.process)
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def pass_on(self, asked: Any) -> None:
        """Answers a request, or does not."""
        body = asked.rfile.read(int(asked.headers.get("content-length", 0)))
        self.requests.append((asked.command, asked.path, asked.headers.get("idempotency-key"), body))
        spoil = self.spoils.pop(0) if self.spoils else None
        if spoil == AWAY:
            return
        if isinstance(spoil, Instead):
            answer(asked, spoil)
            return
        peer = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=30)
        peer.request(asked.command, asked.path, body, dict(asked.headers))
        told = peer.getresponse()
        content = told.read()
        peer.close()
        if spoil != LOST:
            asked.send_response(told.status)
            asked.send_header("content-type", told.headers["content-type"])
            asked.send_header("content-length", str(len(content)))
            asked.end_headers()
            asked.wfile.write(content)


def answer(asked: Any, instead: Instead) -> None:
    """Gives an answer of its own."""
    content = b'{"code":"%s","detail":"not now"}' % instead.code.encode() if instead.code else b"<html>not now</html>"
    asked.send_response(instead.status)
    if instead.retry_after is not None:
        asked.send_header("retry-after", instead.retry_after)
    asked.send_header("content-length", str(len(content)))
    asked.end_headers()
    asked.wfile.write(content)
