"""Exchanges called off, what they hold meanwhile, and costs that are worked out."""

from __future__ import annotations

from tests.unit.engine.shop import Shop, code

AWARDS = """
wallets: {points: {lasts: 12 months after earned}}
earn: {base: {give: {points: 1 per 1.00}}}
vouchers: {key: {item: a key}}
rewards:
  award: {names: any, cost: {points: = redeem.cost}, part_pay: = redeem.money_pct / 100, cancel: {gives_back: 100%}}
  room: {cost: 10 points, give: {key: 1}, cancel: {gives_back: 100%}}
  mug: {cost: 10 points, item: a mug}
  chair: {cost: 10 points, item: a chair, hold: until confirm, cancel: {gives_back: 50%}}
"""


def rich() -> Shop:
    """Thirty points of January and thirty of March."""
    shop = Shop(AWARDS)
    shop.buy("30.00", at="2026-01-10")
    shop.buy("30.00", at="2026-03-10")
    return shop


def test_the_same_lots_come_back_with_their_own_days() -> None:
    shop = rich()
    before = shop.member().holdings["points"].lots
    shop.post("redeem.flight", "2026-03-11", id="r", cost=40)
    shop.post("cancel", "2026-03-12", of="r")
    after = shop.member().holdings["points"].lots
    assert {lot.gone: sum(one.left for one in after if one.gone == lot.gone) for lot in after} == {
        lot.gone: lot.left for lot in before
    }


def test_what_would_have_lapsed_meanwhile_lapses_the_day_after() -> None:
    shop = rich()
    shop.post("redeem.flight", "2026-03-11", id="r", cost=30)
    shop.post("cancel", "2027-02-01", of="r")
    assert shop.units(day="2027-02-01") == (60, 0)
    assert shop.units(day="2027-02-02") == (30, 0)


def test_an_exchange_is_called_off_once() -> None:
    shop = rich()
    shop.post("redeem.flight", "2026-03-11", id="r", cost=40)
    shop.post("cancel", "2026-03-12", of="r")
    assert code(shop.post("cancel", "2026-03-12", of="r")) == "cancelled"
    assert shop.units() == (60, 0)


def test_what_does_not_give_back_cannot_be_called_off() -> None:
    shop = rich()
    shop.post("redeem.mug", "2026-03-11", id="r")
    assert code(shop.post("cancel", "2026-03-12", of="r")) == "not_entitled"
    assert code(shop.post("cancel", "2026-03-12", of="nothing")) == "cancel.unknown_event"
    assert shop.units() == (50, 0)


def test_what_the_exchange_gave_is_taken_away_unless_it_was_used() -> None:
    shop = rich()
    shop.post("redeem.room", "2026-03-11", id="a")
    shop.post("redeem.room", "2026-03-11", id="b")
    first, _ = [voucher.serial for voucher in shop.member().vouchers]
    shop.post("use", "2026-03-11", use=[first])
    assert code(shop.post("cancel", "2026-03-12", of="a")) == "used"
    assert code(shop.post("cancel", "2026-03-12", of="b")) is None
    assert shop.member().vouchers == ()
    assert shop.units() == (50, 0)


def test_a_share_of_the_cost_is_paid_in_money_and_parts_of_a_unit_round_up() -> None:
    shop = rich()
    shop.post("redeem.flight", "2026-03-11", cost=10, money_pct=25)
    assert shop.units() == (52, 0)


def test_what_is_held_is_reserved_until_its_event_comes() -> None:
    shop = rich()
    shop.post("redeem.chair", "2026-03-11", id="r")
    assert shop.sums()["reserved"] == 10
    assert sum(one.units for one in shop.member().holdings["points"].reserved) == 10
    shop.post("confirm", "2026-03-12", of="r")
    assert shop.sums()["redeemed"] == 10
    assert shop.member().holdings["points"].reserved == ()


def test_what_is_held_comes_back_as_far_as_its_rule_says() -> None:
    shop = rich()
    shop.post("redeem.chair", "2026-03-11", id="r")
    shop.post("cancel", "2026-03-12", of="r")
    assert shop.units() == (55, 0)
    assert shop.sums() == {"issued": -60, "active": 55, "redeemed": 5}


def test_a_cost_may_be_a_table_and_a_rate() -> None:
    shop = Shop("""
wallets: {points: {}}
earn: {base: {give: {points: 1 per 1.00}}}
rewards: {bed: {cost: {by: redeem.cost, 10: 7 points per redeem.nights, else: 9 points per redeem.nights}, item: a bed}}
""")
    shop.buy("30.00")
    shop.post("redeem.bed", cost=10, nights=2)
    assert shop.units() == (16, 0)
    shop.post("redeem.bed", cost=11)
    assert shop.units() == (7, 0)
