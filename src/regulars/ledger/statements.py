"""The ledger's SQL: the named statements of `queries.sql`, and how some are said to a Citus cluster (`spread.sql`)."""

from __future__ import annotations

from typing import Final

from regulars.postgres import queries
from regulars.postgres.queries import Queries

sql: Final = queries.load("regulars.ledger")
spread_sql: Final = Queries({**sql, **queries.load("regulars.ledger", "spread.sql")})
"""The statements for a database that is spread over machines: those of `sql`, some said in another way, and some more."""
