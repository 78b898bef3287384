"""What changed between two versions, as values and in words."""

from itertools import pairwise

import pytest
from tests.unit.speech.helpers import GALLERY, changed, gallery, program_of, text_of

from regulars.program.diff import Change, diff
from regulars.speech import LANGUAGES, changes, language

OFF = "  two_dollars_off: {terms: R7, cost: 60 stars, off: 2.00}\n"


def told(name: str, *pairs: tuple[str, str]) -> list[str]:
    return changes(gallery(name), changed(name, *pairs), language("en"))


@pytest.mark.parametrize("name", GALLERY)
def test_a_program_does_not_differ_from_itself(name: str) -> None:
    again = program_of("# a remark moves every line\n" + text_of(name))
    assert diff(gallery(name), again) == []
    assert changes(gallery(name), again, language("en")) == ["Nothing changed."]


def test_a_mark_of_a_level_is_said_with_both_numbers() -> None:
    assert told("starbucks-rewards", ("gold: {at: 500}", "gold: {at: 600}")) == [
        "Gold now at 600 year stars instead of 500 year stars."
    ]


def test_a_cost_is_said_with_both_costs() -> None:
    assert told("starbucks-rewards", ("cost: 100 stars", "cost: 120 stars")) == [
        "`rewards.bakery_or_brew` now costs 120 stars instead of 100 stars."
    ]


def test_a_rule_that_came_or_went_is_named() -> None:
    assert told("starbucks-rewards", (OFF, "")) == ["`rewards.two_dollars_off` is gone."]
    without = changed("starbucks-rewards", (OFF, ""))
    assert changes(without, gallery("starbucks-rewards"), language("en")) == ["`rewards.two_dollars_off` is new."]


def test_a_rule_that_moved_is_one_change() -> None:
    last = "\nbenefits:\n"
    program = changed("starbucks-rewards", (OFF, ""), (last, f"{OFF}{last}"))
    assert diff(gallery("starbucks-rewards"), program) == [
        Change("changed", "rule", "rewards.two_dollars_off", "order")
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("starbucks-rewards", "off: 2.00", "off: 3.00", "`rewards.two_dollars_off`: `off` now $3.00 instead of $2.00."),
        (
            "starbucks-rewards",
            "at_most: once per month",
            "at_most: 2 times per month",
            "`benefits.free_mod`: `at_most` now at most 2 times per month instead of once per month.",
        ),
        (
            "sephora-beauty-insider",
            "lasts: 90 days",
            "lasts: 60 days",
            "`rouge_reward`: `lasts` now for 60 days instead of for 90 days.",
        ),
        (
            "sephora-beauty-insider",
            "off: 100.00",
            "off: 80.00",
            "`vouchers.rouge_reward`: `off` now $80.00 instead of $100.00.",
        ),
        (
            "corner-coffee-card",
            "every: 9 stamps",
            "every: 10 stamps",
            "`convert.tenth_free` now costs 10 stamps instead of 9 stamps.",
        ),
        (
            "corner-coffee-card",
            "event.time < '10:00'",
            "event.time < '11:00'",
            (
                "`early_tuesday`: `define` now `event.weekday == 'tue' && event.time < '11:00'` instead of "
                "`event.weekday == 'tue' && event.time < '10:00'`."
            ),
        ),
        (
            "corner-coffee-card",
            "vouchers: keep",
            "vouchers: take back",
            (
                "`corner-coffee-card`: `returns` now `stamps: take back, vouchers: take back` instead of "
                "`stamps: take back, vouchers: keep`."
            ),
        ),
        (
            "north-face-xplr-pass",
            "give: {points: 5}",
            "give: {points: 7}",
            "`earn.check_in`: `give` now 7 points instead of 5 points.",
        ),
        (
            "nordstrom-nordy-club",
            "any: {year_spend: 500.00, card: true}",
            "any: {year_spend: 400.00, card: true}",
            "Insider now at $400.00 year spend or the card instead of $500.00 year spend or the card.",
        ),
    ],
)
def test_a_change_is_said_as_a_sentence(name: str, old: str, new: str, expected: str) -> None:
    assert told(name, (old, new)) == [expected]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_any_two_programs_can_be_told_apart(tag: str) -> None:
    for name, other in pairwise(GALLERY):
        sentences = changes(gallery(name), gallery(other), language(tag))
        assert len(sentences) > 10
        assert all(sentence.endswith(".") and "{" not in sentence for sentence in sentences)
