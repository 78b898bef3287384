"""Vouchers as the cost of an exchange."""

from __future__ import annotations

import pytest
from tests.unit.engine.shop import HEAD, Shop, code

NOTES = """
wallets: {points: {lasts: 6 months}}
earn: {base: {give: {points: 1 per 1.00}}}
rewards:
  note: {cost: 10 points, give: {note: 1}}
  coffee: {cost: {note: 2}, item: coffee, cancel: {gives_back: 100%}}
  half: {cost: {note: 3}, item: cake, cancel: {gives_back: 50%}}
  points: {cost: {note: 1}, of: taken.worth, give: {points: 3 per 1.00}}
  four_off: {on: purchase, cost: {note: 1}, off: 4.00}
  both: {cost: {note: 1, points: 30}, item: lunch}
  every_note: {cost: all note, of: taken.worth, give: {points: 1 per 1.00}}
vouchers: {note: {off: 2.00, lasts: 30 days}}
returns: {points: take back}
"""


def with_notes(*days: str) -> Shop:
    shop = Shop(NOTES)
    shop.buy("100.00", at="2026-03-01")
    for day in days:
        shop.post("redeem.note", at=day)
    return shop


def notes(shop: Shop, day: str | None = None) -> list[int]:
    return [voucher.serial for voucher in shop.member(day).vouchers]


def test_a_cost_in_vouchers_takes_them_first_to_lapse_first() -> None:
    shop = with_notes("2026-03-04", "2026-03-02", "2026-03-03")
    late, first, second = notes(shop)
    decision = shop.post("redeem.coffee", at="2026-03-05")
    assert code(decision) is None
    assert notes(shop) == [late]
    assert {use.voucher for use in decision.receipt.used} - {0} == {first, second}


def test_too_few_vouchers_are_too_little_and_nothing_is_taken() -> None:
    shop = with_notes("2026-03-02")
    decision = shop.post("redeem.coffee", at="2026-03-03")
    assert code(decision) == "too_little"
    assert decision.refusal is not None
    assert dict(decision.refusal.values) == {"held": "1", "cost": "2"}
    assert len(notes(shop)) == 1


def test_a_voucher_that_has_lapsed_pays_for_nothing() -> None:
    shop = with_notes("2026-03-02", "2026-03-10")
    assert code(shop.post("redeem.coffee", at="2026-04-01")) == "too_little"
    assert code(shop.post("redeem.points", at="2026-04-01")) is None


def test_a_voucher_that_paid_is_used() -> None:
    shop = with_notes("2026-03-02", "2026-03-02")
    one, _ = notes(shop)
    shop.post("redeem.coffee", at="2026-03-03")
    assert code(shop.buy("5.00", at="2026-03-04", use=[{"voucher": one}])) == "used"


def test_what_is_given_for_vouchers_may_be_measured_on_what_they_are_worth() -> None:
    shop = with_notes("2026-03-02", "2026-03-02")
    before, _ = shop.units()
    shop.post("redeem.points", at="2026-03-03")
    assert shop.units() == (before + 6, 0)


def test_all_vouchers_of_a_kind_may_be_taken() -> None:
    shop = with_notes("2026-03-02", "2026-03-02", "2026-03-02")
    before, _ = shop.units()
    shop.post("redeem.every_note", at="2026-03-03")
    assert (shop.units(), notes(shop)) == ((before + 6, 0), [])


def test_units_and_vouchers_are_taken_together_or_not_at_all() -> None:
    shop = with_notes("2026-03-02", *["2026-03-02"] * 7)
    assert shop.units() == (20, 0)
    assert code(shop.post("redeem.both", at="2026-03-03")) == "too_little"
    assert (shop.units(), len(notes(shop))) == ((20, 0), 8)
    shop.buy("10.00", at="2026-03-03")
    assert code(shop.post("redeem.both", at="2026-03-03")) is None
    assert (shop.units(), len(notes(shop))) == ((0, 0), 7)


def test_a_voucher_may_pay_for_goods_inside_a_purchase() -> None:
    shop = with_notes("2026-03-02")
    decision = shop.buy("10.00", at="2026-03-03", use=[{"reward": "four_off"}])
    assert (decision.receipt.pay, notes(shop)) == (600, [])


def test_an_exchange_called_off_gives_its_vouchers_back_under_their_numbers() -> None:
    shop = with_notes("2026-03-02", "2026-03-03", "2026-03-04")
    before = {voucher.serial: voucher for voucher in shop.member().vouchers}
    shop.post("redeem.coffee", at="2026-03-05", id="coffee")
    assert code(shop.post("cancel", at="2026-03-06", of="coffee")) is None
    assert {voucher.serial: voucher for voucher in shop.member().vouchers} == before


def test_a_part_that_is_given_back_is_whole_vouchers_those_that_lapse_last() -> None:
    shop = with_notes("2026-03-02", "2026-03-03", "2026-03-04")
    last = notes(shop)[-1]
    shop.post("redeem.half", at="2026-03-05", id="cake")
    shop.post("cancel", at="2026-03-06", of="cake")
    assert notes(shop) == [last]


def test_a_voucher_given_back_after_its_last_day_lapses_the_day_after() -> None:
    shop = with_notes("2026-03-02", "2026-03-02")
    shop.post("redeem.coffee", at="2026-03-31", id="coffee")
    shop.post("cancel", at="2026-04-10", of="coffee")
    assert len(notes(shop)) == 2
    assert notes(shop, "2026-04-11") == []


def test_a_purchase_reversed_gives_back_the_vouchers_that_paid_for_goods() -> None:
    shop = with_notes("2026-03-02")
    held = notes(shop)
    before = shop.units()
    shop.buy("10.00", at="2026-03-03", use=[{"reward": "four_off"}], id="sale")
    assert notes(shop) == []
    shop.post("reversal", at="2026-03-04", of="sale", reason="mistake")
    assert (shop.units(), notes(shop)) == (before, held)


def test_so_many_vouchers_turn_into_another_by_themselves_as_often_as_they_fit() -> None:
    shop = Shop("""
wallets: {points: {}}
earn: {one: {give: {stamp: 1 per line.pieces}}}
convert: {card: {cost: {stamp: 3}, give: {free: 1}}}
vouchers: {stamp: {off: 0.10}, free: {off: 5.00}}
rules: {fill: {on: activity.never, give: {points: 1}}}
""", HEAD.replace("item: text?}", "item: text?, pieces: count = 1}"))  # fmt: skip
    shop.post("purchase", lines=[{"amount": "10.00", "pieces": 7}])
    assert [voucher.name for voucher in shop.member().vouchers] == ["stamp", "free", "free"]


@pytest.mark.parametrize("steps", [("2026-03-20", "2026-04-20"), ("2026-04-20",)])
def test_what_vouchers_paid_for_is_the_same_member_in_any_steps_of_time(steps: tuple[str, ...]) -> None:
    shop = with_notes("2026-03-02", "2026-03-03", "2026-03-04")
    shop.post("redeem.coffee", at="2026-03-05")
    for day in steps:
        shop.post("tick", at=day)
    assert (notes(shop), len(shop.member().spent)) == ([], 3)
