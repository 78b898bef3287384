"""Webhooks: who is told of what, the log of every message, and sending again."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from regulars.doors.http.answers import Answer
from regulars.doors.http.asked import Asked
from regulars.doors.http.bodies import converted, parsed_object
from regulars.doors.http.paging import CURSOR, LIMIT, Page, cursor_of, limit_of, page_of
from regulars.doors.http.problems import Refused, encode, refuse
from regulars.doors.http.routes import Query, ok, route
from regulars.flows.webhooks import Telling
from regulars.webhooks.model import TYPES, Attempt, Delivery, Endpoint
from regulars.webhooks.store import LAST
from regulars.words.moments import Moment, Zone
from regulars.words.refusals import Refusal

TAG: Final[dict[str, Any]] = {"tag": "webhooks"}
BAD: Final = ("webhook.bad_url", "webhook.private_address", "webhook.unknown_type")
UTC: Final = Zone("UTC")
SHOP: Final = {
    "id": "wh_0f1e2d3c4b5a6978", "url": "https://shop.example.org/hooks", "label": "the shop", "types": ["points.earned"],
    "state": "open", "failures": 0, "made_at": "2026-03-02T09:00:00+00:00",
}  # fmt: skip


class WebhookBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Where to send, which types (all, when there is none), and a label of yours."""

    url: str
    types: list[str] = []
    label: str = ""


class Webhook(Struct, frozen=True):
    """A webhook. `state`: `open`, `failing`, `resting` (nothing is tried for a while), `disabled`."""

    id: str
    url: str
    label: str
    types: tuple[str, ...]
    state: str
    failures: int
    made_at: str


class WebhookSecret(Struct, frozen=True):
    """A webhook's id and the secret that signs its messages, shown this once."""

    id: str
    secret: str


class Logged(Struct, frozen=True):
    """A message in the log. `state`: `waiting`, `delivered`, `given_up`; `body` is what was signed and sent."""

    id: str
    type: str
    state: str
    attempts: int
    made_at: str
    next_at: str | None
    delivered_at: str | None
    body: str


class Attempted(Struct, frozen=True):
    """An attempt: the status that came back, or why none did."""

    attempt: int
    at: str
    millis: int
    status: int | None
    error: str | None


@route(
    "POST", "/v1/webhooks", "webhooks:write", "Set up a webhook.", takes=WebhookBody, gives=WebhookSecret, status=201, codes=BAD,
    **TAG, example={"url": "https://shop.example.org/hooks", "types": ["points.earned"], "label": "the shop"},
    answer={"id": "wh_0f1e2d3c4b5a6978", "secret": "whsec_…"},
)  # fmt: skip
async def make_webhook(asked: Asked) -> Answer:
    """What is recorded from now on is told to it, signed as Standard Webhooks has it. The secret is shown this once."""
    asks = converted(parsed_object(await asked.whole()), WebhookBody)
    found = await (await telling(asked)).add(asks.url, asks.types, asks.label)
    if isinstance(found, Refusal):
        raise Refused(found)
    endpoint, secret = found
    return Answer(encode(WebhookSecret(endpoint.id, secret)), 201)


@route(
    "GET",
    "/v1/webhooks",
    "webhooks:read",
    "All webhooks.",
    gives=Page,
    items=Webhook,
    **TAG,
    answer={"items": [SHOP], "next": None},
)
async def webhooks(asked: Asked) -> Answer:
    """Oldest first, with how they do."""
    room = await (await telling(asked)).room()
    return ok(Page([_shown(one) for one in await room.all()], None))


@route(
    "GET",
    "/v1/webhook-types",
    "webhooks:read",
    "What can be told.",
    gives=dict,
    **TAG,
    answer=dict(list(TYPES.items())[:2]),
)
async def webhook_types(asked: Asked) -> Answer:
    """Every type of message, in a few words."""
    del asked
    return ok(TYPES)


