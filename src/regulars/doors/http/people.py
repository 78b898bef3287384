"""Members as persons: made, found by what they show, changed, merged, closed, taken out whole, erased."""

from __future__ import annotations

import secrets
from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType

from regulars.doors.http.answers import Answer
from regulars.doors.http.asked import Asked
from regulars.doors.http.bodies import converted, parsed_object
from regulars.doors.http.events import acted
from regulars.doors.http.paging import LIMIT, Page, cursor_of, limit_of, page_of
from regulars.doors.http.problems import Refused, encode, refuse
from regulars.doors.http.receipts import EventReceipt
from regulars.doors.http.recording import CODES
from regulars.doors.http.routes import Query, ok, route
from regulars.flows.people import Membership
from regulars.flows.take_out import take_out
from regulars.members.model import KINDS, Person
from regulars.words.refusals import Refusal

TAG: Final[dict[str, Any]] = {"tag": "people"}
KNOWN: Final = (
    "identifier.unknown_kind", "identifier.unreadable", "identifier.taken", "person.unknown_field", "person.unreadable_field",
)  # fmt: skip
NOT_OPEN: Final = ("person.unknown", "person.closed", "person.merged", "person.erased")
ANN: Final = {
    "member": "m_5f0c1d2e3a4b5c6d7e8f9a0b", "state": "open", "version": 1, "fields": {"name": "Ann"},
    "identifiers": [{"kind": "email", "value": "ann@example.org"}],
}  # fmt: skip


class Known(Struct, frozen=True):
    """By what a member is found: `email`, `phone`, `card`, `external`."""

    kind: str
    value: str


class NewPerson(Struct, frozen=True, forbid_unknown_fields=True):
    """A person to make; without an id of yours they get a random one. Nothing of it reaches the ledger but the id."""

    member: str | None = None
    fields: dict[str, str | None] = {}
    identifiers: list[Known] = []


class ChangedPerson(Struct, frozen=True, forbid_unknown_fields=True):
    """What changes: fields by name (null takes one away); identifiers, where given, replace those there are."""

    fields: dict[str, str | None] = {}
    identifiers: list[Known] | UnsetType = UNSET


class PersonShown(Struct, frozen=True):
    """Who a member is; `merged_into` is who they became. `version` is what a change is made on."""

    member: str
    state: str
    version: int
    fields: dict[str, str]
    identifiers: list[Known]
    merged_into: str | None = None


class Into(Struct, frozen=True, forbid_unknown_fields=True):
    """The member that stays, and why."""

    into: str
    reason: str = ""


class Why(Struct, frozen=True, forbid_unknown_fields=True):
    """Why."""

    reason: str = ""


@route(
    "POST", "/v1/members", "members:write", "Make a member.", takes=NewPerson, gives=PersonShown, status=201,
    codes=("person.exists", "member.personal_id", *KNOWN), **TAG,
    example={"fields": {"name": "Ann"}, "identifiers": [{"kind": "email", "value": "ann@example.org"}]}, answer=ANN,
)  # fmt: skip
async def make_member(asked: Asked) -> Answer:
    """What is known of a person is sealed with a key of their own; the ledger learns an id that names nobody."""
    asks = converted(parsed_object(await asked.whole()), NewPerson)
    found = await (await membership(asked)).enrol(asks.fields, _raw(asks.identifiers), asked.now, asks.member)
    return _person(found, 201)


@route(
    "GET", "/v1/members", "members:read", "Find members by what they show, or list them.", gives=Page, items=PersonShown,
    query={
        **{kind: Query(f"Find the member with this {kind}.", example=example) for kind, example in zip(
            KINDS, ("ann@example.org", "+34600100200", "A1", "CRM/17"), strict=True
        )},
        "limit": LIMIT, "cursor": Query("Where the last page ended."),
    },
    codes=("identifier.unreadable", "request.bad_cursor"), **TAG, answer={"items": [ANN], "next": None},
)  # fmt: skip
async def find_members(asked: Asked, limit: str = "50", cursor: str = "", **shown: str) -> Answer:
    """By one of `email`, `phone`, `card`, `external`: nobody or one. Without: a page, in order of id."""
    room = await membership(asked)
    if len(shown) > 1:
        raise refuse("request.bad_parameter", "Members are found by one thing at a time.", name=min(shown))
    for kind, value in shown.items():
        found = await room.found_by(kind, value)
        if isinstance(found, Refusal):
            raise Refused(found)
        return ok({"items": [] if found is None else [_shown(found)], "next": None})
    most = limit_of(limit)
    people = await room.page(cursor_of(cursor) or "", most + 1)
    return ok(page_of([_shown(person) for person in people], most, lambda person: person["member"]))


@route(
    "GET", "/v1/members/{member:str}/person", "members:read", "Who a member is.", gives=PersonShown, codes=("person.unknown",),
    of_member=True, **TAG, answer=ANN,
)  # fmt: skip
async def person(asked: Asked) -> Answer:
    """The `ETag` is the version that a change names in `If-Match`."""
    found = await (await membership(asked)).find(asked.path("member"))
    if found is None:
        raise refuse("person.unknown", member=asked.path("member"))
    return _person(found)


