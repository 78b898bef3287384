"""Vouchers in hand: when they open, used without a basket, chosen from; what a tender leaves; a purchase from before."""

from __future__ import annotations

from tests.unit.engine.shop import Shop, code


def test_a_voucher_can_open_later_and_is_live_before() -> None:
    shop = Shop("""
earn: {event: {give: {cash: 1}}}
vouchers: {cash: {off: 5.00, open: from 2026-04-01 through 2026-04-10}}
""")
    shop.buy("20.00")
    voucher = shop.member().vouchers[0].serial
    assert code(shop.buy("20.00", use=[voucher])) == "not_open"
    assert shop.buy("20.00", at="2026-04-01", use=[voucher]).receipt.pay == 1500


def test_a_thing_is_used_without_a_basket_and_once() -> None:
    shop = Shop("earn: {joined: {on: join, give: {coffee: 1}}}\nvouchers: {coffee: {item: a coffee}}")
    shop.post("join")
    voucher = shop.member().vouchers[0].serial
    assert code(shop.post("use", use=[voucher])) is None
    assert code(shop.post("use", use=[voucher])) == "used"


def test_what_lapsed_is_not_said_to_be_used() -> None:
    shop = Shop("earn: {joined: {on: join, give: {coffee: 1}}}\nvouchers: {coffee: {item: a coffee, lasts: 3 days}}")
    shop.post("join")
    voucher = shop.member().vouchers[0].serial
    shop.buy("1.00", at="2026-03-20")
    assert code(shop.post("use", "2026-03-20", use=[voucher])) == "lapsed"


def test_a_voucher_of_a_price_needs_a_basket() -> None:
    shop = Shop("earn: {joined: {on: join, give: {five: 1}}}\nvouchers: {five: {off: 5.00}}")
    shop.post("join")
    assert code(shop.post("use", use=[shop.member().vouchers[0].serial])) == "not_covered"


CHOICE = """
wallets: {points: {}}
earn: {joined: {on: join, give: {pick: 1}}}
vouchers:
  night: {item: a night}
  pick: {choose: {points: {give: {points: 2000}}, night: {give: {night: 1}}}}
"""


def test_one_of_several_things_is_chosen_once() -> None:
    shop = Shop(CHOICE)
    shop.post("join")
    assert code(shop.post("choose.pick", option="boat")) == "unknown"
    assert code(shop.post("choose.pick", option="points")) is None
    assert shop.units() == (2000, 0)
    assert code(shop.post("choose.pick", option="night")) == "not_held"
    assert shop.member().vouchers == ()


def test_a_table_of_gives_gives_what_its_row_says() -> None:
    shop = Shop("""
wallets: {visits: {}, points: {}}
earn: {visit: {give: {visits: 1}}}
milestones: {marks: {of: visits, at: every 1 from 1 to 3, give: {by: crossed, 2: {cup: 1}, else: {points: 5}}}}
vouchers: {cup: {item: a cup}}
""")
    for _ in range(3):
        shop.buy("1.00")
    assert shop.units() == (10, 0)
    assert [voucher.name for voucher in shop.member().vouchers] == ["cup"]


def test_the_tender_without_an_amount_pays_what_is_left() -> None:
    shop = Shop("""
wallets: {cash: {is: money}}
earn: {back: {give: {cash: {by: tender.method, card: 10%, else: 0%}}}}
prices: {ten_off: {off: 10.00}}
""")
    shop.buy("100.00", pay=[{"method": "gift", "amount": "30.00"}, {"method": "card"}])
    assert shop.units("cash") == (600, 0)


def test_a_purchase_from_before_can_come_back() -> None:
    shop = Shop("wallets: {points: {may_owe: true}}\nearn: {base: {give: {points: 1 per 1.00}}}")
    shop.post("purchase.brought_in", id="old", lines=[{"amount": "50.00"}], gave={"points": 7})
    assert shop.units() == (7, 0)
    shop.post("return", "2026-03-05", of="old")
    assert shop.units() == (0, 0)


def test_a_conversion_that_would_give_nothing_takes_nothing() -> None:
    shop = Shop("""
wallets: {cash: {is: money}, coin: {unit: 0.00000001}}
earn: {back: {give: {cash: 10%}}}
convert: {coins: {on: start of month, cost: all cash, give: {coin: = taken / rate('COIN')}}}
""")
    shop.buy("100.00")
    assert shop.units("cash", "2026-04-02") == (1000, 0)
    assert shop.units("coin", "2026-04-02") == (0, 0)
