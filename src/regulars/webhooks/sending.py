"""One attempt at one delivery, over the network: signed, to a public address that was looked up just now, never redirected."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import socket
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

import httpx2

from regulars.webhooks.decide import Network, address, reachable
from regulars.webhooks.model import Due
from regulars.words.moments import Moment

SECONDS: Final = 15.0
"""The longest that a receiver may take to answer."""
PREFIX: Final = "whsec_"
_GOOD: Final = range(200, 300)


class NotSent(Exception):
    """Raised when no answer came; its text is for the log, and says nothing that only the own network knows."""


class Sender:
    """Sends deliveries; `allowed` are networks inside which receivers may stand beside public addresses."""

    def __init__(self, allowed: Sequence[Network] = (), seconds: float = SECONDS) -> None:
        self.allowed, self._seconds = tuple(allowed), seconds
        self._client = httpx2.AsyncClient(follow_redirects=False, timeout=seconds, trust_env=False)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def send(self, due: Due, secrets: Sequence[bytes], now: Moment) -> int:
        """The status that the receiver answered with; raises `NotSent`."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._send(due, signed(due, secrets, now // 1_000_000))
        except TimeoutError:
            raise NotSent(f"no answer within {self._seconds:g} seconds") from None
        except httpx2.HTTPError as error:
            raise NotSent(f"no connection ({type(error).__name__})") from None

    async def _send(self, due: Due, headers: dict[str, str]) -> int:
        parts = urlsplit(due.url)
        host = parts.hostname or ""
        # The address is looked up here and used as it is: a name that points elsewhere a moment later gains nothing.
        at = await self._address(host, parts.port or (443 if parts.scheme == "https" else 80))
        shown = f"[{at}]" if ":" in at else at
        netloc = shown if parts.port is None else f"{shown}:{parts.port}"
        request = self._client.build_request(
            "POST",
            parts._replace(netloc=netloc, fragment="").geturl(),
            content=due.body,
            headers={**headers, "host": host if parts.port is None else f"{host}:{parts.port}"},
            extensions={"sni_hostname": host} if parts.scheme == "https" else {},
        )
        answer = await self._client.send(request, stream=True)
        await answer.aclose()
        return answer.status_code

    async def _address(self, host: str, port: int) -> str:
        literal = address(host)
        if literal is not None:
            found = [literal]
        else:
            try:
                rows = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
            except OSError:
                raise NotSent("the name is not known") from None
            found = [one for row in rows if (one := address(str(row[4][0]).partition("%")[0])) is not None]
        open_to_us = [one for one in found if reachable(one, self.allowed)]
        if not open_to_us:
            raise NotSent("the address is private")
        return str(open_to_us[0])


def signed(due: Due, secrets: Sequence[bytes], at: int) -> dict[str, str]:
    """The headers of a message, as Standard Webhooks has them: one signature a secret."""
    said = f"{due.id}.{at}.".encode() + due.body
    signatures = [base64.b64encode(hmac.digest(secret, said, hashlib.sha256)).decode() for secret in secrets]
    return {
        "webhook-id": due.id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
        "content-type": "application/json",
        "user-agent": "Regulars-Webhooks/1",
    }


def worked(status: int) -> bool:
    """Whether a status says that the message was taken."""
    return status in _GOOD
