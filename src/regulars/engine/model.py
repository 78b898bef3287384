"""The engine's nouns: a member as the ledger remembers it, and what a decision says.

Days are ordinals (`words.days`), moments microseconds, units of wallets and money whole numbers of their smallest part. The structs are
packed as arrays so that a member's snapshot and a receipt stay small; fields may be added at the end, never moved.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from regulars.words.days import NEVER, Day
from regulars.words.refusals import Refusal

ACTIVE, PENDING, RESERVED = "active", "pending", "reserved"
ISSUED, REDEEMED, EXPIRED, RETURNED, ADJUSTED, IN_TRANSIT = (
    "issued",
    "redeemed",
    "expired",
    "returned",
    "adjusted",
    "in_transit",
)
MEMBER_ACCOUNTS = frozenset({ACTIVE, PENDING, RESERVED})


class Lot(Struct, frozen=True, array_like=True, gc=False):
    """Units that became usable together: how many are `left`, the day on which they did (`earned`), and the first day they are `gone`.
    `serial` numbers lots of a member.
    """

    serial: int
    left: int
    earned: Day
    gone: Day = NEVER


class Waiting(Struct, frozen=True, array_like=True, gc=False):
    """Units that a rule gave and that are not usable yet: how many are `left`, the day they were `earned`, the day they `open` (NEVER while
    that is not known), and what gave them: `rule` is its place in the program's `version`, `event` the id of its event. `until` names the
    event that opens them, empty where the calendar does.
    """

    serial: int
    left: int
    earned: Day
    opens: Day
    rule: int
    version: int
    event: str
    until: str = ""


class Reserved(Struct, frozen=True, array_like=True, gc=False):
    """Units that the exchange of an `event` took and that are not spent for good before the day they `open` or the event `until`."""

    event: str
    units: int
    opens: Day
    until: str = ""


class Holding(Struct, frozen=True, array_like=True, gc=False):
    """What a member has in one wallet. `active` is usable now and may be negative where the wallet may owe (then no lot is open);
    `pending` is the sum of what is `waiting`, `reserved` is taken and not final; `first` is the day of the first credit ever, 0 before it.
    """

    active: int = 0
    pending: int = 0
    lots: tuple[Lot, ...] = ()
    first: Day = 0
    waiting: tuple[Waiting, ...] = ()
    reserved: tuple[Reserved, ...] = ()


class Grant(Struct, frozen=True, array_like=True, gc=False):
    """A level held from `first` up to but not including `gone`. `cause` is what gives it: a counter's name, `card`, `join`, `given` ..;
    `window` is the day on which that counter's window closes (NEVER without one).
    """

    level: int
    first: Day
    gone: Day
    cause: str
    window: Day = NEVER


class Voucher(Struct, frozen=True, array_like=True, gc=False):
    """A live thing with a worth (minor units; None when its kind says what it does). `percent` is a share in millionths when it came so.

    One that waits to be claimed `opens` never (NEVER); `minimum` is the basket that it needs when it brings that itself.
    """

    serial: int
    name: str
    issued: Day
    gone: Day = NEVER
    worth: int | None = None
    percent: int | None = None
    event: str = ""
    opens: Day = 0
    scope: str = ""
    minimum: int = 0


class PlanHeld(Struct, frozen=True, array_like=True, gc=False):
    """A plan that a member holds: from `start`, in cycles counted from `anchor`, covered up to but not including `until`.

    `price` is what was charged last, on the day `charged` (0: never). `state`: `trial`, `paid`, `ending` (cancelled, runs out), `paused` (a
    charge failed), `bought` (waits for the event that starts it). `used`: a benefit was used since the last charge; `fails`: charges fail;
    `next` is the plan that follows at the end of the cycle.
    """

    name: str
    start: Day
    anchor: Day
    until: Day
    price: int = 0
    charged: Day = 0
    state: str = "paid"
    used: bool = False
    fails: bool = False
    next: str = ""


class Order(Struct, frozen=True, array_like=True, gc=False):
    """A recurring order: `next` on a day, at a minute of it, every so many (`every`) of its program's units; `after` is the interval that
    follows the next order (0: the same). `lines` come each time, `once` only with the next one.
    """

    name: str
    next: Day
    minute: int
    every: int
    after: int = 0
    lines: tuple[dict[str, Any], ...] = ()
    once: tuple[dict[str, Any], ...] = ()


class Member(Struct, frozen=True, array_like=True, gc=False):
    """A member's snapshot: derived from events, small, and the same bytes for the same history.

    `events` counts what was decided; `day` is how far time has run; `due` the next day on which something falls due; `serial` the last
    number given to a lot or voucher. `tallies` keeps what limits counted: name -> ((window, used), ..). `days` keeps days by name
    (`joined`, `last` of an event set, `first` of it); `facts` what the program declares of a member; `marks` choices and crossed marks;
    `spent` the numbers of vouchers used or lapsed of late; `plans` what is paid for, `orders` what is ordered again and again.
    """

    id: str
    events: int = 0
    day: Day = 0
    due: Day = NEVER
    serial: int = 0
    holdings: dict[str, Holding] = {}
    grants: dict[str, tuple[Grant, ...]] = {}
    vouchers: tuple[Voucher, ...] = ()
    tallies: dict[str, tuple[tuple[int, int], ...]] = {}
    days: dict[str, Day] = {}
    facts: dict[str, Any] = {}
    marks: dict[str, Any] = {}
    spent: tuple[int, ...] = ()
    plans: tuple[PlanHeld, ...] = ()
    orders: tuple[Order, ...] = ()


class Movement(NamedTuple):
    """So many units (> 0) of a wallet from an account to an account, of one lot (0 when no lot is meant)."""

    wallet: str
    source: str
    target: str
    amount: int
    lot: int


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """What one rule did to one wallet.

    `rule` and `wallet` are places in the program's version; `given` is signed; `base` is what was measured (exact: a Fraction
    where it is no whole number), `num`/`den` the rate
    (0/1 when there was none), `rounded` the amount before limits; `shaped` names what shaped it (rules by place, shared limits as
    -1 - place); `weights` are the lines' shares in it, when they are not just the lines' net amounts; `gone` is the lot's lapse day
    (0: never, or nothing credited).
    """

    rule: int
    wallet: int
    given: int
    base: Any = 0
    num: int = 0
    den: int = 1
    rounded: int = 0
    shaped: tuple[int, ...] = ()
    weights: tuple[int, ...] | None = None
    gone: Day = 0


class Taken(Struct, frozen=True, array_like=True, gc=False):
    """Units that an exchange took of one lot, for the day on which it is called off: of which wallet, by which rule (places in the
    version), the day they were earned and the day they would have gone. Of a voucher (wallet -1) the voucher as it was.
    """

    rule: int
    wallet: int
    units: int
    earned: Day
    gone: Day
    voucher: Voucher | None = None


class Issue(Struct, frozen=True, array_like=True, gc=False):
    """A voucher issued by a rule; the first of several says in `earned` what was measured, where goods earned it."""

    rule: int
    serial: int
    name: str
    worth: int | None
    gone: Day
    earned: Entry | None = None


class Use(Struct, frozen=True, array_like=True, gc=False):
    """A voucher, reward, price or benefit that acted: what it took off, in minor units (negative: it added), and from which lines."""

    rule: int
    off: int = 0
    voucher: int = 0
    lines: tuple[int, ...] | None = None


class Charge(Struct, frozen=True, array_like=True, gc=False):
    """Money that a plan charged (negative: paid back) in minor units; `due`: it fell due before the event, not in its pay."""

    rule: int
    amount: int
    day: Day
    due: bool = False


class Receipt(Struct, frozen=True, omit_defaults=True, gc=False):
    """What was decided about an event, and why; kept for good.

    `version` is the program version that judged; `refused` a code with its rule and values, when nothing else happened; `entries` what
    the event did, `dues` what fell due before it; `silent` rule by rule (place, number of the condition that failed); `pay` what the
    event charges in minor units; `nets` the lines' net amounts where they are not their amounts; `levels` rises and falls
    (ladder, from, to); `taken` by a return: (line, amount in minor units); `late` when the event came after a later one.
    """

    version: int = 0
    refused: tuple[str, str | None, dict[str, Any]] | None = None
    entries: tuple[Entry, ...] = ()
    dues: tuple[Entry, ...] = ()
    silent: tuple[int, ...] = ()
    pay: int | None = None
    nets: tuple[int, ...] | None = None
    issued: tuple[Issue, ...] = ()
    used: tuple[Use, ...] = ()
    gone: tuple[int, ...] = ()
    levels: tuple[tuple[str, int, int], ...] = ()
    taken: tuple[tuple[int, int], ...] = ()
    told: tuple[str, ...] = ()
    late: bool = False
    promised: tuple[Entry, ...] = ()
    """What rules gave that is not usable yet; its entries are written when it is."""
    took: tuple[Taken, ...] = ()
    """What exchanges took that may be called off."""
    left: dict[str, int] = {}
    """What budgets and stocks had left when this was decided: the facts a replay needs."""
    split: tuple[int, ...] = ()
    """For each piece that was had free and so became a line of its own, at the end of `nets`: the line it came from."""
    charged: tuple[Charge, ...] = ()


class Told(Struct, frozen=True):
    """A derived event for another member: its id, type, to whom, and details."""

    id: str
    type: str
    member: str
    happened_at: int
    details: dict[str, Any]


class Sale(Struct, frozen=True):
    """A purchase as a return needs it: the event's body, its receipt, and what earlier returns took of its lines (line, amount)."""

    body: dict[str, Any]
    receipt: Receipt
    taken: tuple[tuple[int, int], ...] = ()


