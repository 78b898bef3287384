"""How much: rounding modes and grains, tables by date, and numbers that are kept exactly."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.laws.till import Till

from regulars.engine.model import pack_member, unpack_member

POINTS = "wallets: {points: {}}\nearn: {base: {give: {points: %s}, round: %s}}\n"


@pytest.mark.parametrize(
    ("rate", "mode", "amounts", "points"),
    [
        ("1 per 1.00", "down", ["1.99"], 1),
        ("1 per 1.00", "up", ["1.01"], 2),
        ("1 per 1.00", "nearest", ["1.49"], 1),
        ("1 per 1.00", "nearest", ["1.50"], 2),
        ("1 per 1.00", "down per purchase", ["0.60", "0.60"], 1),
        ("1 per 1.00", "down per line", ["0.60", "0.60"], 0),
        ("1 per 1.00", "up per line", ["0.60", "0.60"], 2),
        ("1 per 1.00", "nearest per line", ["0.50", "0.49"], 1),
        ("1.2 per 1.00", "down", ["20.00"], 24),
        ("1 per 3.00", "nearest", ["10.00"], 3),
        ("5 per whole 10.00", "up", ["19.99"], 5),
    ],
)
def test_an_amount_is_rounded_once_where_the_rule_says(rate: str, mode: str, amounts: list[str], points: int) -> None:
    till = Till(POINTS % (rate, mode))
    till.buys("2026-03-01", *amounts)
    assert till.points() == points


def test_money_may_be_rounded_to_a_coarser_grain() -> None:
    till = Till("wallets: {cash: {is: money}}\nearn: {back: {give: {cash: 7.5%}, round: down to 0.05}}\n")
    till.buys("2026-03-01", "13.33")
    assert till.points(wallet="cash") == 95


@pytest.mark.parametrize(("day", "given"), [("2026-08-31", 5), ("2026-09-01", 50)])
def test_a_number_that_changes_on_a_day_is_that_of_the_event(day: str, given: int) -> None:
    till = Till("wallets: {points: {}}\nearn: {base: {give: {points: {since: {start: 5, 2026-09-01: 50}}}}}\n")
    till.buys(day, "1.00")
    assert till.points() == given


def test_a_number_of_a_member_is_kept_exactly() -> None:
    till = Till(
        "facts: {member: {height: number?}}\nwallets: {points: {}}\n"
        "earn: {tall: {when: has(member.height) && member.height > 1.70, give: {points: 1}}}\n"
    )
    till.does("join", "2026-03-01", height="1.71")
    kept = unpack_member(pack_member(till.now()))
    assert kept.facts == {"height": Fraction(171, 100)}
    assert pack_member(kept) == pack_member(till.now())
    till.buys("2026-03-02", "1.00")
    assert till.points() == 1
