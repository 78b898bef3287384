"""The HTTP door before a real database, in this process: the ledger's small shop, published, and keys of every kind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from httpx import ASGITransport, AsyncClient, Response
from tests.ledger_factory import PROGRAM, program

from regulars.doors.http.app import App, Behind, make_app
from regulars.doors.http.caller import SCOPES, Access, Caller, KeyTable
from regulars.doors.http.limits import Limits
from regulars.doors.http.metrics import Metrics
from regulars.flows.rooms import Rooms
from regulars.flows.serving import Serving
from regulars.ledger.programs import publish
from regulars.postgres.connect import pool
from regulars.sealing import Vault
from regulars.webhooks.sending import Sender

TENANT = "shop"
LASTING = PROGRAM.replace("lasts: 6 months after earned", "").replace("lasts: 3 months after last purchase, ", "")
"""The shop with points that never lapse: the door has the real clock."""
EVERYTHING = frozenset(SCOPES)


def callers() -> dict[str, Caller]:
    """Keys: one that may do all, one for each scope by its name, two of other people, one of another tenant, a member's."""
    found = {scope: Caller(TENANT, frozenset({scope}), f"key:{scope}") for scope in SCOPES}
    return found | {
        "all": Caller(TENANT, EVERYTHING, "key:all"),
        "second": Caller(TENANT, EVERYTHING, "key:second"),
        "elsewhere": Caller("elsewhere", EVERYTHING, "key:elsewhere"),
        "slow": Caller(TENANT, EVERYTHING, "key:slow", limit=6),
        "narrow": Caller(TENANT, EVERYTHING, "key:narrow", program="another"),
        "of-ann": Caller(TENANT, frozenset({"members:read", "events:write"}), "member:ann", member="ann"),
    }


@dataclass
class Asking:
    """Asks the door."""

    client: AsyncClient
    dsn: str
    inside: App | None = None

    @property
    def app(self) -> App:
        assert self.inside is not None, "it runs in this loop"
        return self.inside

    async def ask(self, method: str, path: str, key: str | None = "all", **more: Any) -> Response:
        headers = {} if key is None else {"authorization": f"Bearer {key}"}
        headers |= more.pop("headers", {})
        return await self.client.request(method, path, headers=headers, **more)

    async def get(self, path: str, key: str | None = "all", **more: Any) -> Any:
        """What is answered, which is well."""
        response = await self.ask("GET", path, key, **more)
        assert response.status_code == 200, response.text
        return response.json()

    async def post(self, path: str, body: Any = None, key: str | None = "all", **more: Any) -> Any:
        """What is answered, which is well."""
        response = await self.ask("POST", path, key, **({} if body is None else {"json": body}), **more)
        assert response.status_code in {200, 201, 202}, response.text
        return response.json()

    async def code(self, method: str, path: str, key: str | None = "all", **more: Any) -> tuple[int, str]:
        """The status and code of the problem that is answered."""
        response = await self.ask(method, path, key, **more)
        assert response.headers["content-type"] == "application/problem+json", response.text
        body = response.json()
        assert body["status"] == response.status_code
        assert body["title"]
        assert body["hint"]
        return response.status_code, body["code"]


def purchase(id: str = "e1", member: str = "ann", at: str = "2026-03-02T10:00", **more: Any) -> dict[str, Any]:
    """A purchase of 23.50: 23 points and a stamp."""
    lines = [{"amount": "3.50", "kind": "drink"}, {"amount": "20.00", "kind": "food"}]
    return {"id": id, "type": "purchase", "member": member, "happened_at": at, "lines": lines, **more}


@asynccontextmanager
async def door(
    dsn: str, text: str | None = LASTING, access: Access | None = None, limits: Limits | None = None
) -> AsyncIterator[Asking]:
    """The door, open, before a database whose program is published."""

    @asynccontextmanager
    async def opening(metrics: Metrics) -> AsyncIterator[Behind]:
        async with pool(dsn, size=2) as owners:
            if text is not None:
                await publish(owners, TENANT, program(text))
            serving = Serving(dsn, owners, metrics.committed)
            rooms = Rooms(
                serving, Vault(b"k" * 32), Sender((ip_network("127.0.0.0/8"),)), lambda: time.time_ns() // 1_000
            )
            try:
                yield Behind(serving, access or KeyTable(callers()), rooms)
            finally:
                await rooms.close()

    app = make_app(opening, limits)
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with app.lifespan(), AsyncClient(transport=transport, base_url="http://door") as client:
        yield Asking(client, dsn, app)


def run(dsn: str, story: Callable[[Asking], Awaitable[None]], **options: Any) -> None:
    """Tells a story before an open door."""

    async def told() -> None:
        async with door(dsn, **options) as asking:
            await story(asking)

    asyncio.run(told())
