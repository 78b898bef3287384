"""API keys: made, listed, replaced with an overlap, revoked; and looked up at every request without a query each time.

Who looks a key up remembers it for `SECONDS`. So a balance read costs no query for its key, and a key that is revoked, or
whose end is moved, still opens for that long where it was used just before.
"""

from __future__ import annotations

import asyncio
import datetime
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from regulars.access.decide import overlap_end, usable
from regulars.access.model import Key, NewKey
from regulars.access.statements import sql
from regulars.access.tokens import Token, digest, new_id, new_token
from regulars.postgres.connect import Connection, Pool
from regulars.words.moments import DAY, Moment
from regulars.words.refusals import Refusal

SECONDS: Final = 5.0
"""How long a looked-up key is remembered: the longest that a revoked key still opens."""
_EPOCH: Final = datetime.date(1970, 1, 1).toordinal()
REMEMBERED: Final = 10_000
"""Keys remembered at once; the one that was looked up longest ago goes first."""


@dataclass(frozen=True, slots=True)
class WantedKey:
    """A key to make: what it is for, what it may do, until when; narrowed to a program, with a limit of requests a minute."""

    label: str
    scopes: frozenset[str]
    expires_at: Moment | None = None
    program: str | None = None
    limit: int | None = None


async def make_key(
    connection: Connection, tenant: int, wanted: WantedKey, now: Moment, replaces: str | None = None
) -> NewKey:
    """A new key with its token. Whether the scopes may be given away was asked before (`decide.grantable`)."""
    token = new_token("key", tenant)
    key = Key(
        new_id("key"),
        wanted.label,
        wanted.scopes,
        now,
        wanted.expires_at,
        replaces=replaces,
        program=wanted.program,
        limit=wanted.limit,
    )
    scopes = sorted(wanted.scopes)
    await connection.execute(
        sql.add_key,
        tenant,
        key.id,
        key.label,
        digest(token),
        scopes,
        now,
        key.expires_at,
        replaces,
        key.program,
        key.limit,
    )
    return NewKey(key, token)


async def keys(pool: Pool | Connection, tenant: int) -> tuple[Key, ...]:
    """All keys of a tenant, oldest first, with those that no longer open."""
    return tuple(_key(row) for row in await pool.fetch(sql.all_keys, tenant))


async def rotate_key(
    connection: Connection, tenant: int, id: str, now: Moment, overlap: int, may: Callable[[Key], Refusal | None]
) -> NewKey | Refusal:
    """A key in the place of another, with the same rights; both open for the overlap (microseconds), then the new one alone.

    Refused are `access.no_such_key`, a key that opens no more, and what `may` refuses of it.
    """
    old = await _locked(connection, tenant, id)
    if isinstance(old, Refusal):
        return old
    refusal = usable(old, now) or may(old)
    if refusal is not None:
        return refusal
    expires_at = None if old.expires_at is None else now + (old.expires_at - old.made_at)
    wanted = WantedKey(old.label, old.scopes, expires_at, old.program, old.limit)
    made = await make_key(connection, tenant, wanted, now, replaces=old.id)
    await connection.execute(sql.end_key, tenant, id, overlap_end(old, now, overlap))
    return made


async def revoke_key(
    connection: Connection, tenant: int, id: str, now: Moment, may: Callable[[Key], Refusal | None]
) -> Key | Refusal:
    """The key, which opens no more once `SECONDS` have passed everywhere; `access.no_such_key`, and what `may` refuses."""
    key = await _locked(connection, tenant, id)
    if isinstance(key, Refusal):
        return key
    refusal = may(key)
    if refusal is not None:
        return refusal
    await connection.execute(sql.revoke_key, tenant, id, now)
    return key if key.revoked_at is not None else replace(key, revoked_at=now)


class KeyRing:
    """The keys of a tenant as requests bring them; safe to share between tasks."""

    def __init__(self, pool: Pool, tenant: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._pool = pool
        self._tenant = tenant
        self._clock = clock
        self._known: OrderedDict[bytes, tuple[float, Key | None]] = OrderedDict()
        self._asking: dict[bytes, asyncio.Future[Key | None]] = {}

    async def find(self, token: Token, now: Moment) -> Key | Refusal:
        """The key that a token opens with, or why it does not: `access.unknown_key`, `access.revoked`, `access.expired`."""
        assert token.tenant == self._tenant, "a ring holds the keys of one tenant"
        until, key = self._known.get(token.hash, (0.0, None))
        if until <= self._clock():
            # Many requests with one key find it forgotten at once: one of them asks, the others wait for its answer.
            if (asking := self._asking.get(token.hash)) is None:
                asking = asyncio.ensure_future(self._ask(token.hash, now))
                self._asking[token.hash] = asking
                asking.add_done_callback(lambda _: self._asking.pop(token.hash, None))
            key = await asyncio.shield(asking)
        if key is None:
            return Refusal("access.unknown_key", "This key is not known here.")
        return usable(key, now) or key

    async def _ask(self, hash: bytes, now: Moment) -> Key | None:
        # What is read may have changed by the time it is here, so its time runs from before.
        until = self._clock() + SECONDS
        row = await self._pool.fetchrow(sql.key_by_hash, self._tenant, hash)
        key = None if row is None else _key(row)
        self._known[hash] = until, key
        self._known.move_to_end(hash)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        if key is not None:
            await self._note_use(key, now)
        return key

    async def _note_use(self, key: Key, now: Moment) -> None:
        day = _day(now)
        if usable(key, now) is None and key.used_on != day:
            await self._pool.execute(sql.key_used, self._tenant, key.id, datetime.date.fromordinal(day))


async def _locked(connection: Connection, tenant: int, id: str) -> Key | Refusal:
    row = await connection.fetchrow(sql.lock_key, tenant, id)
    return Refusal("access.no_such_key", "There is no such key.") if row is None else _key(row)


def _key(row: Any) -> Key:
    return Key(
        row["id"],
        row["label"],
        frozenset(row["scopes"]),
        row["made_at"],
        row["expires_at"],
        row["revoked_at"],
        row["replaces"],
        row["program"],
        row["per_minute"],
        None if row["used_on"] is None else row["used_on"].toordinal(),
    )


def _day(now: Moment) -> int:
    return _EPOCH + now // DAY