class Facts(Struct, frozen=True):
    """What the caller fetched before judging: the sale a return refers to; what budgets and stocks have left, by key."""

    sale: Sale | None = None
    left: dict[str, int] = {}


NO_FACTS = Facts()


class Decision(Struct, frozen=True):
    """A decision: the member afterwards, the receipt, the movements, derived events, and how much of shared budgets it used."""

    member: Member
    receipt: Receipt
    movements: tuple[Movement, ...] = ()
    told: tuple[Told, ...] = ()
    claims: tuple[tuple[str, int], ...] = ()
    refusal: Refusal | None = None


_EXACT = 1
"""The code under which an exact number that is not whole is packed, written `171/100`."""


def _pack_exact(value: Any) -> msgspec.msgpack.Ext:
    if isinstance(value, Fraction):
        return msgspec.msgpack.Ext(_EXACT, str(value).encode())
    raise TypeError(f"a {type(value).__name__} cannot be kept")


def _unpack_exact(code: int, data: memoryview) -> Fraction:
    assert code == _EXACT, code
    return Fraction(bytes(data).decode())


_encode = msgspec.msgpack.Encoder(order="deterministic", enc_hook=_pack_exact).encode
_member = msgspec.msgpack.Decoder(Member, ext_hook=_unpack_exact).decode
_receipt = msgspec.msgpack.Decoder(Receipt, ext_hook=_unpack_exact).decode


def pack_member(member: Member) -> bytes:
    """The snapshot's bytes: the same for the same member, whatever order its parts were made in."""
    return _encode(member)


def unpack_member(data: bytes) -> Member:
    """The member of a snapshot's bytes."""
    return _member(data)


def pack_receipt(receipt: Receipt) -> bytes:
    """The receipt's bytes."""
    return _encode(receipt)


def unpack_receipt(data: bytes) -> Receipt:
    """The receipt of its bytes."""
    return _receipt(data)
