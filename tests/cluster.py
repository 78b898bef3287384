"""Tests that speak of a database on one machine, and why each does: they are skipped where the server offers Citus."""

from __future__ import annotations

from typing import Final

_PLANS = "looks at plans of one machine; a cluster's coordinator makes its plans anew for each call"
_SCHEMA = "compares catalogues, and a cluster keeps its shards in the same one"
_LOCK = "tables that are spread have no policies: other machines do not know whom a connection acts for"

ONE_MACHINE: Final = {
    "tests/postgres/test_ledger_schema.py::test_schema_sql_and_all_migrations": _SCHEMA,
    "tests/postgres/test_ledger_schema.py::test_every_growing_table": _SCHEMA,
    "tests/postgres/test_ledger_schema.py::test_a_plan_made_while_tables_are_empty": _PLANS,
    "tests/postgres/test_ledger_posting.py::test_a_batch_over_two_shards": "splits a batch by shards that it makes up",
    "tests/postgres/test_ledger_verify.py::test_every_slip_in_the_database_is_found[an event's moment": (
        "changes a row by a statement that a cluster refuses"
    ),
    "tests/postgres/test_row_level_security.py": _LOCK,
    "tests/postgres/test_audit.py::test_the_service_itself_can_only_add": _LOCK,
}
"""The beginnings of tests' names."""


def reason(test: str) -> str | None:
    """Why a test is not for a cluster; None for one that is."""
    return next((why for begins, why in ONE_MACHINE.items() if test.startswith(begins)), None)
