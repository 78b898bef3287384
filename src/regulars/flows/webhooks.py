"""Telling other systems: what was recorded becomes messages, messages are sent until they arrive or are given up."""

from __future__ import annotations

import asyncio
import base64
import random
import secrets
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Final

import msgspec

from regulars.engine.book import Book
from regulars.engine.model import Movement, unpack_receipt
from regulars.flows.opened import Opened
from regulars.ledger.names import Names
from regulars.ledger.stored import Row
from regulars.ledger.tenants import tenant_number
from regulars.postgres.connect import Connection, transaction
from regulars.sealing import Vault
from regulars.webhooks.decide import checked, given_up, next_attempt, rests_until
from regulars.webhooks.messages import messages
from regulars.webhooks.model import Attempt, Due, Endpoint, Message
from regulars.webhooks.sending import PREFIX, NotSent, Sender, worked
from regulars.webhooks.store import Webhooks, sql
from regulars.words.moments import Moment
from regulars.words.refusals import Refusal

SECRET_BYTES: Final = 24
COMMITS: Final = 20
"""Commits that become messages together."""
AT_ONCE: Final = 64
"""Deliveries that one worker has in hand."""
OLD_SECRET: Final = 24 * 3_600 * 1_000_000
GONE: Final = 410

Clock = Callable[[], Moment]
BookOf = Callable[[str], Awaitable[Book]]


class Telling:
    """The webhooks of a tenant, as staff sets them up and as workers send them."""

    def __init__(
        self, opened: Opened, vault: Vault, sender: Sender, clock: Clock, book_of: BookOf | None = None
    ) -> None:
        """`book_of` gives a program's book by its slug; without it each is read from the database when it is needed."""
        self.opened, self.sender = opened, sender
        self._vault, self._clock, self._book_of = vault, clock, book_of or opened.book
        self._room: Webhooks | None = None
        self._names: Names | None = None

    async def room(self) -> Webhooks:
        """The room of the tenant."""
        if self._room is None:
            number = await tenant_number(self.opened.pool, self.opened.tenant)
            assert number is not None, "an open database has its tenant"
            self._room = Webhooks(self.opened.pool, number)
        return self._room

    async def add(self, url: str, types: Sequence[str], label: str) -> tuple[Endpoint, str] | Refusal:
        """A new endpoint with its secret, which is shown this once; refused as `decide.checked` says."""
        refusal = checked(url, types, self.sender.allowed)
        if refusal is not None:
            return refusal
        room = await self.room()
        made = Endpoint(f"wh_{secrets.token_hex(8)}", url, label, tuple(types), "open", 0, self._clock())
        secret = secrets.token_bytes(SECRET_BYTES)
        await room.add(made, self._seal(made.id, secret))
        return made, _shown(secret)

    async def change(self, endpoint: str, url: str, types: Sequence[str], label: str) -> Refusal | None:
        """Another address, label or choice of types; `webhook.unknown` when there is none of that id."""
        refusal = checked(url, types, self.sender.allowed)
        if refusal is not None:
            return refusal
        found = await (await self.room()).change(Endpoint(endpoint, url, label, tuple(types), "open", 0, 0))
        return None if found else Refusal("webhook.unknown")

    async def rotate(self, endpoint: str) -> str | Refusal:
        """A new secret, shown this once; for a day the old one signs as well."""
        secret = secrets.token_bytes(SECRET_BYTES)
        room = await self.room()
        if not await room.rotate(endpoint, self._seal(endpoint, secret), self._clock() + OLD_SECRET):
            return Refusal("webhook.unknown")
        return _shown(secret)

    async def try_out(self, endpoint: str) -> Refusal | None:
        """Sends a message of type `webhook.test` on its way to an endpoint."""
        room = await self.room()
        if all(one.id != endpoint for one in await room.all()):
            return Refusal("webhook.unknown")
        message = Message(f"msg_{secrets.token_hex(16)}", "webhook.test", self._clock(), {"endpoint": endpoint})
        async with transaction(self.opened.pool) as connection:
            await room.send_to(connection, endpoint, message)
        return None

    async def gather(self) -> int:
        """How many commits became messages; several workers may do this at once."""
        room, told = await self.room(), 0
        async with transaction(self.opened.pool) as connection:
            rows = await connection.fetch(sql.take_feed, room.tenant, COMMITS)
            for row in rows:
                await room.send(connection, await self._messages(connection, row))
                told += 1
            if rows:
                await connection.execute(sql.drop_feed, room.tenant, [row["no"] for row in rows])
        return told

    async def deliver(self) -> int:
        """How many deliveries were tried. What a worker that ends leaves behind is tried by another a minute later."""
        due = await (await self.room()).lease(AT_ONCE)
        await asyncio.gather(*(self._try(one) for one in due))
        return len(due)

    async def _try(self, due: Due) -> None:
        room = await self.room()
        begun, status, error = monotonic(), None, None
        try:
            keys = [self._vault.open(secret, _purpose(room.tenant, due.endpoint)) for secret in due.secrets]
            status = await self.sender.send(due, keys, self._clock())
        except NotSent as why:
            error = str(why)
        now = self._clock()
        attempt = Attempt(due.attempts, now, int((monotonic() - begun) * 1_000), status, error)
        if status is not None and worked(status):
            await room.arrived(due, attempt)
            return
        if status is not None and 300 <= status < 400:
            attempt = msgspec.structs.replace(attempt, error="a redirect is not followed")
        again = None if status == GONE else next_attempt(due.attempts, now, random.random())
        failures, since = await room.failed(due, attempt, again)
        if status == GONE or given_up(since, now):
            await room.enable(due.endpoint, on=False)
        elif (until := rests_until(failures, now)) is not None:
            await room.rest(due.endpoint, until)

    async def _messages(self, connection: Connection, row: Row) -> list[Message]:
        room = await self.room()
        names = await self._named()
        slug = await connection.fetchval(sql.program_of, room.tenant, row["program"])
        book = await self._book_of(slug)
        found = await connection.fetch(sql.told_events, room.tenant, row["program"], row["members"], row["event_nos"])
        moved = await connection.fetch(
            sql.told_movements, room.tenant, row["program"], row["members"], row["event_nos"]
        )
        by_event: dict[tuple[str, int], list[Movement]] = {}
        for one in moved:
            if not {one["wallet"], one["source"], one["target"]} <= names.names.keys():
                await names.read(self.opened.pool)
            wallet, source, target = (names.names[one[column]] for column in ("wallet", "source", "target"))
            by_event.setdefault((one["member"], one["event_no"]), []).append(
                Movement(wallet, source, target, one["amount"], one["lot"])
            )
        return [
            message
            for event in found
            for message in messages(
                book, self.opened.tenant, event["member"], event["event_no"], (event["id"], event["type"], event["at"]),
                unpack_receipt(event["receipt"]), by_event.get((event["member"], event["event_no"]), ()),
            )
        ]  # fmt: skip

    async def _named(self) -> Names:
        if self._names is None:
            self._names = Names((await self.room()).tenant)
            await self._names.read(self.opened.pool)
        return self._names

    def _seal(self, endpoint: str, secret: bytes) -> bytes:
        assert self._room is not None, "whoever seals has asked for the room"
        return self._vault.seal(secret, _purpose(self._room.tenant, endpoint))


def _purpose(tenant: int, endpoint: str) -> str:
    return f"webhooks/{tenant}/{endpoint}"


def _shown(secret: bytes) -> str:
    return PREFIX + base64.b64encode(secret).decode()
