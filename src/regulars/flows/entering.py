"""Entering a database for one tenant: an address whose connections reach that tenant's rows alone."""

from __future__ import annotations

from regulars.ledger.tenants import make_tenant, tenant_number
from regulars.postgres.citus import is_spread
from regulars.postgres.connect import connect
from regulars.postgres.migrate import migrate, migrations, pending
from regulars.postgres.second_lock import NOBODY, entered, fit


async def enter(dsn: str, tenant: str, *, make: bool = False) -> str:
    """The address to work under: migrated, with the second lock fitted and the tenant taken on.

    With `make` the tenant is made when it is new; without, whoever names one that is not there sees nothing. Where the
    address's user may not make the role of the service, the work is done as that user (`second_lock.standing` says so).
    Raises `DatabaseUnavailable` and `MigrationRefused`.
    """
    connection = await connect(dsn)
    try:
        steps = migrations()
        # Whoever only reads need not be somebody who may make tables.
        if await pending(connection, steps):
            await migrate(connection, steps)
        # Other machines know neither the role nor the tenant: there the tables have no policies, and the role no rights.
        role = not await is_spread(connection) and await fit(connection)
        number = await (make_tenant if make else tenant_number)(connection, tenant)
        return entered(dsn, NOBODY if number is None else number, role)
    finally:
        await connection.close()
