"""The room's nouns: endpoints, messages, deliveries and their attempts."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from regulars.words.moments import Moment

TYPES: Final = {
    "points.earned": "units came in and can be used",
    "points.promised": "units were given that wait for a day or an event",
    "points.released": "units that waited can be used now",
    "points.redeemed": "units were spent",
    "points.reserved": "units are held for something that is not final yet",
    "points.refunded": "units that were spent or held came back",
    "points.expired": "units lapsed",
    "points.returned": "units went back with goods",
    "points.adjusted": "units were corrected by staff",
    "points.sent": "units went to another member",
    "points.received": "units came from another member",
    "tier.upgraded": "a member rose to a level",
    "tier.downgraded": "a member fell to a level",
    "voucher.issued": "a member was given a voucher",
    "voucher.used": "a member used a voucher",
    "voucher.expired": "a voucher is gone unused",
    "plan.charged": "a plan charged money, or paid it back",
    "event.refused": "an event was recorded as refused",
}
"""What can be told, each in a few words."""


class Message(Struct, frozen=True):
    """Something to tell: an id that is the same for the same happening, a past-tense dotted type, when, and the data."""

    id: str
    type: str
    happened_at: Moment
    data: dict[str, Any]


class Endpoint(Struct, frozen=True):
    """Where messages go; `types` is empty for all. `state`: `open`, `failing`, `resting` (nothing is tried for a while), `disabled`."""

    id: str
    url: str
    label: str
    types: tuple[str, ...]
    state: str
    failures: int
    made_at: Moment


class Due(Struct, frozen=True):
    """A delivery that somebody has leased: where to, what, and the secrets that sign it (sealed)."""

    endpoint: str
    url: str
    id: str
    type: str
    body: bytes
    attempts: int
    secrets: tuple[bytes, ...]
    failing_since: Moment | None


class Delivery(Struct, frozen=True):
    """A line of the log. `state`: `waiting`, `delivered`, `given_up`."""

    id: str
    type: str
    state: str
    attempts: int
    made_at: Moment
    next_at: Moment | None
    delivered_at: Moment | None
    body: bytes


class Attempt(Struct, frozen=True):
    """One try: the status that came back, or why none did."""

    attempt: int
    at: Moment
    millis: int
    status: int | None
    error: str | None
