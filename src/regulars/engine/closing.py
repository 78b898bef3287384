"""Accounts that are closed: by staff, or because two of them were one person's and become one.

A `merge` takes all that an account has into transit and closes it; the derived event `merged` brings it to the account that is kept. Both
claim what everybody shares, that an account can be closed once: so nothing is merged into an account that is closed, nor in a circle.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

from regulars.engine import holds, places, seats
from regulars.engine.accounts import CLOSED, MERGED, key_of
from regulars.engine.compartments import WHOSE
from regulars.engine.joining import join
from regulars.engine.model import (
    ACTIVE,
    ADJUSTED,
    EXPIRED,
    IN_TRANSIT,
    PENDING,
    REDEEMED,
    Entry,
    Member,
    Movement,
    Told,
    pack_member,
    unpack_member,
)
from regulars.words.ids import DERIVED, check_id, derived
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.context import Context

LONGEST = 160
"""The longest id of a merge: what it causes has a longer one, and may be handed on a few times."""


def ask(c: Context) -> Refusal | None:
    """Closes the account, or merges it into another; a refusal when it cannot be."""
    event = c.event
    assert event is not None
    if not event.body.get("reason"):
        return Refusal("event.missing_field", f"A {event.first} has a `reason`, and it is missing.", pointer="/reason")
    if event.first == "close":
        close(c)
        return None
    into = event.body.get("into")
    if not isinstance(into, str) or check_id(into) is not None or into.startswith(places.ACCOUNT):
        return Refusal(
            "event.wrong_type", "The field `into` must be the id of the account that is kept.", pointer="/into"
        )
    if into == c.member.id:
        return Refusal("merge.itself", "An account is not merged into itself.", pointer="/into")
    if c.left_of.get(key_of(into), 1) < 1:
        return Refusal("merge.closed", f"The account {into!r} is closed.", pointer="/into", values=(("into", into),))
    if len(event.id) > LONGEST:
        return Refusal("id.too_long", f"The id of a merge has at most {LONGEST} characters.", pointer="/id")
    for name, held in sorted(c.holdings.items()):
        for one in held.reserved:
            holds.close(c, name, one, REDEEMED)
    say_goodbye(c)
    state = Member(
        c.member.id, holdings=c.holdings, grants=c.grants, vouchers=c.vouchers, tallies=c.tallies, days=c.days, facts=c.who,
        marks={name: value for name, value in c.marks.items() if moves(name)}, plans=c.plans, orders=c.orders,
    )  # fmt: skip
    empty(c, IN_TRANSIT, IN_TRANSIT)
    details = {"by": c.member.id, "state": b64encode(pack_member(state)).decode()}
    c.told = (*c.told, Told(derived(event.id, MERGED), MERGED, into, event.at, details))
    c.vouchers = ()
    shut(c, into)
    forget(c)
    return None


def moves(mark: str) -> bool:
    """Whether a mark goes with the person; what was lent to others does not."""
    return mark not in {"suspended", CLOSED} and not mark.startswith((seats.SEATS, seats.LENT))


def close(c: Context) -> None:
    """Closes the account: what it has lapses, or is kept to the end of its life, as `account.on_close` says."""
    say_goodbye(c)
    for key in [name for name in c.marks if name.startswith(places.PLACE)]:
        place = key.removeprefix(places.PLACE)
        rule = place.split("|", 1)[0].rpartition(".")[2]
        places.tell(c, f"freed.{rule}", places.queue_of(place), {"place": place, "by": c.member.id})
    if c.machine.program.account.on_close == "keep":
        shut(c, "")
        return
    for name, held in sorted(c.holdings.items()):
        for one in held.reserved:
            holds.close(c, name, one, REDEEMED)
    empty(c, EXPIRED, ADJUSTED)
    c.gone_vouchers = (*c.gone_vouchers, *(voucher.serial for voucher in c.vouchers))
    c.vouchers = ()
    shut(c, "")
    forget(c)


def say_goodbye(c: Context) -> None:
    """Tells those with whom the account shares something that it does so no longer."""
    for key in [name for name in c.marks if name.startswith(seats.SEATS)]:
        for other in c.marks[key]:
            seats.tell(c, "unshared", key.removeprefix(seats.SEATS), other)


def empty(c: Context, account: str, debts: str) -> None:
    """Moves all units out of the account, usable ones and those that wait; what it owes is made good from `debts`."""
    rule = c.machine.program.return_rule or 0
    for name, held in sorted(c.holdings.items()):
        c.moved.extend(Movement(name, ACTIVE, account, lot.left, lot.serial) for lot in held.lots)
        c.moved.extend(Movement(name, PENDING, account, one.left, one.serial) for one in held.waiting)
        if held.active < 0:
            c.moved.append(Movement(name, debts, ACTIVE, -held.active, 0))
        wallet = c.machine.wallets.get(name)
        if wallet is not None and held.active:
            c.recording.append(Entry(rule, wallet.place, -held.active, 0, 0, 1, -held.active))
    c.holdings = {}


def shut(c: Context, into: str) -> None:
    """Marks the account as closed, and claims that it is: nobody closes it again, nor merges into it."""
    key = key_of(c.member.id)
    c.claimed[key] = c.claimed.get(key, 0) + 1
    c.left_of[key] = c.left_of.get(key, 1) - 1
    c.plans, c.orders, c.grants = (), (), {}
    kept = {name: value for name, value in c.marks.items() if name.startswith(WHOSE)}
    c.marks = {**kept, CLOSED: into, "suspended": c.today}
    c.suspended = True
    c.changed, c.before, c.due = set(), {}, 0


def forget(c: Context) -> None:
    """Forgets what only an account with something in it needs."""
    c.tallies, c.who, c.spent = {}, {}, ()
    c.days = {name: day for name, day in c.days.items() if name == "joined"}
    c.marks = {name: value for name, value in c.marks.items() if not name.startswith(WHOSE)}


def after(c: Context) -> Refusal | None:
    """What becomes of an event of a closed account: refused; what others' events cause goes on to the account that it became."""
    event = c.event
    assert event is not None
    into = str(c.marks[CLOSED])
    if event.source == DERIVED and into:
        c.told = (*c.told, Told(derived(event.id, "on"), event.kind, into, event.at, dict(event.body)))
        return None
    if into:
        return Refusal(
            "member.merged", f"This account was merged into {into!r}.", pointer="/member", values=(("into", into),)
        )
    if event.first == MERGED:
        lapse(c, event.body)
        return None
    return Refusal("member.closed", "This account is closed.", pointer="/member")


def arrive(c: Context) -> None:
    """Brings what another account had, which is this one from now on."""
    event = c.event
    assert event is not None
    join(c, unpack_member(b64decode(event.body["state"])))


def lapse(c: Context, body: dict[str, Any]) -> None:
    """What comes to an account that was closed meanwhile lapses on arrival."""
    for name, held in sorted(unpack_member(b64decode(body["state"])).holdings.items()):
        units = sum(lot.left for lot in held.lots) + sum(one.left for one in held.waiting)
        if units:
            c.moved.append(Movement(name, IN_TRANSIT, EXPIRED, units, 0))
        if held.active < 0:
            c.moved.append(Movement(name, ADJUSTED, IN_TRANSIT, -held.active, 0))
