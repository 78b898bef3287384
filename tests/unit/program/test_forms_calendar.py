"""Lives, openings, triggers, windows and their kin: what each text says."""

import pytest

from regulars.program import forms
from regulars.program.forms.tree import (
    Cutoff,
    Edge,
    Life,
    Opening,
    Point,
    Span,
    Spread,
    Start,
    Trigger,
    Wait,
    WindowForm,
)

MONTHS_6 = Span(6, "month")
EARNED = Point("name", "earned")
YEAR_END = Point("end_of", "year")


@pytest.mark.parametrize(
    ("text", "life"),
    [
        ("60 days", Life(Span(60, "day"))),
        ("1 month", Life(Span(1, "month"))),
        ("never", Life()),
        ("6 months after last purchase", Life(MONTHS_6, (Point("last", "purchase"),))),
        ("6 months after earned to end of month", Life(MONTHS_6, (EARNED,), "month")),
        (
            "6 months after earned or last star_purchase to end of month",
            Life(MONTHS_6, (EARNED, Point("last", "star_purchase")), "month"),
        ),
        ("3 years after earned to end of points_year", Life(Span(3, "year"), (EARNED,), "points_year")),
        ("12 months after earned to end of quarter", Life(Span(12, "month"), (EARNED,), "quarter")),
        ("24 months after last flight", Life(Span(24, "month"), (Point("last", "flight"),))),
        ("12 months to end of month", Life(Span(12, "month"), (), "month")),
        ("end of membership_year", Life(end_of="membership_year")),
        ("end of next year", Life(end_of="year", next=True)),
        ("through 14 months after end of year", Life(Span(14, "month"), (YEAR_END,), through=True)),
        ("through 15 days after sale.date", Life(Span(15, "day"), (Point("name", "sale.date"),), through=True)),
        ("subscribe.every_weeks weeks", Life(Span("subscribe.every_weeks", "week"))),
    ],
)
def test_a_life_says_how_long_something_lasts(text: str, life: Life) -> None:
    assert forms.read_life(text) == life
    assert forms.read_life(f"  {text.replace(' ', '  ')} ") == life


def test_only_a_life_without_span_and_end_is_never() -> None:
    assert Life().never
    assert not Life(end_of="year").never
    assert not Life(MONTHS_6).never


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("from 2020-08-04", Opening("from", first=Edge(day="2020-08-04"))),
        (
            "from 24 hours before line.opens",
            Opening("from", first=Edge(None, Span(24, "hour"), True, Point("name", "line.opens"))),
        ),
        (
            "from 3 days before birthday through 4 days after birthday",
            Opening(
                "from",
                first=Edge(None, Span(3, "day"), True, Point("name", "birthday")),
                last=Edge(None, Span(4, "day"), False, Point("name", "birthday")),
            ),
        ),
        ("from line.opens", Opening("from", first=Edge(point=Point("name", "line.opens")))),
        (
            "through 60 days after received",
            Opening("through", last=Edge(None, Span(60, "day"), False, Point("name", "received"))),
        ),
        (
            "until 24 hours before next_order",
            Opening("until", last=Edge(None, Span(24, "hour"), True, Point("name", "next_order"))),
        ),
        ("until end of year", Opening("until", last=Edge(point=YEAR_END))),
        ("7 days from birthday", Opening("span", first=Edge(point=Point("name", "birthday")), span=Span(7, "day"))),
        ("on mod_mondays", Opening("on", names=("mod_mondays",))),
        ("on tue, thu from 09:00", Opening("on", names=("tue", "thu"), time="09:00")),
        ("within purchase.redeem_window", Opening("within", names=("purchase.redeem_window",))),
        ("birthday_month", Opening("window", names=("birthday_month",))),
    ],
)
def test_an_opening_says_when_something_is_open(text: str, opening: Opening) -> None:
    assert forms.read_opening(text) == opening


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        ("purchase", Trigger("event", "purchase")),
        ("birthday", Trigger("event", "birthday")),
        ("convert.airline", Trigger("event", "convert.airline")),
        ("start", Trigger("event", "start")),
        ("start of plan_month", Trigger("start_of", "plan_month")),
        ("yearly 15 February, 29 February, 1 October", Trigger("yearly", days=((2, 15), (2, 29), (10, 1)))),
        (
            "3 days before next_order",
            Trigger("offset", span=Span(3, "day"), before=True, point=Point("name", "next_order")),
        ),
        ("1 day after end of year", Trigger("offset", span=Span(1, "day"), point=YEAR_END)),
    ],
)
def test_a_trigger_says_on_what_a_rule_fires(text: str, trigger: Trigger) -> None:
    assert forms.read_trigger(text) == trigger


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("week from sunday", WindowForm("week", "sunday")),
        ("year from 1 October", WindowForm("year", days=((10, 1),))),
        ("month from plan.start", WindowForm("month", point=Point("name", "plan.start"))),
        ("starts 15 February, 15 June", WindowForm("starts", days=((2, 15), (6, 15)))),
    ],
)
def test_a_window_tiles_the_calendar(text: str, window: WindowForm) -> None:
    assert forms.read_window(text) == window


def test_the_other_calendar_forms() -> None:
    assert forms.read_span("subscribe.every_weeks weeks") == Span("subscribe.every_weeks", "week")
    assert forms.read_spread("last 12 months") == Spread(last=Span(12, "month"))
    assert forms.read_spread("week") == Spread(window="week")
    assert forms.read_spread("6 months after joined") == Spread(life=Life(MONTHS_6, (Point("name", "joined"),)))
    assert forms.read_spread("end of year") == Spread(life=Life(end_of="year"))
    assert forms.read_cutoff("by end of last season") == Cutoff("season")
    assert forms.read_cutoff("by yesterday") == Cutoff(None)
    assert forms.read_wait("until confirm") == Wait(until="confirm")
    assert forms.read_wait("none") == Wait()
    assert forms.read_wait("through 15 days after earned") == Wait(life=Life(Span(15, "day"), (EARNED,), through=True))
    assert forms.read_start("at once") == Start("at_once")
    assert forms.read_start("next day") == Start("next_day")
    assert forms.read_start("next business day") == Start("next_business_day")
    assert forms.read_start("next month") == Start("next", "month")
    assert forms.read_start("on activation") == Start("on", "activation")
