"""A language: its phrases filled in, and its ways with numbers, money, days and lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, get_currency_name

from regulars.speech.phrases import en, en_codes, es, es_codes
from regulars.words.days import NEVER, Day
from regulars.words.money import show
from regulars.words.money import text as plain
from regulars.words.refusals import fill

LANGUAGES = ("en", "es")
_TABLES: Mapping[str, tuple[Mapping[str, str], Mapping[str, tuple[str, str]]]] = {
    "en": (en.PHRASES, en_codes.CODES),
    "es": (es.PHRASES, es_codes.CODES),
}


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its tag (`en`, `es-MX`) with its phrases and its codes of refusals (sentence, hint)."""

    tag: str
    locale: Locale
    phrases: Mapping[str, str]
    codes: Mapping[str, tuple[str, str]]

    def say(self, key: str, **values: object) -> str:
        """The phrase of a key, filled in; of `one|many` the one that suits `n`. An unknown key is a KeyError."""
        phrase = self.phrases[key]
        if "|" in phrase:
            one, many = phrase.split("|")
            phrase = one if str(values.get("n")) == "1" else many
        return fill(phrase, values)

    def has(self, key: str) -> bool:
        """Whether there is a phrase of this key."""
        return key in self.phrases

    def number(self, value: int | Fraction) -> str:
        """The number as people write it, exact: "2,500", "1.25"; a ratio where it has no end in decimals."""
        written = decimal(Fraction(value))
        if "/" in written:
            return written
        return str(format_decimal(Decimal(written), locale=self.locale, decimal_quantization=False))

    def percent(self, share: Fraction) -> str:
        """A share in hundredths: "20%"."""
        return f"{self.number(share * 100)}%"

    def money(self, minor: int, currency: Sequence[str]) -> str:
        """An amount in minor units: with the sign of the one currency, as a plain decimal where there are several."""
        return show(minor, currency[0], self.tag) if len(currency) == 1 else plain(minor, currency[0])

    def currency(self, code: str) -> str:
        """The name of a currency: "US dollars"."""
        return str(get_currency_name(code, count=2, locale=self.locale))

    def day(self, day: Day) -> str:
        """A day in words: "January 31, 2026"."""
        if not 1 <= day < NEVER:
            return "-"
        return format_date(date.fromordinal(day), "long", locale=self.locale)

    def month_day(self, month: int, day: int) -> str:
        """A day that comes back each year: "February 15"."""
        return str(format_skeleton("MMMMd", date(2000, month, day), locale=self.locale))

    def weekday(self, name: str) -> str | None:
        """A weekday as it comes back, `tue` -> "Tuesdays"; None for any other word."""
        places = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        return self.say("weekdays").split()[places.index(name)] if name in places else None

    def nth(self, n: int) -> str:
        """An ordinal: "sixth"."""
        words = self.say("ordinals").split()
        return words[n - 1] if 1 <= n <= len(words) else self.say("ordinal", n=n)

    def join(self, words: Sequence[str], how: str = "and") -> str:
        """A list: "a, b and c"; `how` is `and` or `or`."""
        if len(words) < 2:
            return words[0] if words else ""
        return self.say(how, a=", ".join(words[:-1]), b=words[-1])


@lru_cache(maxsize=16)
def language(tag: str) -> Language:
    """The language of a tag (`en`, `es`, `es-MX`: the nearest that there is); ValueError when there is none."""
    base = tag.replace("_", "-").split("-")[0].lower()
    if base not in _TABLES:
        raise ValueError(f"no language {tag!r}; there are {', '.join(LANGUAGES)}")
    try:
        locale = Locale.parse(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse(base)
    phrases, codes = _TABLES[base]
    return Language(str(locale).replace("_", "-"), locale, phrases, codes)


def decimal(value: Fraction) -> str:
    """A number as a plain decimal, "1.25"; a ratio where it has no end in decimals."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"


def human(name: str) -> str:
    """A name of a program as words: `two_dollars_off` -> "two dollars off"."""
    return name.replace("_", " ").replace("-", " ")


def capital(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]


def noun(name: str, n: str) -> str:
    """The units of a wallet as they are counted: "1 star", "2 stars"."""
    word = human(name)
    if n == "1" and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
