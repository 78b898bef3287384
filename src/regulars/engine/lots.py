"""Lots: units granted together, and the order in which they leave.

Pure functions from a holding to a holding. A holding never has an open lot while it owes; what comes in pays the debt first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regulars.engine.model import ACTIVE, PENDING, Holding, Lot, Movement
from regulars.words.days import NEVER, Day, ymd

EMPTY = Holding()
Order = Callable[[Lot], Any]
FIRST_TO_LAPSE: Order = lambda lot: (lot.gone, lot.earned, lot.serial)  # noqa: E731
OLDEST_FIRST: Order = lambda lot: (lot.earned, lot.gone, lot.serial)  # noqa: E731
NEWEST_FIRST: Order = lambda lot: (-lot.earned, lot.gone, -lot.serial)  # noqa: E731
ORDERS: dict[str, Order] = {"first to lapse": FIRST_TO_LAPSE, "oldest first": OLDEST_FIRST, "newest first": NEWEST_FIRST}


def credit(holding: Holding, n: int, serial: int, earned: Day, opens: Day, gone: Day, by_month: bool) -> tuple[Holding, int]:
    """The holding with `n` units more, and the serial of the lot they went to (a lot of the same month, opening and lapse day takes
    them in when `by_month`; otherwise one of the same day). `opens` after `earned` makes them pending."""
    first = holding.first or earned
    lots = holding.lots
    if opens > earned:
        return _put(holding, holding.active, holding.pending + n, n, serial, earned, opens, gone, by_month, first)
    active = holding.active + n
    if holding.active < 0:
        left = max(active, 0)
        if left == 0:
            return Holding(active, holding.pending, lots, first), 0
        return _put(holding, active, holding.pending, left, serial, earned, 0, gone, by_month, first)
    return _put(holding, active, holding.pending, n, serial, earned, 0, gone, by_month, first)


def _put(
    holding: Holding, active: int, pending: int, n: int, serial: int, earned: Day, opens: Day, gone: Day, by_month: bool, first: Day
) -> tuple[Holding, int]:
    lots = holding.lots
    for place in range(len(lots) - 1, max(len(lots) - 3, -1), -1):
        lot = lots[place]
        if lot.gone == gone and lot.opens == opens and (lot.earned == earned or (by_month and ymd(lot.earned)[:2] == ymd(earned)[:2])):
            grown = Lot(lot.serial, lot.left + n, lot.earned, opens, gone)
            return Holding(active, pending, (*lots[:place], grown, *lots[place + 1 :]), first), lot.serial
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
    holding: Holding, n: int, wallet: str, target: str, may_owe: bool, order: Order, keep: Callable[[Lot], bool] | None = None
) -> tuple[Holding, list[Movement], int]:
    """Takes `n` units back as a return does: pending first, then active, then below zero where the wallet may owe, else no further.

    Gives the holding, the movements, and how many were taken."""
    moved: list[Movement] = []
    gone: dict[int, int] = {}
    rest = n
    pending = active = 0
    for lot in sorted((lot for lot in holding.lots if lot.opens and (keep is None or keep(lot))), key=NEWEST_FIRST):
        part = min(lot.left, rest)
        if part:
            rest, pending, gone[lot.serial] = rest - part, pending + part, part
            moved.append(Movement(wallet, PENDING, target, part, lot.serial))
    for lot in sorted((lot for lot in holding.lots if not lot.opens and (keep is None or keep(lot))), key=order):
        part = min(lot.left, rest)
        if part:
            rest, active, gone[lot.serial] = rest - part, active + part, part
            moved.append(Movement(wallet, ACTIVE, target, part, lot.serial))
    holding = _without(holding, gone, active, pending)
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


def live_longer(holding: Holding, life: Callable[[Day], Day]) -> Holding:
    """The holding with lapse days moved on where the life now says later; expiry never runs backwards. Lots that became alike stay apart."""
    lots = tuple(
        Lot(lot.serial, lot.left, lot.earned, lot.opens, later) if (later := life(lot.earned)) > lot.gone else lot for lot in holding.lots
    )
    return holding if lots == holding.lots else Holding(holding.active, holding.pending, merged(lots), holding.first)


def merged(lots: tuple[Lot, ...]) -> tuple[Lot, ...]:
    """Lots of one month of issue with the same opening and lapse day, kept as one: the state of a daily buyer stays small."""
    return lots


def next_change(holding: Holding, day: Day) -> Day:
    """The first day after `day` on which a lot opens or is gone."""
    soonest = NEVER
    for lot in holding.lots:
        if lot.opens > day:
            soonest = min(soonest, lot.opens)
        if lot.gone > day:
            soonest = min(soonest, lot.gone)
    return soonest
