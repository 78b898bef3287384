"""Lots: units granted together, and the order in which they leave; and what waits to become a lot.

Pure functions from a holding to a holding. A holding never has a lot while it owes; what comes in pays the debt first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from regulars.engine.model import ACTIVE, PENDING, Holding, Lot, Movement, Waiting
from regulars.words.days import Day

EMPTY = Holding()
Order = Callable[[Lot], Any]
FIRST_TO_LAPSE: Order = lambda lot: (lot.gone, lot.earned, lot.serial)  # noqa: E731
OLDEST_FIRST: Order = lambda lot: (lot.earned, lot.gone, lot.serial)  # noqa: E731
NEWEST_FIRST: Order = lambda lot: (-lot.earned, lot.gone, -lot.serial)  # noqa: E731
ORDERS: dict[str, Order] = {"first to lapse": FIRST_TO_LAPSE, "oldest first": OLDEST_FIRST, "newest first": NEWEST_FIRST}


def credit(holding: Holding, n: int, serial: int, earned: Day, gone: Day, since: Day) -> tuple[Holding, int]:
    """The holding with `n` usable units more, and the serial of the lot they went to (0: all of it paid a debt): a lot earned from `since`
    on (the first of the month, or the day itself) with the same lapse day takes them in.
    """
    lots, active, first = holding.lots, holding.active + n, holding.first or earned
    if active < n:
        # Some or all of it pays a debt, and only the rest is held.
        n = active
        if n <= 0:
            return Holding(active, holding.pending, lots, first, holding.waiting, holding.reserved), 0
    if lots:
        lot = lots[-1]
        if lot.gone == gone and since <= lot.earned <= earned:
            return Holding(active, holding.pending, (*lots[:-1], Lot(lot.serial, lot.left + n, lot.earned, gone)), first, holding.waiting, holding.reserved), lot.serial
    return Holding(active, holding.pending, (*lots, Lot(serial, n, earned, gone)), first, holding.waiting, holding.reserved), serial


def promise(holding: Holding, one: Waiting) -> Holding:
    """The holding with units that are not usable yet; they stay apart, so that each is known by what gave it."""
    return Holding(holding.active, holding.pending + one.left, holding.lots, holding.first or one.earned, (*holding.waiting, one), holding.reserved)


def release(holding: Holding, one: Waiting, wallet: str, day: Day, gone: Day) -> tuple[Holding, Movement]:
    """The holding with waiting units usable from `day` on, as a lot of their own, and the movement pending -> active."""
    active = holding.active + one.left
    left = min(one.left, max(active, 0))
    lots = (*holding.lots, Lot(one.serial, left, day, gone)) if left else holding.lots
    rest = tuple(other for other in holding.waiting if other.serial != one.serial)
    return Holding(active, holding.pending - one.left, lots, holding.first, rest, holding.reserved), Movement(wallet, PENDING, ACTIVE, one.left, one.serial)


def withdraw(holding: Holding, one: Waiting, n: int, wallet: str, target: str) -> tuple[Holding, Movement]:
    """The holding with `n` of the units that wait taken back, and the movement pending -> target."""
    less = replace(one, left=one.left - n)
    rest = tuple(other if other.serial != one.serial else less for other in holding.waiting if other.serial != one.serial or less.left)
    return Holding(holding.active, holding.pending - n, holding.lots, holding.first, rest, holding.reserved), Movement(wallet, PENDING, target, n, one.serial)


def take(
    holding: Holding, n: int, wallet: str, target: str, order: Order, keep: Callable[[Lot], bool] | None = None
) -> tuple[Holding, list[Movement]]:
    """The holding without `n` active units (there must be as many in the lots that `keep` admits), and the movements active -> target."""
    lots = sorted((lot for lot in holding.lots if keep is None or keep(lot)), key=order)
    rest, moved, gone = n, [], {}
    for lot in lots:
        if not rest:
            break
        part = min(lot.left, rest)
        rest -= part
        gone[lot.serial] = part
        moved.append(Movement(wallet, ACTIVE, target, part, lot.serial))
    assert rest == 0, "took more than there was"
    return _without(holding, gone, n), moved


def _without(holding: Holding, gone: dict[int, int], active: int) -> Holding:
    lots = tuple(
        lot if lot.serial not in gone else Lot(lot.serial, lot.left - gone[lot.serial], lot.earned, lot.gone)
        for lot in holding.lots
        if lot.left > gone.get(lot.serial, 0)
    )
    return Holding(holding.active - active, holding.pending, lots, holding.first, holding.waiting, holding.reserved)


def give_back(
    holding: Holding, n: int, wallet: str, target: str, may_owe: bool, order: Order, keep: Callable[[Lot], bool] | None = None
) -> tuple[Holding, list[Movement], int]:
    """Takes `n` usable units back as a return does: what is there, then below zero where the wallet may owe, else no further.

    Gives the holding, the movements, and how many were taken.
    """
    moved: list[Movement] = []
    gone: dict[int, int] = {}
    rest = n
    active = 0
    for lot in sorted((lot for lot in holding.lots if keep is None or keep(lot)), key=order):
        part = min(lot.left, rest)
        if part:
            rest, active, gone[lot.serial] = rest - part, active + part, part
            moved.append(Movement(wallet, ACTIVE, target, part, lot.serial))
    holding = _without(holding, gone, active)
    if rest and may_owe:
        moved.append(Movement(wallet, ACTIVE, target, rest, 0))
        holding = Holding(holding.active - rest, holding.pending, holding.lots, holding.first, holding.waiting, holding.reserved)
        rest = 0
    return holding, moved, n - rest


def lapse(holding: Holding, due: set[int], wallet: str, target: str) -> tuple[Holding, list[Movement], int]:
    """The holding without the lots of these serials, the movements, and how many units went."""
    lapsing = [lot for lot in holding.lots if lot.serial in due]
    moved = [Movement(wallet, ACTIVE, target, lot.left, lot.serial) for lot in lapsing]
    units = sum(lot.left for lot in lapsing)
    lots = tuple(lot for lot in holding.lots if lot.serial not in due)
    return Holding(holding.active - units, holding.pending, lots, holding.first, holding.waiting, holding.reserved), moved, units


def live_longer(holding: Holding, later: Day) -> Holding:
    """The holding with the lapse day of every lot moved on to `later`, where it is later; expiry never runs backwards."""
    if all(lot.gone >= later for lot in holding.lots):
        return holding
    return relived(holding, tuple(lot if lot.gone >= later else Lot(lot.serial, lot.left, lot.earned, later) for lot in holding.lots))


def relived(holding: Holding, lots: tuple[Lot, ...]) -> Holding:
    """The holding with the same units in lots that end on other days."""
    return Holding(holding.active, holding.pending, lots, holding.first, holding.waiting, holding.reserved)
