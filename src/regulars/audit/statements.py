"""The SQL of the audit log: the named statements of `queries.sql`."""

from __future__ import annotations

from typing import Final

from regulars.postgres import queries

sql: Final = queries.load("regulars.audit")
"""Every statement of the room by its name."""