@route(
    "PUT", "/v1/webhooks/{webhook:str}", "webhooks:write", "Change a webhook.", takes=WebhookBody, gives=Webhook,
    codes=("webhook.unknown", *BAD), **TAG, example={"url": "https://shop.example.org/hooks", "types": [], "label": "all"}, answer=SHOP,
)  # fmt: skip
async def change_webhook(asked: Asked) -> Answer:
    """Another address, other types, another label; its secret stays."""
    asks = converted(parsed_object(await asked.whole()), WebhookBody)
    refusal = await (await telling(asked)).change(asked.path("webhook"), asks.url, asks.types, asks.label)
    if refusal is not None:
        raise Refused(refusal)
    return ok(await _one(asked))


@route(
    "DELETE", "/v1/webhooks/{webhook:str}", "webhooks:write", "Take a webhook away.", codes=("webhook.unknown",), gives=dict, **TAG,
    answer={"id": "wh_0f1e2d3c4b5a6978"},
)  # fmt: skip
async def drop_webhook(asked: Asked) -> Answer:
    """With its log, and what it was still to be sent."""
    name = asked.path("webhook")
    return _done(await (await (await telling(asked)).room()).drop(name), name)


@route(
    "POST", "/v1/webhooks/{webhook:str}/secret", "webhooks:write", "Give a webhook a new secret.", gives=WebhookSecret,
    codes=("webhook.unknown",), **TAG, answer={"id": "wh_0f1e2d3c4b5a6978", "secret": "whsec_…"},
)  # fmt: skip
async def rotate_webhook(asked: Asked) -> Answer:
    """For a day messages are signed with the old one as well."""
    name = asked.path("webhook")
    found = await (await telling(asked)).rotate(name)
    if isinstance(found, Refusal):
        raise Refused(found)
    return ok(WebhookSecret(name, found))


@route(
    "POST", "/v1/webhooks/{webhook:str}/enable", "webhooks:write", "Send to a webhook again.", gives=dict, codes=("webhook.unknown",),
    **TAG, answer={"id": "wh_0f1e2d3c4b5a6978"},
)  # fmt: skip
async def enable_webhook(asked: Asked) -> Answer:
    """After it was disabled, by hand or because it failed for days."""
    name = asked.path("webhook")
    return _done(await (await (await telling(asked)).room()).enable(name), name)


@route(
    "POST", "/v1/webhooks/{webhook:str}/disable", "webhooks:write", "Send nothing more to a webhook.", gives=dict,
    codes=("webhook.unknown",), **TAG, answer={"id": "wh_0f1e2d3c4b5a6978"},
)  # fmt: skip
async def disable_webhook(asked: Asked) -> Answer:
    """Its log stays; what happens meanwhile is not kept for it."""
    name = asked.path("webhook")
    await _one(asked)
    return _done(await (await (await telling(asked)).room()).enable(name, on=False), name)


@route(
    "POST", "/v1/webhooks/{webhook:str}/test", "webhooks:write", "Send a message to try a webhook out.", gives=dict,
    codes=("webhook.unknown",), **TAG, answer={"id": "wh_0f1e2d3c4b5a6978"},
)  # fmt: skip
async def test_webhook(asked: Asked) -> Answer:
    """A message of type `webhook.test`; the log says how it went."""
    name = asked.path("webhook")
    refusal = await (await telling(asked)).try_out(name)
    if refusal is not None:
        raise Refused(refusal)
    return ok({"id": name})


