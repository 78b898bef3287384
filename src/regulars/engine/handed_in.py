"""Vouchers that an exchange takes: the live ones that lapse first, chosen when the exchange is priced, given back when it is called off."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from regulars.engine.model import Issue, Taken, Use, Voucher
from regulars.engine.vouchers import use_up
from regulars.words.days import NEVER, Day

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.rules import RuleMachine


TRAVELS = ("serial", "name", "issued", "gone", "worth", "percent", "event", "opens", "scope", "minimum")
"""What goes with a voucher to another member, and back."""


class HandedIn(NamedTuple):
    """What conditions and amounts may ask of the vouchers that are taken: their `worth` together, in minor units."""

    worth: int


def takable(c: Context, kind: str, before: Day = NEVER) -> list[Voucher]:
    """The vouchers of a kind that can be used today and were issued before a day, those that lapse first at the head."""
    live = [
        voucher
        for voucher in c.vouchers
        if voucher.name == kind and voucher.opens <= c.today < voucher.gone and voucher.issued < before
    ]
    return sorted(live, key=lambda voucher: (voucher.gone, voucher.serial))


def chosen(c: Context, parts: Sequence[tuple[str, int]], before: Day = NEVER) -> tuple[Voucher, ...]:
    """The vouchers that a cost of several parts takes; its wallets take none."""
    return tuple(
        voucher for name, units in parts if name in c.machine.vouchers for voucher in takable(c, name, before)[:units]
    )


def together(c: Context, vouchers: Sequence[Voucher]) -> HandedIn:
    """What vouchers are worth together, where their kinds have a worth."""
    kinds = c.machine.vouchers
    return HandedIn(sum(kinds[one.name].worth or 0 if one.worth is None else one.worth for one in vouchers))


def take(c: Context, rule: RuleMachine, vouchers: Sequence[Voucher]) -> None:
    """Uses up the vouchers that an exchange takes, and remembers them as they were for the day on which it is undone."""
    for voucher in vouchers:
        use_up(c, voucher)
        c.used = (*c.used, Use(rule.index, 0, voucher.serial))
        if c.recording is c.entries:
            c.took = (*c.took, Taken(rule.index, -1, 1, voucher.issued, voucher.gone, voucher))


def share_back(taken: Sequence[Taken], share: Fraction) -> list[Voucher]:
    """The vouchers that come back of those taken: so large a share of them, whole ones, those that lapse last."""
    vouchers = [one.voucher for one in taken if one.voucher is not None]
    count = share.numerator * len(vouchers) // share.denominator
    return vouchers[len(vouchers) - count :]


def packed(voucher: Voucher) -> list[Any]:
    """A voucher as it goes to another member, in the words of an event."""
    return [getattr(voucher, name) for name in TRAVELS]


def unpacked(parts: Sequence[Any]) -> Voucher:
    """The voucher that travelled."""
    return Voucher(**dict(zip(TRAVELS, parts, strict=True)))


def arrive(c: Context, rule: int, voucher: Voucher) -> None:
    """Gives the member a voucher of another one's, with its own last day, under a number of its own."""
    if voucher.name in c.machine.vouchers:
        source = "" if c.event is None else c.event.id
        put_back(c, rule, replace(voucher, serial=c.next_serial(), event=source))


def put_back(c: Context, rule: int, voucher: Voucher) -> None:
    """Gives a voucher back under its own number, with its own last day; one that would have lapsed since lapses tomorrow."""
    gone = voucher.gone if voucher.gone >= NEVER else max(voucher.gone, c.today + 1)
    c.vouchers = (*c.vouchers, replace(voucher, gone=gone))
    c.spent = tuple(serial for serial in c.spent if serial != voucher.serial)
    kind = c.machine.vouchers.get(voucher.name)
    worth = kind.worth if voucher.worth is None and kind is not None else voucher.worth
    last = 0 if gone >= NEVER else gone
    c.issued = (*c.issued, Issue(rule, voucher.serial, voucher.name, worth, last))
    c.changed.add(f"voucher:{voucher.name}")
