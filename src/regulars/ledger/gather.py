"""Requests that wait together commit together.

What arrives while a commit runs is the next batch. Members are dealt out to lanes, each with one batch in flight, so that no
lane waits for another's locks. One lane is quickest as a rule: half as many batches, twice as large, cost less than they wait.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Sequence
from typing import Final

from regulars.engine.events import Event
from regulars.ledger.batch import Outcome
from regulars.ledger.poster import Poster

MOST: Final = 256
"""Events of one commit: more wait longer for one another without being quicker."""

LANES: Final = 1


class GathererClosed(RuntimeError):
    """Raised for what comes after `close()`."""


class Gatherer:
    """Takes single events and answers each after its own commit; closed with `close()`.

    At most `waiting` events are held; who comes then waits to be let in, so memory stays flat.
    """

    def __init__(self, poster: Poster, *, lanes: int = LANES, waiting: int = 10_000) -> None:
        self._poster = poster
        self._lanes = [_Lane(poster) for _ in range(lanes)]
        self._room = asyncio.Semaphore(waiting)
        self._closed = False
        self.held = 0
        """Events that were taken and are not answered yet."""

    async def submit(self, event: Event) -> Outcome:
        """What became of the event, after its commit; raises what its batch raised."""
        if self._closed:
            raise GathererClosed("the gatherer is closed")
        async with self._room:
            # A caller that goes away does not take back what it sent: it may be in a commit already.
            answer = self._lane(event).put([event])
            self.held += 1
            answer.add_done_callback(self._let_go)
            return (await asyncio.shield(answer))[0]

    async def submit_all(self, events: Sequence[Event]) -> list[Outcome]:
        """What became of each of some events, in the order given, after their commits; raises what a batch raised.

        Events of one member are decided in the order given; then some may be recorded although others are not.
        """
        if self._closed:
            raise GathererClosed("the gatherer is closed")
        places: dict[_Lane, list[int]] = {}
        for place, event in enumerate(events):
            places.setdefault(self._lane(event), []).append(place)
        async with self._room:
            parts = [
                (lane.put([events[place] for place in part]), part)
                for lane, mine in places.items()
                for part in (mine[begin : begin + MOST] for begin in range(0, len(mine), MOST))
            ]
            self.held += len(events)
            whole = asyncio.gather(*(answer for answer, _ in parts), return_exceptions=True)
            whole.add_done_callback(lambda _: self._let_go(None, len(events)))
            done = await asyncio.shield(whole)
        found: list[Outcome | None] = [None] * len(events)
        for outcomes, (_, part) in zip(done, parts, strict=True):
            if isinstance(outcomes, BaseException):
                raise outcomes
            for place, outcome in zip(part, outcomes, strict=True):
                found[place] = outcome
        return [outcome for outcome in found if outcome is not None]

    def _lane(self, event: Event) -> _Lane:
        return self._lanes[zlib.crc32(event.member.encode()) % len(self._lanes)]

    def _let_go(self, _: object, count: int = 1) -> None:
        self.held -= count

    async def close(self) -> None:
        """Takes no more, and returns when everything that was taken is committed."""
        self._closed = True
        await asyncio.gather(*(lane.drained() for lane in self._lanes))


class _Lane:
    """One batch in flight, and a queue behind it."""

    def __init__(self, poster: Poster) -> None:
        self._poster = poster
        self._queue: list[tuple[list[Event], asyncio.Future[list[Outcome]]]] = []
        self._running: asyncio.Task[None] | None = None

    def put(self, events: list[Event]) -> asyncio.Future[list[Outcome]]:
        answer: asyncio.Future[list[Outcome]] = asyncio.get_running_loop().create_future()
        self._queue.append((events, answer))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return answer

    async def drained(self) -> None:
        while self._running is not None:
            await self._running

    async def _run(self) -> None:
        try:
            while self._queue:
                await self._post(self._next())
        finally:
            self._running = None
            left, self._queue = self._queue, []
            for _, answer in left:
                answer.cancel()

    def _next(self) -> list[tuple[list[Event], asyncio.Future[list[Outcome]]]]:
        """As many of those that wait, in order, as make a commit; what came together stays together."""
        count = events = 0
        for group, _ in self._queue:
            events += len(group)
            if count and events > MOST:
                break
            count += 1
        batch, self._queue = self._queue[:count], self._queue[count:]
        return batch

    async def _post(self, batch: list[tuple[list[Event], asyncio.Future[list[Outcome]]]]) -> None:
        try:
            outcomes = await self._poster.post([event for events, _ in batch for event in events])
        except BaseException as error:
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
                    # A caller that went away does not look; it must not be complained about.
                    answer.exception()
            if not isinstance(error, Exception):
                raise
            return
        begin = 0
        for events, answer in batch:
            if not answer.done():
                answer.set_result(outcomes[begin : begin + len(events)])
            begin += len(events)
