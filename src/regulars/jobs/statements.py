"""The SQL of jobs: the named statements of `queries.sql`."""

from __future__ import annotations

from typing import Final

from regulars.postgres import queries

sql: Final = queries.load("regulars.jobs")
