"""API keys made, replaced and revoked, each act with its row in the audit log."""

from __future__ import annotations

from typing import Final

from regulars.access import keys as store
from regulars.access.decide import grantable, within
from regulars.access.keys import WantedKey
from regulars.access.model import AccessRead, AccessWrite, Key, NewKey
from regulars.audit.model import Entry, Facts
from regulars.audit.store import record
from regulars.flows.opened import Opened
from regulars.postgres.connect import transaction
from regulars.words.moments import DAY, Moment
from regulars.words.refusals import Refusal

OVERLAP: Final = DAY
LONGEST_OVERLAP: Final = 90 * DAY


async def make_key(ledger: Opened, by: AccessWrite, wanted: WantedKey, now: Moment) -> NewKey | Refusal:
    """A new key with its token, which is never to be had again.

    Refused are scopes that do not exist or that the maker does not have, a missing label and an end that is over.
    """
    refusal = within(by.actor, wanted.program) or grantable(by.actor, wanted.scopes) or _bad(wanted, now)
    if refusal is not None:
        return refusal
    tenant = await ledger.number()
    async with transaction(ledger.pool) as connection:
        made = await store.make_key(connection, tenant, wanted, now)
        await record(connection, tenant, _entry(by, "key.made", made.key, after=_facts(made.key)))
    return made


async def list_keys(ledger: Opened, by: AccessRead | AccessWrite) -> tuple[Key, ...]:
    """All keys, oldest first, with those that no longer open."""
    assert by.permission in {"access:read", "access:write"}, "the permit says so"
    return await store.keys(ledger.pool, await ledger.number())


async def rotate_key(ledger: Opened, by: AccessWrite, id: str, now: Moment, overlap: int = OVERLAP) -> NewKey | Refusal:
    """A key in the place of another, with the same rights; both open for the overlap (microseconds).

    Refused are `access.no_such_key`, a key that opens no more, and one with rights that the asker does not have.
    """
    if not 0 <= overlap <= LONGEST_OVERLAP:
        return Refusal("access.too_long", "Two keys open side by side for 90 days at most.", pointer="/overlap_hours")
    tenant = await ledger.number()
    async with transaction(ledger.pool) as connection:
        made = await store.rotate_key(
            connection,
            tenant,
            id,
            now,
            overlap,
            lambda key: within(by.actor, key.program) or grantable(by.actor, key.scopes),
        )
        if isinstance(made, Refusal):
            return made
        before: Facts = {"key": id}
        await record(connection, tenant, _entry(by, "key.rotated", made.key, before, _facts(made.key)))
    return made


async def revoke_key(ledger: Opened, by: AccessWrite, id: str, now: Moment) -> Key | Refusal:
    """The key, which opens nothing more a few seconds from now (`access.keys.SECONDS`); `access.no_such_key`."""
    tenant = await ledger.number()
    async with transaction(ledger.pool) as connection:
        key = await store.revoke_key(connection, tenant, id, now, lambda key: within(by.actor, key.program))
        if not isinstance(key, Refusal) and key.revoked_at == now:
            await record(connection, tenant, _entry(by, "key.revoked", key, {"open": True}, {"open": False}))
    return key


def _bad(wanted: WantedKey, now: Moment) -> Refusal | None:
    if not (wanted.label.strip() and len(wanted.label) <= 100 and wanted.label.isprintable()):
        return Refusal("access.bad_label", "A key has a label of at most 100 characters.", pointer="/label")
    if wanted.expires_at is not None and wanted.expires_at <= now:
        return Refusal("access.bad_end", "The key would end before it begins.", pointer="/expires_at")
    if wanted.limit is not None and not 0 < wanted.limit <= 10_000_000:
        return Refusal("access.bad_limit", "A limit is a number of requests a minute, above zero.", pointer="/limit")
    return None


def _facts(key: Key) -> Facts:
    # Not the label: who wrote it may have put a person's name there.
    return {
        "scopes": sorted(key.scopes),
        "expires_at": key.expires_at,
        "program": key.program,
        "limit": key.limit,
        "replaces": key.replaces,
    }


def _entry(by: AccessWrite, action: str, key: Key, before: Facts | None = None, after: Facts | None = None) -> Entry:
    return Entry(by.actor.subject, action, f"key:{key.id}", by.actor.place, before or {}, after or {})
