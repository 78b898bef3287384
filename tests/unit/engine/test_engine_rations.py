"""Limits on what is measured: litres, kilos, a base."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.shop import HEAD, Shop, code

FACTS = HEAD.replace("item: text?}", "item: text?, kilos: number of kilo = 0}").replace(
    "stay: {", "fuel: {litres: number of litre}, use_perk: {kwh: count of kwh}, stay: {"
)


def fill(
    shop: Shop, litres: str, pay: str = "100.00", at: str = "2026-03-02", **body: object
) -> tuple[int, int | None]:
    """(points given by earning, what is paid)."""
    receipt = shop.post("fuel", at, litres=litres, lines=[{"amount": pay}], **body).receipt
    return sum(entry.given for entry in receipt.entries if entry.given > 0), receipt.pay


def test_what_is_over_the_limit_earns_nothing() -> None:
    shop = Shop(
        "wallets: {points: {}}\nearn: {base: {on: fuel, give: {points: 1 per litre}, at_most: 60 litres per event}}",
        FACTS,
    )
    assert fill(shop, "59.9")[0] == 59
    assert fill(shop, "70")[0] == 60


def test_a_limit_on_litres_leaves_whole_steps_whole() -> None:
    shop = Shop(
        "wallets: {points: {}}\nearn: {base: {on: fuel, give: {points: 1 per whole litre}, at_most: 60 litres per event}}",
        FACTS,
    )
    assert fill(shop, "60.5")[0] == 60


def test_a_receipt_says_what_a_limit_on_litres_clipped() -> None:
    shop = Shop(
        "wallets: {points: {}}\nearn: {base: {on: fuel, give: {points: 1 per litre}, at_most: 60 litres per event}}",
        FACTS,
    )
    (entry,) = shop.post("fuel", litres="70", lines=[{"amount": "100.00"}]).receipt.entries
    assert (entry.given, entry.rounded, entry.shaped) == (60, 70, (entry.rule,))


def test_what_is_no_rate_on_the_litres_is_cut_in_proportion() -> None:
    shop = Shop(
        "base: {goods: {on: fuel}}\nwallets: {points: {}}\n"
        "earn: {base: {on: fuel, give: {points: 1 per 1.00}, at_most: 50 litres per event}}",
        FACTS,
    )
    assert fill(shop, "100", "200.00")[0] == 100


def test_litres_are_counted_exactly_over_a_window() -> None:
    shop = Shop(
        "wallets: {points: {}}\nearn: {base: {on: fuel, give: {points: 10 per litre}, at_most: 10 litres per month}}",
        FACTS,
    )
    assert [fill(shop, "3.3")[0] for _ in range(4)] == [33, 33, 33, 1]
    assert fill(shop, "3.3", at="2026-04-01")[0] == 33


def test_two_things_given_for_the_same_litres_count_them_once() -> None:
    shop = Shop(
        "wallets: {points: {}, miles: {}}\n"
        "earn: {base: {on: fuel, give: {points: 1 per litre, miles: 2 per litre}, at_most: 10 litres per month}}",
        FACTS,
    )
    fill(shop, "6")
    fill(shop, "6")
    assert (shop.units("points"), shop.units("miles")) == ((10, 0), (20, 0))


def test_two_things_given_for_the_same_base_count_it_once() -> None:
    shop = Shop(
        "wallets: {points: {}, miles: {}}\n"
        "earn: {base: {give: {points: 1 per 1.00, miles: 2 per 1.00}, at_most: 10.00 of spend per month}}"
    )
    shop.buy("6.00")
    shop.buy("6.00")
    assert (shop.units("points"), shop.units("miles")) == ((10, 0), (20, 0))


def test_a_price_by_the_litre_stops_at_its_limit() -> None:
    shop = Shop("prices: {p: {on: fuel, off: 0.05 per litre, at_most: 60 litres per event}}", FACTS)
    assert fill(shop, "50") == (0, 9750)
    assert fill(shop, "70") == (0, 9700)


def test_a_reward_that_takes_off_by_the_litre_stops_at_its_limit() -> None:
    shop = Shop("""
wallets: {points: {}}
earn: {base: {on: fuel, give: {points: 1 per litre}}}
rewards: {cheap: {on: fuel, cost: 50 points, off: 0.05 per litre, at_most: [60 litres per event, once per event]}}
""", FACTS)  # fmt: skip
    fill(shop, "50")
    assert fill(shop, "70", use=[{"reward": "cheap"}]) == (70, 9700)


def test_a_share_off_is_cut_to_the_litres_that_are_left_this_month() -> None:
    shop = Shop("prices: {p: {on: fuel, off: 10%, at_most: 100 litres per month}}", FACTS)
    assert [fill(shop, "80")[1], fill(shop, "80")[1], fill(shop, "80")[1]] == [9000, 9750, 10000]


def test_a_share_off_is_cut_to_the_money_of_the_base_that_is_left() -> None:
    shop = Shop("prices: {p: {off: 10%, at_most: 150.00 of spend per month}}")
    assert [shop.buy("100.00").receipt.pay for _ in range(3)] == [9000, 9500, 10000]


def test_a_charge_by_the_litre_stops_at_its_limit() -> None:
    shop = Shop("prices: {p: {on: fuel, add: 0.10 per litre, at_most: 20 litres per event}}", FACTS)
    assert fill(shop, "50")[1] == 10200


def test_kilos_of_lines_are_counted_line_by_line() -> None:
    shop = Shop(
        "wallets: {points: {}}\nearn: {fresh: {give: {points: 2 per kilo}, at_most: 10 kilos per month}}", FACTS
    )
    lines = [{"item": "i0", "amount": "5.00", "kilos": "4.5"}, {"item": "i1", "amount": "5.00", "kilos": "1.25"}]
    first = shop.post("purchase", lines=lines).receipt.entries[0]
    second = shop.post("purchase", lines=lines).receipt.entries[0]
    assert (first.given, second.given) == (11, 8)


def test_goods_by_weight_come_back_by_weight() -> None:
    shop = Shop("wallets: {points: {}}\nearn: {fresh: {give: {points: 2 per kilo}}}", FACTS)
    lines = [{"item": "i0", "amount": "1.00", "kilos": "4.5"}, {"item": "i1", "amount": "9.00", "kilos": "0.5"}]
    shop.post("purchase", id="sale", lines=lines)
    assert shop.units() == (10, 0)
    shop.bring_back("sale", 0)
    assert shop.units() == (1, 0)


def test_a_benefit_without_a_price_is_refused_beyond_what_is_left() -> None:
    shop = Shop("benefits: {charging: {at_most: 100 kwh per month}}", FACTS)
    assert [code(shop.post("use_perk.charging", kwh=kwh)) for kwh in (60, 60, 40, 1)] == [
        None,
        "limit_reached",
        None,
        "limit_reached",
    ]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=6))
def test_a_months_litres_never_earn_more_than_their_limit(fills: list[int]) -> None:
    shop = Shop(
        "wallets: {points: {unit: 0.01}}\n"
        "earn: {base: {on: fuel, give: {points: 1 per litre}, at_most: 50 litres per month}}",
        FACTS,
    )
    for tenths in fills:
        shop.post("fuel", litres=f"{tenths // 10}.{tenths % 10}", lines=[{"amount": "1.00"}])
    earned = Fraction(shop.units()[0], 100)
    assert earned == min(Fraction(sum(fills), 10), 50)
