"""Where each table lives when a database is spread over the machines of a Citus cluster, and why there.

One table for the whole schema: a table that is not named here is a mistake, which a test finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final


class Home(Enum):
    """Where the rows of a table are."""

    SPREAD = "distributed"
    """Over all machines, by the value of a column."""
    COPIED = "reference"
    """On every machine, the same."""
    KEPT = "local"
    """On the coordinator alone."""


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a table lives; `column` is what a table is spread by, empty for others."""

    table: str
    home: Home
    why: str
    column: str = ""


def _by_member(table: str, why: str) -> Placing:
    return Placing(table, Home.SPREAD, why, "member")


def _kept(table: str, why: str) -> Placing:
    return Placing(table, Home.KEPT, why)


FIRST: Final = "member_states"
"""The table that all others spread by member lie beside: a member's rows of all of them are on one machine."""

_CONTROL: Final = "A row a program or fewer, read when a program is opened and locked when something is published."
_PEOPLE_AT_WORK: Final = "Grows with those who work here, not with members."
_CODES: Final = (
    "Grows with what an operator makes. A till locks several codes at once, which works on one machine only."
)
_QUEUE: Final = (
    "A queue: empty when all is told. Its rows are taken with `skip locked`, which works on one machine only."
)

_ALL: Final = (
    _by_member(FIRST, "A row a member and program; what a batch locks."),
    _by_member("events", "Grows with what members do; read by member."),
    _by_member("movements", "Grows with what members do; joined with events of the same member."),
    _by_member("refs", "Grows with returns; joined with events of the same member."),
    _by_member("outbox", "Written with the event that is its cause, so it lies with that event's member."),
    _by_member("people", "A row a member, with what is sealed of them."),
    Placing(
        "identifiers",
        Home.SPREAD,
        "A row an address or number of a member, and looked up by its hash: nobody knows the member yet.",
        "blind",
    ),
    Placing("names", Home.COPIED, "Some dozen rows a tenant, joined with movements when a ledger is proved."),
    _kept("tenants", "A row an organisation, locked when numbers are given out."),
    _kept("programs", _CONTROL),
    _kept("versions", _CONTROL),
    _kept("drafts", _CONTROL),
    _kept("budgets", "A row a budget, which every batch that draws from it locks, whoever its members are."),
    _kept("listeners", "A row or two a tenant."),
    _kept("feed", _QUEUE),
    _kept("imports", "A row for each process of an import."),
    _kept("code_batches", _CODES),
    _kept("codes", _CODES),
    _kept("code_uses", _CODES),
    _kept("code_holds", _CODES),
    _kept("code_prints", _CODES),
    _kept("api_keys", _PEOPLE_AT_WORK),
    _kept("staff", _PEOPLE_AT_WORK),
    _kept("staff_tokens", _PEOPLE_AT_WORK),
    _kept("oidc_providers", _PEOPLE_AT_WORK),
    _kept("oidc_identities", _PEOPLE_AT_WORK),
    _kept("oidc_begun", _PEOPLE_AT_WORK),
    _kept("audit_log", "A chain: each row needs the one before it, so it is written in one place."),
    _kept("audit_heads", "A row a tenant, locked by whoever adds to the audit log."),
    _kept("webhook_endpoints", "A few rows a tenant."),
    _kept("webhook_deliveries", _QUEUE),
    _kept("webhook_attempts", "Belongs to its delivery."),
    _kept("jobs", _QUEUE),
    _kept("job_files", "Belongs to its job."),
    _kept("time_limits", "Open redemptions alone; what is over is taken with `skip locked`, on one machine only."),
    _kept("schema_migrations", "A row a migration."),
)

PLACINGS: Final[Mapping[str, Placing]] = MappingProxyType({one.table: one for one in _ALL})
"""Every table of the schema by its name."""
