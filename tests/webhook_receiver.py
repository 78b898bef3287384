"""A receiver of webhooks on a real socket, which answers as it is told and keeps what came."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What came, and what is answered: each status once, the last one from then on. `hold` keeps answers back while it is set."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [204])
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)

    def take(self, headers: dict[str, str], body: bytes) -> int:
        self.go_on.wait(30)
        self.came.append((headers, body))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Server(ThreadingHTTPServer):
    """Lets as many knock at once as come."""

    request_queue_size = 128


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver, while the block lasts."""
    receiver = Receiver()
    receiver.go_on.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = receiver.take({name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(status)
            if status == 302:
                self.send_header("location", f"{receiver.url}/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Says nothing on the screen."""

    with Server(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.go_on.set()
            server.shutdown()
            thread.join()
