"""Which events may be written together: those of members who live on one shard.

On plain PostgreSQL there is one shard. A cluster that spreads members over machines refuses to lock rows of several
shards in one statement, so its adapter answers with the shard of a member, and a batch is split by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from regulars.engine.events import Event


class Shards(Protocol):
    """Who knows the shard of a member."""

    def of(self, member: str) -> int:
        """The number of the shard that the member lives on."""
        ...


class OneShard:
    """Plain PostgreSQL: everybody lives together."""

    def of(self, member: str) -> int:  # noqa: ARG002 - the same for everybody
        """0, whoever it is."""
        return 0


def split(events: Sequence[Event], shards: Shards) -> list[list[int]]:
    """The places of the events by shard, each in the order given."""
    if isinstance(shards, OneShard):
        return [list(range(len(events)))]
    found: dict[int, list[int]] = {}
    for place, event in enumerate(events):
        found.setdefault(shards.of(event.member), []).append(place)
    return list(found.values())
