"""Returns, line by line: what was recorded for those lines comes back, and never more."""

from __future__ import annotations

import pytest
from tests.laws.till import Till, code

POINTS = "wallets: {points: {}}\nearn: {base: {give: {points: %s}}}\n"


def test_the_lines_of_a_sale_share_its_points_by_largest_remainder() -> None:
    till = Till(POINTS % "1 per 1.00")
    till.buys("2026-03-01", "3.40", "3.40", "3.40", id="sale")
    left = [till.points()]
    for line in (0, 1, 2):
        till.returns("2026-03-02", "sale", {"line": line})
        left.append(till.points())
    assert left == [10, 6, 3, 0]


def test_pieces_of_a_line_come_back_one_by_one_and_add_up() -> None:
    till = Till(POINTS % "1 per 1.00")
    till.buys("2026-03-01", {"amount": "10.00", "qty": 3}, id="sale")
    paid = [till.returns("2026-03-02", "sale", {"line": 0, "qty": 1}).receipt.pay for _ in range(3)]
    assert (sum(pay or 0 for pay in paid), till.points()) == (-1000, 0)
    assert code(till.returns("2026-03-02", "sale", {"line": 0, "qty": 1})) == "return.exceeds_sale"


@pytest.mark.parametrize("lines", [[{"line": 7}], [{"line": -1}], [{"line": True}]])
def test_a_line_that_the_sale_does_not_have_is_unknown(lines: list[dict[str, int]]) -> None:
    till = Till(POINTS % "1 per 1.00")
    till.buys("2026-03-01", "10.00", id="sale")
    assert code(till.returns("2026-03-02", "sale", *lines)) == "return.unknown_line"
    assert till.points() == 10


def test_a_return_of_somebody_elses_purchase_is_refused() -> None:
    till = Till(POINTS % "1 per 1.00")
    till.buys("2026-03-01", "10.00", id="sale")
    assert code(till.returns("2026-03-02", "sale", member="bob")) == "return.unknown_purchase"


def test_steps_are_worked_out_again_on_what_is_kept() -> None:
    till = Till(POINTS % "5 per whole 10.00")
    till.buys("2026-03-01", "12.00", "9.00", id="sale")
    till.returns("2026-03-02", "sale", {"line": 1})
    assert till.points() == 5, "12.00 is one step; a share of ten would be six"


def test_whole_counts_are_worked_out_again_on_the_pieces_that_are_kept() -> None:
    till = Till("facts: {line: {qty: count = 1}}\n" + POINTS % "1 per whole 3 line.qty")
    till.buys("2026-03-01", {"amount": "20.00", "qty": 7}, id="sale")
    assert till.points() == 2
    till.returns("2026-03-02", "sale", {"line": 0, "qty": 5})
    assert till.points() == 0


def test_what_goods_that_cost_nothing_earned_comes_back_with_them_once() -> None:
    till = Till("facts: {line: {qty: count = 1}}\n" + POINTS % "1 per line.qty")
    till.buys("2026-03-01", {"amount": "0.00", "qty": 4}, "5.00", id="sale")
    till.returns("2026-03-02", "sale", {"line": 0})
    assert till.points() == 1
    assert code(till.returns("2026-03-02", "sale", {"line": 0})) == "return.exceeds_sale"
    till.returns("2026-03-03", "sale")
    assert till.points() == 0


def test_a_limit_that_clipped_still_clips_on_what_is_kept() -> None:
    till = Till("wallets: {points: {}}\nearn: {base: {give: {points: 1 per 1.00}, at_most: 10 points per purchase}}\n")
    till.buys("2026-03-01", "12.00", "9.00", id="sale")
    till.returns("2026-03-02", "sale", {"line": 1})
    assert till.points() == 10, "12.00 alone would have earned twelve, clipped to ten"


FREE = (
    "facts: {line: {kind: [cup, pot], qty: count = 1}}\nwallets: {points: {}}\n"
    "earn: {base: {give: {points: 1 per 1.00}}}\n"
    "vouchers: {free: {lines: line.kind == 'cup', free: 1, issued: operator}}\n"
)


def test_a_piece_that_was_free_comes_off_its_own_line() -> None:
    till = Till(FREE)
    lines = [{"amount": "20.00", "kind": "pot", "qty": 2}, {"amount": "6.00", "kind": "cup", "qty": 2}]
    sold = till.buys("2026-03-01", *lines, id="sale", use=[{"code": "X"}])
    assert (sold.receipt.pay, sold.receipt.nets, sold.receipt.split) == (2300, (2000, 300, 0), (1,))
    assert till.returns("2026-03-02", "sale", {"line": 0}).receipt.pay == -2000
    assert till.returns("2026-03-02", "sale", {"line": 1}).receipt.pay == -300
    assert till.points() == 0


def test_bought_and_brought_back_makes_no_unit_live_longer() -> None:
    till = Till("wallets: {points: {lasts: 3 months after earned}}\nearn: {base: {give: {points: 1 per 1.00}}}\n")
    till.buys("2026-01-10", "18.00")
    till.buys("2026-04-01", "18.00", id="sale")
    till.returns("2026-04-01", "sale")
    assert (till.points("2026-04-09"), till.points("2026-04-10")) == (18, 0)


TIERS = (
    "wallets: {spend: {is: money, lasts: end of year}}\nearn: {spend: {give: {spend: 100%}}}\n"
    "tiers: {status: {of: spend, levels: {plain: {}, gold: {at: 100.00}}, lasts: end of next year, on_return: undo}}\n"
)


def test_a_return_ends_the_level_that_its_purchase_gave_and_not_the_one_of_last_year() -> None:
    till = Till(TIERS)
    till.buys("2026-05-01", "100.00")
    till.buys("2027-05-01", "100.00", id="sale")
    assert (till.level("2027-05-01"), till.level("2028-05-01")) == ("gold", "gold")
    till.returns("2027-05-02", "sale")
    assert (till.level("2027-05-02"), till.level("2028-01-01")) == ("gold", "plain")


def test_a_return_in_the_same_year_takes_the_level_away() -> None:
    till = Till(TIERS)
    till.buys("2026-05-01", "60.00")
    till.buys("2026-05-02", "40.00", id="sale")
    till.returns("2026-05-03", "sale")
    assert till.level("2026-05-03") == "plain"
