"""Dry runs: what would become of events now, decided as a batch is, with nothing locked and nothing written."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from regulars.engine.events import Event
from regulars.ledger.batch import Batch, Budget, Opening, Outcome
from regulars.ledger.opening import asked_budgets, recorded_of, sales_of
from regulars.ledger.poster import Poster
from regulars.ledger.statements import sql
from regulars.ledger.stored import Prepared, prepare
from regulars.postgres.connect import transaction
from regulars.words.refusals import Refusal


async def dry_run(poster: Poster, events: Sequence[Event]) -> list[Outcome]:
    """What posting the events would give, each after those before it. Another's commit may change that at any moment."""
    prepared = [prepare(poster.book, event) for event in events]
    readable = [item for item in prepared if isinstance(item, Prepared)]
    place, _ = await poster.ready()
    async with transaction(poster.pool, isolation="repeatable_read", readonly=True) as connection:
        wanted = sorted({item.event.member for item in readable})
        rows = await connection.fetch(place.sql.states_of, place.tenant, place.program, wanted)
        known = {row["member"]: (row["events"], row["state"]) for row in rows}
        members = {member: known.get(member, (0, None)) for member in wanted}
        keys = sorted(asked_budgets(poster.book, members, readable))
        drawn = await connection.fetch(sql.budgets_of, place.tenant, place.program, keys) if keys else []
        budgets = {key: Budget(0, None) for key in keys} | {
            row["key"]: Budget(row["used"], row["granted"]) for row in drawn
        }
        opening = Opening(
            members,
            await recorded_of(connection, place, readable),
            budgets,
            await sales_of(connection, place, readable),
        )
    batch = Batch(poster.book, opening)
    return [
        batch.decide(item) if isinstance(item, Prepared) else _unread(event, item)
        for event, item in zip(events, prepared, strict=True)
    ]


async def left_of(poster: Poster, asked: Collection[tuple[str, int | None]]) -> dict[str, int]:
    """What is left of shared budgets and stocks by key, of those that have an end."""
    if not asked:
        return {}
    place, _ = await poster.ready()
    rows = await poster.pool.fetch(sql.budgets_of, place.tenant, place.program, sorted({key for key, _ in asked}))
    drawn = {row["key"]: (row["used"], row["granted"]) for row in rows}
    left: dict[str, int] = {}
    for key, ceiling in asked:
        used, granted = drawn.get(key, (0, None))
        end = granted if ceiling is None else ceiling
        if end is not None:
            left[key] = end - used
    return left


def _unread(event: Event, refusal: Prepared | Refusal) -> Outcome:
    assert isinstance(refusal, Refusal), "what could be prepared is decided"
    return Outcome(event.id, event.member, refusal=refusal)
