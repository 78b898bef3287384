"""What drawn programs found in the engine, each as a story in the smallest program that shows it."""

from __future__ import annotations

from tests.laws.till import Till, code

from regulars.engine.model import pack_receipt
from regulars.simulation.memory import Memory

POINTS = "wallets: {points: {}}\nearn: {base: {give: {points: 1 per 1.00}}}\n"


def test_a_reward_that_costs_what_its_request_says_cannot_be_used_where_no_request_says_it():
    till = Till(
        "facts: {redeem: {cost: count = 0}}\n"
        + POINTS
        + 'rewards: {award: {names: any, cost: {points: "= redeem.cost"}}}\n'
    )
    till.buys("2026-02-01", "50.00")
    assert (
        code(till.does("purchase", "2026-02-02", lines=[{"amount": "1.00"}], use=[{"reward": "award"}]))
        == "not_entitled"
    )
    assert till.points() == 50


def test_what_only_one_kind_of_request_says_is_not_said_by_another():
    till = Till(
        "facts: {subscribe: {age: count?}}\ntiers: {club: {levels: {none: {}, full: {by: plan}}}}\n"
        + POINTS
        + "plans: {year: {price: 6.00, every: 12 months, grants: {club: full}, "
        + 'needs: {grown: "!has(subscribe.age) || subscribe.age >= 18"}}}\n'
    )
    assert code(till.does("subscribe.year", "2026-02-01", age=12)) == "grown"
    assert code(till.does("renew.year", "2026-02-01")) == "", "a renewal says no age"


def test_a_moment_of_the_calendar_says_nothing_of_what_events_say():
    till = Till(
        "facts: {event: {channel: {of: [store, online], else: store}}}\n"
        "wallets: {points: {}}\nearn:\n  base: {give: {points: 1 per 1.00}}\n"
        "  monthly: {on: start of month, when: event.channel == 'store', give: {points: 5}}\n"
        "  online: {on: start of month, when: event.channel == 'online', give: {points: 70}}\n"
    )
    till.buys("2026-02-10", "1.00", channel="online")
    assert till.points("2026-03-02") == 6


def test_a_table_of_budgets_has_the_row_of_whoever_asks():
    till = Till(
        "wallets: {points: {}, spend: {is: money}}\n"
        "tiers: {status: {of: spend, levels: {plain: {}, gold: {at: 50.00}}}}\n"
        "earn:\n  spend: {give: {spend: 100%}}\n"
        "  gift: {give: {points: 10}, at_most: {by: status, plain: 20 points per everybody ever, gold: 30 points per everybody ever}}\n"
    )
    till.buys("2026-02-01", "60.00")
    for name in ("bob", "cy"):
        till.buys("2026-02-02", "1.00", member=name)
    assert [till.points(member=name) for name in ("ann", "bob", "cy")] == [10, 10, 0], "the plain have twenty among all"
    till.buys("2026-02-03", "1.00")
    assert till.points() == 20, "the gold thirty"


def test_a_sum_of_amounts_is_rounded_once_where_it_has_no_rates_of_its_own():
    till = Till("wallets: {points: {}}\nearn: {base: {give: {points: [3, 1 per 1.00]}, round: up per rate}}\n")
    till.buys("2026-02-01", "1.50")
    assert till.points() == 5


def test_the_receipt_says_that_a_ceiling_clipped_also_where_nothing_lapses():
    till = Till(POINTS.replace("points: {}", "points: {ceiling: 10}"))
    (entry,) = till.buys("2026-02-01", "25.00").receipt.entries
    assert (entry.given, entry.rounded) == (10, 25)
    assert [till.book.machines[0].names[place] for place in entry.shaped] == ["wallets.points.lapse"]


def test_a_look_at_the_clock_begins_no_term():
    ends = "lasts: 12 months, at_end: {renew: {}, else: {drop: 1}}"
    text = f"{POINTS}tiers: {{status: {{of: points, levels: {{plain: {{}}, gold: {{at: 50}}}}, {ends}}}}}\n"
    looked, left = Till(text), Till(text)
    for till in (looked, left):
        till.does("redeem.nothing", "2026-02-01")
        if till is looked:
            till.does("tick", "2026-03-01")
        till.buys("2026-04-01", "1.00")
    assert looked.now().grants == left.now().grants


