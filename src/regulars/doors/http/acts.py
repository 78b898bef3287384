"""What members ask for and staff does, each an address of its own: every one is an event, with the Idempotency-Key as its id."""

from __future__ import annotations

import uuid
from typing import Any, Final

from msgspec import Struct

from regulars.doors.http.answers import Answer
from regulars.doors.http.asked import Asked
from regulars.doors.http.bodies import converted, parsed_object
from regulars.doors.http.events import DRY, EXPLAIN, acted, flag
from regulars.doors.http.receipts import EventReceipt
from regulars.doors.http.recording import CODES
from regulars.doors.http.routes import Act, Query, route
from regulars.words.moments import Zone

TAG: Final[dict[str, Any]] = {
    "tag": "acts", "gives": EventReceipt, "codes": CODES, "key": True, "query": {"dry_run": DRY, "explain": EXPLAIN},
}  # fmt: skip
OURS: Final[dict[str, Any]] = {**TAG, "of_member": True}
UTC: Final = Zone("UTC")


class Asking(Struct, frozen=True):
    """What is asked for. Without an `id` the Idempotency-Key is one, else a new one is made; without `happened_at` it is now.

    `facts` are what the program declares of such a request.
    """

    id: str | None = None
    happened_at: str | None = None
    source: str = "api"
    facts: dict[str, Any] = {}


class Reasoned(Asking, frozen=True):
    """An act of staff: why."""

    reason: str = ""


class Gift(Reasoned, frozen=True):
    """Goodwill: so many units of a wallet (negative: taken), and why."""

    wallet: str = ""
    amount: int | str = 0


class Taking(Reasoned, frozen=True):
    """The event that is taken back, and why."""

    of: str = ""


class Setting(Reasoned, frozen=True):
    """The level that is set, until which last day (without: the ladder's own term), and why."""

    level: str = ""
    until: str | None = None


class Option(Asking, frozen=True):
    """What is chosen: one of the options, a day, a share."""

    option: Any = None


class Friend(Asking, frozen=True):
    """The member who is invited."""

    friend: str = ""


RECEIPT: Final = {"id": "3f6c…", "member": "ann", "status": "recorded", "number": 7}


async def act(asked: Asked, kind: str, shape: type[Asking], dry_run: str, explain: str, **more: Any) -> Answer:
    """The answer to an event of a kind, made of the body of the request and of what its address says."""
    return await posted(asked, kind, await said(asked, shape), dry_run, explain, **more)


async def said(asked: Asked, shape: type[Asking]) -> Asking:
    """The body of a request in its shape."""
    return converted(parsed_object(await asked.whole()), shape)


async def posted(asked: Asked, kind: str, body: Asking, dry_run: str, explain: str, **more: Any) -> Answer:
    """The answer to an event of a kind, of the member that the address names."""
    running = await asked.running()
    given = {name: value for name, value in more.items() if value not in (None, "")}
    event = {
        **body.facts,
        **given,
        "id": body.id or asked.key() or str(uuid.uuid4()),
        "type": kind,
        "member": asked.path("member"),
        "happened_at": body.happened_at,
        "source": body.source,
    }
    return await acted(asked, running, event, flag(dry_run, "dry_run"), flag(explain, "explain"))


def by_name(first: str, path: str, scope: str, summary: str, function: str) -> Act:
    """A route whose event is `first.NAME`, with the name from the address."""

    async def ask(asked: Asked, dry_run: str = "false", explain: str = "false") -> Answer:
        return await act(asked, f"{first}.{asked.path('name')}", Asking, dry_run, explain)

    ask.__name__ = function
    ask.__doc__ = f"Records an event `{first}.NAME`; what the program declares of it stands under `facts`."
    address = f"/v1/members/{{member:str}}/{path}"
    return route("POST", address, scope, summary, takes=Asking, example={}, answer=RECEIPT, **OURS)(ask)


