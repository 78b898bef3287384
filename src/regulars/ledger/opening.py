"""What a batch starts from, read under its locks: members in id order, then budgets in key order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from regulars.engine.book import Book
from regulars.engine.events import SPOKEN_OF
from regulars.engine.model import Sale, unpack_member, unpack_receipt
from regulars.engine.passing import passed
from regulars.ledger.batch import Budget, Opening, OpenSale, Recorded
from regulars.ledger.programs import Scope
from regulars.ledger.statements import sql
from regulars.ledger.stored import Prepared, raw_event
from regulars.postgres.connect import Connection
from regulars.words.days import NEVER, Day


class Lacking(Exception):
    """Raised inside a batch for rows that must be made first, outside of it; never leaves the poster."""

    def __init__(
        self, members: Set[str] = frozenset(), budgets: Set[str] = frozenset(), names: Set[str] = frozenset()
    ) -> None:
        super().__init__("rows must be made first")
        self.members = members
        self.budgets = budgets
        self.names = names


async def open_batch(connection: Connection, place: Scope, prepared: Sequence[Prepared], book: Book) -> Opening:
    """What the batch starts from, locked until the transaction ends; raises `Lacking` for rows that are missing."""
    wanted = {item.event.member for item in prepared}
    rows = await connection.fetch(sql.lock_members, place.tenant, place.program, sorted(wanted))
    members: dict[str, tuple[int, bytes | None]] = {member: (events, state) for member, events, state in rows}
    if len(members) < len(wanted):
        raise Lacking(members=wanted - members.keys())
    recorded = await recorded_of(connection, place, prepared)
    budgets = await _budgets(connection, place, asked_budgets(book, members, prepared))
    sales = await sales_of(connection, place, prepared)
    return Opening(members, recorded, budgets, sales)


async def recorded_of(
    connection: Connection, place: Scope, prepared: Sequence[Prepared]
) -> dict[tuple[str, str, str], Recorded]:
    """What is recorded already under these members, ids and sources."""
    events = [item.event for item in prepared]
    members, ids, sources = [e.member for e in events], [e.id for e in events], [e.source for e in events]
    rows = await connection.fetch(place.sql.recorded, place.tenant, place.program, members, ids, sources)
    found: dict[tuple[str, str, str], Recorded] = {}
    for at, event_no, digest, receipt in rows:
        event = events[at - 1]
        found[event.member, event.id, event.source] = Recorded(event_no, digest, receipt)
    return found


def asked_budgets(
    book: Book, members: Mapping[str, tuple[int, bytes | None]], prepared: Sequence[Prepared]
) -> set[str]:
    """The budgets that the events could touch, and what falls due before them where that may draw from others."""
    asked = {key for item in prepared for key, _ in item.budgets}
    if book.passes:
        since: dict[str, Day] = {}
        for item in prepared:
            member = item.event.member
            if member not in since:
                state = members[member][1]
                since[member] = unpack_member(state).day if state is not None else NEVER
            asked.update(passed(book, min(since[member], item.event.day), item.event))
            # Time runs from the first event of who is new.
            since[member] = min(since[member], item.event.day)
    return asked


async def _budgets(connection: Connection, place: Scope, asked: Set[str]) -> dict[str, Budget]:
    if not asked:
        return {}
    rows = await connection.fetch(sql.lock_budgets, place.tenant, place.program, sorted(asked))
    budgets = {key: Budget(used, granted) for key, used, granted in rows}
    if len(budgets) < len(asked):
        raise Lacking(budgets=asked - budgets.keys())
    return budgets


async def sales_of(
    connection: Connection, place: Scope, prepared: Sequence[Prepared]
) -> dict[tuple[str, str], list[OpenSale]]:
    """The earlier events that these are about, by member and id."""
    found: dict[tuple[str, str], list[OpenSale]] = {
        (item.event.member, item.event.of): [] for item in prepared if item.event.of is not None
    }
    if not found:
        return found
    members, ids = [member for member, _ in found], [sale for _, sale in found]
    rows = await connection.fetch(place.sql.sales, place.tenant, place.program, members, ids)
    for row in rows:
        if row["type"].split(".", 1)[0] in SPOKEN_OF:
            taken = tuple(pair for later in row["since"] for pair in unpack_receipt(later).taken)
            sale = Sale(raw_event(row), unpack_receipt(row["receipt"]), taken)
            found[row["member"], row["id"]].append(OpenSale(row["event_no"], row["source"], sale))
    return found
