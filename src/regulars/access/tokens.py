"""Tokens that open something: 256 random bits behind a prefix that people and secret scanners recognise.

`regulars_key_7_<43 letters and digits><6 more>`: what it opens, the tenant's number, the secret, and a checksum, so that a
token which was cut or mistyped is told from one that is unknown, without a look at the database. Kept is only a SHA-256:
there is nothing to guess in 256 random bits, so nothing slower is needed.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["key", "session", "invitation"]

_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BITS: Final = 256
_SECRET: Final = 43
_CHECK: Final = 6
_FORM: Final = re.compile(
    r"regulars_(key|session|invitation)_([1-9][0-9]{0,9})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token that has the right form: what it would open, of which tenant, and the hash under which it is kept."""

    kind: Kind
    tenant: int
    hash: bytes


def new_token(kind: Kind, tenant: int) -> str:
    """A token that nobody had before."""
    head = f"regulars_{kind}_{tenant}_{_written(secrets.randbits(_BITS), _SECRET)}"
    return head + _check(head)


def read_token(text: str) -> Token | None:
    """What a text says as a token, or None when it is none or is not whole."""
    match = _FORM.fullmatch(text)
    if match is None or _check(text[:-_CHECK]) != match[4]:
        return None
    kind: Kind = "key" if match[1] == "key" else "session" if match[1] == "session" else "invitation"
    return Token(kind, int(match[2]), digest(text))


def digest(text: str) -> bytes:
    """The hash under which a token is kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()


def new_id(prefix: str) -> str:
    """An id that nobody had before and that opens nothing: the prefix with 80 random bits."""
    return f"{prefix}_{_written(secrets.randbits(80), 14)}"


def _check(head: str) -> str:
    return _written(zlib.crc32(head.encode()), _CHECK)


def _written(number: int, width: int) -> str:
    letters = []
    for _ in range(width):
        number, place = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "".join(reversed(letters))
