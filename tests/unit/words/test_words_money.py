"""Money is exact on its way in and on its way out."""

import re
from decimal import Decimal

import pytest
from babel.numbers import get_currency_symbol
from hypothesis import given, settings
from hypothesis import strategies as st
from iso4217 import Currency

from regulars.words.money import LARGEST, UnknownCurrency, exponent, minor, show, text
from regulars.words.refusals import Refusal

CURRENCIES = sorted(currency.code for currency in Currency if currency.exponent is not None)
amounts = st.integers(-LARGEST, LARGEST) | st.integers(-2000, 2000)


def refused(value: str | int | Decimal, code: str) -> str:
    answer = minor(value, code)
    assert isinstance(answer, Refusal)
    return answer.code


@pytest.mark.parametrize(("code", "decimals"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("HUF", 2), ("ISK", 0)])
def test_the_decimals_of_a_currency_are_those_of_iso_4217(code: str, decimals: int) -> None:
    assert exponent(code) == decimals


def test_the_currencies_have_none_two_three_or_four_decimals() -> None:
    assert {exponent(code) for code in CURRENCIES} == {0, 2, 3, 4}


@pytest.mark.parametrize("code", ["", "eur", "EURO", "XAU", "XXX", "ZZZ"])
def test_what_has_no_minor_unit_is_an_unknown_currency(code: str) -> None:
    with pytest.raises(UnknownCurrency):
        exponent(code)
    with pytest.raises(ValueError):
        minor("1", code)


@pytest.mark.parametrize(
    ("value", "code", "amount"),
    [
        ("12.50", "EUR", 1250),
        ("12.5", "EUR", 1250),
        ("-0.05", "EUR", -5),
        ("+3", "JPY", 3),
        ("-0.00", "EUR", 0),
        ("0.005", "KWD", 5),
        ("1.2e3", "JPY", 1200),
        (12, "EUR", 1200),
        (Decimal("1E+3"), "JPY", 1000),
        (Decimal("19.99"), "USD", 1999),
        (Decimal("-0.0001"), "CLF", -1),
        (Decimal("0E-50"), "EUR", 0),
    ],
)
def test_an_amount_is_read_exactly(value: str | int | Decimal, code: str, amount: int) -> None:
    assert minor(value, code) == amount


@pytest.mark.parametrize("value", ["12.5000", Decimal("12.5000"), "0012.50", ".125e2", "12500000e-6"])
def test_zeros_that_say_nothing_are_taken(value: str | Decimal) -> None:
    assert minor(value, "EUR") == 1250


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("12.505", "EUR"),
        (Decimal("12.505"), "EUR"),
        ("1.5", "JPY"),
        ("0.0001", "KWD"),
        (Decimal("1E-999999"), "EUR"),
        (Decimal("1." + "0" * 200 + "1"), "EUR"),
    ],
)
def test_more_decimals_than_the_currency_has_are_refused(value: str | Decimal, code: str) -> None:
    assert refused(value, code) == "money.too_precise"


def test_a_refusal_of_precision_says_what_was_given_and_what_there_is() -> None:
    answer = minor("1.5", "JPY")
    assert isinstance(answer, Refusal)
    assert dict(answer.values) == {"value": "1.5", "currency": "JPY", "decimals": 0}
    assert answer.text == "The currency JPY has 0 decimals; 1.5 has more."


@pytest.mark.parametrize(
    "value",
    [
        "NaN",
        "-Infinity",
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        "1e400",
        "1e99999999999999999999",
        Decimal("1E+999999"),
        "9" * 40,
        10**400,
        -(10**400),
    ],
)
def test_what_is_not_finite_or_absurd_is_out_of_range(value: str | int | Decimal) -> None:
    assert refused(value, "EUR") == "money.out_of_range"


def test_a_number_too_long_to_be_printed_is_out_of_range_like_any_other() -> None:
    assert refused(10**5000, "EUR") == refused(-(10**5000), "EUR") == "money.out_of_range"


