"""Plans: what they charge, when they end, and what a member can do about it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.shop import Shop

from regulars.engine.model import Decision
from regulars.engine.plan_state import cycle_end, cycle_start, full_months
from regulars.engine.view import view
from regulars.program.forms.tree import Span
from regulars.words.days import NEVER, day_of, iso

CLUB = """
wallets: {points: {}}
earn: {base: {give: {points: 1 per 1.00}}}
tiers: {club: {levels: {none: {}, trial: {by: plan}, plus: {by: plan}, total: {by: plan}}}}
define: {inside: club.at_least('trial')}
plans:
  every_month:
    grants: {club: plus}
    trial: {lasts: 30 days, grants: {club: trial}, at_most: once ever}
    cancel: {by: unused, true: refund in full, else: at end}
    each:
      monthly: {every: 1 month, price: 10.00}
      yearly: {every: 12 months, price: {since: {start: 100.00, 2026-06-01: 120.00}, renewals_since: {2027-06-15: 120.00}}}
  total: {every: 12 months, price: 180.00, grants: {club: total}, on_upgrade: prorate full months left, cancel: refund months left}
  for_life: {every: never, price: 30.00, grants: {club: plus}}
  gift: {every: 12 months, price: 50.00, grants: {club: plus}, starts: on activation, renews: false, at_end: {empty: points}}
  strict: {every: 1 month, price: 5.00, grants: {club: plus}, on_failed_charge: end, cancel: at once}
