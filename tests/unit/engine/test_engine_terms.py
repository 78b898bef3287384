"""Standings: how a term ends, what a rise is, invitations, and the level of an earlier day."""

from __future__ import annotations

from tests.unit.engine.shop import Shop, code

from regulars.engine.view import view
from regulars.words.days import day_of

REVIEWED = """
wallets: {spent: {is: money, lasts: 12 months}}
earn: {spent: {give: {spent: 100%}}}
tiers:
  status:
    of: spent
    levels: {base: {}, bronze: {at: 100.00}, silver: {at: 500.00}}
    lasts: 12 months
    at_end: {renew: {}, else: {drop: 1}}
"""


def level(shop: Shop, day: str) -> tuple[str, str | None]:
    found = view(shop.book, shop.member(), day_of(day))["tiers"]["status"]
    return found["level"], found.get("last_day")


def test_a_level_is_renewed_when_its_mark_is_met_again() -> None:
    shop = Shop(REVIEWED)
    shop.buy("600.00", at="2026-01-10")
    shop.buy("500.00", at="2026-11-10")
    assert level(shop, "2027-01-10") == ("silver", "2028-01-09")


def test_a_level_drops_by_a_step_and_a_term_begins_there() -> None:
    shop = Shop(REVIEWED)
    shop.buy("600.00", at="2026-01-10")
    assert level(shop, "2027-01-09") == ("silver", "2027-01-09")
    assert level(shop, "2027-01-10") == ("bronze", "2028-01-09")
    assert level(shop, "2028-01-10") == ("base", None)


def test_a_mark_reached_again_in_a_term_adds_nothing() -> None:
    shop = Shop(REVIEWED)
    shop.buy("600.00", at="2026-01-10")
    shop.buy("600.00", at="2026-06-10")
    assert level(shop, "2026-06-10") == ("silver", "2027-01-09")


def test_the_lowest_level_has_terms_where_something_is_carried_on() -> None:
    shop = Shop("""
wallets: {xp: {}}
earn: {xp: {give: {xp: 1 per 1.00}}}
tiers:
  status:
    levels: {base: {}, gold: {cost: 100 xp}}
    lasts: 12 months to end of month
    at_end: {renew: {cost: own, carry: {xp: 20}}, else: {drop: 1, carry: {xp: 0}}}
""")
    shop.post("join", "2026-05-20")
    shop.buy("99.00", at="2026-06-01")
    assert shop.units("xp", "2027-05-31") == (99, 0)
    assert shop.units("xp", "2027-06-01") == (0, 0)


def test_a_standing_that_rises_is_an_event_that_rules_answer() -> None:
    shop = Shop("""
wallets: {spent: {is: money}}
earn:
  spent: {give: {spent: 100%}}
  gift: {on: reach.status, give: {gift: {by: status, silver: 1, gold: 2, else: 0}}}
tiers: {status: {of: spent, levels: {base: {}, silver: {at: 10.00}, gold: {at: 20.00}}}}
vouchers: {gift: {item: a gift}}
""")
    shop.buy("10.00")
    assert len(shop.member().vouchers) == 1
    shop.buy("5.00")
    assert len(shop.member().vouchers) == 1
    shop.buy("5.00")
    assert len(shop.member().vouchers) == 3


def test_who_is_brought_in_with_a_level_has_not_risen() -> None:
    shop = Shop("""
wallets: {spent: {is: money}}
earn: {spent: {give: {spent: 100%}}, gift: {on: reach.status, give: {gift: 1}}}
tiers: {status: {of: spent, levels: {base: {}, silver: {at: 10.00}}}}
vouchers: {gift: {item: a gift}}
""")
    shop.post("opening", balances={"spent": "15.00"})
    assert shop.member().vouchers == ()


def test_an_invitation_waits_for_the_mark() -> None:
    shop = Shop("""
wallets: {spent: {is: money}}
earn: {spent: {give: {spent: 100%}}}
tiers: {status: {levels: {base: {}, top: {all: {spent: 10.00, invitation: true}}}}}
""")
    assert code(shop.post("invite")) == "below_mark"
    shop.buy("10.00")
    assert level(shop, "2026-03-02")[0] == "base"
    assert code(shop.post("invite")) is None
    assert level(shop, "2026-03-02")[0] == "top"


def test_a_rule_can_look_at_the_level_of_an_earlier_day() -> None:
    shop = Shop("""
wallets: {points: {}, spent: {is: money}}
earn:
  spent: {give: {spent: 100%}}
  nights: {on: stay, as_of: stay.check_in, give: {points: {by: status, base: 1 per night, silver: 10 per night}}}
tiers: {status: {of: spent, levels: {base: {}, silver: {at: 10.00}}}}
""")
    shop.buy("10.00", at="2026-03-05")
    shop.post("stay", "2026-03-07", nights=2, check_in="2026-03-04")
    assert shop.units() == (2, 0)
    shop.post("stay", "2026-03-07", nights=2, check_in="2026-03-05")
    assert shop.units() == (22, 0)
    shop.post("stay", "2026-03-07", nights=2)
    assert shop.units() == (42, 0)