@pytest.mark.parametrize("code", ["JPY", "EUR", "KWD", "CLF"])
def test_the_largest_amount_is_taken_and_one_more_is_not(code: str) -> None:
    for sign in (1, -1):
        assert minor(text(sign * LARGEST, code), code) == sign * LARGEST
        assert refused(text(sign * (LARGEST + 1), code), code) == "money.out_of_range"
        assert refused(Decimal(text(sign * (LARGEST + 1), code)), code) == "money.out_of_range"
        assert minor(sign * LARGEST // 10 ** exponent(code), code) == sign * LARGEST
        assert refused(sign * (LARGEST // 10 ** exponent(code) + 1), code) == "money.out_of_range"


@pytest.mark.parametrize(
    "value", ["", " ", "12,50", "1_000", " 12", "12\n", "€5", "٣", "0x10", "1.2.3", "--1", "e5", ".", "12" * 99]
)
def test_what_is_not_a_number_is_unreadable(value: str) -> None:
    assert refused(value, "EUR") == "money.unreadable"


@pytest.mark.parametrize("value", [12.5, True, None, b"12"])
def test_a_float_is_never_taken(value: object) -> None:
    with pytest.raises(TypeError):
        minor(value, "EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "code", "printed"),
    [
        (1250, "EUR", "12.50"),
        (-3, "JPY", "-3"),
        (5, "KWD", "0.005"),
        (-5, "EUR", "-0.05"),
        (0, "CLF", "0.0000"),
        (-1250, "EUR", "-12.50"),
    ],
)
def test_text_has_all_decimals_of_the_currency(amount: int, code: str, printed: str) -> None:
    assert text(amount, code) == printed


@pytest.mark.parametrize("code", CURRENCIES)
def test_every_currency_comes_back_from_its_text(code: str) -> None:
    for amount in (0, 1, -1, 99, 100, 12345, -(10**15), 10**15, 999_999_999_999_999):
        printed = text(amount, code)
        assert minor(printed, code) == amount
        assert minor(Decimal(printed), code) == amount


@settings(max_examples=100)
@given(amounts, st.sampled_from(CURRENCIES))
def test_any_amount_comes_back_from_its_text(amount: int, code: str) -> None:
    assert minor(text(amount, code), code) == amount


@pytest.mark.parametrize(
    ("amount", "code", "language", "shown"),
    [
        (1250, "EUR", "en", "€12.50"),
        (1250, "EUR", "de", "12,50\xa0€"),
        (-300, "JPY", "en", "-¥300"),
        (1234567, "KWD", "en", "KWD1,234.567"),
        (1234567, "BRL", "pt-BR", "R$\xa012.345,67"),
    ],
)
def test_people_see_money_as_their_language_writes_it(amount: int, code: str, language: str, shown: str) -> None:
    assert show(amount, code, language) == shown


@pytest.mark.parametrize("code", CURRENCIES)
def test_what_is_shown_has_every_digit_of_every_currency(code: str) -> None:
    shown = show(9876543215, code, "en").removeprefix(get_currency_symbol(code, "en"))
    assert shown.replace(",", "") == text(9876543215, code)


@settings(max_examples=60)
@given(st.integers(-(10**40), 10**40), st.sampled_from(CURRENCIES), st.sampled_from(["en", "de", "fr", "ja", "es-MX"]))
def test_nothing_is_rounded_however_large(amount: int, code: str, language: str) -> None:
    digits = "".join(re.findall(r"[0-9]", show(amount, code, language)))
    assert digits == re.sub(r"[^0-9]", "", text(amount, code))


@pytest.mark.parametrize("language", ["xx", "", "not a language"])
def test_a_language_that_is_not_known_is_a_broken_promise(language: str) -> None:
    with pytest.raises(ValueError):
        show(1, "EUR", language)
