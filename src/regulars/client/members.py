"""What a member has, and who they are."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import msgspec

from regulars.client.answers import Activity, Member, Page, Person, Receipt, Rewards, Wallets
from regulars.client.call import (
    Call,
    Method,
    Moment,
    as_field,
    as_shape,
    at,
    encoded,
    get,
    new_key,
    past,
    post,
    queried,
)


class Members:
    """What a member has, now or at a past moment."""

    @Method
    def wallets(self, member: str, as_of: Moment | None = None) -> Call[Wallets]:
        """What a member has in each wallet."""
        return get(at("members", member, "wallets"), Wallets, as_of=past(as_of))

    @Method
    def member(self, name: str, as_of: Moment | None = None) -> Call[Member]:
        """All that a member has: wallets, tiers, vouchers, benefits."""
        return get(at("members", name), Member, as_of=past(as_of))

    @Method
    def activity(self, member: str, limit: int = 50, cursor: str | None = None) -> Call[Page[Activity]]:
        """A page of what happened to a member, newest first."""
        return get(at("members", member, "activity"), Page[Activity], limit=limit, cursor=cursor)

    @Method
    def tiers(self, member: str, as_of: Moment | None = None) -> Call[dict[str, Any]]:
        """By ladder, a member's level and how far it is to the next."""
        return Call("GET", at("members", member, "tiers"), as_field("tiers"), queried({"as_of": past(as_of)}))

    @Method
    def rewards(self, member: str) -> Call[Rewards]:
        """The rewards that a member can have now, and why not the others."""
        return get(at("members", member, "rewards"), Rewards)

    @Method
    def vouchers(self, member: str, as_of: Moment | None = None) -> Call[list[dict[str, Any]]]:
        """The vouchers that a member holds, first to lapse first."""
        return Call("GET", at("members", member, "vouchers"), as_field("vouchers"), queried({"as_of": past(as_of)}))

    @Method
    def benefits(self, member: str, as_of: Moment | None = None) -> Call[dict[str, Any]]:
        """The benefits that a member has, and how often still."""
        return Call("GET", at("members", member, "benefits"), as_field("benefits"), queried({"as_of": past(as_of)}))


class People:
    """Who members are: kept apart from what they have, and erased when they ask."""

    @Method
    def enrol(
        self, /, *, member: str | None = None, fields: Mapping[str, str] | None = None, **identifiers: str
    ) -> Call[Person]:
        """A new member, found by `email`, `phone`, `card` or `external` from now on; without an id they get a random one."""
        body = {
            "member": member or f"m_{secrets.token_hex(12)}",
            "fields": fields or {},
            "identifiers": _known(identifiers),
        }
        return post("/v1/members", Person, body)

    @Method
    def find(self, kind: str, value: str) -> Call[Person | None]:
        """The member whom an `email`, `phone`, `card` or `external` names, or None."""
        return Call("GET", "/v1/members", _first, {kind: value})

    @Method
    def people(self, limit: int = 50, cursor: str | None = None) -> Call[Page[Person]]:
        """A page of all persons, in order of id."""
        return get("/v1/members", Page[Person], limit=limit, cursor=cursor)

    @Method
    def person(self, member: str) -> Call[Person]:
        """Who a member is."""
        return get(at("members", member, "person"), Person)

    @Method
    def change(
        self,
        member: str,
        fields: Mapping[str, str | None],
        *,
        identifiers: Mapping[str, str] | None = None,
        version: int | None = None,
    ) -> Call[Person]:
        """Changes fields (None takes one away) and, where given, identifiers; only on that `version` where one is given."""
        body = {"fields": fields, **({} if identifiers is None else {"identifiers": _known(identifiers)})}
        headers = {} if version is None else {"if-match": f'"{version}"'}
        # Done already, it would be refused as a change of an older version.
        return Call(
            "PATCH",
            at("members", member),
            as_shape(Person),
            body=encoded(body),
            headers=headers,
            repeatable=version is None,
        )

    @Method
    def merge(self, gone: str, into: str, reason: str) -> Call[Receipt]:
        """Makes one member of two: the other one has all that the one had, and the one is no more."""
        return post(at("members", gone, "merge"), Receipt, {"into": into, "reason": reason}, key=new_key())

    @Method
    def close_member(self, member: str, reason: str) -> Call[Receipt]:
        """Closes a member's account for good."""
        return post(at("members", member, "close"), Receipt, {"reason": reason}, key=new_key())

    @Method
    def erase(self, member: str) -> Call[Person]:
        """Erases what is known of a person; the books keep an id that names nobody."""
        return Call("DELETE", at("members", member, "person"), as_shape(Person))

    @Method
    def export(self, member: str) -> Call[bytes]:
        """All that is held of a member: a zip's bytes."""
        return Call("GET", at("members", member, "export"), bytes)


def _known(identifiers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"kind": kind, "value": value} for kind, value in identifiers.items()]


def _first(body: bytes) -> Person | None:
    found = msgspec.json.decode(body, type=Page[Person]).items
    return found[0] if found else None
