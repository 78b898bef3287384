"""Members looked up by those who ask at once, with one query.

While a query runs, who comes waits for the next one: a read that begins after a commit was answered sees it.
"""

from __future__ import annotations

import asyncio
from typing import Final

from regulars.engine.model import Member, unpack_member
from regulars.ledger.poster import Poster

MOST: Final = 256


class Lookups:
    """Gives snapshots as they are stored; safe to share between tasks."""

    def __init__(self, poster: Poster) -> None:
        self._poster = poster
        self._queue: dict[str, asyncio.Future[bytes | None]] = {}
        self._running: asyncio.Task[None] | None = None

    async def member(self, member_id: str) -> Member | None:
        """The member's snapshot, not advanced; None when nothing of it is recorded. Raises what the query raised."""
        answer = self._queue.get(member_id)
        if answer is None:
            answer = self._queue[member_id] = asyncio.get_running_loop().create_future()
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        # Who goes away does not take the answer from others that wait for the same member.
        state = await asyncio.shield(answer)
        return None if state is None else unpack_member(state)

    async def _run(self) -> None:
        try:
            while self._queue:
                wanted, self._queue = self._queue, {}
                members = list(wanted)
                for begin in range(0, len(members), MOST):
                    page = members[begin : begin + MOST]
                    await self._look({member: wanted[member] for member in page})
        finally:
            self._running = None

    async def _look(self, wanted: dict[str, asyncio.Future[bytes | None]]) -> None:
        try:
            place, _ = await self._poster.ready()
            rows = await self._poster.pool.fetch(place.sql.states_of, place.tenant, place.program, list(wanted))
        except Exception as error:
            for answer in wanted.values():
                if not answer.done():
                    answer.set_exception(error)
                    answer.exception()
            return
        found = {row["member"]: row["state"] for row in rows}
        for member, answer in wanted.items():
            if not answer.done():
                answer.set_result(found.get(member))
