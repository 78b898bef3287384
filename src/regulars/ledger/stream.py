"""Histories of members, one after the other, read from five tables that lie in the same order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from regulars.ledger.audit import History
from regulars.ledger.programs import Scope
from regulars.postgres.connect import Connection
from regulars.postgres.queries import Queries

AHEAD: Final = 2_000
"""Rows fetched at once from a table."""


class _Table:
    """Rows of a statement in member order, handed out a member at a time."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self._rows: list[Any] = []
        self._next = 0

    async def member(self) -> str | None:
        """Whose rows come next; None at the end."""
        if self._next == len(self._rows):
            self._rows, self._next = await self._cursor.fetch(AHEAD), 0
        return self._rows[self._next]["member"] if self._rows else None

    async def rows_of(self, member: str) -> Sequence[Any]:
        """The rows of a member, which are next if there are any."""
        found: list[Any] = []
        while await self.member() == member:
            rows, start = self._rows, self._next
            end = start
            while end < len(rows) and rows[end]["member"] == member:
                end += 1
            found += rows[start:end]
            self._next = end
        return found


async def histories(
    connection: Connection, place: Scope, ask: Queries, part: tuple[str, str | None]
) -> AsyncIterator[History]:
    """Everybody of whom something is kept, from after the first id up to and with the second (None: to the end)."""
    names = ("states", "events", "movements", "refs", "notices")
    cursors = [await connection.cursor(ask[name], place.tenant, place.program, *part) for name in names]
    states, *others = tables = [_Table(cursor) for cursor in cursors]
    while True:
        members = [member for table in tables if (member := await table.member()) is not None]
        if not members:
            return
        member = min(members)
        kept = await states.rows_of(member)
        events, movements, refs, notices = [await table.rows_of(member) for table in others]
        yield History(member, kept[0]["state"] if kept else None, events, movements, refs, notices)
