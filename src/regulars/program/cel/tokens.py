"""A first look at a condition's text: its tokens with offsets, and the mistakes that are plain without any grammar.

It also protects the grammar: texts that reach it are short, closed, nested within the limit, and cost its patterns
linear time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from regulars.program.cel.errors import unreadable

LONGEST: Final = 4000
"""Characters of one condition: a rule that needs more should name its parts under `define`."""

DEEPEST: Final = 50
"""Levels of nesting: far beyond what can be read, far below where Python's own compiler gives up."""

_TOKEN: Final = re.compile(
    r"""(?P<skip>[\t\n\f\r ]+|//.*)
      | (?P<text>'(?:[^'\\\r\n]|\\.)*'|"(?:[^"\\\r\n]|\\.)*")
      | (?P<name>[_a-zA-Z][_a-zA-Z0-9]*)
      | (?P<number>[0-9][0-9a-zA-Z_]*(?:\.[0-9]+[a-zA-Z0-9_]*)?)
      | (?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]])""",
    re.VERBOSE,
)
_ESCAPES: Final = re.compile(r"""\\(?:([\\'"nrt])|u([0-9a-fA-F]{4})|(.))""", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t"}
_INSTEAD: Final = {
    "=": "`=` compares nothing|write `==`", "&": "`&` joins nothing|write `&&`", "|": "`|` joins nothing|write `||`",
    "{": "braces have no place in a condition|", "}": "braces have no place in a condition|",
    "‘": "this quote is not plain|write texts in '..'", "’": "this quote is not plain|write texts in '..'",
    "“": "this quote is not plain|write texts in '..'", "”": "this quote is not plain|write texts in '..'",
    "≥": "`≥` is no operator|write `>=`", "≤": "`≤` is no operator|write `<=`", "≠": "`≠` is no operator|write `!=`",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text."""

    kind: Literal["text", "name", "number", "sign"]
    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The tokens of a condition; UnreadableCondition at the first mistake of spelling, brackets or size."""
    if len(text) > LONGEST:
        raise unreadable(
            LONGEST,
            f"a condition has at most {LONGEST:,} characters, this one {len(text):,}",
            "name its parts under `define`",
        )
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _misspelt(text, at)
        kind = match.lastgroup
        if kind != "skip":
            token = Token(kind, match[0], at, match.end())  # type: ignore[arg-type]
            if kind == "text" and found and found[-1].end == at and found[-1].kind in {"text", "name"}:
                raise unreadable(at, f"expected an operator between `{found[-1].text}` and `{token.text}`")
            found.append(token)
        at = match.end()
    if not found:
        raise unreadable(0, "a condition is missing here")
    _brackets(found)
    return found


def plain(token: str, at: int) -> str:
    """What a quoted text says, its escapes resolved."""

    def one(match: re.Match[str]) -> str:
        if match[3]:
            raise unreadable(at + match.start(), f"`\\{match[3]}` is no escape", r"write `\\` for a backslash")
        return chr(int(match[2], 16)) if match[2] else _ESCAPED.get(match[1], match[1])

    return _ESCAPES.sub(one, token[1:-1]) if "\\" in token else token[1:-1]


def _misspelt(text: str, at: int) -> Exception:
    letter = text[at]
    if letter in "'\"":
        return unreadable(at, "this text is never closed", f"it needs a {letter} at its end")
    message, _, hint = _INSTEAD.get(letter, f"`{letter}` has no place in a condition|").partition("|")
    return unreadable(at, message, hint)


def _brackets(found: list[Token]) -> None:
    opened: list[Token] = []
    closes = {")": "(", "]": "["}
    for token in found:
        if token.kind != "sign":
            continue
        if token.text in "([":
            opened.append(token)
            if len(opened) > DEEPEST:
                raise too_deep(token.start)
        elif token.text in closes:
            if not opened:
                raise unreadable(token.start, f"`{token.text}` closes nothing")
            if opened.pop().text != closes[token.text]:
                raise unreadable(token.start, f"`{token.text}` does not close what was opened last")
    if opened:
        raise unreadable(opened[-1].start, f"`{opened[-1].text}` is never closed")


def too_deep(at: int) -> Exception:
    """The exception for a condition that is nested too deep at an offset."""
    return unreadable(at, f"a condition is nested at most {DEEPEST} deep", "name its parts under `define`")
