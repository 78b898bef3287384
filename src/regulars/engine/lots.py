"""Lots: units granted together, and the order in which they leave.

Pure functions from a holding to a holding. A holding never has an open lot while it owes; what comes in pays the debt first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regulars.engine.model import ACTIVE, PENDING, Holding, Lot, Movement
from regulars.words.days import NEVER, Day

EMPTY = Holding()
Order = Callable[[Lot], Any]
FIRST_TO_LAPSE: Order = lambda lot: (lot.gone, lot.earned, lot.serial)  # noqa: E731
OLDEST_FIRST: Order = lambda lot: (lot.earned, lot.gone, lot.serial)  # noqa: E731
NEWEST_FIRST: Order = lambda lot: (-lot.earned, lot.gone, -lot.serial)  # noqa: E731
ORDERS: dict[str, Order] = {"first to lapse": FIRST_TO_LAPSE, "oldest first": OLDEST_FIRST, "newest first": NEWEST_FIRST}


def credit(holding: Holding, n: int, serial: int, earned: Day, opens: Day, gone: Day, since: Day) -> tuple[Holding, int]:
    """The holding with `n` units more, and the serial of the lot they went to: a lot earned from `since` on (the first of the month, or
    the day itself) with the same opening and lapse day takes them in. `opens` after `earned` makes them pending."""
    lots, active, pending, first = holding.lots, holding.active, holding.pending, holding.first or earned
    if opens > earned:
        pending += n
    else:
        opens = 0
        active += n
        if active < n:
            # Some or all of it pays a debt, and only the rest is held.
            n = active
            if n <= 0:
                return Holding(active, pending, lots, first), 0
    if lots:
        lot = lots[-1]
        if lot.gone == gone and since <= lot.earned <= earned and lot.opens == opens:
            return Holding(active, pending, (*lots[:-1], Lot(lot.serial, lot.left + n, lot.earned, opens, gone)), first), lot.serial
    return Holding(active, pending, (*lots, Lot(serial, n, earned, opens, gone)), first), serial


def mature(holding: Holding, day: Day, wallet: str) -> tuple[Holding, list[Movement]]:
    """The holding with the lots that open by `day` active, and the movements pending -> active."""
    moved: list[Movement] = []
    lots: list[Lot] = []
    active, pending = holding.active, holding.pending
    for lot in holding.lots:
        if lot.opens and lot.opens <= day:
            moved.append(Movement(wallet, PENDING, ACTIVE, lot.left, lot.serial))
            left = min(lot.left, max(active + lot.left, 0))
            active += lot.left
            pending -= lot.left
            if left:
                lots.append(Lot(lot.serial, left, lot.earned, 0, lot.gone))
        else:
            lots.append(lot)
    return Holding(active, pending, tuple(lots), holding.first), moved


def take(
    holding: Holding, n: int, wallet: str, target: str, order: Order, keep: Callable[[Lot], bool] | None = None
) -> tuple[Holding, list[Movement]]:
    """The holding without `n` active units (there must be as many in the lots that `keep` admits), and the movements active -> target."""
    lots = sorted((lot for lot in holding.lots if not lot.opens and (keep is None or keep(lot))), key=order)
    rest, moved, gone = n, [], {}
    for lot in lots:
        if not rest:
            break
        part = min(lot.left, rest)
        rest -= part
        gone[lot.serial] = part
        moved.append(Movement(wallet, ACTIVE, target, part, lot.serial))
    assert rest == 0, "took more than there was"
    return _without(holding, gone, active=n), moved


def _without(holding: Holding, gone: dict[int, int], active: int = 0, pending: int = 0) -> Holding:
    lots = tuple(
        lot if lot.serial not in gone else Lot(lot.serial, lot.left - gone[lot.serial], lot.earned, lot.opens, lot.gone)
        for lot in holding.lots
        if lot.left > gone.get(lot.serial, 0)
    )
    return Holding(holding.active - active, holding.pending - pending, lots, holding.first)


def give_back(
    holding: Holding, n: int, wallet: str, target: str, may_owe: bool, order: Order, keep: Callable[[Lot], bool] | None = None, gone: Day = 0
) -> tuple[Holding, list[Movement], int]:
    """Takes `n` units back as a return does: pending first, then active, then below zero where the wallet may owe, else no further.

    Of either, lots that lapse on `gone` go first: they are what the goods earned, so nobody's units live longer for a purchase that was
    brought back. Gives the holding, the movements, and how many were taken."""
    moved: list[Movement] = []
    parts: dict[int, int] = {}
    rest = n
    pending = active = 0
    for lot in sorted((lot for lot in holding.lots if lot.opens and (keep is None or keep(lot))), key=lambda lot: (lot.gone != gone, NEWEST_FIRST(lot))):
        part = min(lot.left, rest)
        if part:
            rest, pending, parts[lot.serial] = rest - part, pending + part, part
            moved.append(Movement(wallet, PENDING, target, part, lot.serial))
    for lot in sorted((lot for lot in holding.lots if not lot.opens and (keep is None or keep(lot))), key=lambda lot: (lot.gone != gone, order(lot))):
        part = min(lot.left, rest)
        if part:
            rest, active, parts[lot.serial] = rest - part, active + part, part
            moved.append(Movement(wallet, ACTIVE, target, part, lot.serial))
    holding = _without(holding, parts, active, pending)
    if rest and may_owe:
        moved.append(Movement(wallet, ACTIVE, target, rest, 0))
        holding = Holding(holding.active - rest, holding.pending, holding.lots, holding.first)
        rest = 0
    return holding, moved, n - rest


def lapse(holding: Holding, due: set[int], wallet: str, target: str) -> tuple[Holding, list[Movement], int]:
    """The holding without the lots of these serials, the movements, and how many units went."""
    moved = [Movement(wallet, PENDING if lot.opens else ACTIVE, target, lot.left, lot.serial) for lot in holding.lots if lot.serial in due]
    active = sum(lot.left for lot in holding.lots if lot.serial in due and not lot.opens)
    pending = sum(lot.left for lot in holding.lots if lot.serial in due and lot.opens)
    lots = tuple(lot for lot in holding.lots if lot.serial not in due)
    return Holding(holding.active - active, holding.pending - pending, lots, holding.first), moved, active + pending


def live_longer(holding: Holding, later: Day) -> Holding:
    """The holding with the lapse day of every lot moved on to `later`, where it is later; expiry never runs backwards."""
    lots = [lot if lot.gone >= later else Lot(lot.serial, lot.left, lot.earned, lot.opens, later) for lot in holding.lots]
    return Holding(holding.active, holding.pending, tuple(lots), holding.first)
