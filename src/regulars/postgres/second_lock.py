"""The second lock: rows of another tenant are out of reach even for a statement that forgot to ask whose they are.

Tables have policies by the setting `regulars.tenant` (the function `guard` of the schema), and the service works as the
role `regulars_service`, which owns nothing and may do with a table just what its policies name. A connection takes on
role and tenant in its address, as settings of its start: nothing that is reset when it goes back to a pool undoes them,
and they cost no statement. Needs a server that lets the address's user make the role once, or a role that is there.
"""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from typing import Final

import asyncpg

from regulars.postgres import queries
from regulars.postgres.clusters import quoted
from regulars.postgres.connect import Connection

ROLE: Final = "regulars_service"
TENANT: Final = "regulars.tenant"
"""The setting that names the tenant of a connection, by number."""
NOBODY: Final = 0
"""The number that no tenant has: who takes it on sees nothing."""

ask: Final = queries.load("regulars.postgres", "second_lock.sql")
_LOCK: Final = int.from_bytes(hashlib.sha256(b"regulars second lock").digest()[:8], "big", signed=True)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the second lock holds for a connection; if not, `hint` tells a person what to do."""

    locked: bool
    hint: str = ""


async def fit(connection: Connection) -> bool:
    """Whether this user can take on the role of the service, once what may be done about it is done.

    Makes the role when it is missing and this user may, and gives it the rights that policies name, no more. Does nothing
    that is done already, so it costs two short statements then.
    """
    facts = await connection.fetchrow(ask.facts, ROLE)
    assert facts is not None, "a select without a table has one row"
    if not facts["there"]:
        if not facts["makes"]:
            return False
        # Another process, or another database of the same server, may have been quicker.
        with contextlib.suppress(asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
            await connection.execute(ask.make_role)
    if not facts["taken_on"]:
        with contextlib.suppress(asyncpg.InsufficientPrivilegeError, asyncpg.InternalServerError):
            await connection.execute(f"grant {ROLE} to {quoted(facts['person'])}")
        facts = await connection.fetchrow(ask.facts, ROLE)
        assert facts is not None, "a select without a table has one row"
    if facts["owns"] and await connection.fetch(ask.amiss, ROLE):
        await _give(connection)
    return bool(facts["taken_on"])


async def _give(connection: Connection) -> None:
    """Puts the role's rights right; one process at a time, since two grants on one table do not bear each other."""
    await connection.execute("select pg_advisory_lock($1)", _LOCK)
    try:
        async with connection.transaction():
            schema = await connection.fetchval("select current_schema()")
            await connection.execute(f"grant usage on schema {quoted(schema)} to {ROLE}")
            for row in await connection.fetch(ask.amiss, ROLE):
                verb, towards = ("grant", "to") if row["granted"] else ("revoke", "from")
                await connection.execute(f"{verb} {row['right']} on {row['relation']} {towards} {ROLE}")
    finally:
        await connection.execute("select pg_advisory_unlock($1)", _LOCK)


def entered(dsn: str, tenant: int, role: bool = True) -> str:
    """The same database's address, for connections that act for one tenant, and as the service where that can be."""
    head, _, query = dsn.partition("?")
    words = [word for word in query.split("&") if word and word.partition("=")[0] not in {"role", TENANT}]
    return f"{head}?{'&'.join([*words, f'{TENANT}={tenant}', *([f'role={ROLE}'] if role else [])])}"


async def standing(connection: Connection, *, owner: bool = False) -> Standing:
    """Whether every table with a tenant is locked to this connection; of an owner's, whether its users' connections are."""
    row = await connection.fetchrow(ask.active)
    assert row is not None, "an aggregate has one row"
    locked = row["locked"]
    if owner and not locked:
        facts = await connection.fetchrow(ask.facts, ROLE)
        assert facts is not None, "a select without a table has one row"
        # A role that is not there yet is made when the first tenant is entered.
        locked = facts["taken_on"] or (facts["makes"] and not facts["there"])
    if locked:
        return Standing(True)
    return Standing(
        False,
        f"{row['person']} passes the rows of every tenant and may not make the role {ROLE}. Let an administrator of the "
        f"server run: create role {ROLE}; grant {ROLE} to {quoted(row['person'])}; and start the service again.",
    )
