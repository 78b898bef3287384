"""`regulars sweep`: writes down what time has done."""

from __future__ import annotations

from dataclasses import asdict

from regulars.doors.cli.app import app
from regulars.doors.cli.endings import FOUND, OK
from regulars.doors.cli.ledgers import ledgers, run
from regulars.doors.cli.moments import now
from regulars.doors.cli.options import Data, Json, Published, Tenant
from regulars.doors.cli.programs import counted, listed
from regulars.doors.cli.screen import emit, say


@app.command
def sweep(*, program: Published = None, data: Data = None, tenant: Tenant = None, json: Json = False) -> int:
    """Write down what has fallen due by now: points that lapse or mature, tiers that end, conversions of the month.

    Nobody needs it to see a right balance. It may run at any time, and several at once.
    """
    return run(_sweep(program, (data, tenant), json))


async def _sweep(program: str | None, place: tuple[Data, Tenant], json: bool) -> int:
    from regulars.ledger.sweep import sweep as until

    async with ledgers().open(*place) as ledger:
        book = await ledger.book(program)
        swept = await until(ledger.poster(book), now())
    if json:
        emit({"ok": not swept.stuck, "program": book.slug, **asdict(swept)})
        return FOUND if swept.stuck else OK
    say(
        f"{book.slug}: {counted(swept.ticks, 'due day')} written, {counted(swept.delivered, 'waiting event')} delivered"
    )
    if swept.stuck:
        say(f"Not decided: {listed(swept.stuck)}", "bold red")
    return FOUND if swept.stuck else OK
