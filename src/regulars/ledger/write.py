"""Writes what a batch has decided: one statement a table, with an array a column."""

from __future__ import annotations

from regulars.ledger.batch import Batch
from regulars.ledger.names import Names
from regulars.ledger.opening import Lacking
from regulars.ledger.programs import Scope
from regulars.ledger.statements import sql
from regulars.postgres.connect import Connection


async def write(connection: Connection, place: Scope, names: Names, batch: Batch) -> None:
    """Writes events, movements, snapshots, and what there is of references, notices and drawn budgets."""
    await _write_movements(connection, place, names, batch)
    await _write_events(connection, place, batch)
    await connection.execute(sql.write_states, place.tenant, place.program, *batch.states(batch.book))
    if batch.refs:
        members, of, event_nos = (list(column) for column in zip(*batch.refs, strict=True))
        await connection.execute(sql.write_refs, place.tenant, place.program, members, of, event_nos)
    if batch.notices:
        await _write_outbox(connection, place, batch)
    if batch.claimed:
        keys = sorted(batch.claimed)
        drawn = [batch.claimed[key] for key in keys]
        await connection.execute(sql.use_budgets, place.tenant, place.program, keys, drawn)


async def _write_events(connection: Connection, place: Scope, batch: Batch) -> None:
    prepared = [item for _, item, _ in batch.events]
    events = [item.event for item in prepared]
    await connection.execute(
        sql.write_events,
        place.tenant,
        place.program,
        [event.at for event in events],
        [event_no for event_no, _, _ in batch.events],
        [event.member for event in events],
        [event.id for event in events],
        [event.source for event in events],
        [event.kind for event in events],
        [item.hash for item in prepared],
        [item.body for item in prepared],
        [receipt for _, _, receipt in batch.events],
    )


async def _write_movements(connection: Connection, place: Scope, names: Names, batch: Batch) -> None:
    if not batch.moved:
        return
    movements = [movement for _, _, moved in batch.moved for movement in moved]
    number = names.numbers
    try:
        wallets = [number[movement.wallet] for movement in movements]
        sources = [number[movement.source] for movement in movements]
        targets = [number[movement.target] for movement in movements]
    except KeyError:
        raise Lacking(names=names.missing(name for movement in movements for name in movement[:3])) from None
    await connection.execute(
        sql.write_movements,
        place.tenant,
        place.program,
        [movement.amount for movement in movements],
        [event_no for _, event_no, moved in batch.moved for _ in moved],
        [movement.lot for movement in movements],
        [n for _, _, moved in batch.moved for n in range(len(moved))],
        wallets,
        sources,
        targets,
        [member for member, _, moved in batch.moved for _ in moved],
    )


async def _write_outbox(connection: Connection, place: Scope, batch: Batch) -> None:
    notices = batch.notices
    await connection.execute(
        sql.write_outbox,
        place.tenant,
        place.program,
        [notice.told.happened_at for notice in notices],
        [notice.event_no for notice in notices],
        [notice.n for notice in notices],
        [notice.member for notice in notices],
        [notice.told.member for notice in notices],
        [notice.told.id for notice in notices],
        [notice.told.type for notice in notices],
        [notice.details for notice in notices],
    )