BY_NAME: Final = (
    by_name("use_perk", "benefits/{name:str}/use", "events:write", "Use a benefit.", "use_benefit"),
    by_name("convert", "conversions/{name:str}", "events:write", "Convert units into others.", "convert"),
    by_name("subscribe", "plans/{name:str}/subscribe", "events:write", "Take a plan, or begin a recurring order.", "subscribe"),
    by_name("renew", "plans/{name:str}/renew", "events:write", "Renew a plan.", "renew_plan"),
    by_name("cancel", "plans/{name:str}/cancel", "events:write", "Cancel a plan or a recurring order.", "cancel_plan"),
    by_name("upgrade", "plans/{name:str}/upgrade", "events:write", "Change to a higher plan.", "upgrade_plan"),
    by_name("downgrade", "plans/{name:str}/downgrade", "events:write", "Change to a lower plan.", "downgrade_plan"),
    by_name("charge_failed", "plans/{name:str}/charge_failed", "events:write", "Report that a charge failed.", "charge_failed"),
    by_name("skip", "subscriptions/{name:str}/skip", "events:write", "Skip the next recurring order.", "skip_order"),
    by_name("reschedule", "subscriptions/{name:str}/reschedule", "events:write", "Change a recurring order.", "reschedule_order"),
    by_name("ship", "subscriptions/{name:str}/ship", "events:write", "Ship a recurring order now.", "ship_order"),
)  # fmt: skip


@route(
    "POST", "/v1/members/{member:str}/choices/{name:str}", "events:write", "Choose.", takes=Option,
    example={"option": "tue"}, answer=RECEIPT, **OURS,
)  # fmt: skip
async def choose(asked: Asked, dry_run: str = "false", explain: str = "false") -> Answer:
    """Records an event `choose.NAME` with its `option`."""
    body = await said(asked, Option)
    assert isinstance(body, Option), "it was read in this shape"
    return await posted(asked, f"choose.{asked.path('name')}", body, dry_run, explain, option=body.option)


@route(
    "POST", "/v1/members/{member:str}/referrals", "events:write", "Say whom a member invites.", takes=Friend,
    example={"friend": "bob"}, answer=RECEIPT, **OURS,
)  # fmt: skip
async def refer(asked: Asked, dry_run: str = "false", explain: str = "false") -> Answer:
    """Records an event `refer`. That a friend came by a member is said with the friend's own `join`, as `referred_by`."""
    body = await said(asked, Friend)
    assert isinstance(body, Friend), "it was read in this shape"
    return await posted(asked, "refer", body, dry_run, explain, friend=body.friend)


@route(
    "POST", "/v1/members/{member:str}/goodwill", "goodwill:write", "Give units as a courtesy.", takes=Gift,
    example={"wallet": "points", "amount": 50, "reason": "late delivery"}, answer=RECEIPT, **TAG,
)  # fmt: skip
async def goodwill(asked: Asked, dry_run: str = "false", explain: str = "false") -> Answer:
    """Records an event `goodwill`, by whoever calls."""
    body = await said(asked, Gift)
    assert isinstance(body, Gift), "it was read in this shape"
    more = {"wallet": body.wallet, "amount": body.amount, "reason": body.reason, "by": asked.caller.subject}
    return await posted(asked, "goodwill", body, dry_run, explain, **more)


@route(
    "POST", "/v1/members/{member:str}/reversals", "reversals:write", "Take an event back.", takes=Taking,
    example={"of": "e1", "reason": "rung up twice"}, answer=RECEIPT, **TAG,
)  # fmt: skip
async def reverse(asked: Asked, dry_run: str = "false", explain: str = "false") -> Answer:
    """Records an event `reversal` of an earlier one: what it gave is taken back, what it took is given back."""
    body = await said(asked, Taking)
    assert isinstance(body, Taking), "it was read in this shape"
    more = {"of": body.of, "reason": body.reason, "by": asked.caller.subject}
    return await posted(asked, "reversal", body, dry_run, explain, **more)


@route(
    "POST", "/v1/members/{member:str}/tiers/{name:str}", "goodwill:write", "Set a level.", takes=Setting,
    example={"level": "gold", "reason": "long a customer elsewhere"}, answer=RECEIPT, **TAG,
)  # fmt: skip
async def set_level(asked: Asked, dry_run: str = "false", explain: str = "false") -> Answer:
    """Records an event `retier` on the ladder that the address names."""
    body = await said(asked, Setting)
    assert isinstance(body, Setting), "it was read in this shape"
    more = {"ladder": asked.path("name"), "level": body.level, "until": body.until}
    return await posted(asked, "retier", body, dry_run, explain, **more, reason=body.reason, by=asked.caller.subject)


NAME: Final = Query("The name that the program gives it.")

ROUTES: Final = (*BY_NAME, choose, refer, goodwill, reverse, set_level)
