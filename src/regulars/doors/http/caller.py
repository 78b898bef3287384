"""Who calls: what a request brings to say who it is, and what that lets it do.

Whoever knows keys, sessions and tokens is given to the door as an `Access`; the door knows scopes only.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final, Protocol

from msgspec import Struct

from regulars.words.refusals import Refusal

SCOPES: Final = {
    "events:write": "send events: purchases, returns, visits, and what members ask for",
    "members:read": "see members: wallets, activity, receipts, tiers, rewards, vouchers, benefits",
    "members:write": "make, change, merge and close members",
    "goodwill:write": "give goodwill and set levels, with a reason",
    "reversals:write": "reverse receipts, with a reason",
    "programs:read": "see programs, their versions and drafts",
    "programs:write": "write drafts of programs",
    "programs:publish": "publish drafts that somebody else wrote",
    "imports:write": "bring in files of events and opening balances",
    "exports:write": "take out members and events as files",
    "jobs:read": "see how imports and exports stand, and fetch their results",
    "vouchers:read": "see codes and batches of vouchers",
    "vouchers:write": "make, hold, use and release vouchers by code",
    "webhooks:read": "see webhooks and their log",
    "webhooks:write": "set up webhooks and send again",
    "tokens:write": "make tokens for members, so that an app can show each their own",
    "access:read": "see keys and staff",
    "access:write": "make and revoke keys, invite staff",
    "audit:read": "see who did what",
    "metrics:read": "read the service's figures",
}
"""Every scope by name, with what it lets its holder do."""


class Credentials(Struct, frozen=True):
    """What a request brings: its `Authorization` and `Cookie` headers (empty when absent) and where it comes from."""

    authorization: str = ""
    cookie: str = ""
    address: str = ""


class Caller(Struct, frozen=True):
    """Who calls: on behalf of which tenant, with which scopes, and by which stable name (`key:…`, `staff:…`, `member:…`).

    `program` and `member` narrow it: a key for one program; a member's own token, which sees that member only. `limit`
    is how many requests a minute it may make, None for the service's usual limit.
    """

    tenant: str
    scopes: frozenset[str]
    subject: str
    program: str | None = None
    member: str | None = None
    limit: int | None = None


class Access(Protocol):
    """Who knows the keys."""

    async def caller(self, credentials: Credentials) -> Caller | Refusal:
        """Who a request comes from, or why nobody is let in: `access.missing`, `access.unknown_key`, `access.expired`,
        `access.revoked`.
        """
        ...


class KeyTable:
    """An `Access` of keys that are known beforehand, kept as hashes: how a service is first entered."""

    def __init__(self, callers: dict[str, Caller]) -> None:
        """`callers` by key. A key is forgotten at once, but for its hash."""
        self._callers = {_digest(key): caller for key, caller in callers.items()}

    async def caller(self, credentials: Credentials) -> Caller | Refusal:
        """Whose key it is."""
        key = bearer(credentials.authorization)
        if key is None:
            return Refusal("access.missing", "This needs a key: send `Authorization: Bearer KEY`.")
        given = _digest(key)
        found = [caller for digest, caller in self._callers.items() if hmac.compare_digest(digest, given)]
        return found[0] if found else Refusal("access.unknown_key", "This key is not known here.")


def bearer(authorization: str) -> str | None:
    """The token of an `Authorization` header, or None when there is none."""
    word, _, token = authorization.partition(" ")
    return token.strip() or None if word.lower() == "bearer" else None


def _digest(key: str) -> bytes:
    # A key is 256 random bits: there is nothing to guess, so nothing slower is needed.
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
