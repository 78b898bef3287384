"""Who works here: added with a role, invited, signed in by password and code, closed.

A wrong attempt is counted before it is tried, so guesses that come at once count as often as guesses in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast

from regulars.access import passwords, totp
from regulars.access.decide import may_change_role, may_sign_in, rest
from regulars.access.model import ROLES, NewSession, Role, Session, Staff
from regulars.access.statements import sql
from regulars.access.tokens import Kind, Token, digest, new_id, new_token
from regulars.postgres.connect import Connection, Pool, transaction
from regulars.sealing import Vault
from regulars.words.moments import DAY, MINUTE, Moment
from regulars.words.refusals import Refusal

SESSION: Final = 12 * 60 * MINUTE
INVITATION: Final = 3 * DAY
May = Callable[[Staff], Refusal | None]
"""Asked of somebody's account once it is held: what it refuses is not done."""

_WRONG: Final = Refusal(
    "access.wrong_credentials",
    "Address, password or code are wrong, or the account rests after too many attempts.",
)
_UNKNOWN: Final = Refusal("access.unknown_staff", "Nobody of this id or address works here.")


@dataclass(frozen=True, slots=True)
class SignIn:
    """What somebody types to sign in; `code` is of the authenticator, or a recovery code."""

    email: str
    password: str
    code: str = ""


async def all_staff(pool: Pool | Connection, tenant: int) -> tuple[Staff, ...]:
    """Everybody who works here or did, oldest first."""
    return tuple(_staff(row) for row in await pool.fetch(sql.staff, tenant))


async def add_staff(connection: Connection, tenant: int, email: str, role: str, now: Moment) -> Staff | Refusal:
    """Somebody new, who cannot sign in before an invitation was accepted or a provider has vouched for the address.

    Refused are `access.unknown_role`, `access.bad_email` and `access.email_taken`.
    """
    email = email.strip().lower()
    known = _role(role)
    if isinstance(known, Refusal):
        return known
    name, at, domain = email.partition("@")
    if not (name and at and "." in domain and email.isprintable() and " " not in email and len(email) <= 254):
        return Refusal("access.bad_email", "This is no address.", pointer="/email")
    id = new_id("staff")
    if await connection.fetchval(sql.add_staff, tenant, id, email, known, now) is None:
        return Refusal("access.email_taken", "Somebody with this address works here already.", pointer="/email")
    return Staff(id, email, known, now)


async def staff_of(connection: Connection, tenant: int, who: str) -> Staff | Refusal:
    """Somebody who works here, by id or address, held until the end of the transaction; `access.unknown_staff`."""
    row = await _open_account(connection, tenant, who)
    return row if isinstance(row, Refusal) else _staff(row)


async def invite(connection: Connection, tenant: int, who: str, now: Moment) -> str | Refusal:
    """A token with which somebody sets a password, once, within three days; also for one that was forgotten."""
    row = await _open_account(connection, tenant, who)
    return row if isinstance(row, Refusal) else await _give_token(connection, tenant, "invitation", row["id"], now)


async def accept_invitation(pool: Pool, token: Token, password: str, now: Moment) -> str | Refusal:
    """The id of whoever has set a password with the token; earlier sessions are ended.

    Refused are `access.unknown_token` and `access.weak_password`, which leaves the invitation open.
    """
    unknown = Refusal("access.unknown_token", "This invitation is not known, was used, or has expired.")
    open_for = await pool.fetchval(sql.token, token.tenant, token.hash, "invitation", now)
    if open_for is None:
        return unknown
    kept = await passwords.hashed(password) if len(password) <= passwords.LONGEST else ""
    async with transaction(pool) as connection:
        row = await _open_account(connection, token.tenant, open_for)
        if isinstance(row, Refusal):
            return unknown
        refusal = passwords.acceptable(password, row["email"])
        if refusal is not None:
            return refusal
        if await connection.fetchval(sql.take_token, token.tenant, token.hash, "invitation", now) is None:
            return unknown
        await connection.execute(sql.drop_tokens_of, token.tenant, row["id"])
        await connection.execute(sql.set_password, token.tenant, row["id"], kept)
        return str(row["id"])


