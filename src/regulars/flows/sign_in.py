"""Staff sign in, by password or by a provider, and set up their authenticator; who came in when is in the audit log."""

from __future__ import annotations

from regulars.access import sign_in_by_provider as by_provider
from regulars.access import staff as store
from regulars.access.model import NewSession
from regulars.access.providers import Providers
from regulars.access.staff import SignIn
from regulars.access.tokens import Token
from regulars.access.totp import Enrolment
from regulars.audit.model import Entry
from regulars.audit.store import record
from regulars.flows.opened import Opened
from regulars.postgres.connect import transaction
from regulars.sealing import Vault
from regulars.words.moments import Moment
from regulars.words.refusals import Refusal


async def sign_in(ledger: Opened, vault: Vault, given: SignIn, now: Moment, place: str = "") -> NewSession | Refusal:
    """A session; `access.wrong_credentials` or `access.code_needed`."""
    made = await store.sign_in(ledger.pool, vault, await ledger.number(), given, now)
    return await _noted(ledger, made, "staff.signed_in", place)


async def begin_by_provider(
    ledger: Opened, vault: Vault, providers: Providers, id: str, redirect: str, now: Moment
) -> tuple[str, str] | Refusal:
    """The address to send somebody to, and the state to keep in their browser and compare when they come back."""
    return await by_provider.begin(ledger.pool, vault, providers, await ledger.number(), id, redirect, now)


async def finish_by_provider(
    ledger: Opened, vault: Vault, providers: Providers, state: str, code: str, now: Moment, place: str = ""
) -> NewSession | Refusal:
    """A session for whoever came back from a provider with a state and a code."""
    made = await by_provider.finish(ledger.pool, vault, providers, await ledger.number(), state, code, now)
    return await _noted(ledger, made, "staff.signed_in_by_provider", place)


async def sign_out(ledger: Opened, token: Token) -> None:
    """Ends a session."""
    await store.sign_out(ledger.pool, token)


async def accept_invitation(ledger: Opened, token: Token, password: str, now: Moment, place: str = "") -> str | Refusal:
    """The id of whoever has set a password; `access.unknown_token`, `access.weak_password`."""
    id = await store.accept_invitation(ledger.pool, token, password, now)
    if isinstance(id, str):
        async with transaction(ledger.pool) as connection:
            entry = Entry(f"staff:{id}", "staff.password", f"staff:{id}", place)
            await record(connection, token.tenant, entry)
    return id


async def begin_second_factor(ledger: Opened, vault: Vault, id: str) -> Enrolment | Refusal:
    """What an authenticator needs; in force once `confirm_second_factor` had a code of it."""
    async with transaction(ledger.pool) as connection:
        return await store.begin_totp(connection, vault, await ledger.number(), id, f"Regulars {ledger.tenant}")


async def confirm_second_factor(
    ledger: Opened, vault: Vault, id: str, code: str, now: Moment, place: str = ""
) -> Refusal | None:
    """Nothing once codes are asked for at every sign-in; `access.wrong_code`."""
    tenant = await ledger.number()
    async with transaction(ledger.pool) as connection:
        refusal = await store.confirm_totp(connection, vault, tenant, id, code, now)
        if refusal is None:
            after = {"second_factor": True}
            entry = Entry(f"staff:{id}", "staff.second_factor", f"staff:{id}", place, {"second_factor": False}, after)
            await record(connection, tenant, entry)
    return refusal


async def _noted(ledger: Opened, made: NewSession | Refusal, action: str, place: str) -> NewSession | Refusal:
    if not isinstance(made, Refusal):
        subject = f"staff:{made.session.staff}"
        async with transaction(ledger.pool) as connection:
            await record(connection, await ledger.number(), Entry(subject, action, subject, place))
    return made
