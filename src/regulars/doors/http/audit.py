"""Who did what, and proof that nobody has meddled with it."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from regulars.audit.model import Recorded
from regulars.audit.store import END, page, verify
from regulars.doors.http.answers import Answer
from regulars.doors.http.asked import Asked
from regulars.doors.http.entrance import ledger, permitted
from regulars.doors.http.paging import CURSOR, LIMIT, Page, limit_of, number_of, page_of
from regulars.doors.http.routes import ok, route
from regulars.words.moments import Zone

TAG: Final[dict[str, Any]] = {"tag": "audit"}
UTC: Final = Zone("UTC")


class Row(Struct, frozen=True):
    """A row: its place in the chain, when, who did what to what, from where, what it was and what it became, its hash."""

    n: int
    at: str
    actor: str
    action: str
    subject: str
    place: str
    before: dict[str, Any]
    after: dict[str, Any]
    hash: str


class Fault(Struct, frozen=True):
    """What is not as it was written, and at which row."""

    n: int
    says: str


class Proof(Struct, frozen=True):
    """What came of proving the chain; `head` is where it ends: note it elsewhere, and a chain cut short is found too."""

    ok: bool
    rows: int
    head: str
    faults: int
    first: list[Fault]


@route(
    "GET", "/v1/audit", "audit:read", "Read who did what, newest first.", gives=Page, items=Row, codes=("request.bad_cursor",),
    query={"limit": LIMIT, "cursor": CURSOR}, **TAG,
    answer={"items": [{"n": 1, "at": "2026-03-02T09:00:00+00:00", "actor": "operator", "action": "key.made", "subject": "key:key_1",
                       "place": "cli", "before": {}, "after": {"scopes": ["events:write"]}, "hash": "9f86…"}], "next": None},
)  # fmt: skip
async def list_audit(asked: Asked, limit: str = "50", cursor: str = "") -> Answer:
    """People, keys and members by their ids; no personal data is in it."""
    permitted(asked, "audit:read")
    opened, most = await ledger(asked), limit_of(limit)
    before = number_of(cursor)
    rows = await page(opened.pool, await opened.number(), END if before is None else before, most + 1)
    return ok(page_of([_shown(row) for row in rows], most, lambda row: str(row.n)))


@route(
    "GET", "/v1/audit/proof", "audit:read", "Prove that the log is as it was written.", gives=Proof, **TAG,
    answer={"ok": True, "rows": 12, "head": "12:9f86…", "faults": 0, "first": []},
)  # fmt: skip
async def prove_audit(asked: Asked) -> Answer:
    """Every row is hashed again, from the first to the last."""
    permitted(asked, "audit:read")
    opened = await ledger(asked)
    found = await verify(opened.pool, await opened.number())
    faults = [Fault(fault.n, fault.says) for fault in found.first]
    return ok(Proof(found.holds, found.rows, str(found.head), found.faults, faults))


def _shown(row: Recorded) -> Row:
    entry = row.entry
    return Row(
        row.n,
        UTC.text(row.at),
        entry.actor,
        entry.action,
        entry.subject,
        entry.place,
        dict(entry.before),
        dict(entry.after),
        row.hash.hex(),
    )


ROUTES: Final = (list_audit, prove_audit)
