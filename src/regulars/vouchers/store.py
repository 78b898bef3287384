"""What the room keeps: batches, codes, holds, uses. Who changes a code holds the lock of its row; who adds or prints, its batch's."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import cast

from regulars.ledger.programs import Scope
from regulars.ledger.stored import Row
from regulars.postgres.connect import Connection, Pool
from regulars.vouchers.model import Batch, Code, CodeUse, Hold, NewCode, PrintPer, Terms
from regulars.vouchers.patterns import can_be_key, key_of
from regulars.vouchers.statements import sql
from regulars.words.days import Day
from regulars.words.moments import Moment

COLUMNS = ("place", "key", "code", "member", "worth")


async def add_batch(connection: Connection, place: Scope, batch: str, terms: Terms, wanted: int | None) -> Batch:
    """The batch of that id: the one that is made now, or the one that was there, whatever its terms are."""
    await connection.execute(
        sql.add_batch, place.tenant, place.program, batch, terms.kind, terms.pattern, wanted, terms.worth, terms.percent,
        terms.minimum, terms.scope, _date(terms.first_day), _date(terms.last_day), terms.uses, terms.print_most, terms.print_per,
    )  # fmt: skip
    found = await find_batch(connection, place, batch)
    assert found is not None, "it was made now or before"
    return found


async def find_batch(connection: Connection | Pool, place: Scope, batch: str) -> Batch | None:
    """The batch of an id."""
    row = await connection.fetchrow(sql.batch, place.tenant, place.program, batch)
    return None if row is None else _batch(row)


async def lock_batch(connection: Connection, place: Scope, no: int) -> Batch:
    """The batch of a number, locked until the transaction ends."""
    row = await connection.fetchrow(sql.lock_batch, place.tenant, place.program, no)
    assert row is not None, "batches stay"
    return _batch(row)


async def all_batches(pool: Pool, place: Scope) -> list[Batch]:
    """All batches of a program, newest first."""
    return [_batch(row) for row in await pool.fetch(sql.batches, place.tenant, place.program)]


async def add_codes(connection: Connection, place: Scope, batch: Batch, codes: Sequence[NewCode]) -> int:
    """How many of the codes nobody had before and are kept now; the batch is locked by the caller."""
    await _copy(connection, codes)
    stored = int((await connection.execute(sql.take_in_all, place.tenant, place.program, batch.no)).rsplit(" ", 1)[1])
    await _count(connection, place, batch, codes, stored)
    return stored


async def take_codes(
    connection: Connection, place: Scope, batch: Batch, codes: Sequence[NewCode]
) -> tuple[set[int], set[int]]:
    """The places of those codes that are new and kept now, and of those that came from the same place before."""
    await _copy(connection, codes)
    rows = await connection.fetch(sql.take_in, place.tenant, place.program, batch.no)
    new = {row["place"] for row in rows}
    await _count(connection, place, batch, codes, len(new))
    left = [code for code in codes if code.place not in new]
    if not left:
        return new, set()
    asked = [code.place for code in left], [key_of(code.code) for code in left], [code.code for code in left]
    rows = await connection.fetch(sql.repeated, place.tenant, place.program, batch.no, *asked)
    return new, {row["place"] for row in rows}


async def _copy(connection: Connection, codes: Sequence[NewCode]) -> None:
    await connection.execute(sql.incoming)
    records = [(code.place, key_of(code.code), code.code, code.member, code.worth) for code in codes]
    await connection.copy_records_to_table("incoming_codes", records=records, columns=COLUMNS)


async def _count(connection: Connection, place: Scope, batch: Batch, codes: Sequence[NewCode], stored: int) -> None:
    last = max(code.place for code in codes)
    await connection.execute(sql.added, place.tenant, place.program, batch.no, stored, last)


async def find_codes(
    connection: Connection | Pool, place: Scope, keys: Iterable[str], at: Moment, lock: bool = False
) -> dict[str, Code]:
    """The codes of these keys as they stand at a moment, by key; with `lock` nobody else changes them until the transaction ends."""
    wanted = sorted({key for key in keys if can_be_key(key)})
    rows = await connection.fetch(sql.lock_codes if lock else sql.look_codes, place.tenant, place.program, wanted)
    return await _codes(connection, place, rows, at)


async def codes_of_member(connection: Connection | Pool, place: Scope, member: str, at: Moment) -> dict[str, Code]:
    """The codes that are kept for a member, at most 200, by key."""
    rows = await connection.fetch(sql.codes_of_member, place.tenant, place.program, member)
    return await _codes(connection, place, rows, at)


async def _codes(connection: Connection | Pool, place: Scope, rows: Sequence[Row], at: Moment) -> dict[str, Code]:
    if not rows:
        return {}
    numbers = sorted({row["batch"] for row in rows})
    batches = {
        row["batch"]: _batch(row)
        for row in await connection.fetch(sql.batches_of, place.tenant, place.program, numbers)
    }
    holds: dict[str, list[Hold]] = {}
    keys = [row["key"] for row in rows]
    for row in await connection.fetch(sql.holds, place.tenant, place.program, keys, at):
        holds.setdefault(row["key"], []).append(Hold(row["till"], row["until"]))
    return {
        row["key"]: Code(
            row["key"], row["code"], batches[row["batch"]], row["used"], row["member"], row["worth"], row["printed"],
            tuple(holds.get(row["key"], ())),
        )
        for row in rows
    }  # fmt: skip


async def used_by(connection: Connection, place: Scope, keys: Iterable[str], use: CodeUse) -> set[str]:
    """Those of the keys that the event of `use` has used."""
    rows = await connection.fetch(
        sql.used_by, place.tenant, place.program, sorted(keys), use.member, use.event, use.source
    )
    return {row["key"] for row in rows}


async def write_uses(connection: Connection, place: Scope, keys: Iterable[str], use: CodeUse, at: Moment) -> None:
    """Notes that an event used these codes, and counts it; the till holds them no more."""
    used = sorted(keys)
    values = (use.member, use.event, use.source, use.till)
    await connection.execute(sql.write_uses, place.tenant, place.program, used, *values, at)
    await connection.execute(sql.count_uses, place.tenant, place.program, used)
    await release(connection, place, used, use.till)


async def uses(pool: Pool, place: Scope, key: str) -> list[tuple[CodeUse, Moment]]:
    """Who used a code and when, the first 50."""
    rows = await pool.fetch(sql.uses, place.tenant, place.program, key)
    return [(CodeUse(key, row["member"], row["event"], row["source"], row["till"]), row["at"]) for row in rows]


async def hold(connection: Connection, place: Scope, key: str, held: Hold, at: Moment) -> None:
    """Notes that a till holds a code; what is past is forgotten."""
    await connection.execute(sql.forget_holds, place.tenant, place.program, key, at)
    await connection.execute(sql.hold, place.tenant, place.program, key, held.till, held.until)


async def release(connection: Connection | Pool, place: Scope, keys: Sequence[str], till: str) -> int:
    """How many of the codes the till held until now."""
    return int((await connection.execute(sql.release, place.tenant, place.program, keys, till)).rsplit(" ", 1)[1])


async def count_print(connection: Connection, place: Scope, batch: Batch, counted: str) -> bool:
    """Whether one more print has room; it is counted then."""
    most = batch.terms.print_most
    row = await connection.fetchrow(sql.count_print, place.tenant, place.program, batch.no, counted, most)
    return row is not None


async def print_next(connection: Connection, place: Scope, batch: Batch, member: str | None, at: Moment) -> str | None:
    """The next code of a locked batch to print, one kept for the member first; it is the member's from now on. None: none is left."""
    scope = (place.tenant, place.program, batch.no)
    row = None if member is None else await connection.fetchrow(sql.next_own, *scope, member)
    if row is None:
        row = await connection.fetchrow(sql.next_free, *scope, batch.printed_to)
        if row is None:
            return None
        await connection.execute(sql.printed_to, *scope, row["place"])
    await connection.execute(sql.printed, place.tenant, place.program, row["key"], at, member)
    return cast(str, row["code"])


def _date(day: Day | None) -> datetime.date | None:
    return None if day is None else datetime.date.fromordinal(day)


def _batch(row: Row) -> Batch:
    first, last = (None if row[name] is None else row[name].toordinal() for name in ("first_day", "last_day"))
    terms = Terms(
        row["kind"], row["pattern"], row["worth"], row["percent"], row["minimum"], row["scope"], first, last, row["uses"],
        row["print_most"], cast(PrintPer, row["print_per"]),
    )  # fmt: skip
    return Batch(row["batch"], row["id"], terms, row["wanted"], row["stored"], row["place"], row["printed_to"])
