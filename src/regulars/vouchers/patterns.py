"""Patterns of codes: letters as they stand, random characters and a check character, as in `SUMMER-####-####-C`.

The alphabet has 31 characters, none of which looks like another: no 0 or O, no 1, I or L. As 31 is a prime, a weighted sum
(ISO 7064 and ISBN-10 work the same way) finds every single wrong character and every swap of two neighbours, which the
better-known Luhn sum over an even alphabet does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from regulars.words.refusals import Refusal

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RANDOM, CHECK, AS_IT_STANDS = "#", "C", "\\"
LONGEST: Final = 64
"""Characters of a code."""
SPARSE: Final = 1_000
"""Of so many possible codes at most one is made, so that guessing one takes about so many tries."""

_SIZE: Final = len(ALPHABET)
_PLACE: Final = {letter: place for place, letter in enumerate(ALPHABET)}
_WHOLE: Final = 256 - 256 % _SIZE
_LETTERS: Final = bytes(ord(ALPHABET[byte % _SIZE]) for byte in range(256))
_UNEVEN: Final = bytes(range(_WHOLE, 256))
"""Bytes that are thrown away, so that each character is as likely as any other."""

Draw = Callable[[int], bytes]
"""So many random bytes, as `secrets.token_bytes` gives them."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern, read: `text` as written, `parts` its characters, None where a random one stands; `checked`: the last one checks."""

    text: str
    parts: tuple[str | None, ...]
    checked: bool

    @property
    def free(self) -> int:
        """How many characters are random."""
        return self.parts.count(None)

    @property
    def possible(self) -> int:
        """How many codes there are of this pattern."""
        codes: int = _SIZE**self.free
        return codes


def key_of(code: str) -> str:
    """What tells a code from others: its letters in capitals, without the spaces and dashes that people add or leave out."""
    return "".join(code.upper().replace("-", "").split())


def can_be_key(key: str) -> bool:
    """Whether a code can be kept under this key: it has letters, plain ones that print, and not too many."""
    return 0 < len(key) <= LONGEST and key.isascii() and key.isprintable()


def read_pattern(text: str) -> Pattern | Refusal:
    r"""The pattern of a text, or `voucher.bad_pattern`.

    `#` is a random character, a `C` at the end the check character, everything else stands as it is: capital letters,
    digits and dashes. `\C` is a letter C where a check character is not meant.
    """
    checked = text.endswith(CHECK) and not text.endswith(AS_IT_STANDS + CHECK)
    rest = iter(text[: len(text) - checked])
    parts: list[str | None] = []
    for letter in rest:
        if letter == RANDOM:
            parts.append(None)
            continue
        letter = next(rest, "") if letter == AS_IT_STANDS else letter
        if not (letter.isascii() and (letter.isdigit() or letter.isupper() or letter == "-")):
            return _bad(f"`{letter}` cannot stand in a pattern: write capitals, digits, dashes, # and a C at the end.")
        parts.append(letter)
    if None not in parts:
        return _bad("A pattern has at least one `#`, where a random character stands.")
    if len(parts) + checked > LONGEST:
        return _bad(f"A code has at most {LONGEST} characters.")
    return Pattern(text, tuple(parts), checked)


def room_for(pattern: Pattern, count: int) -> Refusal | None:
    """Why so many codes of a pattern would be easy to guess, `voucher.pattern_too_small`; None when they are not."""
    if pattern.possible >= count * SPARSE:
        return None
    more = next(n for n in range(1, LONGEST) if _SIZE ** (pattern.free + n) >= count * SPARSE)
    text = f"Codes of {pattern.text} would be guessed too easily: give it {more} more `#`."
    return Refusal("voucher.pattern_too_small", text, pointer="/pattern", values=(("more", more),))


def codes_of(pattern: Pattern, count: int, draw: Draw) -> list[str]:
    """So many different codes of a pattern, in the order in which they were drawn; `pattern` has room for many more."""
    found: dict[str, None] = {}
    form = "".join("{}" if part is None else part for part in pattern.parts) + ("{}" if pattern.checked else "")
    while len(found) < count:
        wanted = (count - len(found)) * pattern.free
        drawn = draw(wanted + wanted // 16 + 16).translate(_LETTERS, _UNEVEN).decode("ascii")
        for free in _pieces(drawn, pattern.free, count - len(found)):
            found[form.format(*free, check_of(free)) if pattern.checked else form.format(*free)] = None
    return list(found)


def _pieces(text: str, size: int, most: int) -> Iterator[str]:
    for begin in range(0, min(len(text) // size, most) * size, size):
        yield text[begin : begin + size]


def check_of(free: str) -> str:
    """The check character of the random characters of a code: with it the weighted sum of all comes to nothing, modulo 31.

    Weights run from 2 at the right to the left (1 is the check character's own), and begin again after 30; none is ever a
    multiple of 31 and two neighbours never weigh the same, which is all that the two promises need.
    """
    total = 0
    weight = 1
    for letter in reversed(free):
        weight = weight % (_SIZE - 1) + 1
        total += weight * _PLACE[letter]
    return ALPHABET[-total % _SIZE]


def fault_of(pattern: Pattern, code: str) -> Refusal | None:
    """Why a code is none of this pattern: `voucher.bad_form`, `voucher.bad_check`; None when it is one."""
    key = key_of(code)
    parts = [part for part in pattern.parts if part != "-"]
    if len(key) != len(parts) + pattern.checked:
        return Refusal("voucher.bad_form", f"This is no code of the form {pattern.text}.", pointer="/code")
    free = ""
    for part, letter in zip(parts, key, strict=False):
        if part is None and letter in _PLACE:
            free += letter
        elif part != letter:
            return Refusal("voucher.bad_form", f"This is no code of the form {pattern.text}.", pointer="/code")
    if pattern.checked and check_of(free) != key[-1]:
        return Refusal("voucher.bad_check", "A character of this code is wrong, or two are swapped.", pointer="/code")
    return None


def _bad(text: str) -> Refusal:
    return Refusal("voucher.bad_pattern", text, pointer="/pattern")