@route(
    "PATCH", "/v1/members/{member:str}", "members:write", "Change what is known of a member.", takes=ChangedPerson, gives=PersonShown,
    codes=("person.changed", *NOT_OPEN, *KNOWN), headers={"If-Match": "The version that the change was made on."}, **TAG,
    example={"fields": {"city": "Cádiz"}}, answer=ANN | {"version": 2},
)  # fmt: skip
async def change_member(asked: Asked) -> Answer:
    """Under `If-Match` a change is made only on that version."""
    asks = converted(parsed_object(await asked.whole()), ChangedPerson)
    known = None if isinstance(asks.identifiers, UnsetType) else _raw(asks.identifiers)
    room = await membership(asked)
    return _person(await room.change(asked.path("member"), asks.fields, known, asked.now, _version(asked)))


@route(
    "POST", "/v1/members/{member:str}/merge", "members:write", "Merge a member into another.", takes=Into, gives=EventReceipt, key=True,
    codes=("member.merged_with_itself", *NOT_OPEN, *CODES), **TAG, example={"into": "ann", "reason": "joined twice"},
)  # fmt: skip
async def merge_member(asked: Asked) -> Answer:
    """The ledger moves what the member has, then the persons become one. Sent again it goes on where it stopped."""
    gone = asked.path("member")
    asks = converted(parsed_object(await asked.whole()), Into)
    answer = await _staff(asked, "merge", gone, into=asks.into, reason=asks.reason)
    room = await membership(asked)
    if await room.find(gone) is not None and await room.find(asks.into) is not None:
        merged = await room.merge(gone, asks.into, asked.now)
        if isinstance(merged, Refusal) and merged.code != "person.merged":
            raise Refused(merged)
    return answer


@route(
    "POST", "/v1/members/{member:str}/close", "members:write", "Close a member's account.", takes=Why, gives=EventReceipt, key=True,
    codes=(*NOT_OPEN, *CODES), **TAG, example={"reason": "asked for it"},
)  # fmt: skip
async def close_member(asked: Asked) -> Answer:
    """What they had lapses or stays as the program says; later events are refused."""
    name = asked.path("member")
    asks = converted(parsed_object(await asked.whole()), Why)
    answer = await _staff(asked, "close", name, reason=asks.reason)
    room = await membership(asked)
    if await room.find(name) is not None:
        closed = await room.close(name, asked.now)
        if isinstance(closed, Refusal) and closed.code != "person.closed":
            raise Refused(closed)
    return answer


@route(
    "DELETE", "/v1/members/{member:str}/person", "members:write", "Erase who a member is.", gives=PersonShown,
    codes=("person.unknown",), **TAG, answer={"member": "ann", "state": "erased", "version": 3, "fields": {}, "identifiers": []},
)  # fmt: skip
async def erase_member(asked: Asked) -> Answer:
    """The key is deleted, so no copy can be read again. The books keep what happened under an id that names nobody."""
    return _person(await (await membership(asked)).erase(asked.path("member"), asked.now))


@route(
    "GET", "/v1/members/{member:str}/export", "members:read", "All that is held of a member, as a zip.", of_member=True,
    gives_media="application/zip", codes=("person.unknown",), **TAG,
)  # fmt: skip
async def export_member(asked: Asked) -> Answer:
    """Who they are, what they have, everything that happened and why, in files that people can read."""
    name = asked.path("member")
    room = await membership(asked)
    packed = await take_out(room.opened, await room.find(name), name, asked.now, asked.tongue.locale.language)
    headers = ((b"content-disposition", b'attachment; filename="member.zip"'),)
    return Answer(packed, media=b"application/zip", headers=headers)


async def membership(asked: Asked) -> Membership:
    """The persons of the caller's tenant."""
    return await asked.door.rooms.membership(asked.caller.tenant)


async def _staff(asked: Asked, kind: str, member: str, **facts: str) -> Answer:
    """Records what staff does to a member's account, under the request's own key."""
    running = await asked.running()
    name = asked.key() or f"{kind}_{secrets.token_hex(12)}"
    told = {fact: value for fact, value in facts.items() if value}
    body = {"id": name, "type": kind, "member": member, "by": asked.caller.subject, **told}
    return await acted(asked, running, body)


def _raw(known: list[Known]) -> list[dict[str, str]]:
    return [{"kind": one.kind, "value": one.value} for one in known]


def _version(asked: Asked) -> int | None:
    given = asked.header(b"if-match").strip().removeprefix("W/").strip('"')
    if not given or given == "*":
        return None
    if not given.isdigit() or len(given) > 9:
        raise refuse("person.changed", version="-")
    return int(given)


def _person(found: Person | Refusal, status: int = 200) -> Answer:
    if isinstance(found, Refusal):
        raise Refused(found)
    headers = ((b"etag", f'"{found.version}"'.encode()),)
    return Answer(encode(_shown(found)), status, headers=headers)


def _shown(found: Person) -> dict[str, Any]:
    told = found.told()
    return {name: value for name, value in told.items() if value is not None}


ROUTES: Final = (
    make_member, find_members, person, change_member, merge_member, close_member, erase_member, export_member,
)  # fmt: skip
