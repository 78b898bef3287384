"""Programs in service: each program of each tenant, open in this process, with who posts to it and who reads it.

A later version that somebody publishes elsewhere is taken up within `LOOK` seconds: what is in the queue by then is
judged by the book that it was read by, what comes after by the new one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from time import monotonic
from typing import Final

from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.engine.model import Member
from regulars.flows.entering import enter
from regulars.flows.opened import Opened, ask
from regulars.ledger.batch import Outcome
from regulars.ledger.gather import Gatherer
from regulars.ledger.lookups import Lookups
from regulars.ledger.poster import Poster
from regulars.ledger.reads import Reads
from regulars.postgres.connect import Pool
from regulars.postgres.connect import pool as pool_of
from regulars.words.moments import Moment

log = logging.getLogger(__name__)

SIZE: Final = 6
"""Connections of a tenant: two commits in flight, and reads beside them."""

LOOK: Final = 1.0
"""Seconds between two looks at what was published."""

Watch = Callable[[float, int], None]
"""Told of every commit: the seconds that it took, and how many events it held."""


class Running:
    """One program of one tenant, in service."""

    def __init__(self, opened: Opened, book: Book, versions: int, watch: Watch) -> None:
        self.opened = opened
        self.tenant = opened.tenant
        self.book = book
        self.versions = versions
        self.poster = _Watched(opened.pool, book, opened.tenant, watch)
        self.reads: Reads = opened.reads(book)
        self.gatherer = Gatherer(self.poster)
        self.lookups = Lookups(self.poster)

    async def member(self, member_id: str, now: Moment) -> Member | None:
        """The member as of now, or None when nothing of it is recorded; those who ask at once are answered by one query."""
        found = await self.lookups.member(member_id)
        if found is None:
            return None
        day = self.book.zone.local(now)[0]
        # Nothing falls due until then, so time changes nothing that a member has.
        return found if day < found.due and day <= found.day else self.book.advance(found, day)


class _Watched(Poster):
    """A poster whose commits are timed."""

    def __init__(self, pool: Pool, book: Book, tenant: str, watch: Watch) -> None:
        super().__init__(pool, book, tenant)
        self._watch = watch

    async def post(self, events: Sequence[Event]) -> list[Outcome]:
        begun = monotonic()
        outcomes = await super().post(events)
        self._watch(monotonic() - begun, len(events))
        return outcomes


class Serving:
    """All programs that this process has open; closed with `close()`."""

    def __init__(self, dsn: str, pool: Pool, watch: Watch = lambda _seconds, _events: None, size: int = SIZE) -> None:
        """`dsn` and `pool` are the owner's; each tenant gets at most `size` connections of its own."""
        self.dsn = dsn
        self.pool = pool
        self._watch = watch
        self._size = size
        self._tenants: dict[str, Opened] = {}
        self._closing = AsyncExitStack()
        self._open: dict[tuple[str, str | None], Running] = {}
        self._opening = asyncio.Lock()
        self._entering = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None

    async def running(self, tenant: str, slug: str | None = None) -> Running:
        """A program of a tenant; without a name its only one. Raises `ProgramUnknown`, `ProgramUnclear`, `BookUnreadable`."""
        found = self._open.get((tenant, slug))
        if found is not None:
            return found
        async with self._opening:
            found = self._open.get((tenant, slug))
            return found or await self._start(tenant, slug)

    async def tenant(self, tenant: str) -> Opened:
        """The database as a tenant sees it: connections that reach its own rows alone."""
        found = self._tenants.get(tenant)
        if found is None:
            async with self._entering:
                found = self._tenants.get(tenant) or await self._enter(tenant)
        return found

    async def _enter(self, tenant: str) -> Opened:
        address = await enter(self.dsn, tenant, make=True)
        connections = await self._closing.enter_async_context(pool_of(address, size=self._size))
        found = self._tenants[tenant] = Opened(address, connections, tenant)
        return found

    def at_work(self) -> list[Running]:
        """Every program that is open, once."""
        return list({id(one): one for one in self._open.values()}.values())

    def waiting(self) -> int:
        """Events that wait for their commit, in all."""
        return sum(one.gatherer.held for one in self.at_work())

    async def look(self) -> None:
        """Takes up what was published since, here or elsewhere."""
        for one in self.at_work():
            count = await self.pool.fetchval(ask.versions_of_program, one.tenant, one.book.slug)
            if count != one.versions:
                async with self._opening:
                    self._forget(one.tenant)
                await one.gatherer.close()
        # Who has two programs now has to say which one is meant.
        for tenant in {tenant for tenant, slug in self._open if slug is None}:
            if await self.pool.fetchval(ask.count_of_programs, tenant) != 1:
                self._open.pop((tenant, None), None)

    def watch_for_news(self) -> None:
        """Starts to look regularly."""
        self._looking = asyncio.create_task(self._look_always())

    async def close(self) -> None:
        """Takes no more, and returns when everything that was taken is committed."""
        if self._looking is not None:
            self._looking.cancel()
        await asyncio.gather(*(one.gatherer.close() for one in self.at_work()))
        await self._closing.aclose()

    async def _start(self, tenant: str, slug: str | None) -> Running:
        opened = await self.tenant(tenant)
        book = await opened.book(slug)
        found = self._open.get((tenant, book.slug))
        if found is None:
            found = Running(opened, book, len(book.machines), self._watch)
            await found.poster.ready()
            self._open[tenant, book.slug] = found
        if slug is None:
            self._open[tenant, None] = found
        return found

    def _forget(self, tenant: str) -> None:
        for key in [key for key in self._open if key[0] == tenant]:
            del self._open[key]

    async def _look_always(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            try:
                await self.look()
            except Exception as error:
                # The database is away; whoever calls meanwhile is told so, and the next look may see it again.
                log.warning("could not look for new versions: %s", type(error).__name__)
