"""What an exchange takes and only reserves: kept apart until a day comes or an event makes it final, or until it is called off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from regulars.engine.lots import EMPTY
from regulars.engine.model import IN_TRANSIT, REDEEMED, RESERVED, Movement, Reserved
from regulars.words.days import NEVER, Day

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.rules import RuleMachine


CONFIRM = "redemption.confirm"
"""The event that makes final what was reserved only because the request asked for that."""


def asked(c: Context) -> bool:
    """Whether the request itself asks that what it takes is only reserved."""
    return c.event is not None and c.event.first == "redeem" and c.event.body.get("reserve") is True


def target(c: Context, rule: RuleMachine) -> str:
    """Where what a rule takes goes: in transit to another member, reserved while its `hold` runs or because the request
    asks for it, else redeemed at once.
    """
    if rule.rule.receiver is not None:
        return IN_TRANSIT
    if rule.hold is None:
        return RESERVED if asked(c) else REDEEMED
    return REDEEMED if rule.hold.opens(c, c.today) <= c.today else RESERVED


def reserve(c: Context, rule: RuleMachine, wallet: str, units: int) -> None:
    """Notes what was taken into reserve for this event, and when it is final."""
    assert c.event is not None
    held = c.holding(wallet)
    if rule.hold is None:
        one = Reserved(c.event.id, units, NEVER, CONFIRM)
    else:
        one = Reserved(c.event.id, units, rule.hold.opens(c, c.today), rule.hold.until(c))
    c.hold(wallet, replace(held, reserved=(*held.reserved, one)))


def final_by(c: Context, name: str, day: Day) -> None:
    """What was reserved until a day that has come is redeemed."""
    for one in c.holdings[name].reserved:
        if one.opens <= day:
            close(c, name, one, REDEEMED)


def final_on(c: Context, kind: str, of: str | None) -> None:
    """What was reserved until an event of this kind is redeemed: for the event `of`, or all where it names none."""
    for name, holding in sorted(c.holdings.items()):
        for one in holding.reserved:
            if one.until == kind and of in {None, one.event}:
                close(c, name, one, REDEEMED)


def of_event(c: Context, name: str, event: str) -> Reserved | None:
    """What is still reserved in a wallet for an event."""
    return next((one for one in c.holdings.get(name, EMPTY).reserved if one.event == event), None)


def close(c: Context, name: str, one: Reserved, account: str) -> None:
    """Ends a reservation; its units go to an account."""
    held = c.holdings[name]
    c.hold(name, replace(held, reserved=tuple(other for other in held.reserved if other is not one)))
    c.moved.append(Movement(name, RESERVED, account, one.units, 0))
