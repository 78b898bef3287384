"""Staff sign in and out: by password and code, or by a provider; they accept invitations and set up their authenticator."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from regulars.access.model import NewSession
from regulars.access.staff import SignIn
from regulars.access.tokens import Token, read_token
from regulars.doors.http.answers import Answer
from regulars.doors.http.asked import Asked
from regulars.doors.http.bodies import converted, parsed_object
from regulars.doors.http.caller import bearer
from regulars.doors.http.entrance import entrance, ledger, place, slowly
from regulars.doors.http.problems import Refused, refuse
from regulars.doors.http.routes import ok, route
from regulars.flows import sign_in as flow
from regulars.flows.opened import Opened
from regulars.ledger.tenants import tenant_number
from regulars.words.moments import Zone
from regulars.words.refusals import Refusal

TAG: Final[dict[str, Any]] = {"tag": "sign-in"}
UTC: Final = Zone("UTC")
SESSION: Final = {
    "token": "regulars_session_1_…", "staff": "staff_32Aih4Tag9JUIX", "role": "support",
    "expires_at": "2026-03-02T21:00:00+00:00",
}  # fmt: skip


class SignInBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Where somebody works, and what they type; `code` is of their authenticator, or a recovery code."""

    tenant: str
    email: str
    password: str
    code: str = ""


class SessionMade(Struct, frozen=True):
    """A session: send its token as `Authorization: Bearer TOKEN`."""

    token: str
    staff: str
    role: str
    expires_at: str


class InvitationBody(Struct, frozen=True, forbid_unknown_fields=True):
    """An invitation, and the password to set."""

    invitation: str
    password: str


class Accepted(Struct, frozen=True):
    """Whose password it is."""

    staff: str


class BeginBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Where somebody works, and where the provider sends them back to."""

    tenant: str
    redirect: str


class Begun(Struct, frozen=True):
    """Where to send them, and the state to keep in their browser and compare when they come back."""

    address: str
    state: str


class FinishBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Where somebody works, and what they brought back from the provider."""

    tenant: str
    state: str
    code: str


class Authenticator(Struct, frozen=True):
    """What an authenticator needs, and ten recovery codes; shown this once."""

    secret: str
    uri: str
    recovery: list[str]


class CodeBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The code that the new authenticator shows."""

    code: str


class Done(Struct, frozen=True):
    """It is done."""

    ok: bool = True


@route(
    "POST", "/v1/sign-in", None, "Sign in with a password.", takes=SignInBody, gives=SessionMade,
    codes=("access.wrong_credentials", "access.code_needed", "rate.exceeded"), **TAG, answer=SESSION,
    example={"tenant": "main", "email": "ana@shop.example", "password": "four words of mine"},
)  # fmt: skip
async def sign_in(asked: Asked) -> Answer:
    """Whatever is wrong, the answer is the same. After five wrong attempts an account rests."""
    slowly(asked)
    asks = converted(parsed_object(await asked.whole()), SignInBody)
    opened = await _tenant(asked, asks.tenant)
    if opened is None:
        raise refuse("access.wrong_credentials")
    given = SignIn(asks.email, asks.password, asks.code)
    return _session(await flow.sign_in(opened, entrance(asked).vault, given, asked.now, place(asked)))


@route(
    "POST", "/v1/sign-in/providers/{provider:str}/begin", None, "Begin to sign in by a provider.", takes=BeginBody,
    gives=Begun, codes=("access.unknown_provider", "access.provider_silent", "rate.exceeded"), **TAG,
    example={"tenant": "main", "redirect": "https://shop.example/signed-in"},
    answer={"address": "https://sso.shop.example/authorize?…", "state": "…"},
)  # fmt: skip
async def begin_sign_in(asked: Asked) -> Answer:
    """Authorization code with PKCE; the provider has to know the address to come back to."""
    slowly(asked)
    asks = converted(parsed_object(await asked.whole()), BeginBody)
    opened = await _tenant(asked, asks.tenant)
    if opened is None:
        raise refuse("access.unknown_provider")
    door, id = entrance(asked), asked.path("provider")
    begun = await flow.begin_by_provider(opened, door.vault, door.providers, id, asks.redirect, asked.now)
    if isinstance(begun, Refusal):
        raise Refused(begun)
    return ok(Begun(*begun))


@route(
    "POST", "/v1/sign-in/finish", None, "Finish to sign in by a provider.", takes=FinishBody, gives=SessionMade,
    codes=("access.unknown_sign_in", "access.not_vouched", "access.provider_silent", "access.not_staff", "rate.exceeded"),
    **TAG, example={"tenant": "main", "state": "…", "code": "…"}, answer=SESSION,
)  # fmt: skip
async def finish_sign_in(asked: Asked) -> Answer:
    """Once, within ten minutes. Compare the state with the one in the browser first."""
    slowly(asked)
    asks = converted(parsed_object(await asked.whole()), FinishBody)
    opened = await _tenant(asked, asks.tenant)
    if opened is None:
        raise refuse("access.unknown_sign_in")
    door = entrance(asked)
    made = await flow.finish_by_provider(
        opened, door.vault, door.providers, asks.state, asks.code, asked.now, place(asked)
    )
    return _session(made)


@route(
    "POST", "/v1/invitations/accept", None, "Set a password with an invitation.", takes=InvitationBody, gives=Accepted,
    codes=("access.unknown_token", "access.weak_password", "rate.exceeded"), **TAG,
    example={"invitation": "regulars_invitation_1_…", "password": "four words of mine"}, answer={"staff": "staff_32Aih4Tag9JUIX"},
)  # fmt: skip
async def accept_invitation(asked: Asked) -> Answer:
    """Once; whoever was signed in to the account is signed out."""
    slowly(asked)
    asks = converted(parsed_object(await asked.whole()), InvitationBody)
    token = read_token(asks.invitation)
    slug = None if token is None else await entrance(asked).callers.slug(token.tenant)
    if token is None or slug is None or token.kind != "invitation":
        raise refuse("access.unknown_token")
    opened = await asked.door.serving.tenant(slug)
    found = await flow.accept_invitation(opened, token, asks.password, asked.now, place(asked))
    if isinstance(found, Refusal):
        raise Refused(found)
    return ok(Accepted(found))


@route(
    "POST",
    "/v1/sign-out",
    "members:read",
    "Sign out.",
    gives=Done,
    codes=("access.unknown_session",),
    **TAG,
    answer={"ok": True},
)
async def sign_out(asked: Asked) -> Answer:
    """The session ends at once, everywhere."""
    await flow.sign_out(await ledger(asked), _own(asked)[0])
    return ok(Done())


@route(
    "POST", "/v1/second-factor", "members:read", "Begin to set up an authenticator of one's own.", gives=Authenticator,
    status=201, codes=("access.unknown_session", "access.code_set_up"), **TAG,
    answer={"secret": "JBSWY3DPEHPK3PXP", "uri": "otpauth://totp/…", "recovery": ["2345-6789-abcd"]},
)  # fmt: skip
async def begin_second_factor(asked: Asked) -> Answer:
    """Nothing is in force before a code of it was confirmed. Keep the recovery codes on paper: each opens once."""
    _, staff = _own(asked)
    made = await flow.begin_second_factor(await ledger(asked), entrance(asked).vault, staff)
    if isinstance(made, Refusal):
        raise Refused(made)
    return ok(Authenticator(made.secret, made.uri, list(made.recovery)), 201)


@route(
    "POST", "/v1/second-factor/confirm", "members:read", "Confirm the authenticator with a code.", takes=CodeBody, gives=Done,
    codes=("access.unknown_session", "access.code_set_up", "access.wrong_code"), example={"code": "123456"}, **TAG,
    answer={"ok": True},
)  # fmt: skip
async def confirm_second_factor(asked: Asked) -> Answer:
    """From now on signing in asks for a code."""
    asks = converted(parsed_object(await asked.whole()), CodeBody)
    _, staff = _own(asked)
    vault = entrance(asked).vault
    refusal = await flow.confirm_second_factor(await ledger(asked), vault, staff, asks.code, asked.now, place(asked))
    if refusal is not None:
        raise Refused(refusal)
    return ok(Done())


def _own(asked: Asked) -> tuple[Token, str]:
    """The session that a request came with, and whose it is."""
    token = read_token(bearer(asked.header(b"authorization")) or "")
    kind, _, staff = asked.caller.subject.partition(":")
    if token is None or token.kind != "session" or kind != "staff":
        raise refuse("access.unknown_session", "Only who is signed in has a session.")
    return token, staff


async def _tenant(asked: Asked, slug: str) -> Opened | None:
    """The tenant of that name, which nobody makes by asking for it."""
    serving = asked.door.serving
    return None if await tenant_number(serving.pool, slug) is None else await serving.tenant(slug)


def _session(made: NewSession | Refusal) -> Answer:
    if isinstance(made, Refusal):
        raise Refused(made)
    found = made.session
    return ok(SessionMade(made.token, found.staff, found.role, UTC.text(found.expires_at)))


ROUTES: Final = (
    sign_in,
    begin_sign_in,
    finish_sign_in,
    accept_invitation,
    sign_out,
    begin_second_factor,
    confirm_second_factor,
)
