"""`regulars member`: what somebody has, now or at a past moment."""

from __future__ import annotations

from regulars.doors.cli.app import app
from regulars.doors.cli.endings import FOUND, OK, Stop
from regulars.doors.cli.holdings import print_member
from regulars.doors.cli.ledgers import ledgers, run
from regulars.doors.cli.moments import moment_of, now
from regulars.doors.cli.options import AsOf, Data, Json, Published, Tenant
from regulars.doors.cli.screen import emit


@app.command
def member(
    id: str,
    /,
    *,
    as_of: AsOf = None,
    program: Published = None,
    data: Data = None,
    tenant: Tenant = None,
    json: Json = False,
) -> int:
    """Print what a member has: wallets with their lots, tiers, vouchers, benefits.

    Parameters
    ----------
    id
        The member.
    """
    return run(_member(id, as_of, program, (data, tenant), json))


async def _member(id: str, as_of: str | None, program: str | None, place: tuple[Data, Tenant], json: bool) -> int:
    from regulars.engine.view import view

    async with ledgers().open(*place) as ledger:
        book = await ledger.book(program)
        reads = ledger.reads(book)
        at = now() if as_of is None else moment_of(as_of, book.zone)
        found = await (reads.member(id, at) if as_of is None else reads.member_as_of(id, at))
        if found is None:
            when = "" if as_of is None else f" by {as_of}"
            raise Stop(f"Nothing is recorded of member {id!r}{when}.", "Ids are written exactly as they came.", FOUND)
        seen = view(book, found, *book.zone.local(at))
    if json:
        emit(seen)
    else:
        print_member(seen)
    return OK
