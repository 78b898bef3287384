"""Reserved redemptions and their time limits: who does not confirm in time has released."""

from __future__ import annotations

from typing import Final

from regulars.engine.events import Event
from regulars.engine.reserving import RELEASE
from regulars.flows.serving import Running
from regulars.jobs.store import Limits
from regulars.postgres.connect import transaction

PAGE: Final = 100


async def limits_of(running: Running) -> Limits:
    """The time limits of a program's redemptions."""
    place, _ = await running.poster.ready()
    return Limits(running.opened.pool, place.tenant, running.book.slug)


async def release_overdue(running: Running) -> int:
    """How many redemptions whose time was over were looked at: each is released unless it was confirmed before.

    Several may run at once; a killed one leaves its part to another.
    """
    limits = await limits_of(running)
    async with transaction(running.opened.pool) as connection:
        over = await limits.over(connection, PAGE)
        for limit in over:
            entries = await running.reads.events(limit.id, limit.member)
            redeemed = [one for one in entries if one.type.startswith("redeem.") and one.source == limit.source]
            if redeemed and redeemed[0].receipt.refused is None:
                event = running.book.read({
                    "id": f"{limit.id}.release",
                    "type": RELEASE,
                    "member": limit.member,
                    "happened_at": redeemed[0].happened_at,
                    "source": limit.source,
                    "of": limit.id,
                })  # fmt: skip
                assert isinstance(event, Event), f"the release of {limit.id} is an event"
                await running.poster.post([event])
            await limits.drop_within(connection, limit)
    return len(over)
