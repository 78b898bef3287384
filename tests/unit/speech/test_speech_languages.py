"""Languages: the same keys in every table, and the ways of numbers, money and days."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

import regulars.speech
from regulars.speech import LANGUAGES, language
from regulars.words.days import NEVER, day_of

SOURCES = [path.read_text(encoding="utf-8") for path in Path(regulars.speech.__file__).parent.glob("*.py")]
BLANK = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_language_has_the_keys_of_english_and_no_other(tag: str) -> None:
    assert set(language(tag).phrases) == set(language("en").phrases)
    assert set(language(tag).codes) == set(language("en").codes)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_phrase_has_the_same_blanks_in_every_language(tag: str) -> None:
    english = language("en").phrases
    for key, phrase in language(tag).phrases.items():
        assert set(BLANK.findall(phrase)) == set(BLANK.findall(english[key])), key
        assert phrase.count("|") == english[key].count("|"), key


def test_every_phrase_is_said_somewhere() -> None:
    literal = {key for source in SOURCES for key in re.findall(r"""["']([a-z_]+(?:\.[a-z_]+)*)["']""", source)}
    begun = {key for source in SOURCES for key in re.findall(r"""f["']([a-z_.]+\.(?:[a-z]+_)?)\{""", source)}
    unused = [
        key for key in language("en").phrases if key not in literal and not any(key.startswith(one) for one in begun)
    ]
    assert not unused


def test_a_phrase_that_is_said_exists() -> None:
    asked = {key for source in SOURCES for key in re.findall(r"""say\(\s*["']([a-z_.]+)["']""", source)}
    assert asked <= set(language("en").phrases)


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        language("en").say("no.such.key")


def test_one_and_many_are_told_apart() -> None:
    english = language("en")
    assert english.say("unit.day", n=1) == "1 day"
    assert english.say("unit.day", n=7) == "7 days"


def test_a_region_speaks_the_nearest_language() -> None:
    assert language("es-MX").phrases is language("es").phrases
    with pytest.raises(ValueError, match="no language"):
        language("tlh")


def test_numbers_and_money_follow_the_language() -> None:
    assert language("en").number(Fraction(5, 4)) == "1.25"
    assert language("es").number(Fraction(5, 4)) == "1,25"
    assert language("en").number(Fraction(1, 3)) == "1/3"
    assert language("en").money(123450, ["USD"]) == "$1,234.50"
    assert language("en").money(1250, ["EUR", "GBP"]) == "12.50"


def test_days_follow_the_language_and_never_is_a_dash() -> None:
    assert language("en").day(day_of("2026-01-31")) == "January 31, 2026"
    assert language("es").day(day_of("2026-01-31")) == "31 de enero de 2026"
    assert language("en").day(NEVER) == "-"


def test_lists_are_joined_as_people_do() -> None:
    english = language("en")
    assert [english.join(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert english.join(["a", "b"], "or") == "a or b"


def test_ordinals_beyond_the_words_are_numbers() -> None:
    assert language("en").nth(6) == "sixth"
    assert language("en").nth(18) == "18th"
