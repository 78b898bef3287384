"""What the service answers, as values; what it refuses, as an exception with a stable code."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

T = TypeVar("T")


class Held(Struct, frozen=True):
    """What a wallet holds, in units as the program writes them: usable now, not usable yet, set aside."""

    available: str
    pending: str = "0"
    reserved: str = "0"


class Receipt(Struct, frozen=True):
    """What became of an event: what it gave by wallet (negative: taken), what the member has after it, what it costs, and why.

    `status` is `recorded`, `repeated` (it was recorded before, and this is what was decided then) or `decided` (a dry run).
    """

    id: str
    member: str
    status: str
    number: int = 0
    given: dict[str, str] = {}
    wallets: dict[str, Held] = {}
    issued: list[dict[str, Any]] = []
    levels: list[dict[str, Any]] = []
    pay: str | None = None
    used: list[str] = []
    late: bool = False
    because: list[str] = []


class Result(Struct, frozen=True):
    """What became of one event of several: its receipt, or the problem; one of them is None."""

    id: str | None
    receipt: Receipt | None
    problem: Refused | None


class Wallets(Struct, frozen=True):
    """What a member has in each wallet on a day: `available`, `pending`, `lots`."""

    member: str
    day: str
    wallets: dict[str, dict[str, Any]]


class Member(Struct, frozen=True):
    """All that a member has on a day."""

    member: str
    day: str
    wallets: dict[str, Any] = {}
    tiers: dict[str, Any] = {}
    vouchers: list[dict[str, Any]] = []
    benefits: dict[str, Any] = {}


class Person(Struct, frozen=True):
    """Who a member is. `version` is what a change is made on."""

    member: str
    state: str
    version: int
    fields: dict[str, str] = {}
    identifiers: list[dict[str, str]] = []
    merged_into: str | None = None


class Activity(Struct, frozen=True):
    """A line of a member's activity."""

    id: str
    type: str
    happened_at: str
    number: int
    given: dict[str, str] = {}
    refused: str | None = None


class Code(Struct, frozen=True):
    """A voucher code as it stands."""

    code: str
    batch: str
    kind: str
    used: int
    member: str | None = None
    uses: list[dict[str, Any]] = []


class Tried(Struct, frozen=True):
    """Whether a basket can use a voucher, and what it would take off; or the problem."""

    voucher: int | str
    kind: str
    usable: bool = False
    off: str | None = None
    gives: dict[str, str] = {}
    problem: dict[str, Any] | None = None


class Page(Struct, Generic[T], frozen=True):
    """A page of a list, and where the next one begins (None at the end)."""

    items: list[T]
    next: str | None = None


class Rewards(Struct, frozen=True):
    """Each reward: whether a member can have it now, what it costs, and why not."""

    member: str
    rewards: list[Reward]


class Reward(Struct, frozen=True):
    """A reward: whether a member can have it now, what it costs, and why not."""

    reward: str
    can: bool
    cost: Any = None
    pay: str | None = None
    code: str | None = None
    why: str | None = None
    values: dict[str, Any] = {}


class Batch(Struct, frozen=True):
    """A batch of codes: how many were `wanted` (None where they come in files), how many there are, and their terms."""

    id: str
    wanted: int | None
    stored: int
    terms: dict[str, Any]


class Hold(Struct, frozen=True):
    """A code that a till holds, and until when; `would`: what it would do to the basket that was named."""

    code: str
    kind: str
    till: str
    until: str
    would: Tried | None = None


class Checked(Struct, frozen=True):
    """What a program's text says: its name, from when, and itself in plain words."""

    program: str
    first_day: str
    words: list[Any]


class Draft(Struct, frozen=True):
    """A draft of a program; its `sha256` is what a change or publication names."""

    program: str
    sha256: str
    author: str
    made_at: str
    text: str = ""


