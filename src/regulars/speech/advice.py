"""What a piece of advice says to a person: one sentence and one hint, in a language."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from regulars.program.advice.model import Advice, On, Units, Value
from regulars.program.model import Program
from regulars.speech.language import Language, human
from regulars.speech.phrases import en_advice, es_advice
from regulars.speech.voice import Voice
from regulars.words.refusals import fill

TABLES = {"en": en_advice.ADVICE, "es": es_advice.ADVICE}


class Said(NamedTuple):
    """A piece of advice in words."""

    sentence: str
    hint: str


def advice_text(program: Program, advice: Advice, language: Language) -> Said:
    """The sentence and the hint of a piece of advice on the program."""
    voice = Voice(program, language)
    sentence, hint = TABLES[language.locale.language][advice.code]
    values = {name: _shown(voice, name, value) for name, value in advice.values.items()}
    # A sentence of advice stands in a line of its own, where a space that does not break would be written out.
    return Said(*(fill(phrase, values).replace("\xa0", " ") for phrase in (sentence, hint)))


def _shown(voice: Voice, name: str, value: Value) -> str:
    if isinstance(value, Units):
        wallet = voice.program.wallets[value.wallet]
        return voice.amount(Fraction(value.units, wallet.scale), value.wallet)
    if isinstance(value, On):
        return voice.language.day(value.day)
    if isinstance(value, int):
        return voice.number(value)
    return human(value) if name == "wallet" else value
