"""How rules meet that give several things or round by line, and what a return takes of what they gave."""

from __future__ import annotations

import pytest
from tests.unit.engine.shop import Shop

TWO = "wallets: {points: {}, gems: {}}\n"
POINTS = "wallets: {points: {}}\n"


def test_a_multiplier_rounds_line_by_line_as_what_it_multiplies() -> None:
    shop = Shop(
        POINTS + "earn: {base: {give: {points: 2 per 1.00}, round: down per line}, twice: {multiply: {base: 2}}}\n"
    )
    shop.buy("16.12", "26.88")
    # 32 + 53, then 64 + 107
    assert shop.units() == (171, 0)


def test_what_is_replaced_gives_nothing_of_all_that_it_gives() -> None:
    shop = Shop(
        TWO + "earn: {base: {give: {points: 5, gems: 7}}, other: {when: basket.spend >= 10.00, instead_of: base, give: "
        "{points: 1}}}\n"
    )
    shop.buy("10.00")
    assert (shop.units(), shop.units("gems")) == ((1, 0), (0, 0))
    shop.buy("9.00")
    assert (shop.units(), shop.units("gems")) == ((6, 0), (7, 0))


def test_the_best_of_several_gives_all_that_it_gives() -> None:
    shop = Shop(
        TWO
        + "earn: {small: {best_of: one, give: {points: 3, gems: 50}}, large: {best_of: one, give: {points: 4, gems: 2}}}\n"
    )
    shop.buy("10.00")
    assert (shop.units(), shop.units("gems")) == ((4, 0), (2, 0))


def test_a_share_of_a_rule_is_of_the_same_wallet_where_that_is_among_what_it_gives() -> None:
    shop = Shop(
        TWO + "earn: {base: {give: {points: 10, gems: 1000}}, bonus: {of: base, give: {points: 50%}}, "
        "gem: {of: base, give: {gems: 10%}}}\n"
    )
    shop.buy("10.00")
    assert (shop.units(), shop.units("gems")) == ((15, 0), (1100, 0))


BACK = {
    "a band": ("{band: basket.spend, from: {30.00: 10, 50.00: 25}}", ("30.00", "25.00"), (25, 10)),
    "a band of rates": ("{band: basket.spend, from: {0.00: 1 per 1.00, 50.00: 2 per 1.00}}", ("30.00", "25.00"), (110, 30)),
    "a band with upper limits": ("{band: basket.spend, up_to: {30.00: 3, 50.00: 4}, else: 9}", ("30.00", "25.00"), (9, 3)),
    "steps by who buys": ("{by: member.vip, true: 2 per whole 10.00, false: 1 per whole 10.00}", ("15.00", "15.00"), (3, 1)),
    "steps by what is bought": ("{by: line.kind, goods: 1 per whole 10.00, else: 0}", ("15.00", "15.00"), (3, 1)),
    "a rate and steps": ("[1 per 1.00, 5 per whole 20.00]", ("15.00", "15.00"), (35, 15)),
    "steps by level": ("{by: t, low: 1 per whole 10.00, high: 5 per whole 10.00}", ("15.00", "15.00"), (3, 1)),
    "a band that falls": ("{band: basket.spend, from: {0.00: 40, 50.00: 10}}", ("30.00", "30.00"), (10, 5)),
}  # fmt: skip


@pytest.mark.parametrize("what", BACK)
def test_a_return_works_steps_and_bands_out_again_on_what_is_kept(what: str) -> None:
    amount, bought, (given, kept) = BACK[what]
    shop = Shop(
        "wallets: {points: {}, c: {}}\ntiers: {t: {of: c, levels: {low: {}, high: {at: 20}}}}\n"
        f"earn: {{count: {{give: {{c: 1 per 1.00}}}}, b: {{give: {{points: {amount}}}}}}}\n"
    )
    shop.buy(*bought)
    assert shop.units() == (given, 0)
    shop.bring_back("e1", 1)
    assert shop.units() == (kept, 0)
    shop.bring_back("e1", 0)
    assert shop.units() == (0, 0)


def test_vouchers_by_bands_are_worked_out_again_too() -> None:
    shop = Shop(
        POINTS
        + "earn: {base: {give: {points: 1}}, note: {give: {note: {band: basket.spend, from: {30.00: 3.00, 50.00: 9.00}}}}}\n"
        "vouchers: {note: {off: given, earned_on_goods: {unused: lower, used: keep}}}\n"
    )
    shop.buy("30.00", "25.00")
    shop.bring_back("e1", 1)
    assert [voucher.worth for voucher in shop.member().vouchers] == [300]


def test_a_multiplied_rate_gives_up_the_share_of_the_lines() -> None:
    shop = Shop(POINTS + "earn: {base: {give: {points: 1 per 1.00}}, twice: {multiply: {base: 2}}}\n")
    shop.buy("10.50", "10.40")
    shop.bring_back("e1", 1)
    # 20 and 21 were given for both; half of each, rounded down, goes back
    assert shop.units() == (41 - 10 - 10, 0)
