"""Who works here, and the providers by which they sign in."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from regulars.access.model import Staff
from regulars.access.providers import Provider
from regulars.doors.http.answers import Answer
from regulars.doors.http.asked import Asked
from regulars.doors.http.bodies import converted, parsed_object
from regulars.doors.http.entrance import entrance, ledger, permitted
from regulars.doors.http.paging import Page
from regulars.doors.http.problems import Refused
from regulars.doors.http.routes import ok, route
from regulars.flows import staff as flow
from regulars.flows.staff import Invited
from regulars.words.moments import Moment, Zone
from regulars.words.refusals import Refusal

TAG: Final[dict[str, Any]] = {"tag": "access"}
GIVEN: Final = ("access.unknown_role", "access.beyond_own", "access.other_program")
THEIRS: Final = ("access.unknown_staff", "access.beyond_own", "access.other_program")
UTC: Final = Zone("UTC")
ANA: Final = {
    "id": "staff_32Aih4Tag9JUIX", "email": "ana@shop.example", "role": "support", "made_at": "2026-03-02T09:00:00+00:00",
    "password": False, "second_factor": False,
}  # fmt: skip


class StaffBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody to add: the address with which they sign in, and their role."""

    email: str
    role: str


class RoleBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A role: owner, marketer, finance, support, cashier, auditor."""

    role: str


class ProviderBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A provider of sign-in (OpenID Connect): its address, and how it knows this service."""

    issuer: str
    client_id: str
    client_secret: str | None = None


class ShownStaff(Struct, frozen=True):
    """Somebody who works here; whether they have a password, and whether they sign in with a code as well."""

    id: str
    email: str
    role: str
    made_at: str
    disabled_at: str | None = None
    password: bool = False
    second_factor: bool = False


class InvitedStaff(Struct, frozen=True):
    """Somebody with an invitation, shown this once."""

    staff: ShownStaff
    invitation: str


class ShownProvider(Struct, frozen=True):
    """A provider without its secret."""

    id: str
    issuer: str
    client_id: str


@route(
    "GET",
    "/v1/staff",
    "access:read",
    "List who works here.",
    gives=Page,
    items=ShownStaff,
    **TAG,
    answer={"items": [ANA], "next": None},
)
async def list_staff(asked: Asked) -> Answer:
    """Everybody, with those whose account was closed."""
    found = await flow.list_staff(await ledger(asked), permitted(asked, "access:read"))
    return ok(Page([shown(one) for one in found]))


@route(
    "POST", "/v1/staff", "access:write", "Add somebody, and invite them.", takes=StaffBody, gives=InvitedStaff, status=201,
    codes=(*GIVEN, "access.bad_email", "access.email_taken"), example={"email": "ana@shop.example", "role": "support"},
    **TAG, answer={"staff": ANA, "invitation": "regulars_invitation_1_…"},
)  # fmt: skip
async def add_staff(asked: Asked) -> Answer:
    """With the invitation they set a password within three days; by a provider they come in without."""
    asks = converted(parsed_object(await asked.whole()), StaffBody)
    by = permitted(asked, "access:write")
    return _invited(await flow.add_staff(await ledger(asked), by, asks.email, asks.role, asked.now))


@route(
    "POST", "/v1/staff/{staff:str}/invite", "access:write", "Invite somebody again.", gives=InvitedStaff, status=201,
    codes=THEIRS, **TAG, answer={"staff": ANA, "invitation": "regulars_invitation_1_…"},
)  # fmt: skip
async def invite_staff(asked: Asked) -> Answer:
    """For a password that was forgotten. It counts until the invitation is accepted."""
    by = permitted(asked, "access:write")
    return _invited(await flow.invite_again(await ledger(asked), by, asked.path("staff"), asked.now))


