"""Referrals: what the friend gets, and what the one who sent them is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.engine.earning import fire
from regulars.engine.fields import Bad
from regulars.engine.model import Told
from regulars.engine.survey import walk
from regulars.program.forms.tree import Percent, Rate
from regulars.program.model import Referral
from regulars.words.ids import check_id, derived

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.kept import Kept


def remember_referrer(c: Context) -> None:
    """A new member named who sent them: kept until the referral pays. Nobody refers themselves, and not after the fact."""
    event = c.event
    assert event is not None
    referrer = event.body.get("referred_by")
    if referrer is not None and (not isinstance(referrer, str) or check_id(referrer) is not None):
        raise Bad("event.bad_id", "The field `referred_by` must be the id of a member.", "/referred_by")
    if referrer is None or referrer == c.member.id or not c.machine.program.referrals:
        return
    for name in c.machine.program.referrals:
        if f"friend:{name}" not in c.marks and f"friend_paid:{name}" not in c.marks and not _too_late(c):
            c.mark(f"friend:{name}", referrer)


def _too_late(c: Context) -> bool:
    """A member who bought before has no referrer any more; a join says so in time."""
    event = c.event
    assert event is not None
    return event.first == "purchase" and bool(c.days.get("first:purchase"))


def pay_referrals(c: Context, earned: bool) -> None:
    """Pays the referrals that this event of the friend fulfils: the friend's side here, the other by a derived event."""
    for name, referral in c.machine.program.referrals.items():
        referrer = c.marks.get(f"friend:{name}")
        if referrer is not None and fulfils(c, referral, earned):
            if referral.pays_on != "event":
                c.mark(f"friend:{name}", None)
                c.mark(f"friend_paid:{name}", referrer if referral.on_return == "take back" else 1)
            pay(c, name, referral, referrer)


def fulfils(c: Context, referral: Referral, earned: bool) -> bool:
    """Whether this event is the one on which a referral pays."""
    event = c.event
    assert event is not None
    if referral.pays_on == "spend":
        wanted = referral.amount or 0
        if event.first != "purchase":
            return False
        total = int(c.marks.get(f"friend_spent:{referral.name}", 0)) + c.measure(referral.event).total
        c.mark(f"friend_spent:{referral.name}", total if total < wanted else None)
        return total >= wanted
    if referral.event == "earning":
        return earned
    if referral.event in c.machine.program.events:
        return referral.event in {
            name.removeprefix("last:") for name in c.changed
        } or referral.event in c.machine.sets_of_kind(event.kind, event.first)
    return referral.event in {event.kind, event.first}


def pay(c: Context, name: str, referral: Referral, referrer: str) -> None:
    """The friend's side, and the derived event for the referrer."""
    event = c.event
    assert event is not None
    rule = c.machine.named.get(f"referrals.{name}")
    if rule is not None:
        fire(c, rule)
    if referral.referrer:
        told = derived(event.id, name)
        details: dict[str, Any] = {"friend": c.member.id}
        if rule is not None and any(isinstance(one, Percent | Rate) for one in walk(referral.referrer)):
            # A share for the referrer is one of what the friend spent.
            details["spend"] = c.measure(c.machine.default_base(rule.rule)).total
        c.told = (*c.told, Told(told, f"friend.{name}", referrer, event.at, details))
        for kind in waited_for(c, name):
            c.mark(f"tell:{kind}:{event.id}", (*c.marks.get(f"tell:{kind}:{event.id}", ()), (referrer, told)))


def take_back(c: Context, kept: Kept) -> None:
    """Tells referrers that everything of the purchase that paid them has come back: what they got for it is reversed."""
    event = c.event
    assert event is not None
    if not kept.all_back(kept.after) or kept.all_back(kept.before):
        return
    for name, referral in c.machine.program.referrals.items():
        promised = derived(str(kept.sale.body["id"]), name)
        if referral.on_return != "take back" or promised not in kept.sale.receipt.told:
            continue
        referrer = c.marks.get(f"friend:{name}") or c.marks.get(f"friend_paid:{name}")
        if isinstance(referrer, str):
            details = {"of": promised, "reason": f"returned: {event.id}"}
            c.told = (*c.told, Told(derived(event.id, name), "reversal", referrer, event.at, details))


def waited_for(c: Context, name: str) -> set[str]:
    """The kinds of events that what the referrer gets must wait for."""
    rule = c.machine.named.get(f"referrals.{name}.referrer")
    waits = (
        [] if rule is None else [rule.pending or wallet.pending for target in rule.targets for wallet in target.feeds]
    )
    return {kind for wait in waits if wait is not None and (kind := wait.until(c))}


def pass_on(c: Context, kind: str, of: str | None) -> None:
    """Tells referrers what opens what they were promised for an event: that it has come for the friend's."""
    event = c.event
    assert event is not None
    prefix = f"tell:{kind}:"
    for mark in sorted(mark for mark in c.marks if mark.startswith(prefix) and of in {None, mark.removeprefix(prefix)}):
        for referrer, promised in c.marks[mark]:
            c.told = (*c.told, Told(derived(event.id, promised), kind, referrer, event.at, {"of": promised}))
        c.mark(mark, None)
