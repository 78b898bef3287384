"""What rules measure: counts and numbers as well as money, at what things cost in the end, by whoever paid."""

from __future__ import annotations

import pytest
from tests.unit.engine.shop import Shop, code

from regulars.program.load import load

HEAD = """
program: shop
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts: {line: {kind: {of: [goods, book], else: goods}, item: text?, qty: count = 1}, ride: {km: number of km},
  walk: {steps: count of step, who: text?}, tender: {own: bool = false}, member: {vip: bool = false}}
base: {spend: {less: [discounts]}, way: {on: ride, of: ride.km}, steps: {on: walk, of: walk.steps},
  on_card: {paid_with: tender.method == 'card'}}
"""


def shop(text: str, wallet: str = "points: {}") -> Shop:
    return Shop(f"wallets: {{{wallet}}}\n{text}\n", HEAD)


def test_a_share_of_a_count_is_a_share_of_the_count() -> None:
    made = shop("earn: {walk: {on: walk, of: steps, give: {points: 25%}}}")
    made.post("walk", steps=402)
    assert made.units() == (100, 0)


def test_a_share_of_what_is_no_whole_number_is_rounded_once() -> None:
    made = shop("earn: {ride: {on: ride, of: way, give: {points: 100%}}}")
    made.post("ride", km="41.7")
    assert made.units() == (41, 0)


def test_a_share_in_a_wallet_of_parts_is_as_exact_as_the_wallet() -> None:
    made = shop("earn: {walk: {on: walk, of: 'max(walk.steps, 300)', give: {points: 50%}}}", "points: {unit: 0.01}")
    made.post("walk", steps=701)
    assert made.units() == (35050, 0)


def test_a_rate_by_the_unit_of_an_expression_measures_the_expression() -> None:
    made = shop("earn: {ride: {on: ride, of: 'max(ride.km, 20)', give: {points: 1 per km}}}")
    made.post("ride", km="3.5")
    made.post("ride", km="21.5")
    assert made.units() == (41, 0)


def test_a_limit_counts_what_a_base_counts() -> None:
    made = shop("earn: {walk: {on: walk, of: steps, give: {points: 100%}, at_most: 1000 steps per day}}")
    for _ in range(2):
        made.post("walk", steps=700)
    assert made.units() == (1000, 0)


@pytest.mark.parametrize("limit", ["50 points per walk", "50 points per event"])
def test_a_limit_is_per_event_by_the_name_of_any_event(limit: str) -> None:
    made = shop(f"earn: {{walk: {{on: walk, give: {{points: 80}}, at_most: {limit}}}}}")
    for _ in range(2):
        made.post("walk", steps=1)
    assert made.units() == (100, 0)


def test_a_limit_by_a_fact_is_told_from_one_by_an_event_of_that_name() -> None:
    made = shop("earn: {walk: {on: walk, give: {points: 5}, at_most: once per walk.who ever}}")
    for who in ("a", "a", "b"):
        made.post("walk", steps=1, who=who)
    assert made.units() == (10, 0)


def test_a_milestone_crosses_a_mark_in_kilometres() -> None:
    made = shop("milestones: {far: {of: way, over: month, at: [50], give: {points: 5}}}")
    made.post("ride", km="41.7")
    assert made.units() == (0, 0)
    made.post("ride", km="8.3")
    assert made.units() == (5, 0)


def test_a_ladder_has_marks_in_steps() -> None:
    made = shop(
        "tiers: {t: {of: steps, over: month, levels: {a: {}, b: {at: 1000}}}}\nrules: {up: {on: reach.t, give: {points: 9}}}"
    )
    made.post("walk", steps=999)
    assert made.units() == (0, 0)
    made.post("walk", steps=1)
    assert made.units() == (9, 0)


def test_a_condition_compares_what_a_base_counts_with_a_count() -> None:
    made = shop("earn: {walk: {on: walk, when: basket.steps >= 20, give: {points: 5}}}")
    made.post("walk", steps=19)
    made.post("walk", steps=20)
    assert made.units() == (5, 0)


def added_up(over: str, amount: str, more: str = "") -> Shop:
    return shop(f"earn: {{b: {{of: spend, over: {over}, give: {{points: {amount}}}{more}}}}}")


def test_what_is_added_up_over_a_week_gives_the_difference_and_begins_anew() -> None:
    made = added_up("week", "1 per whole 10.00")
    found = []
    for amount, at in (("5.00", "03-02"), ("6.00", "03-03"), ("9.00", "03-08"), ("3.00", "03-09"), ("8.00", "03-10")):
        made.buy(amount, at=f"2026-{at}")
        found.append(made.units()[0])
    assert found == [0, 1, 2, 2, 3]
    made.bring_back("e5", 0, at="2026-03-11")
    assert made.units() == (2, 0)
    made.buy("8.00", at="2026-03-12")
    assert made.units() == (3, 0)


