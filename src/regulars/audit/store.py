"""The log as it is kept: a row added within the act's own transaction, a page read, the whole chain proved."""

from __future__ import annotations

import json
from typing import Any, Final

from regulars.audit.decide import Checker, chained, genesis, written
from regulars.audit.model import Entry, Head, Recorded, Verdict
from regulars.audit.statements import sql
from regulars.postgres.connect import Connection, Pool, transaction

PAGE: Final = 50
AHEAD: Final = 1_000
END: Final = (1 << 63) - 1


async def record(connection: Connection, tenant: int, entry: Entry) -> Recorded:
    """The row, added within the caller's transaction: it is there when the act is, and only then.

    Takes the lock on the chain's end and keeps it until the transaction ends, so call it last.
    """
    assert connection.is_in_transaction(), "a row of the log stands or falls with its act"
    row = await connection.fetchrow(sql.lock_head, tenant)
    if row is None:
        begun = genesis(tenant)
        await connection.execute(sql.make_head, tenant, begun.n, begun.hash)
        row = await connection.fetchrow(sql.lock_head, tenant)
        assert row is not None, "it was made here or by whoever was quicker"
    was, became = written(entry.before), written(entry.after)
    head = chained(Head(row["n"], row["hash"]), row["now"], entry, was, became)
    fields = (entry.actor, entry.action, entry.subject, entry.place, was, became, head.hash)
    await connection.execute(sql.add, tenant, head.n, row["now"], *fields)
    return Recorded(head.n, row["now"], entry, head.hash)


async def page(pool: Pool | Connection, tenant: int, before: int = END, limit: int = PAGE) -> tuple[Recorded, ...]:
    """Rows newest first, before a place in the chain; fewer than `limit` at its beginning."""
    return tuple(_recorded(row) for row in await pool.fetch(sql.page, tenant, before, limit))


async def verify(pool: Pool, tenant: int, noted: Head | None = None) -> Verdict:
    """What came of proving the whole chain, row by row, while others go on writing."""
    async with transaction(pool, isolation="repeatable_read", readonly=True) as connection:
        kept = await connection.fetchrow(sql.head, tenant)
        checker = Checker(tenant, noted)
        cursor: Any = await connection.cursor(sql.chain, tenant)
        while rows := await cursor.fetch(AHEAD):
            for row in rows:
                checker.look(_recorded(row), row["before"], row["after"])
    return checker.verdict(None if kept is None else Head(kept["n"], kept["hash"]))


def _recorded(row: Any) -> Recorded:
    facts = [_facts(row[name]) for name in ("before", "after")]
    entry = Entry(row["actor"], row["action"], row["subject"], row["place"], *facts)
    return Recorded(row["n"], row["at"], entry, row["hash"])


def _facts(text: str) -> dict[str, Any]:
    """The facts of a text; of one that somebody has meddled with, the text itself."""
    try:
        read = json.loads(text)
    except ValueError:
        read = None
    return read if isinstance(read, dict) else {"unreadable": text}
