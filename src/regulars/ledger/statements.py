"""The ledger's SQL: the named statements of `queries.sql`, and its migrations."""

from __future__ import annotations

from typing import Final

from regulars.postgres import migrate, queries

sql: Final = queries.load("regulars.ledger")


def migrations() -> tuple[migrate.Migration, ...]:
    """The steps of the ledger's schema, in order."""
    return migrate.read("regulars.ledger.migrations")
