"""Lots: which go first, what a debt does, and what a return takes."""

from __future__ import annotations

import pytest

from regulars.engine import lots
from regulars.engine.lots import FIRST_TO_LAPSE, NEWEST_FIRST, OLDEST_FIRST
from regulars.engine.model import ACTIVE, PENDING, REDEEMED, RETURNED, Holding, Lot, Movement, Waiting

HELD = Holding(60, 0, (Lot(1, 10, 100, 300), Lot(2, 20, 110, 200), Lot(3, 30, 120, 400)), 100)


@pytest.mark.parametrize(
    ("order", "spent"),
    [
        (FIRST_TO_LAPSE, [(2, 20), (1, 10), (3, 5)]),
        (OLDEST_FIRST, [(1, 10), (2, 20), (3, 5)]),
        (NEWEST_FIRST, [(3, 30), (2, 5)]),
    ],
)
def test_units_leave_in_the_order_of_the_wallet(order: lots.Order, spent: list[tuple[int, int]]) -> None:
    held, moved = lots.take(HELD, 35, "points", REDEEMED, order)
    assert moved == [Movement("points", ACTIVE, REDEEMED, n, serial) for serial, n in spent]
    assert (held.active, sum(lot.left for lot in held.lots)) == (25, 25)


def test_what_comes_in_pays_a_debt_first_and_only_the_rest_is_a_lot() -> None:
    held, lot = lots.credit(Holding(-30), 20, 1, 100, 300, 100)
    assert (held.active, held.lots, lot) == (-10, (), 0)
    held, lot = lots.credit(held, 25, 2, 101, 300, 101)
    assert (held.active, held.lots, lot) == (15, (Lot(2, 15, 101, 300),), 2)


def test_what_opens_pays_a_debt_first() -> None:
    waiting = Waiting(1, 8, 100, 107, 0, 0, "sale")
    held, moved = lots.release(Holding(-5, 8, (), 100, (waiting,)), waiting, "points", 107, 300)
    assert (held.active, held.pending, held.lots, held.waiting) == (3, 0, (Lot(1, 3, 107, 300),), ())
    assert moved == Movement("points", PENDING, ACTIVE, 8, 1)


def test_lots_of_one_month_with_the_same_last_day_are_one() -> None:
    held, first = lots.credit(Holding(), 5, 1, 103, 300, 100)
    held, second = lots.credit(held, 5, 2, 104, 300, 100)
    held, third = lots.credit(held, 5, 3, 104, 301, 100)
    assert (first, second, third) == (1, 1, 3)
    assert [(lot.left, lot.gone) for lot in held.lots] == [(10, 300), (5, 301)]


def test_a_return_takes_usable_units_and_goes_below_zero_where_it_may() -> None:
    waiting = Waiting(2, 3, 101, 108, 0, 0, "sale")
    held = Holding(4, 3, (Lot(1, 4, 100, 300),), 100, (waiting,))
    owing, moved, taken = lots.give_back(held, 10, "points", RETURNED, True, FIRST_TO_LAPSE)
    assert (owing.active, owing.pending, owing.lots, taken) == (-6, 3, (), 10)
    assert [(move.source, move.amount, move.lot) for move in moved] == [(ACTIVE, 4, 1), (ACTIVE, 6, 0)]
    empty, _, taken = lots.give_back(held, 10, "points", RETURNED, False, FIRST_TO_LAPSE)
    assert (empty.active, taken) == (0, 4)


def test_what_waits_is_taken_from_what_gave_it() -> None:
    first, second = Waiting(1, 3, 101, 108, 0, 0, "one"), Waiting(2, 5, 101, 108, 0, 0, "two")
    held, moved = lots.withdraw(Holding(0, 8, (), 100, (first, second)), second, 2, "points", RETURNED)
    assert (held.pending, [(one.event, one.left) for one in held.waiting]) == (6, [("one", 3), ("two", 3)])
    assert moved == Movement("points", PENDING, RETURNED, 2, 2)


def test_a_return_takes_the_units_that_the_goods_earned_before_older_ones() -> None:
    held, _, _ = lots.give_back(HELD, 30, "points", RETURNED, False, FIRST_TO_LAPSE, gone=400)
    assert [lot.serial for lot in held.lots] == [1, 2]


def test_lots_that_live_longer_never_live_shorter() -> None:
    assert [lot.gone for lot in lots.live_longer(HELD, 300).lots] == [300, 300, 400]
