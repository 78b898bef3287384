"""Ladders climbed rung by rung or at once, limits that empty a wallet, referrals taken back, partners on a receipt."""

from __future__ import annotations

import pytest
from tests.unit.engine.shop import HEAD, Shop

from regulars.engine.book import Book
from regulars.engine.sides import Side, sides
from regulars.engine.view import view
from regulars.program.following import unfollowed
from regulars.program.load import load
from regulars.program.model import Program
from regulars.simulation import Memory
from regulars.speech import language
from regulars.speech.explain import explain
from regulars.speech.telling import lines
from regulars.words.days import day_of

MARKS = """
wallets: {points: {}}
earn: {base: {give: {points: 1 per 1.00}}, up: {on: reach.status, give: {gift: 1}}}
vouchers: {gift: {off: 1.00, lasts: 9 days}}
tiers: {status: {of: points, levels: {a: {}, b: {at: 10}, c: {at: 20}, d: {at: 50}}, climb: CLIMB}}
"""
BOUGHT = """
wallets: {xp: {}}
earn: {base: {give: {xp: 1 per 1.00}}}
tiers: {status: {levels: {a: {}, b: {cost: 10 xp}, c: {cost: 20 xp}, d: {cost: 50 xp}}, climb: CLIMB, lasts: 12 months}}
"""


@pytest.mark.parametrize(("climb", "reached"), [("one rung at a time", 2), ("at once", 1)])
def test_each_rung_on_the_way_is_reached_for_itself_or_only_the_highest(climb: str, reached: int) -> None:
    shop = Shop(MARKS.replace("CLIMB", climb))
    decision = shop.buy("25.00")
    assert decision.receipt.levels == (("status", 0, 2),)
    assert len(decision.receipt.issued) == reached
    assert len(shop.buy("60.00").receipt.issued) == 1


@pytest.mark.parametrize("climb", ["one rung at a time", "at once"])
def test_a_return_takes_every_rung_that_it_falls_below(climb: str) -> None:
    shop = Shop(MARKS.replace("CLIMB", climb))
    shop.buy("25.00")
    assert shop.bring_back("e1", 0).receipt.levels == (("status", 2, 0),)


@pytest.mark.parametrize(("climb", "left"), [("one rung at a time", 5), ("at once", 15)])
def test_every_rung_on_the_way_is_paid_or_only_the_highest_that_can_be(climb: str, left: int) -> None:
    shop = Shop(BOUGHT.replace("CLIMB", climb))
    assert shop.buy("35.00").receipt.levels == (("status", 0, 2),)
    assert shop.units("xp") == (left, 0)


def test_a_counter_needs_no_over_and_the_file_says_so() -> None:
    problems = load(HEAD + MARKS.replace("climb: CLIMB", "over: last 12 months"))
    assert isinstance(problems, list)
    assert [one.code for one in problems] == ["over"]
    of_a_base = "base: {spend: {}}\nwallets: {points: {}}\nearn: {base: {give: {points: 1 per 1.00}}}\n"
    shop = Shop(of_a_base + "tiers: {status: {of: spend, over: last 2 months, levels: {a: {}, b: {at: 30.00}}}}\n")
    shop.buy("20.00", at="2026-01-05")
    assert shop.buy("15.00", at="2026-03-10").receipt.levels == ()
    assert shop.buy("15.00", at="2026-03-12").receipt.levels == (("status", 0, 1),)


def test_a_limit_that_clips_what_is_earned_drops_the_rest_of_a_wallet() -> None:
    shop = Shop("""
wallets: {points: {}, credits: {}}
limits: {most: {at_most: 10 points per month, when_clipped: {empty: credits}}}
earn: {base: {give: {points: 1 per 1.00}, within: most}, credit: {give: {credits: 3}}}
""")
    shop.buy("9.00", at="2026-03-02")
    assert shop.units("credits") == (3, 0)
    receipt = shop.buy("5.00", at="2026-03-03").receipt
    assert shop.units() == (10, 0)
    assert shop.units("credits") == (0, 0)
    assert receipt.entries[-1][2:] if isinstance(receipt.entries[-1], tuple) else receipt.entries[-1].given == -6
    assert shop.sums("credits") == {"issued": -6, "expired": 6}
    # The limit being reached is no clipping: nothing is earned, nothing is dropped before something is clipped again.
    shop.buy("0.50", at="2026-03-04")
    assert shop.units("credits") == (3, 0)


FRIENDS = """
wallets: {points: {}}
earn: {base: {give: {points: 1 per 1.00}}}
referrals: {friend: {pays_on: first purchase, referee: {points: 10}, referrer: {points: 20}, on_return: BACK}}
"""


def referred(back: str) -> Shop:
    shop = Shop(FRIENDS.replace("BACK", back))
    shop.post("join", referred_by="bob")
    shop.buy("10.00", "5.00")
    return shop


