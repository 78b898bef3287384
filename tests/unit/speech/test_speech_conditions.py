"""Conditions in words, and those that have none."""

import pytest
from tests.unit.speech.helpers import gallery

from regulars.program.model import Program
from regulars.speech import language
from regulars.speech.conditions import only_quoted, words
from regulars.speech.voice import Voice


def voice(program: Program | None = None) -> Voice:
    return Voice(program or gallery("starbucks-rewards"), language("en"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("event.weekday == 'tue' && event.time < '10:00'", "on Tuesdays before 10:00"),
        ("event.weekday in ['sat', 'sun']", "on Saturdays and Sundays"),
        ("!(event.weekday in ['sat', 'sun'])", "on Mondays, Tuesdays, Wednesdays, Thursdays and Fridays"),
        ("event.time >= '10:00'", "from 10:00"),
        ("!(event.time >= '10:00')", "before 10:00"),
        ("status == 'gold'", "for Gold"),
        ("status != 'green'", "for Gold and above"),
        ("status.at_least('gold')", "for Gold and above"),
        ("status.at_least('reserve')", "for Reserve"),
        ("!status.at_least('gold')", "below Gold"),
        ("'double' in purchase.tags", "marked “double”"),
        ("purchase.channel == 'store'", "in store"),
        ("purchase.channel == 'online'", "online"),
        ("purchase.channel != 'outlet'", "not at outlet"),
        ("tender.method == 'card'", "paid with card"),
        ("!(tender.method in ['card', 'cash'])", "paid with anything but card or cash"),
        ("paid('cash')", "paid with cash"),
        ("can.free_returns", "with the benefit “free returns”"),
        ("!can.free_returns", "without the benefit “free returns”"),
        ("basket.spend >= 50.00", "with at least $50.00 of spend in the basket"),
        ("activity.amount > 30.00", "where “amount” is more than $30.00"),
        ("!(activity.amount > 30.00)", "where “amount” is at most $30.00"),
        ("member.age >= 18", "where “age” is at least 18"),
        ("has(purchase.channel)", "with “channel”"),
        ("purchase.gift == false", "without “gift”"),
        ("event.date in mod_mondays", "on “mod mondays”"),
        ("status == 'gold' || event.weekday == 'tue'", "for Gold or on Tuesdays"),
        (
            "!(status == 'gold' || event.weekday in ['tue', 'wed', 'thu', 'fri'])",
            "for Green or Reserve, on Mondays, Saturdays and Sundays",
        ),
    ],
)
def test_a_common_comparison_has_words(text: str, expected: str) -> None:
    assert words(voice(), text) == expected


def test_what_has_no_words_is_quoted_as_it_was_written() -> None:
    odd = "stars.first_earned < opening.first_day"
    assert words(voice(), odd) == f"where `{odd}`"
    assert words(voice(), odd, negated=True) == f"where `!({odd})`"
    assert only_quoted(voice(), odd)
    assert not only_quoted(voice(), "status == 'gold'")


def test_only_the_part_without_words_is_quoted() -> None:
    assert words(voice(), "status == 'gold' && stars.available > stars.pending") == (
        "for Gold, where `stars.available > stars.pending`"
    )


def test_a_named_condition_is_spread_out() -> None:
    shop = voice(gallery("corner-coffee-card"))
    assert words(shop, "early_tuesday") == "on Tuesdays before 10:00"
    assert words(shop, "!early_tuesday").startswith("on Mondays, Wednesdays")
