"""Sign-in of staff by a provider: authorization code with PKCE, begun here, finished here, once.

Somebody is known by the provider's name for them (issuer and subject). At the first time that name is bound to the account
with the same address, if the provider has verified the address. Nobody is added: who may come in was decided before.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Final
from urllib.parse import urlencode, urlsplit

from regulars.access.id_tokens import Expected, Identity, believe
from regulars.access.model import NewSession, Staff
from regulars.access.providers import Provider, Providers, ProviderSilent
from regulars.access.staff import open_session, staff_of
from regulars.access.statements import sql
from regulars.access.tokens import digest
from regulars.postgres.connect import Connection, Pool, transaction
from regulars.sealing import Vault
from regulars.words.moments import MINUTE, Moment
from regulars.words.refusals import Refusal

LASTS: Final = 10 * MINUTE
_UNKNOWN: Final = Refusal("access.unknown_sign_in", "This sign-in was not begun here, was finished, or took too long.")


async def set_provider(connection: Connection, vault: Vault, tenant: int, provider: Provider) -> None:
    """Sets a provider up, or changes it; its secret is sealed."""
    secret = provider.client_secret
    sealed = None if secret is None else vault.seal(secret.encode(), _purpose(tenant, provider.id))
    await connection.execute(sql.set_provider, tenant, provider.id, provider.issuer, provider.client_id, sealed)


async def providers_of(pool: Pool, tenant: int) -> tuple[Provider, ...]:
    """A tenant's providers, without their secrets."""
    return tuple(
        Provider(row["id"], row["issuer"], row["client_id"]) for row in await pool.fetch(sql.providers, tenant)
    )


async def begin(
    pool: Pool, vault: Vault, providers: Providers, tenant: int, id: str, redirect: str, now: Moment
) -> tuple[str, str] | Refusal:
    """The address to send somebody to, and the state that has to come back with them: keep it in their browser's cookie.

    Refused are `access.unknown_provider` and `access.provider_silent`.
    """
    provider = await _provider(pool, vault, tenant, id)
    if isinstance(provider, Refusal):
        return provider
    try:
        doors = await providers.doors(provider.issuer)
    except ProviderSilent as error:
        return _silent(error)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    await pool.execute(sql.begin_sign_in, tenant, digest(state), id, nonce, verifier, redirect, now + LASTS)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect,
        "scope": "openid email",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    joint = "&" if urlsplit(doors.authorize).query else "?"
    return f"{doors.authorize}{joint}{urlencode(asked)}", state


async def finish(
    pool: Pool, vault: Vault, providers: Providers, tenant: int, state: str, code: str, now: Moment
) -> NewSession | Refusal:
    """A session for whoever came back with a state and a code.

    The caller has compared the state with the one kept in the browser. Refused are `access.unknown_sign_in`,
    `access.not_vouched`, `access.provider_silent` and `access.not_staff`.
    """
    begun = await pool.fetchrow(sql.finish_sign_in, tenant, digest(state))
    if begun is None or begun["expires_at"] <= now:
        return _UNKNOWN
    provider = await _provider(pool, vault, tenant, begun["provider"])
    if isinstance(provider, Refusal):
        return provider
    try:
        token = await providers.id_token(provider, code, begun["verifier"], begun["redirect"])
        if token is None:
            return Refusal("access.not_vouched", "The provider does not take the code.", values=(("check", "code"),))
        found = await _believed(providers, token, Expected(provider.issuer, provider.client_id, begun["nonce"]), now)
    except ProviderSilent as error:
        return _silent(error)
    if isinstance(found, Refusal):
        return found
    async with transaction(pool) as connection:
        staff = await _whom(connection, tenant, found)
        return staff if isinstance(staff, Refusal) else await open_session(connection, tenant, staff, now)


async def _believed(providers: Providers, token: str, expected: Expected, now: Moment) -> Identity | Refusal:
    found = believe(token, await providers.keys(expected.issuer), expected, now)
    if isinstance(found, Refusal) and ("check", "signature") in found.values:
        # The provider may have changed its keys since they were read.
        found = believe(token, await providers.keys(expected.issuer, again=True), expected, now)
    return found


async def _whom(connection: Connection, tenant: int, identity: Identity) -> Staff | Refusal:
    who = await connection.fetchval(sql.identity, tenant, identity.issuer, identity.subject)
    if who is None and identity.email is None:
        return Refusal("access.not_staff", "The provider has verified no address.")
    staff = await staff_of(connection, tenant, who or identity.email or "")
    if isinstance(staff, Refusal):
        return Refusal("access.not_staff", "Nobody whom the provider knows by this name works here.")
    if who is None:
        await connection.execute(sql.bind_identity, tenant, identity.issuer, identity.subject, staff.id)
    return staff


async def _provider(pool: Pool, vault: Vault, tenant: int, id: str) -> Provider | Refusal:
    row = await pool.fetchrow(sql.provider, tenant, id)
    if row is None:
        return Refusal("access.unknown_provider", "There is no such provider of sign-in.")
    sealed = row["client_secret"]
    secret = None if sealed is None else vault.open(sealed, _purpose(tenant, id)).decode()
    return Provider(id, row["issuer"], row["client_id"], secret)


def _silent(error: ProviderSilent) -> Refusal:
    return Refusal("access.provider_silent", "The provider of sign-in does not answer.", values=(("said", str(error)),))


def _purpose(tenant: int, id: str) -> str:
    return f"oidc/{tenant}/{id}"