@route(
    "PUT", "/v1/staff/{staff:str}/role", "access:write", "Give somebody another role.", takes=RoleBody, gives=RoleBody,
    codes=(*GIVEN, "access.unknown_staff", "access.last_owner"), example={"role": "cashier"}, **TAG, answer={"role": "cashier"},
)  # fmt: skip
async def set_role(asked: Asked) -> Answer:
    """It counts from their next request on."""
    asks = converted(parsed_object(await asked.whole()), RoleBody)
    by = permitted(asked, "access:write")
    found = await flow.set_role(await ledger(asked), by, asked.path("staff"), asks.role)
    if isinstance(found, Refusal):
        raise Refused(found)
    return ok(RoleBody(found))


@route(
    "POST", "/v1/staff/{staff:str}/disable", "access:write", "Close somebody's account.", gives=ShownStaff,
    codes=(*THEIRS, "access.last_owner"), **TAG, answer=ANA,
)  # fmt: skip
async def disable_staff(asked: Asked) -> Answer:
    """They are signed out at once; what they did stays in the audit log under their id."""
    by = permitted(asked, "access:write")
    return _one(await flow.disable_staff(await ledger(asked), by, asked.path("staff"), asked.now))


@route(
    "DELETE", "/v1/staff/{staff:str}/second-factor", "access:write", "Take off an authenticator that was lost.",
    gives=ShownStaff, codes=THEIRS, **TAG, answer=ANA,
)  # fmt: skip
async def drop_second_factor(asked: Asked) -> Answer:
    """They sign in without a code, and set up an authenticator again."""
    by = permitted(asked, "access:write")
    return _one(await flow.drop_second_factor(await ledger(asked), by, asked.path("staff")))


@route(
    "GET", "/v1/sign-in-providers", "access:read", "List the providers of sign-in.", gives=Page, items=ShownProvider, **TAG,
    answer={"items": [{"id": "sso", "issuer": "https://sso.shop.example", "client_id": "regulars"}], "next": None},
)  # fmt: skip
async def list_providers(asked: Asked) -> Answer:
    """Without their secrets."""
    permitted(asked, "access:read")
    found = await flow.list_providers(await ledger(asked))
    return ok(Page([ShownProvider(one.id, one.issuer, one.client_id) for one in found]))


@route(
    "PUT", "/v1/sign-in-providers/{provider:str}", "access:write", "Set up a provider of sign-in, or change it.",
    takes=ProviderBody, gives=ShownProvider, codes=("access.bad_issuer", "access.other_program"), **TAG,
    example={"issuer": "https://sso.shop.example", "client_id": "regulars", "client_secret": "…"},
    answer={"id": "sso", "issuer": "https://sso.shop.example", "client_id": "regulars"},
)  # fmt: skip
async def put_provider(asked: Asked) -> Answer:
    """Whoever works here comes in when the provider has verified their address; nobody is added by it."""
    asks = converted(parsed_object(await asked.whole()), ProviderBody)
    wanted = Provider(asked.path("provider"), asks.issuer, asks.client_id, asks.client_secret)
    by = permitted(asked, "access:write")
    found = await flow.set_provider(await ledger(asked), entrance(asked).vault, by, wanted)
    if isinstance(found, Refusal):
        raise Refused(found)
    return ok(ShownProvider(found.id, found.issuer, found.client_id))


def shown(one: Staff) -> ShownStaff:
    """Somebody as JSON has it."""
    return ShownStaff(
        one.id,
        one.email,
        one.role,
        UTC.text(one.made_at),
        _text(one.disabled_at),
        one.password is not None,
        one.second_factor,
    )


def _text(at: Moment | None) -> str | None:
    return None if at is None else UTC.text(at)


def _one(found: Staff | Refusal) -> Answer:
    if isinstance(found, Refusal):
        raise Refused(found)
    return ok(shown(found))


def _invited(found: Invited | Refusal) -> Answer:
    if isinstance(found, Refusal):
        raise Refused(found)
    return ok(InvitedStaff(shown(found.staff), found.token), 201)


ROUTES: Final = (
    list_staff,
    add_staff,
    invite_staff,
    set_role,
    disable_staff,
    drop_second_factor,
    list_providers,
    put_provider,
)