def test_a_band_of_what_is_added_up_rises_and_falls_with_the_sum() -> None:
    made = added_up("month", "{band: spend, from: {10.00: 5, 20.00: 12}}")
    for amount in ("5.00", "6.00", "9.00"):
        made.buy(amount)
    assert made.units() == (12, 0)
    made.bring_back("e3", 0)
    assert made.units() == (5, 0)
    made.post("reversal", of="e2", reason="rung up twice", by="staff")
    assert made.units() == (0, 0)


def test_what_a_limit_held_back_of_a_sum_is_not_taken_back() -> None:
    made = added_up("day", "1 per whole 10.00", ", at_most: 3 points per month")
    made.buy("25.00")
    made.buy("60.00")
    assert made.units() == (3, 0)
    made.bring_back("e2", 0, at="2026-03-02")
    assert made.units() == (2, 0)


def test_what_was_brought_in_is_not_given_again_and_merged_sums_are_one() -> None:
    made = added_up("year", "1 per whole 10.00")
    made.buy("25.00")
    made.post("purchase", member="bob", lines=[{"amount": "18.00"}])
    made.post("merge", member="bob", into="ann", reason="joined twice", by="staff")
    # 43.00 together are worth 4, of which 2 and 1 were given
    assert made.units() == (4, 0)


def test_only_bases_are_added_up() -> None:
    problems = load(
        HEAD + "wallets: {points: {}}\nearn: {a: {give: {points: 1}}, b: {over: week, of: earn.a, give: {points: 1}}}\n"
    )
    assert [problem.message for problem in problems] == ["`over` adds up a base"]


def test_what_a_price_asked_of_the_basket_is_measured_again_after_it() -> None:
    made = shop("earn: {b: {give: {points: 1 per 1.00}}}\nprices: {ten: {when: basket.spend >= 50.00, off: 10.00}}")
    made.buy("60.00")
    assert made.units() == (50, 0)


def test_a_base_by_means_of_payment_is_nothing_when_none_is_named() -> None:
    made = shop("earn: {b: {of: on_card, give: {points: 1 per 1.00}}}")
    made.buy("60.00")
    assert made.units() == (0, 0)
    made.buy("60.00", pay=[{"method": "card", "amount": "20.00"}, {"method": "cash", "amount": "40.00"}])
    assert made.units() == (20, 0)


def test_an_unnamed_means_of_payment_has_the_defaults_of_its_facts() -> None:
    made = shop("earn: {b: {paid_with: tender.own, give: {points: 1 per 1.00}}}")
    made.buy("60.00")
    assert made.units() == (0, 0)


def test_a_share_can_be_charged_and_is_rounded_as_the_rule_says() -> None:
    made = shop("earn: {b: {give: {points: 1 per 1.00}}}\nprices: {fee: {add: 3%, round: up per purchase}}")
    assert made.buy("10.01").receipt.pay == 1032


def test_members_pick_what_a_reward_gives_and_pay_only_for_what_there_is() -> None:
    made = shop(
        "earn: {b: {give: {points: 1 per 1.00}}}\n"
        "rewards: {m: {cost: 5 points, choose: {cake: {item: cake}, more: {give: {points: 7}}}}}"
    )
    made.buy("10.00")
    assert code(made.post("redeem.m")) == "unknown"
    assert code(made.post("redeem.m", choose="tea")) == "unknown"
    made.post("redeem.m", choose="more")
    assert made.units() == (12, 0)
    made.buy("1.00", use=[{"reward": "m", "choose": "cake"}])
    assert made.units() == (8, 0)


def test_each_name_of_an_open_catalogue_has_a_stock_of_its_own() -> None:
    made = shop(
        "earn: {b: {give: {points: 1 per 1.00}}}\nrewards: {any: {names: any, cost: 5 points, stock: operator}}"
    )
    made.buy("100.00")
    made.memory.put_stock("stock:rewards.any.toaster", 1)
    made.memory.put_stock("stock:rewards.any.kettle", 2)
    assert code(made.post("redeem.toaster")) is None
    assert code(made.post("redeem.toaster")) == "sold_out"
    assert code(made.post("redeem.kettle")) is None


def test_what_an_exchange_gave_goes_back_when_it_is_called_off() -> None:
    made = shop(
        "earn: {b: {give: {points: 1 per 1.00}}}\n"
        "rewards: {m: {cost: 5 points, give: {gems: 1}, cancel: {gives_back: 100%}}, n: {cost: 1 gems, item: x}}",
        "points: {}, gems: {}",
    )
    made.buy("10.00")
    made.post("redeem.m", id="r1")
    made.post("cancel", of="r1")
    assert (made.units(), made.units("gems")) == ((10, 0), (0, 0))
    made.post("redeem.m", id="r2")
    made.post("redeem.n")
    assert code(made.post("cancel", of="r2")) == "used"
    assert made.units() == (5, 0)
