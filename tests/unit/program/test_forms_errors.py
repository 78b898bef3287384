"""What is said, and at which letter, where a text leaves its form."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.program import forms
from regulars.program.forms import FormError

READERS: dict[str, Callable[[str], object]] = {
    name.removeprefix("read_"): getattr(forms, name) for name in forms.__all__ if name.startswith("read_")
}


@pytest.mark.parametrize(
    ("form", "text", "offset", "said"),
    [
        ("life", "6 moths", 2, "`moths` is no unit of time; did you mean `months`?"),
        ("life", "12 months, to end of year", 9, "a life has no comma"),
        ("life", "12 months afer earned", 10, "did you mean `after`?"),
        ("life", "60days", 0, "write `60 days`"),
        ("life", "1.5 months", 0, "a whole number, not 1.5"),
        ("life", "0 days", 0, "at least one"),
        ("life", "12 months after to", 16, "`to`, which is a word of the language"),
        ("life", "6 months to end of next year", 19, "`next` cannot stand here"),
        ("life", "through 15 days", 15, "`after` and a point in time (`through 15 days after earned`)"),
        ("life", "", 0, "expected a life"),
        ("life", "end of Year", 7, "`year`"),
        ("span", "2 fortnights", 2, "no unit of time"),
        ("opening", "from 2026-02-30", 5, "no day of the calendar"),
        ("opening", "on tue from 25:00", 12, "no day has the time 25:00"),
        ("opening", "on tue from 9:00", 12, "write `09:00`"),
        ("opening", "from 2026-01-01 until 2026-02-01", 16, "ends with `through`"),
        ("opening", "within window", 7, "a fact has its event before it"),
        ("opening", "from 3 days birthday", 12, "`before` or `after`"),
        ("trigger", "yearly 15 Febuary", 10, "did you mean `February`?"),
        ("trigger", "yearly 31 June", 7, "June has no day 31"),
        ("trigger", "5", 1, "expected a unit of time"),
        ("window", "week from sonday", 10, "did you mean `sunday`?"),
        ("window", "yeer from 1 May", 0, "did you mean"),
        ("cutoff", "by tomorrow", 3, "`end of last` or `yesterday`"),
        ("start", "next business month", 14, "expected `day`"),
        ("amount", "4 per", 5, "expected what it is per"),
        ("amount", "1 per 1", 6, "1 of what? write `per 1.00` for money, or `per 1 points`"),
        ("amount", "1 per 0.00", 6, "parts of 0"),
        ("amount", "1 per 2.00 points", 6, "a number with a point is money"),
        ("amount", "5.00 points", 0, "write `5.00 of points`"),
        ("amount", "5 of points", 0, "write `5 points`; if it is money, `5.00 of points`"),
        ("amount", "$5.00", 0, "write `5.00`"),
        ("amount", "-5", 0, "negative"),
        ("amount", "1,000,000", 0, "written without commas: `1000000`"),
        ("amount", "activity.credits", 0, "`= activity.credits`"),
        ("amount", "=  ", 1, "an expression after `=`"),
        ("amount", "9" * 40, 0, "at most 18 digits"),
        ("amount", "9 Stamps", 2, "written small: `stamps`"),
        ("limit", "4 per purchase", 0, "4 of what? write `4 points per purchase` or `4 times per purchase`"),
        ("limit", "4", 0, "4 of what?"),
        ("limit", "once", 4, "`ever`"),
        ("limit", "1 time per year", 2, "write `1 times` or `once`"),
        ("limit", "twice per year", 0, "`2 times`"),
        ("limit", "once per 7 days", 9, "write `per last 7 days`"),
        ("limit", "20.00 cash per year", 0, "write `20.00 of cash`"),
        ("limit", "once every year", 5, "expected `per`"),
        ("limit", "once per year per", 17, "breaks off"),
        ("round", "downwards", 0, "`down`"),
        ("round", "down to 0", 8, "rounded to 0"),
        ("mark", "every 10 from 100 to 20", 21, "lies below"),
        ("mark", "every 0 from 1 to 2", 6, "0 apart"),
        ("mark", "every 1 from 1 to 100000", 6, "more than"),
        ("mark", "every 1.00 from 1 to 2", 6, "all three"),
        ("type", "int", 0, "did you mean `count`?"),
        ("type", "mony", 0, "did you mean `money`?"),
        ("type", "text of night", 0, "only a `count` or a `number`"),
        ("type", "money = 0", 8, "money with its point"),
        ("type", "date = 2026-13-01", 7, "a day like"),
        ("type", "list of text = a", 15, "has no default"),
        ("type", "count =", 7, "a value after `=`"),
        ("order", "oldest frist", 0, "did you mean `oldest first`?"),
        ("ending", "at the end", 0, "`at end`"),
        ("then", "annual 48 months", 7, "expected `after`"),
        ("pays", "30 of spend", 0, "write `30.00 of spend`"),
        ("import", "vouchers lost", 9, "`waiting` or `live`"),
    ],
)
def test_an_error_says_what_was_expected_and_where(form: str, text: str, offset: int, said: str) -> None:
    error = READERS[form](text)
    assert isinstance(error, FormError)
    assert said in error.text
    assert error.offset == offset


@pytest.mark.parametrize("word", sorted(forms.RESERVED - {"start", "once", "ever"}))
def test_a_word_of_the_language_is_no_name(word: str) -> None:
    assert isinstance(forms.read_amount(f"4 {word}"), FormError)
    assert isinstance(forms.read_amount(f"all {word}"), FormError)
    assert isinstance(forms.read_limit(f"once per {word}"), FormError)
    assert isinstance(forms.read_life(f"end of {word}"), FormError)


def test_a_fact_may_end_in_a_word_of_the_language() -> None:
    assert not isinstance(forms.read_amount("1 per stay.last"), FormError)


WORDS = st.sampled_from(
    [
        *sorted(forms.RESERVED),
        *forms.UNITS,
        "4",
        "0",
        "1.00",
        "%",
        ",",
        "?",
        "=",
        "09:00",
        "2026-01-01",
        "2026-99-99",
        "points",
        "line.qty",
        "yearly",
        "week",
        "15",
        "February",
        "29",
        "at",
        "end",
        "first",
        "vouchers",
        "A",
        "é",
        "--",
        "٣",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=8).map(" ".join) | st.text(max_size=20))
def test_every_reader_gives_a_value_or_a_place_inside_the_text(text: str) -> None:
    for reader in READERS.values():
        found = reader(text)
        if isinstance(found, FormError):
            assert 0 <= found.offset <= len(text)
            assert found.message
