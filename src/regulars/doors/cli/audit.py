"""`regulars audit`: who did what, and proof that the log says so as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from regulars.doors.cli.app import app
from regulars.doors.cli.endings import FOUND, OK, Stop
from regulars.doors.cli.ledgers import ledgers, run
from regulars.doors.cli.operator import moment_text
from regulars.doors.cli.options import Data, Json, Tenant
from regulars.doors.cli.screen import emit, pairs, say

if TYPE_CHECKING:
    from regulars.audit.model import Head, Recorded

audit = App(name="audit", help="The audit log: read it, and prove that nobody has meddled with it.")
app.command(audit)

Place = tuple[Data, Tenant]


@audit.command(name="list")
def list_(
    *,
    before: Annotated[int | None, Parameter(help="Only what stands before this row.")] = None,
    limit: Annotated[int, Parameter(help="How many rows, newest first.")] = 50,
    data: Data = None,
    tenant: Tenant = None,
    json: Json = False,
) -> int:
    """List who did what, newest first."""
    if not 1 <= limit <= 10_000:
        raise Stop("--limit is a number from 1 to 10000.")
    return run(_list(before, limit, (data, tenant), json))


@audit.command
def verify(
    *,
    head: Annotated[
        str | None,
        Parameter(help="Where the chain once ended, as this command printed it: 12:9f86…; it must be in it."),
    ] = None,
    data: Data = None,
    tenant: Tenant = None,
    json: Json = False,
) -> int:
    """Prove the audit log: no row was changed, taken out, put in or moved. Prints where the chain ends: note it elsewhere."""
    return run(_verify(None if head is None else _head(head), (data, tenant), json))


async def _list(before: int | None, limit: int, place: Place, json: bool) -> int:
    from regulars.audit.store import END, page

    async with ledgers().open(*place) as ledger:
        rows = await page(ledger.pool, await ledger.number(), END if before is None else before, limit)
    if json:
        emit({"ok": True, "rows": [shown(row) for row in rows]})
        return OK
    for row in rows:
        entry = row.entry
        say(f"{row.n}  {moment_text(row.at)}  {entry.actor}  {entry.action}  {entry.subject}")
        changes = {name: (entry.before.get(name), entry.after.get(name)) for name in {**entry.before, **entry.after}}
        pairs([(name, f"{was} -> {became}") for name, (was, became) in changes.items() if was != became], indent=4)
    if not rows:
        say("Nothing is in the log.")
    return OK


async def _verify(noted: Head | None, place: Place, json: bool) -> int:
    from regulars.audit.store import verify as prove

    async with ledgers().open(*place) as ledger:
        verdict = await prove(ledger.pool, await ledger.number(), noted)
    if json:
        faults = [{"n": fault.n, "says": fault.says} for fault in verdict.first]
        head = str(verdict.head)
        emit({"ok": verdict.holds, "rows": verdict.rows, "head": head, "faults": verdict.faults, "first": faults})
        return OK if verdict.holds else FOUND
    for fault in verdict.first:
        say(f"row {fault.n}: {fault.says}")
    if verdict.faults > len(verdict.first):
        say(f"and {verdict.faults - len(verdict.first):,} more")
    say(f"{verdict.rows:,} rows; " + ("the chain is whole" if verdict.holds else "the chain is BROKEN"))
    say(f"It ends with {verdict.head}")
    return OK if verdict.holds else FOUND


def _head(text: str) -> Head:
    from regulars.audit.model import Head

    number, _, written = text.strip().partition(":")
    try:
        return Head(int(number), bytes.fromhex(written))
    except ValueError:
        raise Stop(f"--head: {text!r} is no end of a chain.", "`regulars audit verify` prints one: 12:9f86….") from None


def shown(row: Recorded) -> dict[str, object]:
    """A row as JSON has it."""
    entry = row.entry
    return {
        "n": row.n,
        "at": moment_text(row.at),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "place": entry.place,
        "before": dict(entry.before),
        "after": dict(entry.after),
        "hash": row.hash.hex(),
    }