async def sign_in(pool: Pool, vault: Vault, tenant: int, given: SignIn, now: Moment) -> NewSession | Refusal:
    """A session. Refused are `access.wrong_credentials`, whatever was wrong, and `access.code_needed` when address and
    password were right and the account asks for a code as well.
    """
    async with transaction(pool) as connection:
        row = await _open_account(connection, tenant, given.email.strip().lower())
        before = None if isinstance(row, Refusal) or may_sign_in(_staff(row), now) is not None else row
        if before is not None:
            await _count_failure(connection, tenant, before, now)
    right = await passwords.fits(None if before is None else before["password"], given.password)
    if before is None or not right:
        return _WRONG
    async with transaction(pool) as connection:
        row = await _open_account(connection, tenant, before["id"])
        if isinstance(row, Refusal) or row["password"] != before["password"]:
            return _WRONG
        if row["second_factor"] and not given.code:
            await connection.execute(sql.failed, tenant, row["id"], before["failures"], before["locked_until"])
            return Refusal("access.code_needed", "This account asks for a code as well.")
        proof = _second_factor(vault, tenant, row, given.code, now)
        if proof is None:
            return _WRONG
        await connection.execute(sql.signed_in, tenant, row["id"], *proof)
        if passwords.outdated(row["password"]):
            await connection.execute(sql.set_password, tenant, row["id"], await passwords.hashed(given.password))
        return await open_session(connection, tenant, _staff(row), now)


async def open_session(connection: Connection, tenant: int, staff: Staff, now: Moment) -> NewSession:
    """A session of somebody who has shown who they are."""
    token = await _give_token(connection, tenant, "session", staff.id, now)
    return NewSession(Session(staff.id, staff.role, now, now + SESSION), token)


async def session(pool: Pool | Connection, token: Token, now: Moment) -> Session | Refusal:
    """The session that a token opens, with the role that its owner has now; else `access.unknown_session`."""
    row = await pool.fetchrow(sql.token, token.tenant, token.hash, "session", now)
    if row is None:
        return Refusal("access.unknown_session", "Nobody is signed in with this, or not any more.")
    return Session(row["staff"], cast("Role", row["role"]), row["made_at"], row["expires_at"])


async def sign_out(pool: Pool | Connection, token: Token) -> None:
    """Ends a session."""
    await pool.execute(sql.drop_token, token.tenant, token.hash)


async def clear(pool: Pool | Connection, tenant: int, now: Moment) -> None:
    """Clears away tokens and begun sign-ins that have expired."""
    await pool.execute(sql.drop_expired, tenant, now)
    await pool.execute(sql.drop_begun, tenant, now)


async def set_role(connection: Connection, tenant: int, who: str, role: str, may: May) -> tuple[Staff, Role] | Refusal:
    """Who it was, with the role before, and the role now; refused is to leave nobody who is owner, and what `may` refuses."""
    known = _role(role)
    if isinstance(known, Refusal):
        return known
    # Owners first, always: two who close each other's accounts would else wait for one another.
    owners = await connection.fetch(sql.lock_owners, tenant)
    row = await _open_account(connection, tenant, who)
    if isinstance(row, Refusal):
        return row
    staff = _staff(row)
    refusal = may(staff) or (None if known == "owner" else may_change_role(staff, len(owners)))
    if refusal is not None:
        return refusal
    await connection.execute(sql.set_role, tenant, staff.id, known)
    return staff, known


async def disable(connection: Connection, tenant: int, who: str, now: Moment, may: May) -> Staff | Refusal:
    """Who it was; password, code and sessions are gone, the name in the audit log stays."""
    owners = await connection.fetch(sql.lock_owners, tenant)
    row = await _open_account(connection, tenant, who)
    if isinstance(row, Refusal):
        return row
    staff = _staff(row)
    refusal = may(staff) or may_change_role(staff, len(owners))
    if refusal is not None:
        return refusal
    await connection.execute(sql.drop_tokens_of, tenant, staff.id)
    await connection.execute(sql.unbind_identities, tenant, staff.id)
    await connection.execute(sql.disable_staff, tenant, staff.id, now)
    return staff