class Version(Struct, frozen=True):
    """A published version of a program."""

    version: int
    first_day: str
    sha256: str
    text: str = ""


class Job(Struct, frozen=True):
    """An import or an export: `state` is `open`, `waiting`, `running`, `done`, `failed` or `cancelled`."""

    id: str
    kind: str
    state: str
    program: str
    author: str
    made_at: str
    request: dict[str, Any]
    done: int = 0
    refused: int = 0
    outcome: dict[str, Any] = {}
    started_at: str | None = None
    ended_at: str | None = None


class Webhook(Struct, frozen=True):
    """A webhook. `state`: `open`, `failing`, `resting` (nothing is tried for a while), `disabled`."""

    id: str
    url: str
    label: str
    types: list[str]
    state: str
    failures: int
    made_at: str


class WebhookSecret(Struct, frozen=True):
    """A webhook's id and the secret that signs its messages, shown this once."""

    id: str
    secret: str


class Message(Struct, frozen=True):
    """A message in a webhook's log; `body` is what was signed and sent."""

    id: str
    type: str
    state: str
    attempts: int
    made_at: str
    next_at: str | None
    delivered_at: str | None
    body: str


class Attempt(Struct, frozen=True):
    """An attempt at a message: the status that came back, or why none did."""

    attempt: int
    at: str
    millis: int
    status: int | None
    error: str | None


class Key(Struct, frozen=True):
    """A key without its token."""

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

    key: Key
    token: str


class MemberToken(Struct, frozen=True):
    """A token for a member's app."""

    token: str
    expires_at: str


class Staff(Struct, frozen=True):
    """Somebody who works here."""

    id: str
    email: str
    role: str
    made_at: str
    disabled_at: str | None = None
    password: bool = False
    second_factor: bool = False


class Invited(Struct, frozen=True):
    """Somebody with an invitation, shown this once."""

    staff: Staff
    invitation: str


class Row(Struct, frozen=True):
    """A row of the audit log: when, who did what to what, from where, what it was and what it became, its hash."""

    n: int
    at: str
    actor: str
    action: str
    subject: str
    place: str
    before: dict[str, Any]
    after: dict[str, Any]
    hash: str


class Proof(Struct, frozen=True):
    """What came of proving the audit log; `head` is where it ends."""

    ok: bool
    rows: int
    head: str
    faults: int
    first: list[dict[str, Any]]


class Refused(Exception):
    """Raised when the service says no. `code` is stable; `detail` a sentence for people; `pointer` names the field that is wrong.

    `status` is the HTTP status; `hint` says what to do about it; `values` are the figures of the case; `mistakes` are the places in a
    program's text.
    """

    def __init__(self, problem: dict[str, Any], status: int) -> None:
        super().__init__(f"{problem.get('code', 'unknown')}: {problem.get('detail', '')}")
        self.code: str = str(problem.get("code", "unknown"))
        self.detail: str = str(problem.get("detail", ""))
        self.hint: str = str(problem.get("hint", ""))
        self.pointer: str | None = problem.get("pointer")
        self.values: dict[str, Any] = problem.get("values", {})
        self.mistakes: list[dict[str, Any]] = problem.get("mistakes", [])
        self.status = status


class ServiceAway(Exception):
    """Raised when the service did not answer, after `tried` attempts. Whether a write was done is then not known. An event with an id of
    yours can be sent again: it counts once.
    """

    def __init__(self, what: str, tried: int, why: str) -> None:
        super().__init__(f"{what} was tried {tried} time{'s' if tried != 1 else ''}: {why}")
        self.tried = tried


def result_of(raw: dict[str, Any]) -> Result:
    """The result of one event of several."""
    if raw.get("status") == "refused":
        problem = raw.get("problem") or {}
        return Result(raw.get("id"), None, Refused(problem, int(problem.get("status", 422))))
    receipt = msgspec.convert(raw, Receipt)
    return Result(receipt.id, receipt, None)
