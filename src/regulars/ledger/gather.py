"""Requests that wait together commit together.

What arrives while a commit runs is the next batch. Members are dealt out to a few lanes, each with one batch in flight,
so that the database commits one lane while the next decides, and no lane waits for another's locks.
"""

from __future__ import annotations

import asyncio
import zlib
from typing import Final

from regulars.engine.events import Event
from regulars.ledger.batch import Outcome
from regulars.ledger.poster import Poster

MOST: Final = 256
"""Events of one commit: more wait longer for one another without being quicker."""

LANES: Final = 2


class Gatherer:
    """Takes single events and answers each after its own commit; closed with `close()`.

    At most `waiting` events are held; who comes then waits to be let in, so memory stays flat.
    """

    def __init__(self, poster: Poster, *, lanes: int = LANES, waiting: int = 10_000) -> None:
        self._poster = poster
        self._lanes = [_Lane(poster) for _ in range(lanes)]
        self._room = asyncio.Semaphore(waiting)
        self._closed = False

    async def submit(self, event: Event) -> Outcome:
        """What became of the event, after its commit; raises what its batch raised."""
        if self._closed:
            raise RuntimeError("the gatherer is closed")
        async with self._room:
            lane = self._lanes[zlib.crc32(event.member.encode()) % len(self._lanes)]
            # A caller that goes away does not take back what it sent: it may be in a commit already.
            return await asyncio.shield(lane.put(event))

    async def close(self) -> None:
        """Takes no more, and returns when everything that was taken is committed."""
        self._closed = True
        await asyncio.gather(*(lane.drained() for lane in self._lanes))


class _Lane:
    """One batch in flight, and a queue behind it."""

    def __init__(self, poster: Poster) -> None:
        self._poster = poster
        self._queue: list[tuple[Event, asyncio.Future[Outcome]]] = []
        self._running: asyncio.Task[None] | None = None

    def put(self, event: Event) -> asyncio.Future[Outcome]:
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._queue.append((event, answer))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return answer

    async def drained(self) -> None:
        while self._running is not None:
            await self._running

    async def _run(self) -> None:
        try:
            while self._queue:
                batch, self._queue = self._queue[:MOST], self._queue[MOST:]
                await self._post(batch)
        finally:
            self._running = None
            left, self._queue = self._queue, []
            for _, answer in left:
                answer.cancel()

    async def _post(self, batch: list[tuple[Event, asyncio.Future[Outcome]]]) -> None:
        try:
            outcomes = await self._poster.post([event for event, _ in batch])
        except BaseException as error:
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
                    # A caller that went away does not look; it must not be complained about.
                    answer.exception()
            if not isinstance(error, Exception):
                raise
            return
        for (_, answer), outcome in zip(batch, outcomes, strict=True):
            if not answer.done():
                answer.set_result(outcome)
