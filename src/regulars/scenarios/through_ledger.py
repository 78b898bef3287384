"""Scenarios through PostgreSQL: the same steps, posted to the ledger as a shop would, each scenario as a tenant of its
own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from itertools import count
from typing import Any, TypeVar

from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.engine.model import Member, Receipt
from regulars.ledger.batch import Outcome
from regulars.ledger.poster import Poster
from regulars.ledger.programs import grant_stock, publish
from regulars.ledger.reads import Reads
from regulars.ledger.statements import sql
from regulars.postgres.connect import Pool, pool
from regulars.words.days import Day
from regulars.words.refusals import Refusal

T = TypeVar("T")


class ThroughLedger:
    """Makes ledgers in a migrated database, one for each scenario; used as a block, at whose end the connections close.

    Tenants are named `name/1`, `name/2` .. and stay in the database, so a name is used once.
    """

    def __init__(self, dsn: str, book: Book, name: str = "scenarios") -> None:
        self._dsn, self._book, self._name = dsn, book, name
        self._numbers = count(1)
        self._runner = asyncio.Runner()
        self._open = AsyncExitStack()
        self._pool: Pool | None = None

    def __enter__(self) -> ThroughLedger:
        self._pool = self._runner.run(self._open.enter_async_context(pool(self._dsn, size=2)))
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._open.aclose())
        self._runner.close()

    def __call__(self) -> LedgerPoster:
        """An empty ledger with the program published."""
        assert self._pool is not None, "it is used as a block"
        tenant = f"{self._name}/{next(self._numbers)}"
        for machine in self._book.machines:
            published = self._runner.run(publish(self._pool, tenant, machine.program))
            assert not isinstance(published, Refusal), published
        return LedgerPoster(self._runner, self._pool, self._book, tenant)


class LedgerPoster:
    """One tenant's ledger, posted to and read one call after the other."""

    def __init__(self, runner: asyncio.Runner, shared: Pool, book: Book, tenant: str) -> None:
        self._runner, self._pool, self._book = runner, shared, book
        self._poster, self._reads = Poster(shared, book, tenant), Reads(shared, book, tenant)
        self._now = 0

    def post(self, event: Mapping[str, Any], /) -> Outcome | Refusal:
        """What became of an event, after its commit and those of what it caused."""
        read = self._book.read(event)
        return read if isinstance(read, Refusal) else self._post(read)

    def advance(self, member: str, day: Day, /) -> Outcome | Refusal:
        """Everything done that falls due for the member up to the start of the day."""
        return self._post(self._book.tick(self.member(member), day))

    def member(self, member: str, /) -> Member:
        """The member as of the last moment posted; a blank one when nothing is recorded."""
        return self._run(self._reads.member(member, self._now)) or self._book.blank(member)

    def receipts(self, member: str, /) -> Sequence[Receipt]:
        """All receipts of the member, oldest first."""
        found = self._run(self._reads.activity(member, limit=10_000))
        return [entry.receipt for entry in reversed(found)]

    def put_stock(self, key: str, left: int, /) -> None:
        """Grants what is missing of a stock; there cannot be more of it than is said."""
        granted, used = self._run(self._stock(key))
        if left > granted - used:
            self._run(self._grant(key, left - granted + used))

    def _post(self, event: Event) -> Outcome:
        self._now = max(self._now, event.at)
        (outcome,) = self._run(self._poster.post([event]))
        return outcome

    async def _stock(self, key: str) -> tuple[int, int]:
        place, _ = await self._poster.ready()
        row = await self._pool.fetchrow(sql.grant_stock, place.tenant, place.program, key, 0)
        assert row is not None, "the statement returns its row"
        return row["granted"], row["used"]

    async def _grant(self, key: str, amount: int) -> None:
        place, _ = await self._poster.ready()
        await grant_stock(self._pool, place, key, amount)

    def _run(self, act: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(act)
