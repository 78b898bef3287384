"""How long units last: each phrase of the language, with printed last days."""

from __future__ import annotations

import pytest
from tests.laws.till import Till

from regulars.words.days import NEVER, iso

FACTS = "facts: {purchase: {star: bool = false}}\n"
EVENTS = "events: {star_purchase: [earn.star]}\nwindows: {points_year: year from 1 October}\n"
EARN = "earn: {base: {give: {points: 1 per 1.00}}, star: {when: purchase.star, give: {stars: 1}}}\n"


def till(life: str) -> Till:
    return Till(FACTS + EVENTS + f"wallets: {{points: {{lasts: {life}}}, stars: {{}}}}\n" + EARN)


def last_days(shop: Till) -> list[str]:
    return ["never" if lot.gone >= NEVER else iso(lot.gone - 1) for lot in shop.held().lots]


@pytest.mark.parametrize(
    ("life", "earned", "last"),
    [
        ("6 months after earned to end of month", "2026-01-15", "2026-07-31"),
        ("6 months after earned to end of month", "2026-08-31", "2027-02-28"),
        ("3 years after earned to end of points_year", "2026-01-15", "2029-09-30"),
        ("3 years after earned to end of points_year", "2026-10-01", "2030-09-30"),
        ("12 months after earned to end of quarter", "2026-01-15", "2027-03-31"),
        ("end of year", "2026-12-31", "2026-12-31"),
        ("end of next year", "2026-03-01", "2027-12-31"),
        ("end of month", "2028-02-01", "2028-02-29"),
        ("end of next month", "2028-01-31", "2028-02-29"),
        ("through 14 months after end of year", "2026-03-01", "2028-02-29"),
        ("12 months to end of month", "2026-01-31", "2027-01-31"),
        ("60 days", "2026-03-01", "2026-04-29"),
        ("1 month after earned", "2026-01-31", "2026-02-27"),
        ("through 1 month after earned", "2026-01-31", "2026-02-28"),
        ("12 months after earned", "2028-02-29", "2029-02-27"),
        ("through 12 months after earned", "2028-02-29", "2029-02-28"),
        ("2 weeks after earned", "2026-03-22", "2026-04-04"),
        ("never", "2026-03-01", "never"),
    ],
)
def test_a_life_ends_on_its_printed_last_day(life: str, earned: str, last: str) -> None:
    shop = till(life)
    shop.buys(earned, "10.00")
    assert last_days(shop) == [last]


def test_units_are_there_all_of_their_last_day_and_gone_at_the_start_of_the_next() -> None:
    shop = till("6 months after earned to end of month")
    shop.buys("2026-01-15", "10.00")
    assert (shop.points("2026-07-31"), shop.points("2026-08-01")) == (10, 0)


def test_the_membership_year_ends_the_day_before_the_member_joined() -> None:
    shop = till("end of membership_year")
    shop.does("join", "2026-03-10")
    shop.buys("2026-05-02", "10.00")
    assert last_days(shop) == ["2027-03-09"]


def test_of_several_lives_the_first_to_end_counts() -> None:
    shop = till("[6 months after earned, end of year]")
    shop.buys("2026-06-01", "1.00")
    shop.buys("2026-10-01", "1.00")
    assert last_days(shop) == ["2026-11-30", "2026-12-31"]


def test_any_star_purchase_moves_all_units_that_live_on_it() -> None:
    shop = till("6 months after earned or last star_purchase to end of month")
    shop.buys("2026-01-15", "10.00")
    shop.buys("2026-02-15", "10.00")
    assert last_days(shop) == ["2026-07-31", "2026-08-31"]
    shop.buys("2026-04-02", "0.50", star=True)
    assert set(last_days(shop)) == {"2026-10-31"}


def test_news_that_come_late_move_nothing_backwards() -> None:
    shop = till("6 months after last purchase")
    shop.buys("2026-05-01", "10.00")
    shop.buys("2026-02-01", "10.00")
    assert set(last_days(shop)) == {"2026-10-31"}


def test_what_is_given_to_somebody_long_idle_lasts_from_its_own_day() -> None:
    shop = till("6 months after last purchase")
    shop.buys("2026-01-15", "10.00")
    shop.does("goodwill", "2027-06-01", wallet="points", amount=5, reason="welcome back")
    assert (shop.points(), last_days(shop)) == (5, ["2027-11-30"])
    assert (shop.points("2027-11-30"), shop.points("2027-12-01")) == (5, 0)


def test_units_wait_until_they_open_and_lapse_as_if_they_had_not_waited() -> None:
    shop = Till(
        "wallets: {points: {pending: 7 days after earned, lasts: end of month}}\nearn: {base: {give: {points: 1 per 1.00}}}\n"
    )
    shop.buys("2026-03-20", "10.00")
    held = shop.held(at="2026-03-26")
    assert (held.active, held.pending) == (0, 10)
    assert shop.points("2026-03-27") == 10
    assert shop.points("2026-04-01") == 0
