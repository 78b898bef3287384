"""`regulars explain`: why an event came out as it did."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from cyclopts import Parameter

from regulars.doors.cli.app import app
from regulars.doors.cli.endings import FOUND, OK, Stop
from regulars.doors.cli.ledgers import ledgers, run
from regulars.doors.cli.options import Data, Json, Language, Published, Tenant
from regulars.doors.cli.programs import tongue
from regulars.doors.cli.screen import emit, heading, say


@app.command
def explain(
    event_id: str,
    /,
    *,
    member: Annotated[str | None, Parameter(help="Whose event; quicker where there are many.")] = None,
    language: Language = "en",
    program: Published = None,
    data: Data = None,
    tenant: Tenant = None,
    json: Json = False,
) -> int:
    """Say rule by rule why an event gave what it gave, and what stayed silent.

    Parameters
    ----------
    event_id
        The event, by the id under which it was sent.
    """
    return run(_explain(event_id, member, language, program, (data, tenant), json))


async def _explain(
    event_id: str, member: str | None, tag: str, program: str | None, place: tuple[Data, Tenant], json: bool
) -> int:
    from regulars.speech.explain import explain as why
    from regulars.speech.telling import lines

    language = tongue(tag)
    async with ledgers().open(*place) as ledger:
        book = await ledger.book(program)
        entries = await ledger.reads(book).events(event_id, member)
    if not entries:
        whose = "" if member is None else f" of member {member!r}"
        raise Stop(f"No event {event_id!r}{whose} is recorded.", "Ids are written exactly as they came.", FOUND)
    told = [(entry, why(book, entry.receipt, entry.body, language)) for entry in entries]
    if json:
        head = [{"id": one.id, "source": one.source, "type": one.type, "member": one.member} for one, _ in told]
        emit([{**first, **asdict(explanation)} for first, (_, explanation) in zip(head, told, strict=True)])
        return OK
    for number, (entry, explanation) in enumerate(told):
        if number:
            say()
        heading(f"{entry.id}: {entry.type} of {entry.member}, {book.zone.text(entry.happened_at)[:16]}")
        for line in lines(explanation):
            say(line, indent=2)
    return OK
