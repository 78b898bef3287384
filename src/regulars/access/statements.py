"""The SQL of access: the named statements of `queries.sql`."""

from __future__ import annotations

from typing import Final

from regulars.postgres import queries

sql: Final = queries.load("regulars.access")
"""Every statement of the room by its name."""
