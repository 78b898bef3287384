"""What the room keeps: endpoints, and messages on their way with the log of every attempt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from regulars.ledger.stored import Row
from regulars.postgres import queries
from regulars.postgres.connect import Connection, Pool, transaction
from regulars.webhooks.decide import RESTS_AFTER
from regulars.webhooks.model import Attempt, Delivery, Due, Endpoint, Message
from regulars.words.moments import Moment, Zone

sql: Final = queries.load("regulars.webhooks")
spread_sql: Final = queries.Queries({**sql, **queries.load("regulars.webhooks", "spread.sql")})
"""The statements for a database that is spread over machines."""
UTC: Final = Zone("UTC")
LEASE: Final = 60
"""Seconds after which a delivery that nobody reported on is tried by another worker."""
TO_EACH: Final = 40
"""Deliveries to one endpoint that a worker takes at once."""
LAST: Final = 2**62


class Webhooks:
    """The endpoints and deliveries of one tenant. Secrets go in and out sealed."""

    def __init__(self, pool: Pool, tenant: int) -> None:
        self.pool, self.tenant = pool, tenant

    async def add(self, endpoint: Endpoint, secret: bytes) -> None:
        """Adds an endpoint; what is recorded from now on is told to it."""
        async with transaction(self.pool) as connection:
            await connection.execute(sql.listen, self.tenant)
            await connection.execute(
                sql.add_endpoint, self.tenant, endpoint.id, endpoint.url, endpoint.label, list(endpoint.types), secret,
                endpoint.made_at,
            )  # fmt: skip

    async def all(self) -> list[Endpoint]:
        """All endpoints, oldest first."""
        return [_endpoint(row) for row in await self.pool.fetch(sql.endpoints, self.tenant)]

    async def change(self, endpoint: Endpoint) -> bool:
        """Whether there is such an endpoint, which now has another address, label or choice of types."""
        done = await self.pool.execute(
            sql.change_endpoint, self.tenant, endpoint.id, endpoint.url, endpoint.label, list(endpoint.types)
        )
        return _some(done)

    async def drop(self, endpoint: str) -> bool:
        """Whether there was such an endpoint; it is gone, with its log."""
        async with transaction(self.pool) as connection:
            found = _some(await connection.execute(sql.drop_endpoint, self.tenant, endpoint))
            await connection.execute(sql.stop_listening, self.tenant)
        return found

    async def enable(self, endpoint: str, on: bool = True) -> bool:
        """Whether there is such an endpoint; it gets messages again, or no more."""
        async with transaction(self.pool) as connection:
            if on:
                await connection.execute(sql.listen, self.tenant)
                return _some(await connection.execute(sql.enable_endpoint, self.tenant, endpoint))
            await connection.execute(sql.disable_endpoint, self.tenant, endpoint)
            await connection.execute(sql.stop_listening, self.tenant)
            return True

    async def rotate(self, endpoint: str, secret: bytes, old_until: Moment) -> bool:
        """Whether there is such an endpoint; it signs with the new secret, and with the old one until a moment."""
        return _some(await self.pool.execute(sql.rotate_secret, self.tenant, endpoint, secret, old_until))

    async def send(self, connection: Connection, messages: Sequence[Message]) -> int:
        """How many deliveries the messages make, one to each endpoint that wants them."""
        wants = [
            (row["id"], frozenset(row["types"])) for row in await connection.fetch(sql.open_endpoints, self.tenant)
        ]
        rows = [
            (to, one.id, one.type, _body(one))
            for one in messages
            for to, types in wants
            if not types or one.type in types
        ]
        if rows:
            await connection.execute(
                sql.add_deliveries, self.tenant, *(list(column) for column in zip(*rows, strict=True))
            )
        return len(rows)

    async def send_to(self, connection: Connection, endpoint: str, message: Message) -> None:
        """Puts a message on its way to one endpoint, whatever it asked for."""
        await connection.execute(
            sql.add_deliveries, self.tenant, [endpoint], [message.id], [message.type], [_body(message)]
        )

    async def lease(self, most: int, but: Sequence[str] = ()) -> list[Due]:
        """Deliveries that are due, leased: whoever does not report within a minute loses them to another worker. None to the endpoints
        of `but`.
        """
        async with transaction(self.pool) as connection:
            await connection.execute(sql.by_keys)
            rows = await connection.fetch(sql.lease, self.tenant, most, TO_EACH, RESTS_AFTER, LEASE, list(but))
        return [
            Due(
                row["endpoint"], row["url"], row["id"], row["type"], row["body"], row["attempts"],
                tuple(secret for secret in (row["secret"], row["old"]) if secret is not None), row["failing_since"],
            )
            for row in rows
        ]  # fmt: skip

    async def arrived(self, done: Sequence[tuple[Due, Attempt]]) -> None:
        """The messages were taken."""
        async with transaction(self.pool) as connection:
            await connection.execute(sql.by_keys)
            await self._log(connection, done)
            await connection.executemany(sql.delivered, [(self.tenant, due.endpoint, due.id) for due, _ in done])
            await connection.execute(sql.works, self.tenant, sorted({due.endpoint for due, _ in done}))

    async def failed(self, due: Due, attempt: Attempt, again: Moment | None) -> tuple[int, Moment]:
        """How often in a row the endpoint has failed, and since when; the message is tried again at a moment, or given up."""
        async with transaction(self.pool) as connection:
            row = await connection.fetchrow(sql.fails, self.tenant, due.endpoint, attempt.at)
            await self._log(connection, [(due, attempt)])
            await connection.execute(sql.not_delivered, self.tenant, due.endpoint, due.id, again)
        return (0, attempt.at) if row is None else (row["failures"], row["failing_since"])

    async def rest(self, endpoint: str, until: Moment) -> None:
        """Leaves an endpoint alone until a moment."""
        await self.pool.execute(sql.rest, self.tenant, endpoint, until)

    async def log(self, endpoint: str, before: tuple[Moment, str] = (LAST, ""), limit: int = 50) -> list[Delivery]:
        """The newest messages to an endpoint, before one of them (its moment and id)."""
        return [_delivery(row) for row in await self.pool.fetch(sql.log, self.tenant, endpoint, *before, limit)]

    async def attempts(self, endpoint: str, message: str) -> list[Attempt]:
        """Every attempt at a message, oldest first."""
        rows = await self.pool.fetch(sql.attempts, self.tenant, endpoint, message)
        return [Attempt(row["attempt"], row["at"], row["millis"], row["status"], row["error"]) for row in rows]

    async def send_again(self, endpoint: str, message: str) -> bool:
        """Whether there is such a message; it is due once more."""
        return await self.pool.fetchval(sql.send_again, self.tenant, endpoint, message) is not None

    async def send_failed_again(self, endpoint: str, since: Moment) -> int:
        """How many messages that were given up since a moment are due once more."""
        return int(await self.pool.fetchval(sql.send_failed_again, self.tenant, endpoint, since))

    async def waiting(self) -> tuple[int, float]:
        """How many messages wait, and for how many seconds the oldest that is due has."""
        row = await self.pool.fetchrow(sql.waiting, self.tenant)
        assert row is not None, "an aggregate has one row"
        return row["waiting"], row["seconds"]

    async def _log(self, connection: Connection, done: Sequence[tuple[Due, Attempt]]) -> None:
        rows = [(due.endpoint, due.id, one.attempt, one.at, one.millis, one.status, one.error) for due, one in done]
        columns = (list(column) for column in zip(*rows, strict=True))
        await connection.execute(sql.log_attempts, self.tenant, *columns)


def _body(message: Message) -> bytes:
    told = {"type": message.type, "timestamp": UTC.text(message.happened_at), "data": message.data}
    return msgspec.json.encode(told)


def _endpoint(row: Row) -> Endpoint:
    state = "disabled" if row["disabled"] else "resting" if row["resting"] else "failing" if row["failures"] else "open"
    return Endpoint(row["id"], row["url"], row["label"], tuple(row["types"]), state, row["failures"], row["made_at"])


def _delivery(row: Row) -> Delivery:
    state = "delivered" if row["delivered_at"] is not None else "given_up" if row["next_at"] is None else "waiting"
    return Delivery(
        row["id"], row["type"], state, row["attempts"], row["made_at"], row["next_at"], row["delivered_at"], row["body"]
    )


def _some(done: str) -> bool:
    return not done.endswith(" 0")
