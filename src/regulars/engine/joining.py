"""What two accounts of one person have, in one: lots with their last days, counters added up, limits counted together.

Where only one can be (a fact, a choice, a plan of a kind), what the kept account has stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from regulars.engine import lots
from regulars.engine.accruing import OVER, together
from regulars.engine.arrivals import put
from regulars.engine.choosing import CHOSEN, LATER
from regulars.engine.compartments import PERSON, WHOSE
from regulars.engine.granting import highest
from regulars.engine.milestones import window_of
from regulars.engine.model import ADJUSTED, EXPIRED, IN_TRANSIT, PENDING, Entry, Holding, Issue, Member, Movement
from regulars.engine.places import PLACE, queue_of, tell
from regulars.words.days import NEVER

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.wallets import WalletMachine


def join(c: Context, other: Member) -> None:
    """Adds to the member what another account had; its units are in transit and arrive."""
    days(c, other)
    for name, value in other.facts.items():
        if name not in c.who:
            c.learn(name, value)
            c.changed.add(f"fact:{name}")
    for key, entries in other.tallies.items():
        used = dict(c.tallies.get(key, ()))
        for start, n in entries:
            used[start] = used.get(start, 0) + n
        c.tallies[key] = tuple(sorted(used.items()))
    marks(c, other.marks)
    grants(c, other)
    for name, held in sorted(other.holdings.items()):
        wallet = c.machine.wallets.get(name)
        if wallet is None:
            gone(c, name, held)
        else:
            units(c, wallet, held, other)
    vouchers(c, other)
    plans(c, other)


def days(c: Context, other: Member) -> None:
    """Whoever joined twice joined the first time; the last purchase is the last of both."""
    for name, day in other.days.items():
        known = c.days.get(name)
        if known is None:
            c.days[name] = day
        elif name == "joined" or name.startswith("first:"):
            c.days[name] = min(known, day)
        elif name.startswith("last:"):
            c.days[name] = max(known, day)


def marks(c: Context, theirs: Mapping[str, Any]) -> None:
    """Marks crossed by either were crossed; a choice made by the kept account stands; of two places at an event one is given back."""
    milestones = {milestone.rule.name for milestone in c.machine.milestones}
    kept = c.marks
    for name, value in theirs.items():
        mine = c.marks.get(name)
        if name in milestones:
            # What the mark gave has other numbers here: it stays crossed, whatever comes back.
            value = {mark: window_of(one) for mark, one in value.items()}
        if name.startswith(WHOSE):
            continue
        if name.startswith(LATER) and CHOSEN + name.removeprefix(LATER) in kept:
            continue
        if name.startswith(OVER):
            c.mark(name, together(mine, value))
        elif mine is None:
            c.mark(name, value)
            c.due = 0
        elif name.startswith(PLACE):
            place = name.removeprefix(PLACE)
            rule = place.split("|", 1)[0].rpartition(".")[2]
            tell(c, f"freed.{rule}", queue_of(place), {"place": place, "by": c.member.id})
        elif isinstance(mine, dict) and isinstance(value, dict):
            c.mark(name, {**value, **mine})
        elif isinstance(mine, list | tuple) and isinstance(value, list | tuple) and not name.startswith(LATER):
            c.mark(name, (*mine, *(one for one in value if one not in mine)))


def grants(c: Context, other: Member) -> None:
    """Levels held by either are held; where a ladder has one term at a time, the higher one."""
    for name, theirs in sorted(other.grants.items()):
        ladder = c.machine.ladders.get(name)
        if ladder is None:
            continue
        mine = c.grants.get(name, ())
        if ladder.termed:
            both = theirs if highest(theirs, c.today) > highest(mine, c.today) else mine
        else:
            both = (*mine, *(one for one in theirs if one not in mine))
        c.regrant(name, both)
        c.changed.add(f"standing:{name}")


def units(c: Context, wallet: WalletMachine, held: Holding, other: Member) -> None:
    """Lots with their own last days, units that wait as they waited, and debts, which are paid from what there is."""
    rule = c.machine.program.return_rule or 0
    whose = other.marks.get(WHOSE + wallet.name, {}) if wallet.divided_by == PERSON else {}
    for lot in held.lots:
        put(c, wallet, rule, lot.left, lot.earned, lot.gone if lot.gone < NEVER else 0)
        who = whose.get(str(lot.serial), other.id)
        if whose and who != other.id:
            known = c.marks.get(WHOSE + wallet.name, {})
            c.mark(WHOSE + wallet.name, {**known, str(c.serial): who})
    for one in held.waiting:
        waiting = replace(one, serial=c.next_serial())
        c.holdings[wallet.name] = lots.promise(c.holding(wallet.name), waiting)
        c.moved.append(Movement(wallet.name, IN_TRANSIT, PENDING, one.left, waiting.serial))
    if held.active < 0:
        debt = -held.active
        holding, moved, _ = lots.give_back(c.holding(wallet.name), debt, wallet.name, IN_TRANSIT, True, wallet.order)
        c.hold(wallet.name, holding)
        c.moved.extend(moved)
        c.recording.append(Entry(rule, wallet.place, -debt, 0, 0, 1, -debt))
    now = c.holding(wallet.name)
    if held.first and (not now.first or held.first < now.first):
        c.hold(wallet.name, replace(now, first=held.first))


def gone(c: Context, name: str, held: Holding) -> None:
    """Units of a wallet that is no longer there have lapsed."""
    left = sum(lot.left for lot in held.lots) + sum(one.left for one in held.waiting)
    if left:
        c.moved.append(Movement(name, IN_TRANSIT, EXPIRED, left, 0))
    if held.active < 0:
        c.moved.append(Movement(name, ADJUSTED, IN_TRANSIT, -held.active, 0))


def vouchers(c: Context, other: Member) -> None:
    """Live vouchers, with their last days, under numbers of the kept account."""
    for voucher in other.vouchers:
        kind = c.machine.vouchers.get(voucher.name)
        if kind is None:
            continue
        serial = c.next_serial()
        c.vouchers = (*c.vouchers, replace(voucher, serial=serial))
        last = 0 if voucher.gone >= NEVER else voucher.gone
        worth = kind.worth if voucher.worth is None else voucher.worth
        c.issued = (*c.issued, Issue(kind.use_rule, serial, voucher.name, worth, last))
        c.changed.add(f"voucher:{voucher.name}")


def plans(c: Context, other: Member) -> None:
    """Plans and recurring orders of which the kept account has none of the kind; others end, without money back."""
    taken = {ladder for one in c.plans if one.name in c.machine.paid for ladder, _ in c.machine.paid[one.name].grants}
    for held in other.plans:
        plan = c.machine.paid.get(held.name)
        if plan is not None and taken.isdisjoint(ladder for ladder, _ in plan.grants):
            c.plans = (*c.plans, held)
    names = {order.name for order in c.orders}
    c.orders = (*c.orders, *(order for order in other.orders if order.name not in names))
