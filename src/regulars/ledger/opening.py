"""What a batch starts from, read under its locks: members in id order, then budgets in key order."""

from __future__ import annotations

from collections.abc import Sequence, Set

from regulars.engine.events import SPOKEN_OF
from regulars.engine.model import Sale, unpack_receipt
from regulars.ledger.batch import Budget, Opening, OpenSale, Recorded
from regulars.ledger.programs import Scope
from regulars.ledger.statements import sql
from regulars.ledger.stored import Prepared, raw_event
from regulars.postgres.connect import Connection


class Lacking(Exception):
    """Raised inside a batch for rows that must be made first, outside of it; never leaves the poster."""

    def __init__(
        self, members: Set[str] = frozenset(), budgets: Set[str] = frozenset(), names: Set[str] = frozenset()
    ) -> None:
        super().__init__("rows must be made first")
        self.members = members
        self.budgets = budgets
        self.names = names


async def open_batch(connection: Connection, place: Scope, prepared: Sequence[Prepared]) -> Opening:
    """What the batch starts from, locked until the transaction ends; raises `Lacking` for rows that are missing."""
    await connection.execute(sql.by_keys)
    wanted = {item.event.member for item in prepared}
    rows = await connection.fetch(sql.lock_members, place.tenant, place.program, sorted(wanted))
    members: dict[str, tuple[int, bytes | None]] = {member: (events, state) for member, events, state in rows}
    if len(members) < len(wanted):
        raise Lacking(members=wanted - members.keys())
    recorded = await _recorded(connection, place, prepared)
    budgets = await _budgets(connection, place, prepared)
    sales = await _sales(connection, place, prepared)
    return Opening(members, recorded, budgets, sales)


async def _recorded(
    connection: Connection, place: Scope, prepared: Sequence[Prepared]
) -> dict[tuple[str, str, str], Recorded]:
    events = [item.event for item in prepared]
    members, ids, sources = [e.member for e in events], [e.id for e in events], [e.source for e in events]
    rows = await connection.fetch(sql.recorded, place.tenant, place.program, members, ids, sources)
    found: dict[tuple[str, str, str], Recorded] = {}
    for at, event_no, digest, receipt in rows:
        event = events[at - 1]
        found[event.member, event.id, event.source] = Recorded(event_no, digest, receipt)
    return found


async def _budgets(connection: Connection, place: Scope, prepared: Sequence[Prepared]) -> dict[str, Budget]:
    asked = {key for item in prepared for key, _ in item.budgets}
    if not asked:
        return {}
    rows = await connection.fetch(sql.lock_budgets, place.tenant, place.program, sorted(asked))
    budgets = {key: Budget(used, granted) for key, used, granted in rows}
    if len(budgets) < len(asked):
        raise Lacking(budgets=asked - budgets.keys())
    return budgets


async def _sales(
    connection: Connection, place: Scope, prepared: Sequence[Prepared]
) -> dict[tuple[str, str], list[OpenSale]]:
    found: dict[tuple[str, str], list[OpenSale]] = {
        (item.event.member, item.event.of): [] for item in prepared if item.event.of is not None
    }
    if not found:
        return found
    members, ids = [member for member, _ in found], [sale for _, sale in found]
    rows = await connection.fetch(sql.sales, place.tenant, place.program, members, ids)
    for row in rows:
        if row["type"].split(".", 1)[0] in SPOKEN_OF:
            taken = tuple(pair for later in row["since"] for pair in unpack_receipt(later).taken)
            sale = Sale(raw_event(row), unpack_receipt(row["receipt"]), taken)
            found[row["member"], row["id"]].append(OpenSale(row["event_no"], row["source"], sale))
    return found
