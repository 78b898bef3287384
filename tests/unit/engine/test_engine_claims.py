"""Offers to clip and coupons to print."""

from __future__ import annotations

from tests.unit.engine.shop import Shop

from regulars.engine.model import Decision
from regulars.engine.view import live_vouchers, view
from regulars.words.days import day_of

OFFERS = """
wallets: {points: {may_owe: true}}
earn: {base: {give: {points: 1 per 1.00}}}
offers:
  forty: {when: basket.spend >= 40.00, give: {points: 150}}
  tenfold: {multiply: {base: 10}, at_most: 2 times per year}
  cheap: {off: 10%, lasts: 7 days}
  spring: {open: from 2026-04-01 through 2026-04-30, give: {points: 5}}
vouchers:
  printed:
    off: given
    claim: {by: print, at_most: once per day}
    each: {drinks: {lines: line.item == 'drink'}, all_goods: {minimum: given, if_unmet: skip}}
"""


def code(answer: Decision) -> str | None:
    return None if answer.refusal is None else answer.refusal.code


def names(shop: Shop, day: str = "2026-03-02") -> list[str]:
    return [voucher.name for voucher in live_vouchers(shop.memory.member("ann"), day_of(day))]


def test_an_offer_that_was_not_clipped_gives_nothing_and_says_so() -> None:
    shop = Shop(OFFERS)
    receipt = shop.buy("50.00").receipt
    assert shop.units() == (50, 0)
    rule = shop.book.machines[0].named["offers.forty"]
    assert (rule.index, 95) in list(zip(receipt.silent[::2], receipt.silent[1::2], strict=True))


def test_a_clipped_offer_waits_for_the_basket_that_it_needs_and_is_then_used_up() -> None:
    shop = Shop(OFFERS)
    shop.post("clip.forty")
    shop.buy("39.99")
    assert names(shop) == ["forty"]
    shop.buy("40.00")
    assert names(shop) == []
    assert shop.units() == (39 + 40 + 150, 0)
    assert code(shop.post("clip.forty")) == "limit_reached"


def test_an_offer_is_held_once_at_a_time_and_used_so_often() -> None:
    shop = Shop(OFFERS)
    assert code(shop.post("clip", offers=["tenfold"])) is None
    assert code(shop.post("clip.tenfold")) == "held"
    shop.buy("10.00")
    assert shop.units() == (100, 0)
    shop.post("clip.tenfold")
    shop.buy("1.00")
    assert code(shop.post("clip.tenfold")) == "limit_reached"
    assert code(shop.post("clip.tenfold", "2027-01-01")) is None


def test_an_offer_may_take_off_the_price_and_lapses_when_it_is_not_used() -> None:
    shop = Shop(OFFERS)
    shop.post("clip.cheap", "2026-03-02")
    assert shop.buy("10.00", at="2026-03-08").receipt.pay == 900
    late = Shop(OFFERS)
    late.post("clip.cheap", "2026-03-02")
    assert late.buy("10.00", at="2026-03-09").receipt.pay == 1000


def test_an_offer_is_clipped_only_while_it_is_open() -> None:
    shop = Shop(OFFERS)
    assert code(shop.post("clip.spring", "2026-03-31")) == "not_open"
    assert code(shop.post("clip.spring", "2026-04-01")) is None
    assert names(shop, "2026-05-01") == []


def test_several_offers_are_clipped_together_or_none() -> None:
    shop = Shop(OFFERS)
    assert code(shop.post("clip", offers=["forty", "no_such"])) == "unknown"
    assert names(shop) == []


def test_units_of_an_offer_come_back_with_the_goods() -> None:
    shop = Shop(OFFERS)
    shop.post("clip.tenfold")
    shop.buy("10.00", id="p1")
    shop.bring_back("p1", 0)
    assert shop.units() == (0, 0)


def waiting() -> Shop:
    shop = Shop(OFFERS)
    vouchers = [
        {"kind": "drinks", "percent": 25, "waiting": True, "last_day": "2026-03-20"},
        {"kind": "all_goods", "worth": "3.00", "minimum": "15.00", "waiting": True},
    ]
    shop.post("opening", "2026-03-01", vouchers=vouchers)
    return shop


def test_what_waits_cannot_be_used_and_is_shown_as_waiting() -> None:
    shop = waiting()
    serial = shop.memory.member("ann").vouchers[0].serial
    assert code(shop.buy("9.00", use=[{"voucher": serial}])) == "not_open"
    shown = view(shop.book, shop.memory.member("ann"), day_of("2026-03-02"))
    assert shown["vouchers"] == []
    assert len(shown["waiting"]) == 2


def test_printing_takes_all_that_waits_and_counts_once_for_the_whole_group() -> None:
    shop = waiting()
    shop.post("print")
    assert sorted(names(shop)) == ["all_goods", "drinks"]
    assert code(shop.post("print")) == "limit_reached"
    assert code(shop.post("print", "2026-03-03")) is None


def test_a_coupon_asks_for_the_basket_that_it_brings_and_is_kept_when_that_is_not_met() -> None:
    shop = waiting()
    shop.post("print")
    serial = next(voucher.serial for voucher in shop.memory.member("ann").vouchers if voucher.name == "all_goods")
    assert shop.buy("14.99", use=[{"voucher": serial}]).receipt.pay == 1499
    assert "all_goods" in names(shop)
    assert shop.buy("15.00", use=[{"voucher": serial}]).receipt.pay == 1200
