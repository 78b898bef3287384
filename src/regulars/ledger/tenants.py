"""Tenants by their slugs: the number that stands in every key, asked for before anything else."""

from __future__ import annotations

from regulars.ledger.statements import sql
from regulars.postgres.connect import Connection, Pool


async def tenant_number(connection: Connection | Pool, slug: str) -> int | None:
    """The number of a tenant, or None when there is none of that slug; whoever asks need not have taken on a tenant."""
    number = await connection.fetchval(sql.tenant_numbered, slug)
    return None if number is None else int(number)


async def tenant_slug(connection: Connection | Pool, number: int) -> str | None:
    """The slug of a tenant, or None when there is none of that number."""
    slug = await connection.fetchval(sql.tenant_called, number)
    return None if slug is None else str(slug)


async def make_tenant(connection: Connection | Pool, slug: str) -> int:
    """The number of a tenant, which is made when it is new. Only an owner of the tables can make one."""
    found = await tenant_number(connection, slug)
    if found is None:
        await connection.execute(sql.add_tenant, slug)
        found = await tenant_number(connection, slug)
    assert found is not None, "it was made here or by whoever was quicker"
    return found
