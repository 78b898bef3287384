"""Whom a token stands for: a key, a staff member's session, a member's own token; looked up in the tenant that it names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from regulars.access.keys import KeyRing
from regulars.access.member_tokens import read_member_token
from regulars.access.model import MEMBER, ROLES
from regulars.access.staff import session
from regulars.access.tokens import Token, read_token
from regulars.flows.serving import Serving
from regulars.ledger.tenants import tenant_slug
from regulars.sealing import Vault
from regulars.words.moments import Moment
from regulars.words.refusals import Refusal

LONGEST: Final = 4_000
"""Characters of a token that is looked at."""
_UNKNOWN: Final = Refusal("access.unknown_key", "This key is not known here.")


@dataclass(frozen=True, slots=True)
class Known:
    """Who calls: of which tenant, by which stable name, with which scopes; narrowed to a program or a member."""

    tenant: str
    subject: str
    scopes: frozenset[str]
    program: str | None = None
    member: str | None = None
    limit: int | None = None


class Callers:
    """Finds out who calls; safe to share between tasks. A key that was found is remembered for a few seconds."""

    def __init__(self, serving: Serving, vault: Vault) -> None:
        self._serving = serving
        self._vault = vault
        self._slugs: dict[int, str] = {}
        self._rings: dict[int, KeyRing] = {}

    async def known(self, text: str, now: Moment) -> Known | Refusal:
        """Whom a token stands for, or `access.unknown_key`, `access.unknown_token`, `access.unknown_session`,
        `access.expired`, `access.revoked`.
        """
        if len(text) > LONGEST:
            return _UNKNOWN
        token = read_token(text)
        if token is None:
            return self._member(text, now) if text.count(".") == 2 else _UNKNOWN
        slug = await self.slug(token.tenant)
        if slug is None or token.kind == "invitation":
            return _UNKNOWN
        return await (self._key if token.kind == "key" else self._session)(slug, token, now)

    async def slug(self, tenant: int) -> str | None:
        """The slug of a tenant's number, None when there is none; a slug never changes."""
        found = self._slugs.get(tenant)
        if found is None:
            found = await tenant_slug(self._serving.pool, tenant)
            if found is not None:
                self._slugs[tenant] = found
        return found

    async def _key(self, slug: str, token: Token, now: Moment) -> Known | Refusal:
        ring = self._rings.get(token.tenant)
        if ring is None:
            ring = self._rings[token.tenant] = KeyRing((await self._serving.tenant(slug)).pool, token.tenant)
        key = await ring.find(token, now)
        if isinstance(key, Refusal):
            return key
        return Known(slug, f"key:{key.id}", key.scopes, key.program, limit=key.limit)

    async def _session(self, slug: str, token: Token, now: Moment) -> Known | Refusal:
        found = await session((await self._serving.tenant(slug)).pool, token, now)
        if isinstance(found, Refusal):
            return found
        return Known(slug, f"staff:{found.staff}", frozenset[str](ROLES[found.role]))

    def _member(self, text: str, now: Moment) -> Known | Refusal:
        found = read_member_token(self._vault, text, now)
        if isinstance(found, Refusal):
            return found
        scopes = found.scopes & MEMBER
        return Known(found.tenant, f"member:{found.member}", scopes, found.program, found.member)
