"""A worker: does what is due for every tenant, a little at a time, until it is told to stop.

Any number of them may run. Whatever one takes is leased or locked, so a killed one's work is another's; what was done twice
is recorded once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from time import time_ns
from typing import Final, NamedTuple

from regulars.flows.jobs import jobs_of, work
from regulars.flows.opened import BookUnreadable, ask
from regulars.flows.reserving import release_overdue
from regulars.flows.rooms import Rooms
from regulars.flows.serving import Serving
from regulars.ledger.sweep import sweep
from regulars.postgres.connect import is_away

log = logging.getLogger(__name__)

IDLE: Final = 0.5
"""Seconds before a chore looks again when there was nothing to do."""
RARELY: Final = 3_600.0
AWAY: Final = 2.0
"""Seconds before a chore tries again when the database is away."""


class Chore(NamedTuple):
    """One kind of work: what it does for a tenant, giving how much that was, and how long it rests when that was nothing."""

    name: str
    act: Callable[[str], Awaitable[int]]
    rest: float = IDLE


class Worker:
    """Does chores for all tenants; each chore goes its own pace, so that a long import holds up nothing else."""

    def __init__(self, serving: Serving, rooms: Rooms | None = None) -> None:
        self._serving = serving
        self._rooms = rooms
        self._stopping = asyncio.Event()

    def chores(self) -> Sequence[Chore]:
        """What there is to do."""
        found = [
            Chore("sweep", self._sweep),
            Chore("release", self._release),
            Chore("jobs", self._jobs),
            Chore("forget", self._forget, RARELY),
        ]
        if self._rooms is not None:
            found += [Chore("gather", self._gather), Chore("deliver", self._deliver)]
        return found

    def stop(self) -> None:
        """Lets every chore end after what it has in hand."""
        self._stopping.set()

    async def run(self) -> None:
        """Works until it is told to stop."""
        self._serving.watch_for_news()
        await asyncio.gather(*(self._always(chore) for chore in self.chores()))

    async def once(self) -> int:
        """How much there was to do of everything, each chore done once for every tenant."""
        return sum([await chore.act(tenant) for chore in self.chores() for tenant in await self.tenants()])

    async def tenants(self) -> list[str]:
        """Every tenant, by name."""
        return [row["slug"] for row in await self._serving.pool.fetch(ask.all_tenants)]

    async def _always(self, chore: Chore) -> None:
        while not self._stopping.is_set():
            rest = chore.rest
            try:
                done = 0
                for tenant in await self.tenants():
                    if self._stopping.is_set():
                        return
                    done += await chore.act(tenant)
                if done:
                    continue
            except Exception as error:
                if is_away(error):
                    log.warning("the database is away; %s waits", chore.name)
                else:
                    log.exception("%s failed", chore.name)
                rest = max(rest, AWAY)
            try:
                await asyncio.wait_for(self._stopping.wait(), rest)
            except TimeoutError:
                continue

    async def _each(self, tenant: str) -> list[str]:
        return list(await (await self._serving.tenant(tenant)).programs())

    async def _sweep(self, tenant: str) -> int:
        done = 0
        for slug in await self._each(tenant):
            try:
                running = await self._serving.running(tenant, slug)
            except BookUnreadable as unreadable:
                log.warning("a program cannot be swept here: %s", unreadable)
                continue
            swept = await sweep(running.poster, time_ns() // 1_000)
            done += swept.ticks
        return done

    async def _release(self, tenant: str) -> int:
        return sum(
            [await release_overdue(await self._serving.running(tenant, slug)) for slug in await self._each(tenant)]
        )

    async def _jobs(self, tenant: str) -> int:
        return await work(await self._serving.tenant(tenant))

    async def _forget(self, tenant: str) -> int:
        await (await jobs_of(await self._serving.tenant(tenant))).forget()
        return 0

    async def _gather(self, tenant: str) -> int:
        assert self._rooms is not None, "the chore is there only with rooms"
        return await (await self._rooms.telling(tenant)).gather()

    async def _deliver(self, tenant: str) -> int:
        assert self._rooms is not None, "the chore is there only with rooms"
        return await (await self._rooms.telling(tenant)).deliver()
