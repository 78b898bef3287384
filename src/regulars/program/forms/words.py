"""The words of a text form with their offsets, and a cursor that says what it expected.

All readers of forms walk a `Words` and raise `Wrong` where the text leaves the grammar; `reading` turns that into a
`FormError` value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NoReturn, TypeVar

from regulars.program.problems import did_you_mean, join

T = TypeVar("T")

TokenKind = Literal["date", "time", "decimal", "integer", "name", "path", "sign", "bad", "end"]

RESERVED = frozenset(
    "after to end of through next never or last before from until on within by once times per ever all whole given own "
    "rest every list band since across start else".split()
)
"""Words that no wallet, voucher, standing, rule or value can be named."""

# Longer than any count or sum of a program; it keeps a digit typed a thousand times from costing time.
MAX_DIGITS = 18

_TOKEN = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\w.-]))"
    r"|(?P<time>[0-9]{1,2}:[0-9]{2}(?![\w:]))"
    r"|(?P<decimal>[0-9]+\.[0-9]+(?![\w.]))"
    r"|(?P<integer>[0-9]+(?![\w.]))"
    r"|(?P<path>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+(?![\w.]))"
    r"|(?P<name>[a-z][a-z0-9_]*(?![\w.]))"
    r"|(?P<sign>[,%?=])"
    r"|(?P<bad>[^\s,%?=]+)"
)


@dataclass(frozen=True, slots=True)
class FormError:
    """Why a text is not the form it should be, and at which letter of the text (counted from 0)."""

    offset: int
    message: str
    hint: str = ""

    @property
    def text(self) -> str:
        """The message and, where there is one, the hint after it."""
        return join(self.message, self.hint)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign with the offset of its first letter."""

    kind: TokenKind
    text: str
    offset: int


class Wrong(Exception):
    """Ends the reading of a form; never leaves `reading`."""

    def __init__(self, offset: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.error = FormError(offset, message, hint)


class Words:
    """A cursor over the words of one text. `what` names the form in messages (`a life`)."""

    def __init__(self, text: str, what: str) -> None:
        self.text = text
        self.what = what
        self.tokens = [Token(_kind(found), found.group(), found.start()) for found in _TOKEN.finditer(text)]
        self.tokens.append(Token("end", "", len(text.rstrip())))
        self.place = 0

    def see(self, ahead: int = 0) -> Token:
        """The token so many places ahead; past the last one, the end."""
        return self.tokens[min(self.place + ahead, len(self.tokens) - 1)]

    def step(self) -> Token:
        """The next token, which is then passed."""
        token = self.see()
        self.place = min(self.place + 1, len(self.tokens) - 1)
        return token

    def at(self, *words: str) -> bool:
        """Whether these words come next."""
        return all(self.see(i).text == word for i, word in enumerate(words))

    def take(self, *words: str) -> bool:
        """Passes these words if they come next, and says whether they did."""
        if not self.at(*words):
            return False
        self.place += len(words)
        return True

    def need(self, *words: str) -> None:
        """Passes these words; they must come next."""
        for word in words:
            if not self.take(word):
                self.expected([word])

    def name(self, what: str, path: bool = False) -> str:
        """A name (or a path, where one may stand) that is no word of the grammar."""
        token = self.see()
        if token.kind == "name" and token.text in RESERVED:
            self.wrong(f"expected {what}, not `{token.text}`, which is a word of the language")
        if token.kind == "path" and not path:
            self.wrong(f"expected {what}, not the path `{token.text}`", f"write `{token.text.rpartition('.')[2]}`")
        if token.kind not in ("name", "path"):
            self.expected_text(what)
        return self.step().text

    def number(self, what: str) -> tuple[Fraction, bool]:
        """A number and whether it was written with a point."""
        token = self.see()
        if token.kind not in ("integer", "decimal"):
            self.expected_text(what)
        self._plainly_written(token)
        self.step()
        return Fraction(token.text), token.kind == "decimal"

    def integer(self, what: str) -> int:
        """A whole number."""
        token = self.see()
        if token.kind == "decimal":
            self.wrong(f"expected {what}, a whole number, not {token.text}")
        if token.kind != "integer":
            self.expected_text(what)
        self._plainly_written(token)
        return int(self.step().text)

    def end(self, *could: str) -> None:
        """Nothing may follow; `could` are the words that might have."""
        if self.see().kind == "end":
            return
        token = self.see()
        if token.text == ",":
            self.wrong(f"{self.what} has no comma")
        near = did_you_mean(token.text, could)
        self.wrong(f"{self.what} ends before `{token.text}`", near)

    def expected(self, words: Iterable[str]) -> NoReturn:
        """Says which words could come here."""
        could = list(words)
        listed = " or ".join(f"`{word}`" for word in could)
        self.expected_text(listed, did_you_mean(self.see().text, [word.partition(" ")[0] for word in could]))

    def expected_text(self, what: str, hint: str = "") -> NoReturn:
        """Says what could come here, and what does."""
        token = self.see()
        if token.kind == "bad":
            self._strange(token)
        if token.kind == "end":
            broken_off = f"expected {what} here, where {self.what} breaks off"
            self.wrong(broken_off if self.text.strip() else f"expected {self.what}", hint)
        self.wrong(f"expected {what}, not `{token.text}`", hint)

    def wrong(self, message: str, hint: str = "", token: Token | None = None) -> NoReturn:
        """Ends the reading at a token, the next one unless another is given."""
        raise Wrong((token or self.see()).offset, message, hint)

    def _strange(self, token: Token) -> NoReturn:
        text = token.text
        if glued := re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([A-Za-z_]\w*)", text):
            self.wrong(f"a space stands between a number and its word: write `{glued[1]} {glued[2]}`")
        if re.fullmatch(r"-[0-9.]+", text):
            self.wrong(f"no number here is negative: `{text}`")
        if re.fullmatch(r"[$€£][0-9.]+|[0-9.]+[$€£]", text):
            self.wrong(f"money is written without its sign: write `{text.strip('$€£')}`")
        if re.fullmatch(r"[0-9]+\.|\.[0-9]+", text):
            self.wrong(f"`{text}` is no number", "digits stand on both sides of the point")
        if text.lower() != text and re.fullmatch(r"[A-Za-z_][\w.]*", text):
            self.wrong(f"names and words are written small: `{text.lower()}`")
        self.wrong(f"`{text}` is no word of {self.what}")

    def _plainly_written(self, token: Token) -> None:
        if len(token.text) > MAX_DIGITS:
            self.wrong(f"a number has at most {MAX_DIGITS} digits", token=token)
        if thousands := re.match(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])", self.text[token.offset :]):
            self.wrong(f"a number is written without commas: `{thousands.group().replace(',', '')}`", token=token)


def reading(text: str, what: str, reader: Callable[[Words], T], *could_follow: str) -> T | FormError:
    """What the reader makes of the whole text, or why it cannot; `could_follow` helps to guess at what is left."""
    words = Words(text, what)
    try:
        value = reader(words)
        words.end(*could_follow)
    except Wrong as wrong:
        return wrong.error
    return value


def _kind(found: re.Match[str]) -> TokenKind:
    kind = found.lastgroup
    assert kind is not None
    return kind  # type: ignore[return-value]
