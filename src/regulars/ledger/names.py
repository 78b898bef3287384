"""Small numbers for the names of wallets and accounts, as movements keep them."""

from __future__ import annotations

from collections.abc import Iterable

from regulars.ledger.statements import sql
from regulars.ledger.stored import Row
from regulars.postgres.connect import Pool, transaction


class Names:
    """The numbers of a tenant's names, remembered; a number once given never changes."""

    def __init__(self, tenant: int) -> None:
        self.tenant = tenant
        self.numbers: dict[str, int] = {}
        self.names: dict[int, str] = {}

    def missing(self, wanted: Iterable[str]) -> set[str]:
        """Those of the names whose number is not known here."""
        return {name for name in set(wanted) if name not in self.numbers}

    async def read(self, pool: Pool) -> None:
        """Reads the numbers that were given so far."""
        self._know(await pool.fetch(sql.all_names, self.tenant))

    async def give(self, pool: Pool, wanted: Iterable[str]) -> None:
        """Gives each of the names a number, in a transaction of its own: no number hangs on the fate of a batch."""
        async with transaction(pool) as connection:
            await connection.fetch(sql.lock_tenant, self.tenant)
            await connection.execute(sql.add_names, self.tenant, sorted(wanted))
            rows = await connection.fetch(sql.all_names, self.tenant)
        self._know(rows)

    def _know(self, rows: Iterable[Row]) -> None:
        for row in rows:
            no, name = row["no"], row["name"]
            self.numbers[name] = no
            self.names[no] = name