async def begin_totp(
    connection: Connection, vault: Vault, tenant: int, id: str, issuer: str
) -> totp.Enrolment | Refusal:
    """What an authenticator needs, for somebody who has none yet; in force once `confirm_totp` had a code of it."""
    row = await _open_account(connection, tenant, id)
    if isinstance(row, Refusal):
        return row
    if row["second_factor"]:
        return Refusal("access.code_set_up", "This account has an authenticator already.")
    made = totp.enrolment(row["email"], issuer)
    sealed = vault.seal(made.secret.encode(), _purpose(tenant, row["id"]))
    recovery = [totp.recovery_hash(code) for code in made.recovery]
    await connection.execute(sql.set_totp, tenant, row["id"], sealed, False, None, recovery)
    return made


async def confirm_totp(
    connection: Connection, vault: Vault, tenant: int, id: str, code: str, now: Moment
) -> Refusal | None:
    """Nothing once codes are asked for at every sign-in; `access.wrong_code` when this is none of the new authenticator."""
    row = await _open_account(connection, tenant, id)
    if isinstance(row, Refusal):
        return row
    if row["second_factor"] or row["totp_secret"] is None:
        return Refusal("access.code_set_up", "There is no authenticator to confirm.")
    step = totp.step_of(_secret(vault, tenant, row), code, now, None)
    if step is None:
        return Refusal("access.wrong_code", "This is no code of the authenticator.", pointer="/code")
    await connection.execute(sql.set_totp, tenant, row["id"], row["totp_secret"], True, step, row["recovery"])
    return None


async def drop_totp(connection: Connection, tenant: int, who: str) -> Staff | Refusal:
    """Who it was; the account asks for no code until an authenticator is set up again."""
    row = await _open_account(connection, tenant, who)
    if isinstance(row, Refusal):
        return row
    await connection.execute(sql.set_totp, tenant, row["id"], None, False, None, [])
    return _staff(row)


async def _open_account(connection: Connection, tenant: int, who: str) -> Any | Refusal:
    row = await connection.fetchrow(sql.lock_staff, tenant, who)
    return _UNKNOWN if row is None or row["disabled_at"] is not None else row


async def _count_failure(connection: Connection, tenant: int, row: Any, now: Moment) -> None:
    failures = row["failures"] + 1
    pause = rest(failures)
    await connection.execute(sql.failed, tenant, row["id"], failures, now + pause if pause else None)


def _second_factor(
    vault: Vault, tenant: int, row: Any, code: str, now: Moment
) -> tuple[int | None, list[bytes]] | None:
    """The step and the recovery codes to keep after this code; None when it does not let anybody in."""
    if not row["second_factor"]:
        return row["totp_step"], row["recovery"]
    step = totp.step_of(_secret(vault, tenant, row), code, now, row["totp_step"])
    if step is not None:
        return step, row["recovery"]
    left = totp.without(row["recovery"], code)
    return None if left is None else (row["totp_step"], list(left))


async def _give_token(connection: Connection, tenant: int, kind: Kind, staff: str, now: Moment) -> str:
    token = new_token(kind, tenant)
    lasts = SESSION if kind == "session" else INVITATION
    await connection.execute(sql.add_token, tenant, digest(token), kind, staff, now, now + lasts)
    return token


def _secret(vault: Vault, tenant: int, row: Any) -> str:
    return vault.open(row["totp_secret"], _purpose(tenant, row["id"])).decode()


def _purpose(tenant: int, id: str) -> str:
    return f"totp/{tenant}/{id}"


def _role(role: str) -> Role | Refusal:
    for known in ROLES:
        if known == role:
            return known
    values = (("roles", ", ".join(ROLES)),)
    return Refusal("access.unknown_role", f"There is no role {role!r}.", pointer="/role", values=values)


def _staff(row: Any) -> Staff:
    return Staff(
        row["id"],
        row["email"],
        cast("Role", row["role"]),
        row["made_at"],
        row["password"],
        row["failures"],
        row["locked_until"],
        row["disabled_at"],
        row["second_factor"],
    )
