"""Events, and what members ask for and staff does: each counts once, however often it is sent, by an id that it has from the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from regulars.client.answers import Receipt, Result, result_of
from regulars.client.call import Call, Method, Moment, at, encoded, exact, get, new_key, post, queried, shown

MOST_EVENTS: Final = 1_000


def event(
    kind: str, member: str, id: str | None, happened_at: Moment | None, facts: Mapping[str, Any]
) -> dict[str, Any]:
    """The body of an event; without an id of yours it has a random one, without a moment it happens now."""
    head = {"id": id or new_key(), "type": kind, "member": member, "happened_at": shown(happened_at)}
    return {**exact(facts), **head}


def sent(body: Mapping[str, Any], dry_run: bool) -> Call[Receipt]:
    """The call that sends an event."""
    return post("/v1/events", Receipt, body, query=_asked(dry_run))


def asked(
    path: str,
    given: Mapping[str, Any],
    facts: Mapping[str, Any],
    id: str | None,
    happened_at: Moment | None,
    dry_run: bool,
) -> Call[Receipt]:
    """The call of an act at an address of its own."""
    said = {name: value for name, value in given.items() if value is not None}
    body = {**said, "id": id or new_key(), "happened_at": shown(happened_at), "facts": dict(facts)}
    return post(path, Receipt, body, query=_asked(dry_run))


class Events:
    """Events as they are."""

    @Method
    def send(self, body: Mapping[str, Any], *, dry_run: bool = False) -> Call[Receipt]:
        """Sends an event as it is; with `dry_run` nothing is recorded. Without an `id` it gets a random one."""
        return sent(body if "id" in body else {**body, "id": new_key()}, dry_run)

    @Method
    def send_all(self, bodies: Sequence[Mapping[str, Any]], *, dry_run: bool = False) -> Call[list[Result]]:
        """Sends up to a thousand events; each has a result of its own, in order."""
        if not 1 <= len(bodies) <= MOST_EVENTS:
            raise ValueError(f"1 to {MOST_EVENTS} events go in one call, not {len(bodies)}")
        known = [body if "id" in body else {**body, "id": new_key()} for body in bodies]
        return Call("POST", "/v1/events", _results, queried({"dry_run": "true" if dry_run else None}), encoded(known))

    @Method
    def purchase(
        self,
        /,
        member: str,
        lines: Sequence[Mapping[str, Any]],
        *,
        id: str | None = None,
        happened_at: Moment | None = None,
        dry_run: bool = False,
        **facts: Any,
    ) -> Call[Receipt]:
        """A purchase. `id` is yours (a till's receipt number), so that sending it again is the same purchase."""
        return sent(event("purchase", member, id, happened_at, {"lines": lines, **facts}), dry_run)

    @Method
    def event(
        self,
        /,
        kind: str,
        member: str,
        *,
        id: str | None = None,
        happened_at: Moment | None = None,
        dry_run: bool = False,
        **facts: Any,
    ) -> Call[Receipt]:
        """Any other event: a `return`, a `join`, a visit."""
        return sent(event(kind, member, id, happened_at, facts), dry_run)

    @Method
    def receipt(self, member: str, event: str, source: str | None = None) -> Call[dict[str, Any]]:
        """Why an event came out as it did: `because` in words, `steps` as data, `movements` from account to account."""
        return get(at("members", member, "receipts", event), dict[str, Any], source=source)


class Redemptions:
    """Rewards, at once or reserved for a while."""

    @Method
    def redeem(
        self,
        /,
        member: str,
        reward: str,
        *,
        id: str | None = None,
        happened_at: Moment | None = None,
        dry_run: bool = False,
        **facts: Any,
    ) -> Call[Receipt]:
        """A reward for a member's units. `facts` are what it asks: how much in units, which goods."""
        return asked(at("members", member, "redemptions"), {"reward": reward}, facts, id, happened_at, dry_run)

    @Method
    def reserve(
        self,
        /,
        member: str,
        reward: str,
        *,
        seconds: int = 900,
        id: str | None = None,
        happened_at: Moment | None = None,
        **facts: Any,
    ) -> Call[Receipt]:
        """Sets a reward's cost aside; what is not confirmed within so many seconds is released. `confirm` takes the receipt's id."""
        given = {"reward": reward, "reserve": True, "seconds": seconds}
        return asked(at("members", member, "redemptions"), given, facts, id, happened_at, dry_run=False)

    @Method
    def confirm(self, member: str, redemption: str) -> Call[Receipt]:
        """Makes a reserved redemption final."""
        return post(at("members", member, "redemptions", redemption, "confirm"), Receipt, {})

    @Method
    def release(self, member: str, redemption: str) -> Call[Receipt]:
        """Gives back what a reserved redemption set aside."""
        return post(at("members", member, "redemptions", redemption, "release"), Receipt, {})


def _asked(dry_run: bool) -> dict[str, str]:
    return {"dry_run": "true", "explain": "true"} if dry_run else {"explain": "true"}


def _results(body: bytes) -> list[Result]:
    return [result_of(raw) for raw in msgspec.json.decode(body)["results"]]
