"""What other loyalty systems get wrong, over and over; each is a story here that must end well."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.laws.till import HEAD, Till, code

from regulars.engine.model import RETURNED
from regulars.program.load import load
from regulars.program.model import Program
from regulars.simulation.memory import Repeated
from regulars.words.days import day_of

POINTS = "wallets: {points: {}}\nearn: {base: {give: {points: 1 per 1.00}}}\n"
PAID = "base: {spend: {less: [discounts, vouchers, rewards]}}\n" + POINTS
MUG = POINTS + "rewards: {mug: {cost: 100 points, item: mug}}\n"
CARDS = POINTS + "vouchers: {card: {off: given, surplus: lost, issued: operator}}\n"
TENTHS = "wallets: {points: {unit: 0.1}}\nearn: {base: {give: {points: 0.1 per 1.00}}}\n"
DEALS = POINTS + "prices: {deal: {off: 1.00, at_most: 2 times per month}}\n"


def test_a_balance_that_was_looked_at_by_two_is_spent_by_one():
    till = Till(MUG)
    till.buys("2026-02-01", "100.00")
    member = till.now()
    quotes = [
        till.book.decide(
            member, till.book.read({"id": id, "type": "redeem.mug", "member": "ann", "happened_at": "2026-02-02"})
        )
        for id in ("one", "two")
    ]
    assert [code(quote) for quote in quotes] == ["", ""], "either could have it"
    assert till.points() == 100, "a quote takes nothing"
    assert code(till.does("redeem.mug", "2026-02-02", id="one")) == ""
    assert code(till.does("redeem.mug", "2026-02-02", id="two")) == "too_little"
    assert till.points() == 0


def test_the_same_reference_is_credited_once():
    till = Till(POINTS)
    first = till.buys("2026-02-01", "10.00", id="receipt-7")
    again = till.buys("2026-02-01", "10.00", id="receipt-7")
    assert isinstance(again, Repeated)
    assert again.receipt == first.receipt
    assert code(till.does("purchase", "2026-02-01", id="receipt-7", lines=[{"amount": "11.00"}])) == "event.id_reused"
    assert till.points() == 10


@pytest.mark.parametrize("amount", ["-50.00", "-0.01", -50])
def test_a_credit_below_zero_is_refused(amount):
    till = Till(POINTS)
    assert code(till.does("purchase", "2026-02-01", lines=[{"amount": amount}])) == "event.out_of_range"
    assert till.memory.members == ()


def test_staff_take_no_more_than_there_is():
    till = Till(POINTS)
    till.buys("2026-02-01", "30.00")
    assert code(till.does("goodwill", "2026-02-02", wallet="points", amount=-50, reason="mistake")) == "too_little"
    assert till.points() == 30


def test_what_was_spent_does_not_lapse_again():
    till = Till(MUG.replace("points: {}", "points: {lasts: 3 months after earned}"))
    till.buys("2026-01-10", "100.00")
    till.buys("2026-03-01", "50.00")
    till.does("redeem.mug", "2026-03-02")
    assert till.points("2026-04-10") == 50, "the first hundred was spent, so nothing of it is left to lapse"
    assert till.points("2026-05-31") == 50
    assert till.points("2026-06-01") == 0


def test_a_lapsed_lot_pays_for_nothing_even_when_no_sweep_came_by():
    till = Till(MUG.replace("points: {}", "points: {lasts: 3 months after earned}"))
    till.buys("2026-01-10", "100.00")
    assert code(till.does("redeem.mug", "2026-04-10T00:00")) == "too_little"
    assert till.points() == 0


def test_a_refund_takes_its_points_back():
    till = Till(POINTS)
    till.buys("2026-02-01", "40.00", "60.00", id="sale")
    assert till.returns("2026-02-02", "sale", {"line": 0}).receipt.pay == -4000
    assert till.points() == 60


def test_a_refund_takes_them_once():
    till = Till(POINTS)
    till.buys("2026-02-01", "40.00", "60.00", id="sale")
    till.returns("2026-02-02", "sale", {"line": 0})
    assert code(till.returns("2026-02-03", "sale", {"line": 0})) == "return.exceeds_sale"
    till.returns("2026-02-03", "sale")
    assert code(till.returns("2026-02-04", "sale")) == "return.exceeds_sale"
    assert till.points() == 0


def test_a_refund_takes_what_was_given_and_not_what_would_be_given_today():
    till = Till(
        "wallets: {points: {}, spend: {is: money}}\n"
        "earn:\n"
        "  base: {give: {points: {by: status, plain: 1 per 1.00, gold: 3 per 1.00}}}\n"
        "  spend: {give: {spend: 100%}}\n"
        "  autumn: {give: {points: {since: {start: 5, 2026-09-01: 50}}}}\n"
        "tiers: {status: {of: spend, levels: {plain: {}, gold: {at: 100.00}}}}\n"
    )
    till.buys("2026-08-01", "20.00", id="sale")
    till.buys("2026-08-02", "200.00")
    assert till.level("2026-09-02") == "gold"
    before = till.points()
    till.returns("2026-09-02", "sale")
    assert before - till.points() == 25, "twenty at one a euro and five on top, as on the receipt"


def test_a_refund_deletes_nothing():
    till = Till(POINTS)
    till.buys("2026-02-01", "40.00", id="sale")
    given = till.memory.receipt("sale")
    till.returns("2026-02-02", "sale")
    assert till.memory.receipt("sale") == given
    assert [(moved.target, moved.amount) for _, _, moved in till.memory.movements] == [("active", 40), (RETURNED, 40)]


def test_a_thousand_times_a_tenth_is_a_hundred():
    till = Till(TENTHS)
    for n in range(1000):
        till.buys("2026-02-01", "1.00", id=f"s{n}")
    scale = till.book.program.wallets["points"].scale
    assert Fraction(till.points(), scale) == 100
    till.buys("2026-02-02", "1000.00", member="bob")
    assert Fraction(till.points(member="bob"), scale) == 100


def test_a_tier_is_read_from_its_own_figure_and_not_from_what_is_left_to_spend():
    till = Till(
        MUG.replace("{points: {}}", "{points: {}, spend: {is: money, lasts: end of year}}").replace(
            "earn: {base: {give: {points: 1 per 1.00}}}",
            "earn: {base: {give: {points: 1 per 1.00}}, spend: {give: {spend: 100%}}}",
        )
        + "tiers: {status: {of: spend, levels: {plain: {}, gold: {at: 100.00}}, lasts: end of next year}}\n"
    )
    till.does("goodwill", "2026-02-01", wallet="points", amount=5000, reason="a gift is no spending")
    assert till.level("2026-02-01") == "plain"
    till.buys("2026-02-02", "100.00")
    for _ in range(51):
        till.does("redeem.mug", "2026-02-03")
    assert (till.points(), till.level("2026-02-03")) == (0, "gold")


def test_the_highest_mark_that_was_reached_decides_and_not_the_order_of_a_list():
    marks = "{bronze: {}, silver: {at: 10.00}, gold: {at: 100.00}}"
    text = HEAD + (
        "wallets: {spend: {is: money}}\nearn: {spend: {give: {spend: 100%}}}\n"
        f"tiers: {{status: {{of: spend, levels: {marks}, lasts: end of next year}}}}\n"
    )
    for amount, level in (
        ("9.99", "bronze"),
        ("10.00", "silver"),
        ("99.99", "silver"),
        ("100.00", "gold"),
        ("5000.00", "gold"),
    ):
        till = Till(text)
        till.buys("2026-02-01", amount)
        assert till.level("2026-02-01") == level, amount
    out_of_order = load(text.replace(marks, "{bronze: {}, gold: {at: 100.00}, silver: {at: 10.00}}"))
    assert not isinstance(out_of_order, Program)


def test_a_reward_line_earns_nothing_itself():
    till = Till(
        "facts: {line: {kind: [drink, food], qty: count = 1}}\n"
        "wallets: {points: {}, stamps: {}}\n"
        "earn:\n"
        "  base: {give: {points: 1 per 1.00}}\n"
        "  stamp: {lines: \"line.kind == 'drink' && !line.by_voucher\", give: {stamps: 1 per line.qty}}\n"
        "convert: {free: {every: 2 stamps, give: {free: 1}}}\n"
        "vouchers: {free: {lines: line.kind == 'drink', free: 1}}\n"
        "rewards: {mug: {cost: 2 points, item: mug}}\n"
    )
    till.buys("2026-02-01", {"amount": "4.00", "kind": "drink", "qty": 2})
    (voucher,) = till.now().vouchers
    assert till.does("redeem.mug", "2026-02-02").receipt.entries[0].given == -2
    assert (till.points(), till.points(wallet="stamps")) == (2, 0)
    bought = till.buys("2026-02-03", {"amount": "4.00", "kind": "drink", "qty": 2}, use=[{"voucher": voucher.serial}])
    assert bought.receipt.pay == 200
    assert (till.points(), till.points(wallet="stamps")) == (4, 1), "the piece that was paid for, and it alone"


def test_a_limit_holds_for_what_applies_by_itself():
    till = Till(DEALS)
    paid = [till.buys(f"2026-02-{day:02}", "10.00").receipt.pay for day in (1, 2, 3, 4)]
    assert paid == [900, 900, 1000, 1000]
    assert till.buys("2026-03-01", "10.00").receipt.pay == 900


def test_a_limit_is_not_used_up_by_a_failed_attempt():
    till = Till(MUG.replace("item: mug}", "item: mug, at_most: once per year}"))
    for _ in range(3):
        assert code(till.does("redeem.mug", "2026-02-01")) == "too_little"
    till.buys("2026-02-02", "250.00")
    assert code(till.does("redeem.mug", "2026-02-03")) == ""
    assert code(till.does("redeem.mug", "2026-02-04")) == "limit_reached"


def test_a_discount_stays_with_the_lines_it_was_shared_over_when_one_comes_back():
    till = Till(CARDS)
    sold = till.buys("2026-02-01", "10.00", "30.01", "0.99", id="sale", use=[{"code": "X", "worth": "10.00"}])
    assert sold.receipt.pay == 3100
    nets = sold.receipt.nets
    assert nets is not None
    assert sum(nets) == 3100
    back = [till.returns("2026-02-02", "sale", {"line": place}).receipt.pay for place in (1, 0, 2)]
    assert back == [-nets[1], -nets[0], -nets[2]]
    assert till.points() == 0


def test_one_gift_card_is_drawn_when_one_is_enough():
    till = Till(
        POINTS
        + "convert: {ten: {on: convert.ten, cost: 10 points, give: {card: 10.00}}}\nvouchers: {card: {off: given, surplus: lost}}\n"
    )
    till.buys("2026-02-01", "20.00")
    till.does("convert.ten", "2026-02-01")
    till.does("convert.ten", "2026-02-01")
    first, second = (voucher.serial for voucher in till.now().vouchers)
    sold = till.buys("2026-02-02", "8.00", use=[{"voucher": first}, {"voucher": second}])
    assert sold.receipt.pay == 0
    assert [voucher.serial for voucher in till.now().vouchers] == [second]


def test_points_are_not_taken_for_a_basket_that_costs_nothing_any_more():
    till = Till(PAID + "rewards: {five: {cost: 50 points, off: 5.00, surplus: lost}}\n")
    till.buys("2026-02-01", "200.00")
    till.does("purchase", "2026-02-02", lines=[{"amount": "4.00"}], use=[{"reward": "five"}, {"reward": "five"}])
    assert till.points() == 150


def test_no_more_points_are_drawn_than_the_basket_has_room_for():
    till = Till(PAID + "rewards: {step: {every: 50 points, off: 2.50}}\n")
    till.buys("2026-02-01", "1000.00")
    sold = till.buys("2026-02-02", "8.00", use=[{"reward": "step"}])
    assert (sold.receipt.pay, till.points()) == (50, 1000 - 3 * 50)


def test_a_limit_applies_also_to_who_leaves_a_field_out():
    text = "facts: {purchase: {card: text?}}\n" + POINTS.replace(
        "1 per 1.00}", "1 per 1.00}, at_most: 50 points per purchase.card per month"
    )
    till = Till(text)
    for day in range(1, 5):
        till.buys(f"2026-02-{day:02}", "30.00")
    assert till.points() == 50
    till.buys("2026-02-10", "30.00", card="1111")
    assert till.points() == 80
    asked = Till(text.replace("text?", "text"))
    assert code(asked.does("purchase", "2026-02-01", lines=[{"amount": "30.00"}])) == "event.missing_field"


def test_a_misspelt_field_is_no_field_left_out():
    till = Till("facts: {purchase: {card: text?}}\n" + POINTS)
    assert code(till.does("purchase", "2026-02-01", lines=[{"amount": "30.00"}], crad="1111")) == "event.unknown_field"
    assert day_of("2026-02-01") > till.now().day