@route(
    "GET", "/v1/webhooks/{webhook:str}/messages", "webhooks:read", "What was sent to a webhook.", gives=Page, items=Logged,
    query={"limit": LIMIT, "cursor": CURSOR}, codes=("webhook.unknown", "request.bad_cursor"), **TAG,
)  # fmt: skip
async def webhook_messages(asked: Asked, limit: str = "50", cursor: str = "") -> Answer:
    """Newest first."""
    most = limit_of(limit)
    before = cursor_of(cursor)
    moment, _, name = (before or f"{LAST} ").partition(" ")
    if not moment.isdigit():
        raise refuse("request.bad_cursor", "This is no cursor of this list.")
    await _one(asked)
    room = await (await telling(asked)).room()
    rows = await room.log(asked.path("webhook"), (min(int(moment), LAST), name), most + 1)
    page = page_of(rows, most, lambda one: f"{one.made_at} {one.id}")
    return ok(Page([_logged(one) for one in page.items], page.next))


@route(
    "GET", "/v1/webhooks/{webhook:str}/messages/{message:str}", "webhooks:read", "Every attempt at a message.", gives=Page, items=Attempted,
    codes=("webhook.unknown",), **TAG,
)  # fmt: skip
async def webhook_attempts(asked: Asked) -> Answer:
    """Oldest first, with what came back."""
    await _one(asked)
    room = await (await telling(asked)).room()
    return ok(Page([_tried(one) for one in await room.attempts(asked.path("webhook"), asked.path("message"))], None))


@route(
    "POST", "/v1/webhooks/{webhook:str}/messages/{message:str}/resend", "webhooks:write", "Send a message again.", gives=dict,
    codes=("webhook.unknown",), **TAG, answer={"id": "msg_…"},
)  # fmt: skip
async def resend_message(asked: Asked) -> Answer:
    """With the same id: whoever has it already knows it for the same."""
    name = asked.path("message")
    return _done(await (await (await telling(asked)).room()).send_again(asked.path("webhook"), name), name)


@route(
    "POST", "/v1/webhooks/{webhook:str}/resend", "webhooks:write", "Send again all that was given up.", gives=dict,
    query={"since": Query("From this moment on; from the beginning without it.", example="2026-03-02T09:00Z")},
    codes=("webhook.unknown",), **TAG, answer={"resent": 12},
)  # fmt: skip
async def resend_failed(asked: Asked, since: str = "1970-01-02") -> Answer:
    """After a receiver was away for longer than messages are tried."""
    at = UTC.parse(since)
    if isinstance(at, Refusal):
        raise refuse("request.bad_parameter", "since is a moment; write 2026-03-02T09:00Z.", name="since")
    await _one(asked)
    room = await (await telling(asked)).room()
    return ok({"resent": await room.send_failed_again(asked.path("webhook"), max(at, 0))})


async def telling(asked: Asked) -> Telling:
    """The webhooks of the caller's tenant."""
    return await asked.door.rooms.telling(asked.caller.tenant)


async def _one(asked: Asked) -> Webhook:
    name = asked.path("webhook")
    room = await (await telling(asked)).room()
    found = next((one for one in await room.all() if one.id == name), None)
    if found is None:
        raise refuse("webhook.unknown")
    return _shown(found)


def _done(found: bool, name: str) -> Answer:
    if not found:
        raise refuse("webhook.unknown")
    return ok({"id": name})


def _shown(one: Endpoint) -> Webhook:
    return Webhook(one.id, one.url, one.label, one.types, one.state, one.failures, UTC.text(one.made_at))


def _text(at: Moment | None) -> str | None:
    return None if at is None else UTC.text(at)


def _logged(one: Delivery) -> Logged:
    made = UTC.text(one.made_at)
    return Logged(
        one.id, one.type, one.state, one.attempts, made, _text(one.next_at), _text(one.delivered_at), one.body.decode()
    )


def _tried(one: Attempt) -> Attempted:
    return Attempted(one.attempt, UTC.text(one.at), one.millis, one.status, one.error)


ROUTES: Final = (
    make_webhook, webhooks, webhook_types, change_webhook, drop_webhook, rotate_webhook, enable_webhook, disable_webhook,
    test_webhook, webhook_messages, webhook_attempts, resend_message, resend_failed,
)  # fmt: skip
