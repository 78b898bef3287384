"""Amounts, limits, roundings, marks, types and the short phrases: what each text says."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.program import forms
from regulars.program.forms.tree import (
    Amount,
    Cel,
    FactType,
    Import,
    Limit,
    Mark,
    Measure,
    Number,
    Of,
    Pays,
    Percent,
    Period,
    Rate,
    Round,
    Span,
    Then,
    Word,
)

F = Fraction
ONE = Measure(F(1), None, money=True)
YEAR = (Period("year"),)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("10", Number(F(10))),
        ("10.50", Number(F(21, 2), decimal=True)),
        ("7.5%", Percent(F(3, 40))),
        ("250%", Percent(F(5, 2))),
        ("9 stamps", Of(F(9), "stamps")),
        ("5.00 of balance", Of(F(5), "balance", decimal=True)),
        ("all cash", Of(None, "cash")),
        ("1 per 1.00", Rate(F(1), ONE)),
        ("1.2 per 1.00", Rate(F(6, 5), ONE, decimal=True)),
        ("1 per whole 2.00", Rate(F(1), Measure(F(2), None, money=True), whole=True)),
        ("1 per line.qty", Rate(F(1), Measure(F(1), "line.qty"))),
        ("1 per night", Rate(F(1), Measure(F(1), "night"))),
        ("0.05 per litre", Rate(F(1, 20), Measure(F(1), "litre"), decimal=True)),
        ("1 per whole 2 litres", Rate(F(1), Measure(F(2), "litres"), whole=True)),
        ("4.00 per whole 2 line.qty", Rate(F(4), Measure(F(2), "line.qty"), whole=True, decimal=True)),
        ("1000 per whole 20000 points", Rate(F(1000), Measure(F(20000), "points"), whole=True)),
        ("100 points per 1.00", Rate(F(100), ONE, noun="points")),
        ("12000 points per night", Rate(F(12000), Measure(F(1), "night"), noun="points")),
        ("given", Word("given")),
        ("own", Word("own")),
        ("rest", Word("rest")),
        ("= given + 1.00", Cel("given + 1.00", 2)),
        (" =a ? b : c ", Cel("a ? b : c", 2)),
    ],
)
def test_an_amount_says_how_much(text: str, amount: Amount) -> None:
    assert forms.read_amount(text) == amount


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("4 stamps per purchase", Limit(F(4), noun="stamps", periods=(Period("purchase"),))),
        ("once per card per week", Limit(F(1), times=True, periods=(Period("card"), Period("week")))),
        ("3 times per year", Limit(F(3), times=True, periods=YEAR)),
        ("once ever", Limit(F(1), times=True, periods=(Period(),))),
        ("50.00 ever", Limit(F(50), money=True, periods=(Period(),))),
        ("once per last 7 days", Limit(F(1), times=True, periods=(Period(last=Span(7, "day")),))),
        ("500000.00 of spend per year", Limit(F(500000), noun="spend", periods=YEAR)),
        ("20.00 per order", Limit(F(20), money=True, periods=(Period("order"),))),
        ("60 litres per event", Limit(F(60), noun="litres", periods=(Period("event"),))),
        ("2 lines per year", Limit(F(2), noun="lines", periods=YEAR)),
        (
            "100 points per everybody per campaign",
            Limit(F(100), noun="points", periods=(Period("everybody"), Period("campaign"))),
        ),
        (
            "once per voucher.category per purchase",
            Limit(F(1), times=True, periods=(Period("voucher.category"), Period("purchase"))),
        ),
        ("never", Limit(F(0), times=True)),
    ],
)
def test_a_limit_says_how_often_or_up_to_what(text: str, limit: Limit) -> None:
    assert forms.read_limit(text) == limit


def test_a_rounding_has_a_mode_a_step_and_what_it_is_done_for() -> None:
    assert forms.read_round("exact") == Round("exact")
    assert forms.read_round("down") == Round("down")
    assert forms.read_round("nearest per purchase") == Round("nearest", None, "purchase")
    assert forms.read_round("down to 0.1 per rate") == Round("down", F(1, 10), "rate")
    assert forms.read_round("up to 5") == Round("up", F(5))


def test_marks_are_numbers_or_lie_at_equal_distances() -> None:
    assert forms.read_mark("500") == Mark(F(500))
    assert forms.read_mark("8000.00") == Mark(F(8000), decimal=True)
    assert forms.read_mark("every 10 from 20 to 100") == Mark(every=10, first=20, last=100)
    assert forms.read_mark("every 50.00 from 50.00 to 200.00") == Mark(every=50, first=50, last=200, decimal=True)


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("text", FactType("text")),
        ("text?", FactType("text", optional=True)),
        ("text = by post", FactType("text", default="by post")),
        ("count = 1", FactType("count", default="1")),
        ("count of night", FactType("count", unit="night")),
        ("number of litre", FactType("number", unit="litre")),
        ("number = 0.5", FactType("number", default="0.5")),
        ("money = 0.00", FactType("money", default="0.00")),
        ("bool = false", FactType("bool", default="false")),
        ("date = 2026-01-31", FactType("date", default="2026-01-31")),
        ("list of text", FactType("text", many=True)),
        ("list of money?", FactType("money", many=True, optional=True)),
        ("day_of_year?", FactType("day_of_year", optional=True)),
    ],
)
def test_a_type_says_what_a_fact_can_be(text: str, type_: FactType) -> None:
    assert forms.read_type(text) == type_


def test_the_short_phrases() -> None:
    assert forms.read_order("newest compartment that has enough") == "newest compartment that has enough"
    assert forms.read_order("first  to lapse ") == "first to lapse"
    assert forms.read_ending("refund months left") == "refund months left"
    assert forms.read_then("annual after 48 months") == Then("annual", Span(48, "month"))
    assert forms.read_pays("first earning") == Pays("first", "earning")
    assert forms.read_pays("30.00 of spend") == Pays("spend", "spend", F(30))
    assert forms.read_pays("purchase") == Pays("event", "purchase")
    assert forms.read_import("last purchase") == Import("last", "purchase")
    assert forms.read_import("ever star_purchase") == Import("ever", "star_purchase")
    assert forms.read_import("used friend") == Import("used", "friend")
    assert forms.read_import("shared fast_delivery") == Import("shared", "fast_delivery")
    assert forms.read_import("vouchers waiting") == Import("vouchers", "waiting")
    assert forms.read_import("plan.start") == Import("name", "plan.start")
    assert forms.read_import("stamps") == Import("name", "stamps")


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(lambda name: name not in forms.RESERVED)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 10**6), NAMES, st.booleans())
def test_a_rate_is_read_back_as_it_was_written(value: int, step: int, name: str, whole: bool) -> None:
    text = f"{value} per {'whole ' if whole else ''}{step} {name}"
    assert forms.read_amount(text) == Rate(F(value), Measure(F(step), name), whole=whole)
