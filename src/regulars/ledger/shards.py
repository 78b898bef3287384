"""Which events may be written together: those of members who live on one shard.

On plain PostgreSQL there is one shard. A cluster that spreads members over machines refuses to lock rows of several
shards in one statement, so its adapter asks the coordinator for the shards of a batch's members, and the batch is
split by them. Nothing is remembered: a member's shard may be split or moved at any moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from regulars.engine.events import Event
from regulars.ledger.again import persistently
from regulars.ledger.statements import spread_sql
from regulars.postgres.connect import Pool


class Shards(Protocol):
    """Who knows the shards of members."""

    async def of(self, members: Sequence[str]) -> Sequence[int]:
        """The number of the shard that each of these members lives on."""
        ...


class OneShard:
    """Plain PostgreSQL: everybody lives together."""

    async def of(self, members: Sequence[str]) -> Sequence[int]:
        """0 for each, whoever they are."""
        return [0] * len(members)


class CitusShards:
    """A Citus cluster: its coordinator knows."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, members: Sequence[str]) -> Sequence[int]:
        """The shards as they are now; raises `DatabaseUnavailable` when the coordinator stays away."""

        async def ask() -> list[int]:
            return [row["shard"] for row in await self._pool.fetch(spread_sql.shards_of, list(members))]

        return await persistently(ask)


async def split(events: Sequence[Event], shards: Shards) -> list[list[int]]:
    """The places of the events by shard, each in the order given."""
    if len(events) < 2 or isinstance(shards, OneShard):
        return [list(range(len(events)))]
    members = list(dict.fromkeys(event.member for event in events))
    shard = dict(zip(members, await shards.of(members), strict=True))
    found: dict[int, list[int]] = {}
    for place, event in enumerate(events):
        found.setdefault(shard[event.member], []).append(place)
    return list(found.values())
