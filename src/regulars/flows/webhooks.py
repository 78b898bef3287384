"""Telling other systems: what was recorded becomes messages, messages are sent until they arrive or are given up."""

from __future__ import annotations

import asyncio
import base64
import random
import secrets
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Final

from regulars.engine.book import Book
from regulars.engine.model import Movement, unpack_receipt
from regulars.flows.opened import Opened
from regulars.ledger.names import Names
from regulars.ledger.stored import Row
from regulars.ledger.tenants import tenant_number
from regulars.postgres.citus import is_spread
from regulars.postgres.connect import Connection, transaction
from regulars.sealing import SealBroken, Vault
from regulars.webhooks.decide import checked, given_up, next_attempt, rests_until
from regulars.webhooks.messages import messages
from regulars.webhooks.model import Attempt, Due, Endpoint, Message
from regulars.webhooks.sending import PREFIX, NotSent, Sender, worked
from regulars.webhooks.store import Webhooks, spread_sql, sql
from regulars.words.moments import Moment
from regulars.words.refusals import Refusal

SECRET_BYTES: Final = 24
COMMITS: Final = 20
"""Commits that become messages together."""
AT_ONCE: Final = 64
"""Deliveries that one worker has in hand."""
PATIENCE: Final = 1.0
"""Seconds that the deliveries of others wait for one that is slow."""
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
        self._said = sql
        self._slow: dict[asyncio.Task[None], str] = {}

    async def room(self) -> Webhooks:
        """The room of the tenant."""
        if self._room is None:
            number = await tenant_number(self.opened.pool, self.opened.tenant)
            assert number is not None, "an open database has its tenant"
            self._said = spread_sql if await is_spread(self.opened.pool) else sql
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
            await connection.execute(sql.by_keys)
            rows = await connection.fetch(sql.take_feed, room.tenant, COMMITS)
            for row in rows:
                await room.send(connection, await self._messages(connection, row))
                told += 1
            if rows:
                await connection.execute(sql.drop_feed, room.tenant, [row["no"] for row in rows])
        return told

    async def deliver(self) -> int:
        """How many deliveries were begun; when it returns they are reported, but for those to a slow receiver, which keeps nobody
        waiting: it gets no others until they are. What a worker that ends leaves behind is tried by another a minute later.
        """
        room = await self.room()
        due = await room.lease(AT_ONCE - len(self._slow), sorted(set(self._slow.values())))
        if not due:
            return 0
        tries = {asyncio.create_task(self._try(one)): one for one in due}
        done, slow = await asyncio.wait(tries, timeout=PATIENCE)
        for task in slow:
            later = asyncio.create_task(self._later(task))
            self._slow[later] = tries[task].endpoint
            later.add_done_callback(self._slow.pop)
        await self._report([task.result() for task in done])
        return len(due)

    async def close(self) -> None:
        """Returns when all that is under way is reported."""
        await asyncio.gather(*self._slow, return_exceptions=True)

    async def _try(self, due: Due) -> tuple[Due, Attempt]:
        begun, status, error = monotonic(), None, None
        try:
            assert self._room is not None, "whoever sends has asked for the room"
            keys = [self._vault.open(secret, _purpose(self._room.tenant, due.endpoint)) for secret in due.secrets]
            status = await self.sender.send(due, keys, self._clock())
        except NotSent as why:
            error = str(why)
        except SealBroken:
            error = "its secret does not open with the master key that this worker has"
        if status is not None and 300 <= status < 400:
            error = "a redirect is not followed"
        return due, Attempt(due.attempts, self._clock(), int((monotonic() - begun) * 1_000), status, error)

    async def _later(self, task: asyncio.Task[tuple[Due, Attempt]]) -> None:
        await self._report([await task])

    async def _report(self, tried: Sequence[tuple[Due, Attempt]]) -> None:
        room = await self.room()
        arrived = [(due, one) for due, one in tried if one.status is not None and worked(one.status)]
        if arrived:
            await room.arrived(arrived)
        for due, attempt in tried:
            if attempt.status is None or not worked(attempt.status):
                await self._failed(room, due, attempt)

    async def _failed(self, room: Webhooks, due: Due, attempt: Attempt) -> None:
        now = attempt.at
        again = None if attempt.status == GONE else next_attempt(due.attempts, now, random.random())
        failures, since = await room.failed(due, attempt, again)
        if attempt.status == GONE or given_up(since, now):
            await room.enable(due.endpoint, on=False)
        elif (until := rests_until(failures, now)) is not None:
            await room.rest(due.endpoint, until)

    async def _messages(self, connection: Connection, row: Row) -> list[Message]:
        room = await self.room()
        names = await self._named()
        slug = await connection.fetchval(sql.program_of, room.tenant, row["program"])
        book = await self._book_of(slug)
        found = await connection.fetch(
            self._said.told_events, room.tenant, row["program"], row["members"], row["event_nos"]
        )
        moved = await connection.fetch(
            self._said.told_movements, room.tenant, row["program"], row["members"], row["event_nos"]
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
