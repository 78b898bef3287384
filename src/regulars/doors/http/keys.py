"""API keys, and members' own tokens: made, listed, replaced, closed."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from regulars.access.keys import WantedKey
from regulars.access.member_tokens import LASTS, make_member_token
from regulars.access.model import Key, NewKey
from regulars.doors.http.answers import Answer
from regulars.doors.http.asked import Asked
from regulars.doors.http.bodies import converted, parsed_object
from regulars.doors.http.entrance import entrance, ledger, permitted
from regulars.doors.http.paging import Page
from regulars.doors.http.problems import Refused
from regulars.doors.http.routes import ok, route
from regulars.flows import keys as flow
from regulars.words.days import iso
from regulars.words.moments import SECOND, Moment, Zone
from regulars.words.refusals import Refusal

TAG: Final[dict[str, Any]] = {"tag": "access"}
GIVEN: Final = ("access.no_scope", "access.unknown_scope", "access.beyond_own", "access.other_program")
UTC: Final = Zone("UTC")
HOUR: Final = 3_600 * SECOND
TILL: Final = {
    "id": "key_3PHOKpxBhgmU9l", "label": "till 3", "scopes": ["events:write", "members:read"],
    "made_at": "2026-03-02T09:00:00+00:00",
}  # fmt: skip


class KeyBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A key to make: what it is for, what it may do; until when, for which program alone, how often a minute."""

    label: str
    scopes: list[str]
    expires_at: str | None = None
    program: str | None = None
    limit: int | None = None


class Rotation(Struct, frozen=True, forbid_unknown_fields=True):
    """For how many hours the old key still opens."""

    overlap_hours: int = 24


class ShownKey(Struct, frozen=True):
    """A key without its token. `used_on` is the last day on which it was used."""

    id: str
    label: str
    scopes: list[str]
    made_at: str
    expires_at: str | None = None
    revoked_at: str | None = None
    used_on: str | None = None
    replaces: str | None = None
    program: str | None = None
    limit: int | None = None


class KeyWithToken(Struct, frozen=True):
    """A key with its token, shown this once."""

    key: ShownKey
    token: str


class TokenBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What a member's token may do, and for how many seconds."""

    scopes: tuple[str, ...] = ("members:read",)
    seconds: int = LASTS // SECOND


class TokenOfMember(Struct, frozen=True):
    """A token for a member's app."""

    token: str
    expires_at: str


@route(
    "GET",
    "/v1/keys",
    "access:read",
    "List all keys.",
    gives=Page,
    items=ShownKey,
    **TAG,
    answer={"items": [TILL], "next": None},
)
async def list_keys(asked: Asked) -> Answer:
    """All of them, oldest first, with those that no longer open."""
    found = await flow.list_keys(await ledger(asked), permitted(asked, "access:read"))
    return ok(Page([shown(key) for key in found]))


@route(
    "POST", "/v1/keys", "access:write", "Make a key.", takes=KeyBody, gives=KeyWithToken, status=201,
    codes=(*GIVEN, "access.bad_label", "access.bad_end", "access.bad_limit", "moment.unreadable", "moment.out_of_range"),
    example={"label": "till 3", "scopes": ["events:write", "members:read"]}, **TAG,
    answer={"key": TILL, "token": "regulars_key_1_…"},
)  # fmt: skip
async def make_key(asked: Asked) -> Answer:
    """The token is in this answer and nowhere else: only its hash is kept. A key has no scope that its maker has not."""
    asks = converted(parsed_object(await asked.whole()), KeyBody)
    wanted = WantedKey(asks.label, frozenset(asks.scopes), _end(asks.expires_at), asks.program, asks.limit)
    return _made(await flow.make_key(await ledger(asked), permitted(asked, "access:write"), wanted, asked.now))


@route(
    "POST", "/v1/keys/{key:str}/rotate", "access:write", "Make a key in the place of another.", takes=Rotation,
    gives=KeyWithToken, status=201, codes=(*GIVEN, "access.no_such_key", "access.too_long"), example={"overlap_hours": 24},
    **TAG, answer={"key": {**TILL, "replaces": "key_1"}, "token": "regulars_key_1_…"},
)  # fmt: skip
async def rotate_key(asked: Asked) -> Answer:
    """Both open until the overlap is over, then the new one alone."""
    asks = converted(parsed_object(await asked.whole()), Rotation)
    by, id = permitted(asked, "access:write"), asked.path("key")
    return _made(await flow.rotate_key(await ledger(asked), by, id, asked.now, asks.overlap_hours * HOUR))


@route(
    "POST", "/v1/keys/{key:str}/revoke", "access:write", "Close a key for good.", gives=ShownKey,
    codes=("access.no_such_key", "access.other_program"), **TAG, answer={**TILL, "revoked_at": "2026-03-03T09:00:00+00:00"},
)  # fmt: skip
async def revoke_key(asked: Asked) -> Answer:
    """Within five seconds it opens nothing more, wherever it was used last."""
    by = permitted(asked, "access:write")
    found = await flow.revoke_key(await ledger(asked), by, asked.path("key"), asked.now)
    if isinstance(found, Refusal):
        raise Refused(found)
    return ok(shown(found))


@route(
    "POST", "/v1/members/{member:str}/tokens", "tokens:write", "Make a short-lived token for a member's app.",
    takes=TokenBody, gives=TokenOfMember, status=201, codes=(*GIVEN, "access.not_for_members", "access.too_long"),
    example={"scopes": ["members:read"], "seconds": 900}, **TAG,
    answer={"token": "eyJhbGciOi…", "expires_at": "2026-03-02T09:15:00+00:00"},
)  # fmt: skip
async def make_token(asked: Asked) -> Answer:
    """With it an app sees that member, and nobody else. It cannot be called back: it lasts an hour at most."""
    asks = converted(parsed_object(await asked.whole()), TokenBody)
    by, caller = permitted(asked, "tokens:write"), asked.caller
    lasts = asks.seconds * SECOND
    token = make_member_token(
        entrance(asked).vault, by, caller.tenant, asked.path("member"), asks.scopes, asked.now, caller.program, lasts
    )
    if isinstance(token, Refusal):
        raise Refused(token)
    return ok(TokenOfMember(token, UTC.text((asked.now + lasts) // SECOND * SECOND)), 201)


def shown(key: Key) -> ShownKey:
    """A key as JSON has it."""
    return ShownKey(
        key.id,
        key.label,
        sorted(key.scopes),
        UTC.text(key.made_at),
        _text(key.expires_at),
        _text(key.revoked_at),
        None if key.used_on is None else iso(key.used_on),
        key.replaces,
        key.program,
        key.limit,
    )


def _text(at: Moment | None) -> str | None:
    return None if at is None else UTC.text(at)


def _made(found: NewKey | Refusal) -> Answer:
    if isinstance(found, Refusal):
        raise Refused(found)
    return ok(KeyWithToken(shown(found.key), found.token), 201)


def _end(text: str | None) -> Moment | None:
    if text is None:
        return None
    at = UTC.parse(text)
    if isinstance(at, Refusal):
        raise Refused(Refusal(at.code, at.text, pointer="/expires_at", values=at.values))
    return at


ROUTES: Final = (list_keys, make_key, rotate_key, revoke_key, make_token)