def points_of(shop: Shop, member: str) -> int:
    held = shop.memory.member(member).holdings.get("points")
    return 0 if held is None else held.active


def test_a_referral_is_taken_back_from_both_when_all_the_goods_come_back() -> None:
    shop = referred("take back")
    shop.bring_back("e2", 0)
    assert (points_of(shop, "ann"), points_of(shop, "bob")) == (15, 20)
    decision = shop.bring_back("e2", 1)
    assert [(told.type, told.member, told.details["of"]) for told in decision.told] == [
        ("reversal", "bob", "e2/friend")
    ]
    assert (points_of(shop, "ann"), points_of(shop, "bob")) == (0, 0)


def test_a_referral_that_is_kept_stays_with_both() -> None:
    shop = referred("keep")
    assert shop.bring_back("e2", 0, 1).told == ()
    assert (points_of(shop, "ann"), points_of(shop, "bob")) == (10, 20)


PARTNERS = """
wallets: {points: {}, miles: {held_at: airline}}
earn: {base: {give: {points: 1 per 1.00}}}
rewards: {drink: {cost: 10 points, partner: cafe, item: drink}}
convert:
  to_miles: {on: convert.miles, every: 10 points, give: {miles: 5}}
  to_bank: {on: convert.bank, cost: 20 points, settle: bank}
"""


def test_partners_stand_on_the_receipt_and_in_what_is_said_of_it() -> None:
    shop = Shop(PARTNERS)
    shop.buy("100.00")
    said = []
    for kind in ("redeem.drink", "convert.miles", "convert.bank"):
        if kind == "convert.miles":
            decision = shop.post(kind)
            continue
        decision = shop.post(kind) if kind == "redeem.drink" else decision
        said.append(sides(shop.book, decision.receipt))
    assert said[0] == (Side("cafe", "hands_over", "rewards.drink", "points", 10),)
    assert said[1] == (Side("airline", "keeps", "convert.to_miles", "miles", 45),)
    shop.buy("20.00", at="2026-03-05")
    receipt = shop.post("convert.bank", "2026-03-06").receipt
    assert sides(shop.book, receipt) == (Side("bank", "settles", "convert.to_bank", "points", 20),)
    told = explain(shop.book, receipt, {"type": "convert.bank"}, language("en"))
    assert "to bank: 20 points to be settled with bank" in lines(told)
    assert [one.partner for one in told.others] == ["bank"]


def test_what_a_partner_keeps_says_where_and_cannot_be_taken_here() -> None:
    shop = Shop(PARTNERS)
    shop.buy("100.00")
    assert view(shop.book, shop.member(), day_of("2026-03-02"))["wallets"]["miles"]["held_at"] == "airline"
    problems = load(HEAD + PARTNERS.replace("cost: 20 points", "cost: 20 miles"))
    assert isinstance(problems, list)
    assert [one.code for one in problems] == ["held_at"]


FIRST = HEAD + "wallets: {stars: {}, points: {}}\nearn: {base: {give: {stars: 1, points: 1}}}\n"
SECOND = (
    HEAD.replace("2026-01-01", "2026-06-01") + "FOLLOWS\nwallets: {points: {}}\nearn: {base: {give: {points: 1}}}\n"
)


@pytest.mark.parametrize(
    ("follows", "code"),
    [
        ("follows: shop\nends: {stars: lapse}", None),
        ("follows: shop\nends: {stars: keep}", None),
        ("", None),
        ("follows: shop", "version.gone"),
        ("follows: shop\nends: {stars: keep, moons: keep}", "version.ends"),
        ("follows: store\nends: {stars: keep}", "version.follows"),
    ],
)
def test_a_version_that_follows_says_what_becomes_of_every_name_that_is_gone(follows: str, code: str | None) -> None:
    before, after = load(FIRST), load(SECOND.replace("FOLLOWS", follows))
    assert isinstance(before, Program)
    assert isinstance(after, Program)
    found = unfollowed(before, after)
    assert (found and found.code) == code
    assert (unfollowed(None, after) is None) == (not follows)


@pytest.mark.parametrize(("what", "left"), [("lapse", 0), ("keep", 1)])
def test_what_ends_with_a_version_lapses_on_its_first_day_or_is_kept(what: str, left: int) -> None:
    before, after = load(FIRST), load(SECOND.replace("FOLLOWS", f"follows: shop\nends: {{stars: {what}}}"))
    assert isinstance(before, Program)
    assert isinstance(after, Program)
    memory = Memory(Book([before, after]))
    for number, day in enumerate(("2026-03-01", "2026-07-01")):
        lines_of = [{"amount": "1.00"}]
        memory.post({"id": f"e{number}", "type": "purchase", "member": "ann", "happened_at": day, "lines": lines_of})
    assert memory.member("ann").holdings["stars"].active == left
    assert memory.member("ann").holdings["points"].active == 2
