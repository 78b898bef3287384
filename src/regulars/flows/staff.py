"""Who works here: added, invited, given another role, closed; each act with its row in the audit log."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.access import staff as store
from regulars.access.decide import within
from regulars.access.model import ROLES, AccessRead, AccessWrite, Role, Staff
from regulars.access.providers import Provider, acceptable_issuer
from regulars.access.sign_in_by_provider import providers_of
from regulars.access.sign_in_by_provider import set_provider as keep_provider
from regulars.audit.model import Entry, Facts
from regulars.audit.store import record
from regulars.flows.opened import Opened
from regulars.postgres.connect import Connection, transaction
from regulars.sealing import Vault
from regulars.words.ids import check_id
from regulars.words.moments import Moment
from regulars.words.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who works here, with a token to set a password, which is never to be had again."""

    staff: Staff
    token: str


async def add_staff(ledger: Opened, by: AccessWrite, email: str, role: str, now: Moment) -> Invited | Refusal:
    """Somebody new, invited to set a password. Refused are an unknown role or one with rights that the asker does not
    have, an address that is none, and one that is taken.
    """
    tenant = await ledger.number()
    refusal = _beyond(by, role)
    if refusal is not None:
        return refusal
    async with transaction(ledger.pool) as connection:
        added = await store.add_staff(connection, tenant, email, role, now)
        if isinstance(added, Refusal):
            return added
        token = await store.invite(connection, tenant, added.id, now)
        assert isinstance(token, str), "who was just added is open"
        await record(connection, tenant, _entry(by, "staff.added", added.id, {}, {"role": role}))
    return Invited(added, token)


async def invite_again(ledger: Opened, by: AccessWrite, who: str, now: Moment) -> Invited | Refusal:
    """A new invitation for somebody, by id or address: for a password that was forgotten."""
    tenant = await ledger.number()
    async with transaction(ledger.pool) as connection:
        staff = await _one(connection, tenant, by, who)
        if isinstance(staff, Refusal):
            return staff
        token = await store.invite(connection, tenant, staff.id, now)
        assert isinstance(token, str), "who is open can be invited"
        await record(connection, tenant, _entry(by, "staff.invited", staff.id, {}, {}))
    return Invited(staff, token)


async def list_staff(ledger: Opened, by: AccessRead | AccessWrite) -> tuple[Staff, ...]:
    """Everybody who works here or did, oldest first."""
    assert by.permission in {"access:read", "access:write"}, "the permit says so"
    return await store.all_staff(ledger.pool, await ledger.number())


async def set_role(ledger: Opened, by: AccessWrite, who: str, role: str) -> Role | Refusal:
    """The role that somebody has now. Refused is a role beyond the asker's own rights, before or after, and to leave
    nobody who is owner.
    """
    tenant = await ledger.number()
    async with transaction(ledger.pool) as connection:
        changed = await store.set_role(
            connection, tenant, who, role, lambda staff: _beyond(by, role) or _beyond(by, staff.role)
        )
        if isinstance(changed, Refusal):
            return changed
        before, now = changed
        await record(connection, tenant, _entry(by, "staff.role", before.id, {"role": before.role}, {"role": now}))
    return now


async def disable_staff(ledger: Opened, by: AccessWrite, who: str, now: Moment) -> Staff | Refusal:
    """Who it was; nobody signs in as them any more, and their sessions are ended. Refused is to leave nobody who is owner."""
    tenant = await ledger.number()
    async with transaction(ledger.pool) as connection:
        gone = await store.disable(connection, tenant, who, now, lambda staff: _beyond(by, staff.role))
        if not isinstance(gone, Refusal):
            await record(connection, tenant, _entry(by, "staff.disabled", gone.id, {"open": True}, {"open": False}))
    return gone


async def drop_second_factor(ledger: Opened, by: AccessWrite, who: str) -> Staff | Refusal:
    """Who it was; for somebody who has lost telephone and recovery codes. They set up an authenticator again."""
    tenant = await ledger.number()
    async with transaction(ledger.pool) as connection:
        staff = await _one(connection, tenant, by, who)
        if isinstance(staff, Refusal):
            return staff
        await store.drop_totp(connection, tenant, staff.id)
        before: Facts = {"second_factor": staff.second_factor}
        await record(connection, tenant, _entry(by, "staff.second_factor", staff.id, before, {"second_factor": False}))
    return staff


async def set_provider(ledger: Opened, vault: Vault, by: AccessWrite, provider: Provider) -> Provider | Refusal:
    """The provider of sign-in, set up or changed. Refused are an id that is none and an address without TLS."""
    refusal = within(by.actor, None) or check_id(provider.id) or acceptable_issuer(provider.issuer)
    if refusal is not None:
        return refusal
    tenant = await ledger.number()
    async with transaction(ledger.pool) as connection:
        await keep_provider(connection, vault, tenant, provider)
        after: Facts = {"issuer": provider.issuer, "client": provider.client_id}
        entry = Entry(by.actor.subject, "provider.set", f"provider:{provider.id}", by.actor.place, {}, after)
        await record(connection, tenant, entry)
    return provider


async def list_providers(ledger: Opened) -> tuple[Provider, ...]:
    """The providers that a sign-in can be begun with, without their secrets."""
    return await providers_of(ledger.pool, await ledger.number())


async def _one(connection: Connection, tenant: int, by: AccessWrite, who: str) -> Staff | Refusal:
    staff = await store.staff_of(connection, tenant, who)
    return staff if isinstance(staff, Refusal) else _beyond(by, staff.role) or staff


def _beyond(by: AccessWrite, role: str) -> Refusal | None:
    """Nobody makes, changes or closes somebody who may do more than they."""
    narrowed = within(by.actor, None)
    if narrowed is not None:
        return narrowed
    rights = next((rights for name, rights in ROLES.items() if name == role), None)
    if rights is None or rights <= by.actor.permissions:
        return None
    return Refusal("access.beyond_own", "This role may do more than you.", pointer="/role", values=(("role", role),))


def _entry(by: AccessWrite, action: str, id: str, before: Facts, after: Facts) -> Entry:
    return Entry(by.actor.subject, action, f"staff:{id}", by.actor.place, before, after)
