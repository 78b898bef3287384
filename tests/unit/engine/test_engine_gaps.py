"""Exchanges whose tables say nothing of what is asked."""

from __future__ import annotations

from tests.unit.engine.shop import HEAD, Shop, code

from regulars.engine.model import Decision
from regulars.program.load import load
from regulars.program.model import Program

TABLES = """
wallets: {points: {}}
earn: {base: {give: {points: 1 per 1.00}}}
tiers:
  status: {levels: {member: {}, gold: {by: card}}}
  pass: {levels: {no: {}, one: {by: invitation}, two: {by: invitation}}, lasts: 30 days}
rewards:
  note: {cost: {points: = redeem.cost}, give: {note: {by: redeem.cost, 100: 1.00, 300: 4.00}}}
  coin: {cost: 10 points, give: {by: redeem.nights, 1: {coin: 1}, 2: {coin: 3}}}
  far: {cost: {points: {by: redeem.nights, 1: 5, 2: 9}}, item: trip}
  off: {on: purchase, cost: 10 points, off: {band: basket.list, from: {50.00: 5.00, 90.00: 10.00}}}
  pass: {cost: 10 points, give: {by: redeem.nights, 1: {pass: one}, 2: {pass: two}}}
  bit: {cost: {points: = redeem.cost}, give: {coin: 1 per 100 points}}
  some: {cost: 10 points, give: {note: {by: redeem.nights, 1: 1.00}, coin: 1}}
vouchers: {note: {off: given, lasts: 30 days}, coin: {off: 2.00}}
"""


def rich() -> Shop:
    shop = Shop(TABLES)
    shop.buy("1000.00")
    return shop


def refused(shop: Shop, decision: Decision) -> str | None:
    """The code of a refusal, after which nothing was taken and nothing was given."""
    member = shop.member()
    assert (shop.units(), member.vouchers, member.grants) == ((1000, 0), (), {})
    return code(decision)


def test_a_step_that_no_row_names_is_refused_and_nothing_is_taken() -> None:
    shop = rich()
    decision = shop.post("redeem.note", cost=200)
    assert refused(shop, decision) == "not_a_step"
    assert decision.refusal is not None
    assert dict(decision.refusal.values) == {"asked": "200"}


def test_a_step_that_a_row_names_is_given() -> None:
    shop = rich()
    shop.post("redeem.note", cost=300)
    assert (shop.units(), [voucher.worth for voucher in shop.member().vouchers]) == ((700, 0), [400])


def test_a_whole_give_without_a_row_is_refused() -> None:
    shop = rich()
    assert refused(shop, shop.post("redeem.coin", nights=3)) == "not_a_step"


def test_a_cost_without_a_row_is_not_free() -> None:
    shop = rich()
    assert refused(shop, shop.post("redeem.far", nights=3)) == "not_a_step"


def test_a_price_without_a_row_takes_no_points() -> None:
    shop = rich()
    lines = [{"amount": "20.00"}]
    assert code(shop.post("purchase", lines=lines, use=[{"reward": "off"}])) == "not_entitled"
    assert shop.units() == (1000, 0)


def test_a_level_is_given_by_its_own_row_only() -> None:
    shop = rich()
    shop.post("redeem.pass", nights=1)
    assert [grant.level for grant in shop.member().grants["pass"]] == [1]


def test_what_comes_to_nothing_is_refused() -> None:
    shop = rich()
    assert refused(shop, shop.post("redeem.bit", cost=50)) == "not_a_step"


def test_of_several_things_those_without_a_row_are_left_out() -> None:
    shop = rich()
    shop.post("redeem.some", nights=2)
    assert [voucher.name for voucher in shop.member().vouchers] == ["coin"]


def test_an_exchange_whose_key_is_known_names_all_that_it_can_be() -> None:
    problems = load(
        HEAD
        + """
wallets: {points: {}}
earn: {base: {give: {points: 1 per 1.00}}}
tiers: {status: {levels: {member: {}, gold: {by: card}}}}
rewards: {one: {cost: 10 points, give: {by: status, gold: {coin: 1}}}}
vouchers: {coin: {off: 2.00}}
"""
    )
    assert not isinstance(problems, Program)
    assert [problem.message for problem in problems] == ["this table says nothing for `member`"]
