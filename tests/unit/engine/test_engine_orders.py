"""Recurring orders."""

from __future__ import annotations

from tests.unit.engine.shop import Shop

from regulars.engine.model import Decision
from regulars.engine.view import view
from regulars.words.days import day_of

HEAD = """
program: shop
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts:
  line: {kind: {of: [food, toy], else: food}, brand: text?}
  subscribe: {every_weeks: count}
  reschedule: {every_weeks: count?, add: line?, add_once: line?}
"""
ORDERS = """
wallets: {points: {}}
base: {goods: {on: [purchase, subscription.order]}}
earn: {orders: {on: subscription.order, give: {points: 1 per 1.00}}}
subscriptions:
  autoship:
    every: subscribe.every_weeks weeks
    open: until 24 hours before next_order
    remind: {on: 3 days before next_order}
prices:
  first: {on: subscription.order, off: 35%, round: nearest per order, at_most: [20.00 per order, once ever]}
  later: {on: subscription.order, unless: applied.first, lines: line.brand == 'ours', off: 5%, round: nearest per line}
"""
FOOD = {"kind": "food", "brand": "ours", "amount": "45.49"}
TOY = {"kind": "toy", "brand": "theirs", "amount": "10.00"}


def begun(at: str = "2026-03-01T09:00") -> Shop:
    shop = Shop(ORDERS, head=HEAD)
    assert shop.post("subscribe", at, every_weeks=4, lines=[FOOD]).receipt.pay == 4549 - 1592
    return shop


def upcoming(shop: Shop, day: str) -> str | None:
    orders = view(shop.book, shop.memory.member("ann"), day_of(day)).get("orders")
    return None if not orders else str(orders[0].get("next"))


def code(answer: Decision) -> str | None:
    return None if answer.refusal is None else answer.refusal.code


def test_an_order_ships_what_is_in_it_and_the_next_comes_an_interval_later() -> None:
    shop = begun()
    assert upcoming(shop, "2026-03-01") == "2026-03-29"
    assert shop.post("ship", "2026-03-29").receipt.pay == 4549 - 227
    assert upcoming(shop, "2026-03-29") == "2026-04-26"


def test_an_order_earns_as_a_purchase_does() -> None:
    shop = begun()
    assert shop.units() == (29, 0)


def test_the_price_of_a_first_order_is_had_once_ever() -> None:
    shop = begun()
    shop.post("cancel", "2026-03-10")
    again = shop.post("subscribe", "2026-04-01", every_weeks=2, lines=[FOOD])
    assert again.receipt.pay == 4549 - 227


def test_a_second_order_of_the_kind_is_refused_and_so_is_one_never_begun() -> None:
    shop = begun()
    assert code(shop.post("subscribe", "2026-03-02", every_weeks=2, lines=[FOOD])) == "held"
    shop.post("cancel", "2026-03-03")
    assert code(shop.post("ship", "2026-03-29")) == "not_held"
    assert code(shop.post("skip", "2026-03-04")) == "not_held"
    assert code(shop.post("cancel", "2026-03-04")) == "not_held"


def test_skipping_moves_the_next_order_by_one_interval() -> None:
    shop = begun()
    shop.post("skip", "2026-03-10")
    assert upcoming(shop, "2026-03-10") == "2026-04-26"


def test_another_cadence_counts_from_the_order_after_the_next() -> None:
    shop = begun()
    shop.post("reschedule", "2026-03-10", every_weeks=6)
    assert upcoming(shop, "2026-03-10") == "2026-03-29"
    shop.post("ship", "2026-03-29")
    assert upcoming(shop, "2026-03-29") == "2026-05-10"


def test_an_order_can_be_moved_but_not_into_the_past() -> None:
    shop = begun()
    shop.post("reschedule", "2026-03-10", to="2026-03-20")
    assert upcoming(shop, "2026-03-10") == "2026-03-20"
    assert code(shop.post("reschedule", "2026-03-11", to="2026-03-10")) == "event.out_of_range"


def test_what_is_added_once_comes_once_and_what_is_taken_out_comes_no_more() -> None:
    shop = begun()
    shop.post("reschedule", "2026-03-10", add_once=TOY)
    assert shop.post("ship", "2026-03-29").receipt.pay == 4549 - 227 + 1000
    assert shop.post("ship", "2026-04-26").receipt.pay == 4549 - 227
    shop.post("reschedule", "2026-05-01", add=TOY)
    shop.post("reschedule", "2026-05-01", remove={"kind": "food"})
    assert shop.post("ship", "2026-05-24").receipt.pay == 1000
    assert code(shop.post("reschedule", "2026-05-25", remove={"kind": "food"})) == "event.unknown_value"


def test_nothing_changes_in_the_last_hours_before_an_order() -> None:
    shop = begun("2026-02-01T09:00")
    assert code(shop.post("skip", "2026-02-28T09:00")) == "not_open"
    assert code(shop.post("reschedule", "2026-02-28T08:59", add_once=TOY)) is None
    assert code(shop.post("cancel", "2026-02-28T10:00")) is None


def test_hours_are_hours_where_the_clock_is_put_forward_between() -> None:
    shop = begun()
    # On 29 March the clock skips an hour: 24 hours before 09:00 it was 08:00.
    assert code(shop.post("skip", "2026-03-28T08:00")) == "not_open"
    assert code(shop.post("skip", "2026-03-28T07:59")) is None


def test_shipping_now_begins_the_interval_anew() -> None:
    shop = begun()
    shop.post("ship", "2026-03-15")
    assert upcoming(shop, "2026-03-15") == "2026-04-12"


def test_a_member_is_reminded_once_so_long_before_an_order() -> None:
    shop = begun()
    assert shop.memory.advance("ann", day_of("2026-03-25")).told == ()  # type: ignore[union-attr]
    told = shop.memory.advance("ann", day_of("2026-03-26")).told  # type: ignore[union-attr]
    assert [(one.type, one.member, one.details) for one in told] == [("remind.autoship", "ann", {"next": "2026-03-29"})]
    assert shop.memory.advance("ann", day_of("2026-03-27")).told == ()  # type: ignore[union-attr]


def test_a_reminder_that_is_late_is_told_with_what_came_next() -> None:
    shop = begun()
    receipt = shop.post("ship", "2026-03-29").receipt
    assert receipt.told == ("due/2026-03-26/remind.autoship",)