benefits: {lounge: {when: inside}}
"""


def club() -> Shop:
    return Shop(CLUB)


def held(shop: Shop, day: str) -> str:
    return str(view(shop.book, shop.memory.member("ann"), day_of(day))["tiers"]["club"]["level"])


def plans(shop: Shop, day: str) -> list[dict]:
    return list(view(shop.book, shop.memory.member("ann"), day_of(day)).get("plans", []))


def code(answer: Decision) -> str | None:
    return None if answer.refusal is None else answer.refusal.code


def due(shop: Shop, day: str) -> list[tuple[int, str]]:
    answer = shop.memory.advance("ann", day_of(day))
    assert isinstance(answer, Decision)
    return [(charge.amount, iso(charge.day)) for charge in answer.receipt.charged if charge.due]


def test_a_plan_charges_and_grants_until_the_day_before_its_next_cycle() -> None:
    shop = club()
    answer = shop.post("subscribe.monthly", "2026-01-31")
    assert answer.receipt.pay == 1000
    assert plans(shop, "2026-01-31")[0]["last_day"] == "2026-02-27"
    assert held(shop, "2026-02-27") == "plus"


def test_renewals_that_fell_due_are_charged_on_their_days_and_no_event_pays_for_them() -> None:
    shop = club()
    shop.post("subscribe.monthly", "2026-01-31")
    receipt = shop.buy("5.00", at="2026-04-02").receipt
    assert receipt.pay == 500
    assert [(one.amount, iso(one.day), one.due) for one in receipt.charged] == [
        (1000, "2026-02-28", True),
        (1000, "2026-03-31", True),
    ]


def test_a_trial_is_for_nothing_and_then_becomes_the_plan() -> None:
    shop = club()
    assert shop.post("subscribe.monthly", "2026-01-10", trial=True).receipt.pay == 0
    assert held(shop, "2026-02-08") == "trial"
    assert due(shop, "2026-02-09") == [(1000, "2026-02-09")]
    assert held(shop, "2026-02-09") == "plus"


def test_plans_of_a_group_share_its_trial() -> None:
    shop = club()
    shop.post("subscribe.monthly", "2026-01-10", trial=True)
    shop.post("cancel", "2026-01-11")
    assert code(shop.post("subscribe.yearly", "2026-03-01", trial=True)) == "trial_used"
    assert code(shop.post("subscribe.total", "2026-03-01", trial=True)) == "not_entitled"


def test_a_trial_that_is_cancelled_runs_out_and_charges_nothing() -> None:
    shop = club()
    shop.post("subscribe.monthly", "2026-01-10", trial=True)
    shop.post("cancel", "2026-01-20")
    assert held(shop, "2026-02-08") == "trial"
    assert due(shop, "2026-02-09") == []
    assert held(shop, "2026-02-09") == "none"


def test_what_was_not_used_is_paid_back_and_what_was_used_runs_out() -> None:
    unused, used = club(), club()
    for shop in (unused, used):
        shop.post("subscribe.monthly", "2026-03-01")
    used.post("use_perk.lounge", "2026-03-02")
    assert unused.post("cancel", "2026-03-03").receipt.pay == -1000
    assert held(unused, "2026-03-03") == "none"
    assert used.post("cancel", "2026-03-03").receipt.pay == 0
    assert held(used, "2026-03-31") == "plus"
    assert due(used, "2026-04-01") == []


def test_a_use_counts_only_since_the_last_charge() -> None:
    shop = club()
    shop.post("subscribe.monthly", "2026-03-01")
    shop.post("use_perk.lounge", "2026-03-02")
    shop.memory.advance("ann", day_of("2026-04-01"))
    assert shop.post("cancel", "2026-04-02").receipt.pay == -1000


def test_a_plan_cancelled_twice_and_one_never_held_are_refused() -> None:
    shop = club()
    assert code(shop.post("cancel")) == "not_held"
    shop.post("subscribe.monthly", "2026-03-01")
    shop.post("use_perk.lounge", "2026-03-02")
    shop.post("cancel", "2026-03-03")
    assert code(shop.post("cancel", "2026-03-04")) == "not_held"


def test_nobody_holds_two_plans_to_one_standing() -> None:
    shop = club()
    shop.post("subscribe.monthly", "2026-03-01")
    assert code(shop.post("subscribe.yearly", "2026-03-02")) == "held"
    assert len(plans(shop, "2026-03-02")) == 1


def test_who_is_in_keeps_the_old_price_until_the_first_renewal_after_the_day() -> None:
    shop = club()
    assert shop.post("subscribe.yearly", "2026-05-31").receipt.pay == 10000
    assert due(shop, "2027-05-31") == [(10000, "2027-05-31")]
    assert due(shop, "2028-05-31") == [(12000, "2028-05-31")]


def test_an_upgrade_pays_the_difference_for_the_full_months_left() -> None:
    shop = club()
    shop.post("subscribe.yearly", "2026-01-15")
    answer = shop.post("upgrade.total", "2026-05-20")
    # Seven full months to 14 January: 80.00 / 12 * 7, to the nearest cent.
    assert answer.receipt.pay == 4667
    assert held(shop, "2026-05-20") == "total"
    assert plans(shop, "2026-05-20")[0]["last_day"] == "2027-01-14"


def test_a_downgrade_waits_for_the_end_of_the_cycle() -> None:
    shop = club()
    shop.post("subscribe.total", "2026-01-15")
    assert shop.post("downgrade.monthly", "2026-05-20").receipt.pay == 0
    assert held(shop, "2027-01-14") == "total"
    assert due(shop, "2027-01-15") == [(1000, "2027-01-15")]
    assert held(shop, "2027-01-15") == "plus"


def test_the_full_months_left_are_paid_back() -> None:
    shop = club()
    shop.post("subscribe.total", "2026-01-15")
    assert shop.post("cancel", "2026-05-20").receipt.pay == -10500
    assert held(shop, "2026-05-20") == "none"


def test_a_plan_for_life_is_charged_once() -> None:
    shop = club()
    assert shop.post("subscribe.for_life", "2026-01-15").receipt.pay == 3000
    assert due(shop, "2046-01-15") == []
    assert held(shop, "2046-01-15") == "plus"


def test_a_plan_that_was_bought_begins_with_its_event_and_ends_by_itself() -> None:
    shop = club()
    assert shop.post("subscribe.gift", "2026-03-02").receipt.pay == 5000
    assert held(shop, "2026-04-01") == "none"
    shop.post("activation", "2026-04-10")
    shop.buy("20.00", at="2026-04-11")
    assert held(shop, "2027-04-09") == "plus"
    assert due(shop, "2027-04-10") == []
    assert held(shop, "2027-04-10") == "none"
    assert shop.units() == (0, 0)


def test_renewing_early_loses_no_day() -> None:
    shop = club()
    shop.post("subscribe.gift", "2026-03-02", activate=True)
    assert shop.post("renew", "2027-02-01").receipt.pay == 5000
    assert plans(shop, "2027-02-01")[0]["last_day"] == "2028-03-01"


def test_a_charge_that_did_not_come_in_pauses_until_it_is_paid() -> None:
    shop = club()
    shop.post("subscribe.monthly", "2026-03-10")
    shop.memory.advance("ann", day_of("2026-04-10"))
    assert shop.post("charge_failed", "2026-04-11").receipt.pay == -1000
    assert held(shop, "2026-04-11") == "none"
    assert due(shop, "2026-08-01") == []
    assert shop.post("renew", "2026-08-02").receipt.pay == 1000
    assert plans(shop, "2026-08-02")[0]["last_day"] == "2026-09-01"


def test_a_charge_that_fails_ends_a_plan_that_says_so() -> None:
    shop = club()
    shop.post("subscribe.strict", "2026-03-10")
    shop.post("charge_failed", "2026-03-11")
    assert plans(shop, "2026-03-11") == []
    assert code(shop.post("charge_failed", "2026-03-12")) == "not_held"


def test_the_state_of_a_plan_survives_packing() -> None:
    shop = club()
    shop.post("subscribe.monthly", "2026-03-10")
    assert shop.member() == shop.memory.member("ann")


@settings(max_examples=60)
@given(
    st.integers(730_000, 740_000),
    st.integers(0, 900),
    st.sampled_from([Span(1, "month"), Span(12, "month"), Span(4, "week"), Span(1, "year")]),
)
def test_a_cycle_holds_its_day_and_is_counted_from_its_anchor(anchor: int, later: int, span: Span) -> None:
    day = anchor + later
    start, end = cycle_start(anchor, span, day), cycle_end(anchor, span, day)
    assert start <= day < end
    assert cycle_end(anchor, span, start) == end
    assert cycle_start(anchor, span, end) == end


def test_the_last_day_of_january_returns_after_february() -> None:
    first = day_of("2026-01-31")
    ends = [first]
    for _ in range(3):
        ends.append(cycle_end(first, Span(1, "month"), ends[-1]))
    assert [iso(end) for end in ends] == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]


def test_full_months_are_whole() -> None:
    assert full_months(day_of("2026-05-20"), day_of("2027-01-15")) == 7
    assert full_months(day_of("2026-05-20"), day_of("2026-06-19")) == 0
    assert full_months(day_of("2026-05-20"), NEVER) == 0
