"""Mechanics that meet: vouchers that go to another member, offers that wait, terms by a member's own year, plans side by side."""

from __future__ import annotations

from typing import Any

from tests.unit.engine.shop import HEAD, Shop, code

SENDING = HEAD.replace("redeem: {", "convert: {to: member?}, redeem: {")
PASS = """
account: {suspend: {on: staff.stop, until: staff.go}}
wallets: {points: {}}
earn: {base: {give: {points: 1 per 1.00, pass: 1}}}
vouchers: {pass: {off: 3.00, lasts: 20 days}, gift: {off: 2.00, lasts: 5 days}}
convert:
  pass: {on: convert.pass, cost: {pass: 1}, give: {pass: own}, receiver: convert.to}
  gift: {on: convert.gift, cost: {pass: 1}, give: {gift: 1}, receiver: convert.to}
"""


def held(shop: Shop, who: str) -> list[tuple[Any, ...]]:
    return [(one.serial, one.name, one.gone) for one in shop.memory.member(who).vouchers]


def test_a_voucher_goes_to_another_member_with_its_own_last_day() -> None:
    shop = Shop(PASS, SENDING)
    shop.buy("10.00", at="2026-03-02")
    (_, name, gone) = held(shop, "ann")[0]
    shop.post("convert.pass", at="2026-03-10", to="bob")
    assert held(shop, "ann") == []
    assert [one[1:] for one in held(shop, "bob")] == [(name, gone)]
    assert code(shop.post("convert.pass", at="2026-03-10", to="bob")) == "too_little"
    serial = held(shop, "bob")[0][0]
    bought = shop.post("purchase", at="2026-03-11", member="bob", lines=[{"amount": "5.00"}], use=[{"voucher": serial}])
    assert bought.receipt.pay == 200


def test_another_voucher_can_come_of_the_one_that_was_sent() -> None:
    shop = Shop(PASS, SENDING)
    shop.buy("10.00")
    shop.post("convert.gift", to="bob")
    assert [one[1] for one in held(shop, "bob")] == ["gift"]


def test_a_voucher_that_nobody_can_take_comes_back_as_it_was() -> None:
    shop = Shop(PASS, SENDING)
    shop.buy("10.00")
    before = held(shop, "ann")
    shop.post("staff.stop", member="bob")
    shop.post("convert.pass", to="bob")
    assert (held(shop, "ann"), held(shop, "bob")) == (before, [])
    shop.post("staff.go", member="bob")
    shop.post("convert.pass", to="bob")
    assert len(held(shop, "bob")) == 1


def test_what_a_rule_issues_waits_until_it_is_printed() -> None:
    shop = Shop(
        "wallets: {points: {}}\nearn: {base: {give: {points: 1, skin: 3.00}}}\n"
        "vouchers: {skin: {off: given, claim: {by: print}, lasts: 9 days}}\n"
    )
    shop.buy("10.00")
    assert code(shop.buy("10.00", use=[{"voucher": 1}])) == "not_open"
    shop.post("print")
    assert shop.buy("10.00", use=[{"voucher": 1}]).receipt.pay == 700


OWN_YEAR = """
wallets: {c: {lasts: end of membership_year}}
earn: {count: {give: {c: 1 per 1.00}}}
tiers:
  t:
    of: c
    levels: {low: {}, mid: {at: 10}, high: {at: 50}}
    lasts: end of membership_year
    at_end: {else: {drop: 1, carry: {c: CARRIED}}}
"""


def level(shop: Shop, day: str) -> str:
    from regulars.engine.view import level_view
    from regulars.words.days import day_of

    return str(level_view(shop.book.at(day_of(day)), shop.member(day), "t", day_of(day))["level"])


def test_a_level_drops_by_one_for_the_whole_of_the_next_own_year() -> None:
    shop = Shop(OWN_YEAR.replace(", carry: {c: CARRIED}", ""))
    shop.post("join", at="2026-02-10")
    shop.buy("60.00", at="2026-03-02")
    days = ("2027-02-09", "2027-02-10", "2028-02-09", "2028-02-10")
    assert [level(shop, day) for day in days] == ["high", "mid", "mid", "low"]


def test_terms_of_the_lowest_level_follow_one_another_by_the_own_year() -> None:
    shop = Shop(OWN_YEAR.replace("CARRIED", "5").replace("{lasts: end of membership_year}}", "{}}", 1))
    shop.post("join", at="2026-02-10")
    shop.buy("9.00", at="2028-03-02")
    assert shop.units("c", "2029-02-09") == (9, 0)
    assert shop.units("c", "2029-02-10") == (5, 0)


def test_old_units_that_a_level_keeps_are_brought_in_with_the_level() -> None:
    shop = Shop(
        "wallets: {points: {lasts: 1 year, unless: t == 'high'}, c: {}}\nearn: {count: {give: {c: 1, points: 1}}}\n"
        "tiers: {t: {of: c, levels: {low: {}, high: {at: 50}}}}\n"
    )
    body: dict[str, Any] = {"balances": {"points": 40}, "lots": {"points": [{"n": 40, "earned": "2024-01-10"}]}}
    shop.post("opening", **body, levels={"t": {"level": "high", "until": "2026-12-31"}})
    assert shop.units() == (40, 0)
    assert shop.units(day="2027-01-02") == (0, 0)


REFERRAL = (
    "wallets: {points: {}}\nearn: {base: {on: activity.never, give: {points: 1}}}\nreferrals: {f: {pays_on: %s}}\n"
)


def paid(shop: Shop, *who: str) -> list[int]:
    return [one.active if (one := shop.memory.member(name).holdings.get("points")) else 0 for name in who]


def test_a_referrer_gets_a_share_of_each_of_the_friend_s_purchases() -> None:
    shop = Shop(
        REFERRAL
        % "purchase, referrer: {points: 10%}, referee: {points: 2 per whole 30.00}, at_most: 12 points per month"
    )
    shop.post("join", member="gus", referred_by="ann")
    for _ in range(2):
        shop.post("purchase", member="gus", lines=[{"amount": "70.00"}])
    assert paid(shop, "ann", "gus") == [12, 8]


PLANS = """
windows: {video_month: month from plan.video.start, any_month: month from plan.start}
wallets: {points: {}, gems: {}}
tiers: {video: {levels: {none: {}, basic: {by: plan}}}, music: {levels: {silent: {}, listener: {by: plan}}}}
plans:
  basic: {price: 8.00, every: 1 month, grants: {video: basic}, cancel: at once}
  songs: {price: 3.00, every: 1 month, grants: {music: listener}, cancel: at once}
earn:
  month: {on: start of video_month, give: {points: 10}}
  price: {on: activity.ask, when: has(plan.video.price) && plan.video.price > 5.00, give: {gems: 1}}
"""


def test_months_of_one_of_several_plans_are_its_own() -> None:
    shop = Shop(PLANS)
    shop.post("subscribe.basic", at="2026-03-02")
    assert shop.units() == (10, 0)
    shop.post("subscribe.songs", at="2026-03-20")
    shop.post("activity.ask", at="2026-03-20")
    assert (shop.units(), shop.units("gems")) == ((10, 0), (1, 0))
    assert [shop.units(day=day)[0] for day in ("2026-04-01", "2026-04-02", "2026-04-20")] == [10, 20, 20]
    shop.post("cancel.basic", at="2026-04-25")
    assert shop.units(day="2026-06-30") == (20, 0)
