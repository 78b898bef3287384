"""Tenants and the programs they have published: numbers for their names, and texts that are never changed."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass

from regulars.engine.book import Book
from regulars.ledger.statements import spread_sql, sql
from regulars.ledger.tenants import make_tenant
from regulars.postgres.citus import is_spread
from regulars.postgres.connect import Pool, transaction
from regulars.postgres.queries import Queries
from regulars.program.following import unfollowed
from regulars.program.load import load
from regulars.program.model import Program
from regulars.words.days import Day
from regulars.words.moments import Zone
from regulars.words.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Scope:
    """One tenant's one program, by their numbers, and whether its members are spread over machines."""

    tenant: int
    program: int
    spread: bool = False

    @property
    def sql(self) -> Queries:
        """The statements in the form that the database understands."""
        return spread_sql if self.spread else sql


@dataclass(frozen=True, slots=True)
class Version:
    """A published version: its place among the program's versions, the first day it judges, and its text."""

    version: int
    first_day: Day
    sha256: bytes
    text: str


class ProgramUnknown(LookupError):
    """Raised when a tenant has no program of that name: nothing of it was published."""


async def scope(pool: Pool, tenant: str, slug: str) -> Scope:
    """The numbers of a tenant's program; raises `ProgramUnknown`."""
    row = await pool.fetchrow(sql.find_program, tenant, slug)
    if row is None:
        raise ProgramUnknown(f"tenant {tenant!r} has published no program {slug!r}")
    return Scope(row["tenant"], row["program"], await is_spread(pool))


async def published(pool: Pool, tenant: str, slug: str) -> tuple[Version, ...]:
    """The versions of a tenant's program, oldest first; none when nothing was published."""
    row = await pool.fetchrow(sql.find_program, tenant, slug)
    if row is None:
        return ()
    rows = await pool.fetch(sql.published, row["tenant"], row["program"])
    return tuple(Version(r["version"], r["first_day"].toordinal(), r["sha256"], r["text"]) for r in rows)


async def open_book(pool: Pool, tenant: str, slug: str) -> Book:
    """The book of all published versions of a tenant's program; raises `ProgramUnknown`."""
    versions = await published(pool, tenant, slug)
    if not versions:
        raise ProgramUnknown(f"tenant {tenant!r} has published no program {slug!r}")
    programs = [load(version.text, f"{slug}.yaml") for version in versions]
    broken = [problems for problems in programs if not isinstance(problems, Program)]
    assert not broken, f"a published program cannot be read: {broken}"
    return Book([program for program in programs if isinstance(program, Program)])


async def publish(pool: Pool, tenant: str, program: Program) -> Version | Refusal:
    """The version that now stands for the program: a new one, or the one that was published with the same text.

    Makes the tenant when it is new. Refused are `version.not_later`, when an older version begins on the same or a
    later day, `version.judged`, when something that happened since was judged already: its receipts would not follow
    from the program, and what `program.following` refuses of a version that says what it continues.
    """
    slug, text, first_day = program.slug, program.text, max(program.first, 1)
    begins = Zone(program.timezone).start_of(first_day)
    sha256 = hashlib.sha256(text.encode()).digest()
    async with transaction(pool) as connection:
        await make_tenant(connection, tenant)
        await connection.execute(sql.add_program, tenant, slug)
        row = await connection.fetchrow(sql.find_program, tenant, slug)
        assert row is not None, "it was made in this transaction or before it"
        await connection.fetch(sql.lock_tenant, row["tenant"])
        rows = await connection.fetch(sql.published, row["tenant"], row["program"])
        for r in rows:
            if r["sha256"] == sha256:
                return Version(r["version"], r["first_day"].toordinal(), sha256, text)
        before = load(rows[-1]["text"], f"{slug}.yaml") if rows and program.follows else None
        refusal = unfollowed(before if isinstance(before, Program) else None, program)
        if refusal is not None:
            return refusal
        if rows:
            last = rows[-1]["first_day"].toordinal()
            if first_day <= last:
                values = (("last", last),)
                return Refusal("version.not_later", "A version begins after the one before it.", values=values)
            if await connection.fetchval(sql.judged_since, row["tenant"], row["program"], begins):
                return Refusal("version.judged", "Something that happened since its first day was judged already.")
        day = datetime.date.fromordinal(first_day)
        await connection.execute(sql.publish, row["tenant"], row["program"], len(rows), day, sha256, text)
        return Version(len(rows), first_day, sha256, text)


async def grant_stock(pool: Pool, place: Scope, key: str, amount: int) -> tuple[int, int]:
    """What was granted of a stock in all, after adding `amount` (a positive number), and what is used of it."""
    assert amount > 0, "a stock is added to"
    row = await pool.fetchrow(sql.grant_stock, place.tenant, place.program, key, amount)
    assert row is not None, "the statement returns its row"
    return row["granted"], row["used"]
