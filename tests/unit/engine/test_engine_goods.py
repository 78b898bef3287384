"""Vouchers and goods that come back."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.engine.shop import Shop


def earned(goods: str) -> Shop:
    """Ten for each fifty spent, and what becomes of it when the goods come back."""
    return Shop(f"""
earn: {{event: {{give: {{cash: 10.00 per whole 50.00}}}}}}
vouchers: {{cash: {{off: given, earned_on_goods: {goods}}}}}
""")


def worths(shop: Shop) -> list[int | None]:
    return [voucher.worth for voucher in shop.member().vouchers]


@pytest.mark.parametrize(("unused", "left"), [("lower", [1000]), ("cancel", []), ("keep", [2000])])
def test_an_unused_voucher_is_lowered_cancelled_or_kept(unused: str, left: list[int]) -> None:
    shop = earned(f"{{unused: {unused}}}")
    shop.buy("70.00", "40.00", id="s")
    shop.bring_back("s", 1)
    assert worths(shop) == left


def test_goods_that_did_not_matter_take_nothing() -> None:
    shop = earned("{unused: lower}")
    shop.buy("70.00", "40.00", "9.00", id="s")
    shop.bring_back("s", 2)
    assert worths(shop) == [2000]


def test_a_used_voucher_is_kept_from_the_refund() -> None:
    shop = earned("{unused: lower, used: keep from refund}")
    shop.buy("70.00", "40.00", id="s")
    shop.buy("20.00", use=[shop.member().vouchers[0].serial])
    assert shop.bring_back("s", 1).receipt.pay == -3000


def test_a_refund_is_never_less_than_nothing() -> None:
    shop = earned("{used: keep from refund}")
    shop.buy("45.00", "5.00", id="s")
    shop.buy("20.00", use=[shop.member().vouchers[0].serial])
    assert shop.bring_back("s", 1).receipt.pay == 0


def test_what_lapsed_unused_is_not_kept_from_the_refund() -> None:
    shop = Shop("""
earn: {event: {give: {cash: 10.00 per whole 50.00}}}
vouchers: {cash: {off: given, lasts: 7 days, earned_on_goods: {used: keep from refund}}}
""")
    shop.buy("50.00", id="s")
    assert shop.bring_back("s", 0, at="2026-04-01").receipt.pay == -5000


def coupon(**more: Any) -> Shop:
    """A coupon of ten from a basket of a hundred."""
    on_return = more.get("on_return", "revalue")
    return Shop(f"""
earn: {{joined: {{on: join, give: {{ten: 1}}}}}}
vouchers: {{ten: {{off: 10.00, minimum: 100.00, on_return: {on_return}}}}}
""")


def test_a_coupon_comes_off_the_refund_when_what_is_kept_is_below_its_minimum() -> None:
    shop = coupon()
    shop.post("join")
    shop.buy("80.00", "40.00", id="s", use=[shop.member().vouchers[0].serial])
    assert shop.bring_back("s", 1).receipt.pay == -3000
    assert shop.bring_back("s", 0).receipt.pay == -8000


def test_a_coupon_stays_where_what_is_kept_reaches_its_minimum() -> None:
    shop = coupon()
    shop.post("join")
    shop.buy("110.00", "10.00", id="s", use=[shop.member().vouchers[0].serial])
    assert shop.bring_back("s", 1).receipt.pay == -917


def test_by_default_goods_give_back_what_they_cost() -> None:
    shop = coupon(on_return="share")
    shop.post("join")
    shop.buy("80.00", "40.00", id="s", use=[shop.member().vouchers[0].serial])
    assert shop.bring_back("s", 1).receipt.pay == -3667
