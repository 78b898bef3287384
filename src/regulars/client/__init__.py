"""A client of the HTTP service, typed, synchronous and asynchronous: `Client` and `AsyncClient` do the same things.

Law: a call that may have been done already is never done twice. Every write carries an id or a key of its own, made before the first
try, and whatever a try ended with, the next one carries the same; what has neither is not tried again once it may have arrived.
"""

from __future__ import annotations

from regulars.client.answers import (
    Activity,
    Attempt,
    Batch,
    Checked,
    Code,
    Draft,
    Held,
    Hold,
    Invited,
    Job,
    Key,
    KeyWithToken,
    Member,
    MemberToken,
    Message,
    Page,
    Person,
    Proof,
    Receipt,
    Refused,
    Result,
    Reward,
    Rewards,
    Row,
    ServiceAway,
    Staff,
    Tried,
    Version,
    Wallets,
    Webhook,
    WebhookSecret,
)
from regulars.client.asynchronous import AsyncClient
from regulars.client.call import Call
from regulars.client.synchronous import Client

__all__ = [
    "Client",
    "AsyncClient",
    "Call",
    "Receipt",
    "Result",
    "Held",
    "Wallets",
    "Member",
    "Person",
    "Page",
    "Activity",
    "Rewards",
    "Reward",
    "Code",
    "Batch",
    "Hold",
    "Tried",
    "Checked",
    "Draft",
    "Version",
    "Job",
    "Webhook",
    "WebhookSecret",
    "Message",
    "Attempt",
    "Key",
    "KeyWithToken",
    "MemberToken",
    "Staff",
    "Invited",
    "Row",
    "Proof",
    "Refused",
    "ServiceAway",
]
