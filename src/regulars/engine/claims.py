"""Vouchers that a member must claim: clipped offers, coupons printed at a kiosk, codes of the operator's. Until then they wait.

A waiting voucher opens on no day that ever comes; claiming it lets it open today. A code becomes a voucher of the member's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from regulars.engine.model import Issue, Voucher
from regulars.engine.perks import not_open, own_limits, use
from regulars.engine.vouchers import of_code
from regulars.words.days import NEVER
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.wallets import VoucherMachine

CODE = "claim_code"
EVENTS = frozenset({"clip", "print", CODE})


def claim(c: Context) -> Refusal | None:
    """`clip` or `print`: the kinds that it names, or everything of the member's that waits for it."""
    event = c.event
    assert event is not None
    if event.first == CODE:
        return claim_code(c)
    wanted = names(c)
    kinds = [
        kind for name in wanted if (kind := c.machine.vouchers.get(name)) is not None and kind.kind.claim == event.first
    ]
    if len(kinds) < len(wanted):
        return Refusal(code="unknown", text="Nothing of this name can be claimed so.", pointer="/type")
    if not wanted:
        kinds = [kind for kind in c.machine.vouchers.values() if kind.kind.claim == event.first]
    refusal = allowed(c, kinds)
    if refusal is not None:
        return refusal
    for kind in kinds:
        refusal = claim_kind(c, kind, named=bool(wanted))
        if refusal is not None:
            return refusal
    return None


def claim_code(c: Context) -> Refusal | None:
    """Makes a code of the operator's a voucher of the member's: it lives as its kind says, and no longer than the code."""
    event = c.event
    assert event is not None
    made = of_code(c, event.body, c.next_serial())
    if isinstance(made, Refusal):
        return made
    kind = c.machine.vouchers[made.name]
    rule = c.machine.rules[kind.use_rule]
    first, gone = kind.life(c, c.today)
    opens, gone = max(first, made.opens), min(gone, made.gone, rule.until)
    if gone <= c.today:
        return rule.refusal("lapsed", last_day=gone - 1)
    made = replace(made, gone=gone, opens=opens)
    c.vouchers = (*c.vouchers, made)
    worth = kind.worth if made.worth is None else made.worth
    c.issued = (*c.issued, Issue(kind.use_rule, made.serial, made.name, worth, 0 if gone >= NEVER else gone))
    c.changed.add(f"voucher:{made.name}")
    return None


def names(c: Context) -> Sequence[str]:
    """The names that a claim names: in its type, or as `offer` or `offers`."""
    event = c.event
    assert event is not None
    name = event.kind.partition(".")[2] or event.body.get("offer")
    if name:
        return (str(name),)
    several = event.body.get("offers")
    return tuple(str(one) for one in several) if isinstance(several, list) else ()


def allowed(c: Context, kinds: Sequence[VoucherMachine]) -> Refusal | None:
    """Whether claiming has room, by each limit once however many kinds share it; it then counts one time."""
    rules = dict.fromkeys(kind.kind.claim_rule for kind in kinds if kind.kind.claim_rule is not None)
    for place in rules:
        refusal = own_limits(c, c.machine.rules[place])
        if refusal is not None:
            return refusal
    for place in rules:
        use(c, c.machine.rules[place])
    return None


def claim_kind(c: Context, kind: VoucherMachine, named: bool) -> Refusal | None:
    """Makes the waiting vouchers of a kind live. An offer needs none: whoever may clips it, once at a time."""
    waiting = [
        voucher
        for voucher in c.vouchers
        if voucher.name == kind.name and voucher.opens >= NEVER and voucher.gone > c.today
    ]
    rule = c.machine.rules[kind.use_rule]
    if rule.rule.uses is not None:
        refusal = may_clip(c, kind)
        if refusal is not None:
            return refusal
        if not waiting:
            first, gone = kind.life(c, c.today)
            serial = c.next_serial()
            gone = min(gone, rule.until)
            c.vouchers = (
                *c.vouchers,
                Voucher(serial, kind.name, c.today, gone, opens=first, event="" if c.event is None else c.event.id),
            )
            c.issued = (
                *c.issued,
                Issue(kind.kind.claim_rule or 0, serial, kind.name, None, 0 if gone >= NEVER else gone),
            )
            return None
    elif named and not waiting:
        return c.machine.rules[kind.use_rule].refusal("not_held")
    serials = {voucher.serial for voucher in waiting}
    first, _ = kind.life(c, c.today)
    c.vouchers = tuple(
        replace(voucher, opens=first) if voucher.serial in serials else voucher for voucher in c.vouchers
    )
    c.changed.add(f"voucher:{kind.name}")
    return None


def may_clip(c: Context, kind: VoucherMachine) -> Refusal | None:
    """Whether an offer can be clipped now: in force, open, not held already, not used as often as it can be."""
    rule = c.machine.rules[kind.use_rule]
    if not rule.first <= c.today < rule.until:
        return rule.refusal("not_open")
    closed = not_open(c, rule)
    if closed is not None:
        return closed
    if c.live(kind.name):
        return rule.refusal("held")
    return own_limits(c, rule)
