"""A program in plain words: what it says, what changed in it, why a receipt is as it is, and what a refusal means.

The law of the room:

1. It is pure: everything said follows from the program, the receipt and the language; nothing is looked up elsewhere.
2. A language is one table of phrases and one of codes, with the same keys as every other; a missing key fails a test.
3. What it cannot say in words it quotes as it was written, and never guesses.
4. It decides nothing: amounts, rates and reasons are those of the receipt.
5. Texts that a program has of its own (`says`) go before the built-in ones.
"""

from regulars.speech.diff import changes
from regulars.speech.explain import Explanation, explain
from regulars.speech.language import LANGUAGES, Language, language
from regulars.speech.program import Section, describe
from regulars.speech.refusals import codes, text
from regulars.speech.telling import lines

__all__ = [
    "Language",
    "language",
    "LANGUAGES",
    "Section",
    "describe",
    "text",
    "codes",
    "Explanation",
    "explain",
    "lines",
    "changes",
]
