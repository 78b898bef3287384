"""`regulars keys`: the API keys of shop systems, tills and apps."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from regulars.doors.cli.app import app
from regulars.doors.cli.endings import OK, Stop
from regulars.doors.cli.ledgers import ledgers, run
from regulars.doors.cli.moments import now
from regulars.doors.cli.operator import accepted, moment_text, operator
from regulars.doors.cli.options import Data, Json, Tenant
from regulars.doors.cli.screen import emit, pairs, say

if TYPE_CHECKING:
    from regulars.access.model import Key, NewKey
    from regulars.words.moments import Moment

keys = App(name="keys", help="API keys: make, list, rotate and revoke them.")
app.command(keys)

HOUR = 3_600_000_000
Place = tuple[Data, Tenant]


@keys.command
def make(
    label: str,
    /,
    *,
    scope: Annotated[list[str], Parameter(help="What the key may do; say it once for each.", negative="")],
    expires: Annotated[str | None, Parameter(help="When it ends: a day or a moment, in UTC.")] = None,
    program: Annotated[str | None, Parameter(help="The only program that it is for.")] = None,
    limit: Annotated[int | None, Parameter(help="How many requests a minute it may make.")] = None,
    data: Data = None,
    tenant: Tenant = None,
    json: Json = False,
) -> int:
    """Make a key and print its token, once.

    Parameters
    ----------
    label
        What the key is for: `till 3`, `web shop`.
    """
    return run(_make((label, scope, expires, program, limit), (data, tenant), json))


@keys.command(name="list")
def list_(*, data: Data = None, tenant: Tenant = None, json: Json = False) -> int:
    """List all keys, with those that no longer open."""
    return run(_list((data, tenant), json))


@keys.command
def rotate(
    id: str,
    /,
    *,
    overlap_hours: Annotated[int, Parameter(help="How long the old key still opens.")] = 24,
    data: Data = None,
    tenant: Tenant = None,
    json: Json = False,
) -> int:
    """Make a key in the place of another, and print its token, once; both open for a while.

    Parameters
    ----------
    id
        The key to replace.
    """
    return run(_rotate(id, overlap_hours, (data, tenant), json))


@keys.command
def revoke(id: str, /, *, data: Data = None, tenant: Tenant = None, json: Json = False) -> int:
    """Close a key for good: within five seconds it opens nothing more.

    Parameters
    ----------
    id
        The key to close.
    """
    return run(_revoke(id, (data, tenant), json))


async def _make(wanted: tuple[str, list[str], str | None, str | None, int | None], place: Place, json: bool) -> int:
    from regulars.access.keys import WantedKey
    from regulars.flows.keys import make_key

    label, scopes, expires, program, limit = wanted
    key = WantedKey(label, frozenset(scopes), _end(expires), program, limit)
    async with ledgers().open(*place, make=True) as ledger:
        return _once(accepted(await make_key(ledger, operator(), key, now())), json)


async def _list(place: Place, json: bool) -> int:
    from regulars.access.decide import usable
    from regulars.flows.keys import list_keys

    async with ledgers().open(*place) as ledger:
        found = await list_keys(ledger, operator())
    at = now()
    if json:
        emit({"ok": True, "keys": [_shown(key) for key in found]})
        return OK
    for key in found:
        closed = usable(key, at)
        say(f"{key.id}  {key.label}" + (f"  ({closed.code.partition('.')[2]})" if closed else ""))
        pairs([(name, str(value)) for name, value in _shown(key).items() if name not in {"id", "label"} and value])
    if not found:
        say("There are no keys.")
    return OK


async def _rotate(id: str, hours: int, place: Place, json: bool) -> int:
    from regulars.flows.keys import rotate_key

    async with ledgers().open(*place) as ledger:
        return _once(accepted(await rotate_key(ledger, operator(), id, now(), hours * HOUR)), json)


async def _revoke(id: str, place: Place, json: bool) -> int:
    from regulars.flows.keys import revoke_key

    async with ledgers().open(*place) as ledger:
        key = accepted(await revoke_key(ledger, operator(), id, now()))
    if json:
        emit({"ok": True, "key": _shown(key)})
    else:
        say(f"{key.id} ({key.label}) is closed.")
    return OK


def _once(made: NewKey, json: bool) -> int:
    if json:
        emit({"ok": True, "key": _shown(made.key), "token": made.token})
        return OK
    say(f"{made.key.id} ({made.key.label}) may {', '.join(sorted(made.key.scopes))}.")
    say("Its token is shown now and never again:")
    say(made.token, "bold", 2)
    return OK


def _end(expires: str | None) -> Moment | None:
    from regulars.words.moments import Zone

    if expires is None:
        return None
    at = Zone("UTC").parse(expires.strip())
    if not isinstance(at, int):
        raise Stop(f"--expires: {expires!r} is no moment.", "Write 2027-03-02 for its start, or 2027-03-02T09:00.")
    return at


def _shown(key: Key) -> dict[str, Any]:
    from regulars.words.days import iso

    moments = {name: moment_text(getattr(key, name)) for name in ("made_at", "expires_at", "revoked_at")}
    used = None if key.used_on is None else iso(key.used_on)
    return {**asdict(key), "scopes": sorted(key.scopes), **moments, "used_on": used}
