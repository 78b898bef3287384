"""Proves a ledger on a live database, without stopping it: law by law, in one snapshot that does not move meanwhile.

Members are streamed in order, so memory does not grow with the ledger. Half the members can be another process's work:
it looks at the same snapshot.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from regulars.engine.book import Book
from regulars.ledger.audit import Auditor
from regulars.ledger.laws import LAWS, Findings, Law
from regulars.ledger.programs import ProgramUnknown, Scope, open_book
from regulars.ledger.statements import sql
from regulars.ledger.stream import histories
from regulars.postgres import connect, queries
from regulars.postgres.connect import Connection

ask: Final = queries.load("regulars.ledger", "verify.sql")

SMALL: Final = 20_000
"""Events below which starting another process costs more than it saves."""

Range = tuple[str, str | None]


async def verify(dsn: str, tenant: str, slug: str, processes: int = 2, book: Book | None = None) -> AsyncIterator[Law]:
    """Law after law of a tenant's program, as it was found.

    Reads the published versions; a `book` given instead is used in this process alone. Raises `ProgramUnknown`, and
    `DatabaseUnavailable` when there is none.
    """
    if book is None:
        async with connect.pool(dsn, size=1) as pool:
            book = await open_book(pool, tenant, slug)
    else:
        processes = 1
    connection = await connect.connect(dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            place = await _place(connection, tenant, slug)
            count = await connection.fetchrow(ask.counted, place.tenant, place.program)
            assert count is not None, "a select without a table has one row"
            if count["events"] < SMALL:
                processes = 1
            found = await _audit(connection, dsn, (tenant, slug), place, book, processes)
            found.saw("balanced", count["movements"])
            found.saw("recorded", count["movements"])
            found.saw("numbered", count["members"])
            found.saw("transit", len(book.program.wallets))
            found.arrived()
            await _whole(connection, place, found)
            await _budgets(connection, place, found)
    finally:
        await connection.close()
    for name in LAWS:
        yield found.law(name)


async def _audit(
    connection: Connection, dsn: str, names: tuple[str, str], place: Scope, book: Book, processes: int
) -> Findings:
    """What the members' histories say, with the other processes at work on their parts."""
    if processes < 2:
        return await audit_range(connection, place, book, ("", None))
    snapshot = await connection.fetchval("select pg_export_snapshot()")
    borders = [row["border"] for row in await connection.fetch(ask.borders, place.tenant, place.program, processes)]
    ranges: Sequence[Range] = list(zip(["", *borders], [*borders, None], strict=True))
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max(len(ranges) - 1, 1), mp_context=spawn) as others:
        loop = asyncio.get_running_loop()
        jobs = [loop.run_in_executor(others, work, dsn, names, snapshot, part) for part in ranges[1:]]
        found = await audit_range(connection, place, book, ranges[0])
        for other in await asyncio.gather(*jobs):
            found.add(other)
    return found


def work(dsn: str, names: tuple[str, str], snapshot: str, part: Range) -> Findings:
    """What another process finds in its part of the members, in the snapshot that the first one holds open."""
    return asyncio.run(_work(dsn, names, snapshot, part))


async def _work(dsn: str, names: tuple[str, str], snapshot: str, part: Range) -> Findings:
    async with connect.pool(dsn, size=1) as pool:
        book = await open_book(pool, *names)
    async with _in_snapshot(dsn, snapshot) as connection:
        return await audit_range(connection, await _place(connection, *names), book, part)


@asynccontextmanager
async def _in_snapshot(dsn: str, snapshot: str) -> AsyncIterator[Connection]:
    connection = await connect.connect(dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            assert snapshot.replace("-", "").isalnum(), "the server names its snapshots so"
            await connection.execute(f"set transaction snapshot '{snapshot}'")
            yield connection
    finally:
        await connection.close()


async def audit_range(connection: Connection, place: Scope, book: Book, part: Range) -> Findings:
    """What the histories of a range of members say."""
    rows = await connection.fetch(sql.all_names, place.tenant)
    auditor = Auditor(book, {name: no for no, name in rows})
    with _rarely_collected():
        async for history in histories(connection, place, ask, part):
            auditor.audit(history)
    return auditor.findings


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Lets the search for cycles rest: judging makes much, and almost nothing of it is part of one."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


async def _place(connection: Connection, tenant: str, slug: str) -> Scope:
    row = await connection.fetchrow(sql.find_program, tenant, slug)
    if row is None:
        raise ProgramUnknown(f"tenant {tenant!r} has published no program {slug!r}")
    return Scope(row["tenant"], row["program"])


async def _whole(connection: Connection, place: Scope, found: Findings) -> None:
    """The laws that a statement over the whole table answers."""
    for row in await connection.fetch(ask.unbalanced, place.tenant, place.program):
        found.offend("balanced", f"{row['member']}#{row['event_no']}.{row['n']}")
    for row in await connection.fetch(ask.orphans, place.tenant, place.program):
        found.offend("recorded", f"{row['member']}#{row['event_no']}.{row['n']}: no such event")
    for row in await connection.fetch(ask.unnamed, place.tenant, place.program):
        found.offend("recorded", f"{row['member']}#{row['event_no']}.{row['n']}: a number without a name")
    for row in await connection.fetch(ask.misnumbered, place.tenant, place.program):
        text = f"{row['counted'] or 0} events up to #{row['last'] or 0}, the snapshot says {row['events'] or 0}"
        found.offend("numbered", f"{row['member']}: {text}")
    for row in await connection.fetch(ask.undelivered, place.tenant, place.program):
        found.offend("outbox", f"{row['member']}#{row['event_no']}.{row['n']}: {row['id']} is marked and not recorded")


async def _budgets(connection: Connection, place: Scope, found: Findings) -> None:
    kept = {row["key"]: row for row in await connection.fetch(ask.budgets, place.tenant, place.program)}
    found.saw("budgets", len(kept))
    for key in sorted(kept.keys() | found.drawn.keys()):
        used = kept[key]["used"] if key in kept else 0
        granted = kept[key]["granted"] if key in kept else None
        drawn = found.drawn.get(key, 0)
        if used != drawn:
            found.offend("budgets", f"{key}: {used} kept as drawn, receipts drew {drawn}")
        ends = [end for end in (found.ceilings.get(key), granted) if end is not None]
        if ends and drawn > min(ends):
            found.offend("budgets", f"{key}: {drawn} drawn of {min(ends)}")
