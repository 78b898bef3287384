"""What becomes of a worth above the basket, and of several pieces had free."""

from __future__ import annotations

from tests.unit.engine.shop import Shop, code

from regulars.program.load import load

CARD = """
wallets: {points: {}}
earn: {base: {give: {points: 1 per 1.00}}}
rules: {got: {on: activity.got, give: {card: 20.00, fixed: 1}}}
vouchers: {card: {off: given, surplus: SURPLUS, lasts: 30 days}, fixed: {off: 10.00, surplus: SURPLUS}}
"""


def shop(surplus: str) -> Shop:
    made = Shop(CARD.replace("SURPLUS", surplus))
    made.post("activity.got")
    return made


def worths(made: Shop) -> dict[str, int | None]:
    return {voucher.name: voucher.worth for voucher in made.member().vouchers}


def test_what_is_left_of_a_voucher_stays_on_it_until_nothing_is() -> None:
    made = shop("kept")
    assert made.buy("12.50", use=[{"voucher": 1}]).receipt.pay == 0
    assert worths(made) == {"fixed": None, "card": 750}
    assert made.buy("7.50", use=[{"voucher": 1}]).receipt.pay == 0
    assert worths(made) == {"fixed": None}
    assert code(made.buy("7.50", use=[{"voucher": 1}])) == "used"


def test_a_voucher_with_a_worth_of_its_own_is_used_part_by_part_too() -> None:
    made = shop("kept")
    assert made.buy("4.00", use=[{"voucher": 2}]).receipt.pay == 0
    assert worths(made)["fixed"] == 600
    assert made.buy("9.00", use=[{"voucher": 2}]).receipt.pay == 300
    assert "fixed" not in worths(made)


def test_a_voucher_that_keeps_its_rest_is_not_drawn_when_nothing_is_left_to_pay() -> None:
    made = shop("kept")
    made.buy("10.00", use=[{"voucher": 1}, {"voucher": 2}])
    assert worths(made) == {"card": 1000, "fixed": None}


def test_the_rest_is_paid_out_and_the_voucher_is_gone() -> None:
    made = shop("paid_out")
    assert made.buy("12.50", use=[{"voucher": 1}]).receipt.pay == -750
    assert worths(made) == {"fixed": None}


def test_nothing_but_a_voucher_keeps_what_is_left_of_it() -> None:
    problems = load(
        "program: p\nmoney: EUR\ntimezone: Europe/Madrid\nfrom: 2026-01-01\nwallets: {points: {}}\n"
        "earn: {a: {give: {points: 1}}}\nrewards: {r: {cost: 5 points, off: 1.00, surplus: kept}}\n"
    )
    assert [problem.message for problem in problems] == ["only a voucher keeps what is left of it"]


def test_the_cap_of_several_free_pieces_is_of_all_of_them_together() -> None:
    made = Shop(
        "wallets: {points: {}}\nearn: {base: {give: {points: 1}}}\nrules: {got: {on: activity.got, give: {two: 1}}}\n"
        "vouchers: {two: {free: 2, up_to: 12.00}}\n"
    )
    made.post("activity.got")
    assert made.buy("8.00", "9.00", "20.00", use=[{"voucher": 1}]).receipt.pay == 2500


def test_a_free_piece_takes_its_share_of_what_the_line_measures() -> None:
    made = Shop(
        "wallets: {points: {}}\nearn: {base: {lines: '!line.by_voucher', give: {points: 1 per whole 100 line.grams}}}\n"
        "rules: {got: {on: activity.got, give: {one: 1}}}\nvouchers: {one: {free: 1}}\n",
        "program: p\nmoney: EUR\ntimezone: Europe/Madrid\nfrom: 2026-01-01\n"
        "facts: {line: {grams: number of gram = 0, qty: count = 1, item: text?}}\n",
    )
    made.post("activity.got")
    made.post("purchase", lines=[{"amount": "30.00", "qty": 3, "grams": "1200.0"}], use=[{"voucher": 1}])
    assert made.units() == (8, 0)
