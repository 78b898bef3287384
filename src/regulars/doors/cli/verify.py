"""`regulars verify`: proves the ledger, law by law."""

from __future__ import annotations

from dataclasses import asdict

from regulars.doors.cli.app import app
from regulars.doors.cli.endings import FOUND, OK
from regulars.doors.cli.ledgers import ledgers, run
from regulars.doors.cli.options import Data, Json, Published, Tenant
from regulars.doors.cli.screen import console, emit, say


@app.command
def verify(*, program: Published = None, data: Data = None, tenant: Tenant = None, json: Json = False) -> int:
    """Prove the ledger: every event is judged again and compared with what was written. Nothing is stopped meanwhile."""
    return run(_verify(program, (data, tenant), json))


async def _verify(program: str | None, place: tuple[Data, Tenant], json: bool) -> int:
    async with ledgers().open(*place) as ledger:
        book = await ledger.book(program)
        with console(beside=True).status("Judging every event again"):
            laws = [law async for law in ledger.verify(book)]
    broken = sum(not law.holds for law in laws)
    if json:
        emit({"ok": not broken, "program": book.slug, "laws": [{**asdict(law), "holds": law.holds} for law in laws]})
        return FOUND if broken else OK
    for law in laws:
        word, style = ("ok", "green") if law.holds else ("BROKEN", "bold red")
        say(f"{word:<7} {law.says}  ({law.checked:,} looked at)", style)
        for offender in law.first:
            say(offender, indent=8)
        if law.offences > len(law.first):
            say(f"and {law.offences - len(law.first):,} more", indent=8)
    say(f"{book.slug}: " + (f"{broken} of {len(laws)} laws are broken" if broken else f"all {len(laws)} laws hold"))
    return FOUND if broken else OK
