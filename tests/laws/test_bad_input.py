"""What people try that they should not, or that nobody thought of: refused with a code, or done as it is written; no point is lost."""

from __future__ import annotations

import pytest
from tests.laws.till import Till, code

POINTS = "wallets: {points: {}}\nearn: {base: {give: {points: 1 per 1.00}}}\n"
FRIENDS = POINTS + "referrals: {friend: {pays_on: first purchase, referee: {points: 10}, referrer: {points: 20}}}\n"
CLUB = (
    POINTS
    + "tiers: {club: {levels: {none: {}, full: {by: plan}}}}\n"
    + "plans: {year: {price: 60.00, every: 12 months, grants: {club: full}, cancel: refund in full}}\n"
)
NOTES = (
    POINTS.replace("earn: {", "earn: {note: {give: {note: 5.00 per whole 10.00}}, ")
    + "vouchers: {note: {off: given, surplus: lost, earned_on_goods: {unused: cancel, used: %s}}}\nreturns: {points: take back}\n"
)
PICK = (
    POINTS
    + "milestones: {mark: {of: points, at: [20], give: {pick: 1}}}\n"
    + "vouchers: {pick: {lasts: 30 days, choose: {more: {give: {points: 5}}, bag: {item: bag}}}}\n"
)


def test_nobody_refers_themselves():
    till = Till(FRIENDS)
    till.does("join", "2026-02-01", referred_by="ann")
    assert till.buys("2026-02-02", "5.00").told == ()
    assert till.points() == 5


def test_a_referral_after_the_fact_pays_nobody():
    till = Till(FRIENDS)
    till.buys("2026-02-01", "5.00")
    till.buys("2026-02-02", "5.00", referred_by="bob")
    assert (till.points(), till.points(member="bob")) == (10, 0)


def test_who_was_named_first_stays_the_referrer():
    till = Till(FRIENDS)
    till.does("join", "2026-02-01", referred_by="bob")
    till.buys("2026-02-02", "5.00", referred_by="cy")
    assert (till.points(), till.points(member="bob"), till.points(member="cy")) == (15, 20, 0)


def test_in_a_ring_of_referrals_everybody_is_a_friend_once_and_is_paid_for_one_friend():
    till = Till(FRIENDS)
    ring = {"ann": "cy", "bob": "ann", "cy": "bob"}
    for name, of in ring.items():
        till.does("join", "2026-02-01", name, referred_by=of)
    for _ in range(2):
        for name in ring:
            till.buys("2026-02-02", "5.00", member=name)
    assert [till.points(member=name) for name in ring] == [10 + 10 + 20] * 3


@pytest.mark.parametrize("referrer", ["9" * 600, "", ["bob"], 7, {"id": "bob"}])
def test_a_referrer_that_is_no_id_is_refused_before_anything_happens(referrer: object):
    till = Till(FRIENDS)
    assert code(till.does("purchase", "2026-02-01", lines=[{"amount": "5.00"}], referred_by=referrer)) == "event.bad_id"
    assert till.points() == 0


def test_a_plan_is_cancelled_and_paid_back_once():
    till = Till(CLUB)
    till.does("subscribe.year", "2026-02-01")
    paid = [
        till.does("cancel.year", "2026-02-02"),
        till.does("cancel.year", "2026-02-02"),
        till.does("cancel", "2026-02-03"),
    ]
    assert [code(one) for one in paid] == ["", "not_held", "not_held"]
    assert [one.receipt.pay for one in paid] == [-6000, None, None]


@pytest.mark.parametrize(("used", "refund"), [("keep", -1000), ("keep from refund", -500)])
def test_goods_whose_voucher_is_used_come_back_by_the_written_rule(used: str, refund: int):
    till = Till(NOTES % used)
    till.buys("2026-02-01", "10.00", id="sale")
    (note,) = till.now().vouchers
    assert till.buys("2026-02-02", "6.00", use=[{"voucher": note.serial}]).receipt.pay == 100
    assert till.returns("2026-02-03", "sale").receipt.pay == refund
    assert till.now().vouchers == ()
    assert code(till.does("use", "2026-02-04", use=[{"voucher": note.serial}])) == "used"


def test_a_choice_that_is_never_made_lapses_with_what_it_was_of():
    till = Till(PICK)
    till.buys("2026-02-01", "20.00")
    assert code(till.does("choose.pick", "2026-02-02", option="car")) in {"unknown", "event.unknown_value"}
    assert len(till.now("2026-03-02").vouchers) == 1
    assert till.now("2026-03-03").vouchers == ()
    assert code(till.does("choose.pick", "2026-03-03", option="more")) in {"lapsed", "not_held"}
    assert till.points() == 20


def test_what_was_in_stock_when_it_was_shown_may_be_gone_when_it_is_asked_for():
    till = Till(POINTS + "rewards: {mug: {cost: 5 points, item: mug, stock: 1}}\n")
    for name in ("ann", "bob"):
        till.buys("2026-02-01", "10.00", member=name)
    assert [code(till.does("redeem.mug", "2026-02-02", name)) for name in ("ann", "bob")] == ["", "sold_out"]
    assert (till.points(), till.points(member="bob")) == (5, 10)


@pytest.mark.parametrize("amount", [10**30, "1e999999", "1/3", "9" * 16, 1.5, True, None, [], "x"])
def test_what_cannot_be_a_number_of_units_is_refused_at_once(amount: object):
    till = Till(POINTS)
    till.buys("2026-02-01", "5.00")
    for body in ({"balances": {"points": amount}}, {"balances": {"points": 1}, "lots": {"points": [{"n": amount}]}}):
        assert code(till.does("opening", "2026-02-02", **body)).startswith("event.")
    assert code(till.does("goodwill", "2026-02-02", wallet="points", amount=amount, reason="sorry")).startswith(
        "event."
    )
    assert till.points() == 5


def test_a_number_too_large_to_be_kept_is_refused_wherever_it_stands():
    till = Till(POINTS + "rewards: {mug: {cost: 5 points, item: mug}}\n")
    assert code(till.does("redeem.mug", "2026-02-01", cost=10**30)) == "event.out_of_range"


def test_a_level_that_is_no_text_is_refused():
    till = Till(POINTS + "tiers: {status: {of: points, levels: {plain: {}, gold: {at: 50}}}}\n")
    till.buys("2026-02-01", "5.00")
    for level in (["gold"], {"gold": 1}, 7):
        found = till.does("retier", "2026-02-02", ladder="status", level=level, reason="sorry")
        assert code(found) == "event.unknown_value"