def test_an_event_judged_again_is_judged_alike():
    till = Till(
        "facts: {tender: {method: text}}\n"
        + POINTS.replace("1 per 1.00}", "{by: tender.method, card: 1 per 1.00, else: 0}}")
        + "prices: {deal: {off: 50%}}\n"
    )
    event = till.book.read(
        {
            "id": "e", "type": "purchase", "member": "ann", "happened_at": "2026-02-01T10:00",
            "lines": [{"amount": "20.00"}], "pay": [{"method": "gift", "amount": "3.00"}, {"method": "card"}],
        }
    )  # fmt: skip
    first, again = (till.book.decide(till.book.blank("ann"), event).receipt for _ in range(2))
    assert pack_receipt(first) == pack_receipt(again)


def test_a_shipment_judged_again_is_of_the_order_as_it_is_then():
    till = Till(POINTS + "subscriptions: {box: {every: 1 month}}\nfacts: {reschedule: {add: line?}}\n")
    till.does("subscribe.box", "2026-02-01", lines=[{"amount": "5.00"}])
    event = till.book.read({"id": "s", "type": "ship.box", "member": "ann", "happened_at": "2026-02-20T10:00"})
    assert till.book.decide(till.now(), event).receipt.pay == 500
    till.does("reschedule.box", "2026-02-02", add={"amount": "2.00"})
    assert till.book.decide(till.now(), event).receipt.pay == 700


def test_a_reversal_leaves_what_only_fell_due_as_the_event_came():
    till = Till(
        POINTS.replace("earn: {", "earn: {monthly: {on: start of month, give: {note: 1}}, ")
        + "vouchers: {note: {off: 5.00}}\n"
    )
    till.does("join", "2026-02-10")
    till.buys("2026-03-02", "10.00", id="sale")
    till.does("reversal", "2026-03-03", of="sale", reason="mistake")
    assert [voucher.name for voucher in till.now().vouchers] == ["note"]
    assert till.points() == 0


def test_goodwill_into_a_window_that_is_over_is_refused():
    till = Till(POINTS.replace("points: {}", "points: {lasts: 30 days after joined}"))
    till.does("join", "2026-02-01")
    found = till.does("goodwill", "2026-04-01", wallet="points", amount=5, reason="sorry")
    assert code(found) == "lapsed"
    assert till.points() == 0


def test_a_return_ends_no_level_that_was_reached_before_the_goods_were_bought():
    till = Till(
        POINTS
        + "rewards: {mug: {cost: 10 points, item: mug}}\n"
        + "tiers: {status: {of: points, levels: {plain: {}, gold: {at: 10}}, lasts: 12 months}}\nreturns: {points: take back}\n"
    )
    till.buys("2026-02-01", "10.00")
    till.does("redeem.mug", "2026-02-02")
    till.buys("2026-03-01", "10.00", id="sale")
    till.returns("2026-03-02", "sale")
    assert (till.points(), till.level("2026-03-02")) == (0, "gold")
    assert (till.level("2027-01-31"), till.level("2027-02-01")) == ("gold", "plain")


def test_what_lapses_of_a_wallet_that_the_version_has_no_more_is_no_other_wallet_s():
    first = (
        "program: story\nmoney: EUR\ntimezone: Europe/Madrid\nfrom: 2026-01-01\n"
        "wallets: {points: {}, old: {lasts: 6 months after earned}}\n"
        "earn: {base: {give: {points: 1 per 1.00}}, olden: {give: {old: 1 per 1.00}}}\n"
    )
    later = (
        "program: story\nmoney: EUR\ntimezone: Europe/Madrid\nfrom: 2026-03-01\nfollows: story\nends: {old: keep}\n"
        + POINTS
    )
    till = Till(first, later)
    till.buys("2026-02-01", "7.00")
    receipt = till.buys("2026-09-01", "1.00").receipt
    assert [(entry.wallet, entry.given) for entry in receipt.dues] == [(-1, -7)]
    assert isinstance(till.memory, Memory)
    assert till.points() == 8
