"""Who is let in: keys, sessions of staff and members' own tokens, as an `Access` of the door."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from regulars.access.decide import permit
from regulars.access.model import Actor, P, Permit
from regulars.access.providers import Providers
from regulars.audit.decide import network
from regulars.doors.http.caller import Access, Caller, Credentials, bearer
from regulars.doors.http.problems import Refused, refuse
from regulars.flows.callers import Callers
from regulars.sealing import Vault
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.doors.http.asked import Asked
    from regulars.flows.opened import Opened

SIGN_INS: Final = 120
"""Attempts to sign in that one address may make a minute, a sixth of them at once: each costs 50 ms of a core."""


class Entrance:
    """An `Access` of the keys, sessions and tokens that the database knows, and of one first key beside them."""

    def __init__(self, callers: Callers, vault: Vault, providers: Providers, first: Access) -> None:
        """`first` knows the key with which a service is first entered; it is asked for what has no token's form."""
        self.callers, self.vault, self.providers = callers, vault, providers
        self._first = first

    async def caller(self, credentials: Credentials) -> Caller | Refusal:
        """Who a request comes from."""
        text = bearer(credentials.authorization)
        if text is None or not (text.startswith("regulars_") or text.count(".") == 2):
            return await self._first.caller(credentials)
        found = await self.callers.known(text, time.time_ns() // 1_000)
        if isinstance(found, Refusal):
            return found
        return Caller(found.tenant, found.scopes, found.subject, found.program, found.member, found.limit)


def entrance(asked: Asked) -> Entrance:
    """The entrance of the service; a service without one has no staff."""
    access = asked.door.access
    if not isinstance(access, Entrance):
        raise refuse("request.not_found", "This service has no staff to sign in.")
    return access


async def ledger(asked: Asked) -> Opened:
    """The database as the caller's tenant sees it."""
    return await asked.door.serving.tenant(asked.caller.tenant)


def place(asked: Asked) -> str:
    """From where a request comes: a network, which says not who."""
    client = asked.scope["client"]
    return network(client[0]) if client else ""


def permitted(asked: Asked, wanted: P) -> Permit[P]:
    """The permit of the caller, who was let through to a route that needs it."""
    caller = asked.caller
    found = permit(Actor(caller.subject, caller.scopes, place(asked), caller.program), wanted)
    if isinstance(found, Refusal):
        raise Refused(found)
    return found


def slowly(asked: Asked) -> None:
    """Lets through so many attempts a minute of one address, for routes that anybody may call."""
    client = asked.scope["client"]
    pace = asked.door.limits.take(f"sign-in:{client[0] if client else ''}", time.monotonic(), SIGN_INS)
    if not pace.allowed:
        raise refuse("rate.exceeded", "There were too many attempts to sign in.", limit=pace.limit)
