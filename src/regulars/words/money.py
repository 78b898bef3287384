"""Money: integers of minor units, each currency with the decimals of ISO 4217.

Amounts come in as exact decimals and are refused rather than rounded; they are printed without losing a digit.
The decimals are those of ISO 4217 and not of CLDR, which differ for a dozen currencies.
"""

import copy
import re
from decimal import Context, Decimal, InvalidOperation, localcontext
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.numbers import NumberPattern
from iso4217 import Currency

from regulars.words.refusals import Refusal

LARGEST: Final = 10**15
"""The largest amount taken in, in minor units of either sign; above it something is wrong with the sender."""

_EXPONENTS: Final[dict[str, int]] = {
    currency.code: currency.exponent for currency in Currency if currency.exponent is not None
}
_PLAIN: Final = re.compile(r"([+-]?)([0-9]{1,20})(?:\.([0-9]{1,20}))?")
_NUMBER: Final = re.compile(
    r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?|nan|inf|infinity)", re.ASCII | re.IGNORECASE
)
_LONGEST_TEXT: Final = 100


class UnknownCurrency(ValueError):
    """A code that ISO 4217 does not list, or lists without a minor unit (gold, test codes)."""


def exponent(code: str) -> int:
    """The decimals of the currency by ISO 4217: 2 for EUR, 0 for JPY, 3 for KWD, 4 for CLF.

    A code that is no currency with a minor unit raises UnknownCurrency; codes are upper case.
    """
    try:
        return _EXPONENTS[code]
    except KeyError:
        raise UnknownCurrency(f"no currency with a minor unit has the code {code!r}") from None


def minor(value: str | int | Decimal, code: str) -> int | Refusal:
    """The amount in minor units, exactly: "12.50" EUR is 1250.

    The value is in major units. Zeros beyond the decimals of the currency lose nothing and are taken. Refused are
    `money.too_precise` (a digit would be lost), `money.out_of_range` (not finite, or more than 10**15 minor units)
    and `money.unreadable` (not a number). A float raises TypeError, since it has already lost what was meant;
    an unknown code raises UnknownCurrency.
    """
    decimals = exponent(code)
    if isinstance(value, str):
        return _from_text(value, code, decimals)
    if isinstance(value, Decimal):
        return _from_decimal(value, code, decimals)
    if isinstance(value, int) and not isinstance(value, bool):
        # Compared before multiplying and printing: an int from a request can have thousands of digits.
        return value * 10**decimals if abs(value) <= LARGEST // 10**decimals else _out_of_range(code)
    raise TypeError(f"money is text, int or Decimal, not {type(value).__name__}")


def _from_text(value: str, code: str, decimals: int) -> int | Refusal:
    plain = _PLAIN.fullmatch(value)
    if plain is None:
        return _from_odd_text(value, code, decimals)
    sign, whole, fraction = plain.groups(default="")
    if len(fraction) > decimals:
        if fraction[decimals:].strip("0"):
            return _too_precise(value, code, decimals)
        fraction = fraction[:decimals]
    amount = int(whole + fraction.ljust(decimals, "0"))
    if amount > LARGEST:
        return _out_of_range(code)
    return -amount if sign == "-" else amount


def _from_odd_text(value: str, code: str, decimals: int) -> int | Refusal:
    if len(value) > _LONGEST_TEXT or _NUMBER.fullmatch(value) is None:
        return Refusal("money.unreadable", "This is not an amount of money.", values=(("currency", code),))
    try:
        number = Decimal(value)
    except InvalidOperation:  # an exponent beyond what Decimal holds
        return _out_of_range(code)
    return _from_decimal(number, code, decimals)


def _from_decimal(value: Decimal, code: str, decimals: int) -> int | Refusal:
    if not value.is_finite():
        return _out_of_range(code)
    if not value:
        return 0
    # The size is judged before the digits are written out: 1E+999999 has a million of them.
    if value.adjusted() + decimals > 16:
        return _out_of_range(code)
    if value.adjusted() + decimals < 0:
        return _too_precise(value, code, decimals)
    numerator, denominator = value.as_integer_ratio()
    amount, lost = divmod(numerator * 10**decimals, denominator)
    if lost:
        return _too_precise(value, code, decimals)
    return amount if abs(amount) <= LARGEST else _out_of_range(code)


def _too_precise(value: str | Decimal, code: str, decimals: int) -> Refusal:
    shown = str(value)[:_LONGEST_TEXT]
    return Refusal(
        "money.too_precise",
        f"The currency {code} has {decimals} decimals; {shown} has more.",
        values=(("value", shown), ("currency", code), ("decimals", decimals)),
    )


def _out_of_range(code: str) -> Refusal:
    return Refusal(
        "money.out_of_range",
        f"This is more {code} than an amount can be.",
        values=(("currency", code), ("largest", text(LARGEST, code))),
    )


def text(minor: int, code: str) -> str:
    """The amount as a plain decimal with all decimals of its currency: "12.50", "-3", "0.005"."""
    decimals = exponent(code)
    if not decimals:
        return str(minor)
    whole, fraction = divmod(abs(minor), 10**decimals)
    return f"{'-' if minor < 0 else ''}{whole}.{fraction:0{decimals}d}"


def show(minor: int, code: str, language: str) -> str:
    """The amount as people of that language write it, never rounded: "€12.50", "12,50 €".

    The language is a tag such as `de` or `pt-BR`; one that CLDR does not know is a ValueError.
    """
    locale, pattern = _pattern(code, language)
    with localcontext(Context(prec=len(str(minor)) + 10)):
        shown: str = pattern.apply(Decimal(text(minor, code)), locale, currency=code, currency_digits=False)
    return shown


@lru_cache(maxsize=1024)
def _pattern(code: str, language: str) -> tuple[Locale, NumberPattern]:
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except UnknownLocaleError as unknown:
        raise ValueError(f"no language {language!r}") from unknown
    pattern = copy.copy(locale.currency_formats["standard"])
    decimals = exponent(code)
    pattern.frac_prec = (decimals, decimals)
    return locale, pattern
