"""`regulars staff`: who works here, and what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from regulars.doors.cli.app import app
from regulars.doors.cli.endings import OK
from regulars.doors.cli.ledgers import ledgers, run
from regulars.doors.cli.moments import now
from regulars.doors.cli.operator import accepted, moment_text, operator
from regulars.doors.cli.options import Data, Json, Tenant
from regulars.doors.cli.screen import emit, say

if TYPE_CHECKING:
    from regulars.access.model import Staff
    from regulars.flows.staff import Invited

staff = App(name="staff", help="Who works here: add them, give them a role, close their account.")
app.command(staff)

Place = tuple[Data, Tenant]
ROLES = "owner, marketer, finance, support, cashier, auditor"
Role = Annotated[str, Parameter(help=f"What they may do: {ROLES}.")]


@staff.command
def add(email: str, /, *, role: Role, data: Data = None, tenant: Tenant = None, json: Json = False) -> int:
    """Add somebody and print an invitation, once; with it they set a password, within three days.

    Parameters
    ----------
    email
        Their address, with which they sign in.
    """
    return run(_add(email, role, (data, tenant), json))


@staff.command
def invite(who: str, /, *, data: Data = None, tenant: Tenant = None, json: Json = False) -> int:
    """Print another invitation, once, for a password that was forgotten.

    Parameters
    ----------
    who
        Their id or address.
    """
    return run(_invite(who, (data, tenant), json))


@staff.command(name="list")
def list_(*, data: Data = None, tenant: Tenant = None, json: Json = False) -> int:
    """List everybody who works here or did."""
    return run(_list((data, tenant), json))


@staff.command
def role(who: str, role: Role, /, *, data: Data = None, tenant: Tenant = None, json: Json = False) -> int:
    """Give somebody another role; it counts from their next request on.

    Parameters
    ----------
    who
        Their id or address.
    role
        The role: owner, marketer, finance, support, cashier or auditor.
    """
    return run(_role(who, role, (data, tenant), json))


@staff.command
def disable(who: str, /, *, data: Data = None, tenant: Tenant = None, json: Json = False) -> int:
    """Close somebody's account: they are signed out at once and cannot sign in any more.

    Parameters
    ----------
    who
        Their id or address.
    """
    return run(_disable(who, (data, tenant), json))


async def _add(email: str, role: str, place: Place, json: bool) -> int:
    from regulars.flows.staff import add_staff

    async with ledgers().open(*place, make=True) as ledger:
        return _once(accepted(await add_staff(ledger, operator(), email, role, now())), json)


async def _invite(who: str, place: Place, json: bool) -> int:
    from regulars.flows.staff import invite_again

    async with ledgers().open(*place) as ledger:
        return _once(accepted(await invite_again(ledger, operator(), who, now())), json)


async def _list(place: Place, json: bool) -> int:
    from regulars.flows.staff import list_staff

    async with ledgers().open(*place) as ledger:
        found = await list_staff(ledger, operator())
    if json:
        emit({"ok": True, "staff": [_shown(one) for one in found]})
        return OK
    for one in found:
        say(f"{one.id}  {one.email}  {one.role}" + ("  (disabled)" if one.disabled_at is not None else ""))
    if not found:
        say("Nobody works here yet.")
    return OK


async def _role(who: str, role: str, place: Place, json: bool) -> int:
    from regulars.flows.staff import set_role

    async with ledgers().open(*place) as ledger:
        now_has = accepted(await set_role(ledger, operator(), who, role))
    if json:
        emit({"ok": True, "who": who, "role": now_has})
    else:
        say(f"{who} is {now_has}.")
    return OK


async def _disable(who: str, place: Place, json: bool) -> int:
    from regulars.flows.staff import disable_staff

    async with ledgers().open(*place) as ledger:
        gone = accepted(await disable_staff(ledger, operator(), who, now()))
    if json:
        emit({"ok": True, "who": gone.id})
    else:
        say(f"{gone.id} ({gone.email}) cannot sign in any more.")
    return OK


def _once(invited: Invited, json: bool) -> int:
    if json:
        emit({"ok": True, "staff": _shown(invited.staff), "invitation": invited.token})
        return OK
    say(f"{invited.staff.id} ({invited.staff.email}) is {invited.staff.role}.")
    say("With this invitation, shown now and never again, they set a password within three days:")
    say(invited.token, "bold", 2)
    return OK


def _shown(one: Staff) -> dict[str, Any]:
    return {
        "id": one.id,
        "email": one.email,
        "role": one.role,
        "made_at": moment_text(one.made_at),
        "disabled_at": moment_text(one.disabled_at),
        "password": one.password is not None,
        "second_factor": one.second_factor,
    }
