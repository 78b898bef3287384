"""Lets time do its work: posts a tick for every member on whom something falls due.

Nobody needs the sweep to see a right balance, since a read advances in memory; it writes down what a read would show.
A tick belongs to the day on which something fell due, so its movements carry that day even when the sweep comes late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from regulars.engine.events import Event
from regulars.engine.model import unpack_member
from regulars.ledger.batch import Notice
from regulars.ledger.opening import Lacking
from regulars.ledger.poster import Poster
from regulars.ledger.statements import spread_sql, sql
from regulars.ledger.stored import Row
from regulars.postgres.connect import Connection, transaction
from regulars.words.moments import Moment

PAGE: Final = 256


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: ticks posted, derived events found waiting, and members whose tick could not be decided."""

    ticks: int
    delivered: int
    stuck: tuple[str, ...]


async def sweep(poster: Poster, now: Moment, page: int = PAGE) -> Swept:
    """What was done so that nothing is due at `now` any more, except on members that another sweep holds.

    Several may run at once: each takes members that no other holds.
    """
    delivered = await poster.deliver_pending()
    ticks = 0
    stuck: set[str] = set()
    while True:
        try:
            done, failed, notices = await _page(poster, now, page, stuck)
        except Lacking as lacking:
            await poster.make(lacking)
            continue
        await poster.deliver(notices)
        stuck |= failed
        ticks += done
        if not done and not failed:
            return Swept(ticks, delivered, tuple(sorted(stuck)))


async def _due(poster: Poster, connection: Connection, now: Moment, page: int, stuck: set[str]) -> Sequence[Row]:
    """Rows of members on whom something is due, locked: of one shard, since the ticks are written in one transaction."""
    place, _ = await poster.ready()
    asked = (place.tenant, place.program)
    if not place.spread:
        return await connection.fetch(sql.due, *asked, now, page, sorted(stuck))
    found = [
        row["member"] for row in await poster.pool.fetch(spread_sql.due_somewhere, *asked, now, page, sorted(stuck))
    ]
    shards = await (await poster.shards()).of(found)
    for shard in dict.fromkeys(shards):
        here = [member for member, lives in zip(found, shards, strict=True) if lives == shard]
        if rows := await connection.fetch(spread_sql.due_here, *asked, here, now):
            return rows
    return []


async def _page(poster: Poster, now: Moment, page: int, stuck: set[str]) -> tuple[int, set[str], list[Notice]]:
    async with transaction(poster.pool) as connection:
        rows = await _due(poster, connection, now, page, stuck)
        if not rows:
            return 0, set(), []
        ticks: list[Event] = []
        for row in rows:
            member = unpack_member(row["state"])
            ticks.append(poster.book.tick(member, member.due))
        outcomes, notices = await poster.post_locked(connection, ticks)
    # A tick that was there already, or that could not be decided, would come again for ever.
    failed = {outcome.member for outcome in outcomes if outcome.repeated or outcome.event_no == 0}
    return len(outcomes) - len(failed), failed, notices
