"""A voice: one language speaking of one program, whose money, names and units it knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from regulars.program.model import Program, Rule
from regulars.speech.language import Language, capital, decimal, human, noun
from regulars.words.money import text as plain


@dataclass(frozen=True, slots=True)
class Voice:
    """What is needed to say anything about a program."""

    program: Program
    language: Language

    def say(self, key: str, **values: object) -> str:
        """The phrase of a key, filled in."""
        return self.language.say(key, **values)

    def money(self, minor: int) -> str:
        """An amount in minor units, as people write it."""
        return self.language.money(minor, self.program.currency)

    def plain(self, minor: int) -> str:
        """An amount in minor units as a plain decimal: "20.00"."""
        return plain(minor, self.program.currency[0])

    def major(self, value: Fraction) -> str:
        """An amount in whole money, as people write it."""
        return self.money(int(value * 10**self.program.exponent))

    def is_money(self, wallet: str) -> bool:
        """Whether a wallet, or a base, is counted in money."""
        held = self.program.wallets.get(wallet)
        return wallet in self.program.bases if held is None else held.money

    def number(self, value: int | Fraction) -> str:
        """A number, as people write it."""
        return self.language.number(value)

    def amount(self, value: Fraction, name: str) -> str:
        """So much of a wallet or base, the value in whole units: "100 points", "$5.00 of balance"."""
        if self.is_money(name):
            money = self.major(value)
            return self.say("amount.money", money=money, noun=human(name)) if name in self.program.wallets else money
        n = self.number(value)
        return self.say("amount.units", n=n, noun=noun(name, n))

    def units(self, wallet: str, units: int) -> str:
        """So many smallest units of a wallet as a plain number: "9.7", "20.00" for money."""
        held = self.program.wallets[wallet]
        if held.money:
            return self.plain(units)
        return decimal(Fraction(units, held.scale))

    def level(self, name: str) -> str:
        """A level's name, as it is printed."""
        return self.say("level.none") if name == "none" else capital(human(name))

    def ladder_of(self, name: str) -> tuple[str, ...] | None:
        """The levels of a ladder, lowest first; None for any other name."""
        ladder = self.program.ladders.get(name)
        return None if ladder is None else tuple(level.name for level in ladder.levels)

    def window(self, name: str) -> str:
        """A window of the calendar."""
        key = f"window.{name}"
        return self.say(key) if self.language.has(key) else human(name)

    def quote(self, name: str) -> str:
        """A name in quotes, as words."""
        return self.say("quoted", name=human(name))

    def any_of(self, words: Sequence[str]) -> str:
        """A choice: "a, b or c"."""
        return self.language.join(words, "or")

    def all_of(self, words: Sequence[str]) -> str:
        """A list: "a, b and c"."""
        return self.language.join(words, "and")


def short(name: str) -> str:
    """The name of a rule without its section, as words: `earn.double_day` -> "double day"."""
    return human(name.split(".", 1)[-1].split(".", 1)[0])


def title(rule: Rule) -> str:
    """A rule's name as a heading."""
    return capital(short(rule.name))
