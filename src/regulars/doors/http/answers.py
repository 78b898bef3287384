"""Answers: a body of bytes with a status and headers, sent as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

from litestar.types import Receive, Scope, Send

JSON: Final = b"application/json"

Headers = tuple[tuple[bytes, bytes], ...]


class Answer:
    """A whole answer; what is added to `headers` before it is sent goes with it."""

    __slots__ = ("body", "headers", "media", "status")

    def __init__(self, body: bytes, status: int = 200, media: bytes = JSON, headers: Headers = ()) -> None:
        self.body = body
        self.status = status
        self.media = media
        self.headers = headers

    def to_asgi_response(self, **_: Any) -> Answer:
        """Itself: the framework asks what ends a request that found no route for what it sends."""
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Sends it."""
        head = [(b"content-type", self.media), (b"content-length", str(len(self.body)).encode()), *self.headers]
        await send({"type": "http.response.start", "status": self.status, "headers": head})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


class Stream(Answer):
    """An answer that is sent part by part, for what is too large to be held."""

    __slots__ = ("_parts",)

    def __init__(self, parts: AsyncIterator[bytes], media: bytes, headers: Headers = ()) -> None:
        super().__init__(b"", 200, media, headers)
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Sends the parts as they come."""
        await send(
            {
                "type": "http.response.start",
                "status": self.status,
                "headers": [(b"content-type", self.media), *self.headers],
            }
        )
        async for part in self._parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
