"""Passwords: what argon2 makes of one, and whether one fits. Each takes some 50 ms of a core and 64 MB, on a thread."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from regulars.words.refusals import Refusal

SHORTEST: Final = 12
LONGEST: Final = 256
_AT_ONCE: Final = 2
"""Passwords tried at once: more would only take memory, and everybody else's cores."""

_hasher: Final = PasswordHasher()
_threads: Final = ThreadPoolExecutor(_AT_ONCE, "passwords")


def acceptable(password: str, email: str) -> Refusal | None:
    """Nothing when the text can be a password for this address; else `access.weak_password`."""
    if not SHORTEST <= len(password) <= LONGEST:
        values = (("shortest", SHORTEST), ("longest", LONGEST))
        text = f"A password has {SHORTEST} to {LONGEST} characters."
        return Refusal("access.weak_password", text, pointer="/password", values=values)
    name = email.partition("@")[0].casefold()
    if len(set(password)) < 5 or password.casefold() in {email.casefold(), name} or not password.isprintable():
        return Refusal("access.weak_password", "This password is guessed at once.", pointer="/password")
    return None


async def hashed(password: str) -> str:
    """What is kept of a password."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def fits(kept: str | None, password: str) -> bool:
    """Whether a password is the one of which something was kept; takes as long when nothing was."""
    if len(password) > LONGEST:
        return False
    found = await asyncio.get_running_loop().run_in_executor(_threads, _verify, kept, password)
    return found and kept is not None


def outdated(kept: str) -> bool:
    """Whether what was kept was made with weaker settings than are used now."""
    return _hasher.check_needs_rehash(kept)


def _verify(kept: str | None, password: str) -> bool:
    try:
        return _hasher.verify(kept or _nobodys(), password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobodys() -> str:
    """What is compared with when there is no such account, so that the time taken tells nobody which accounts there are."""
    return _hasher.hash("nobody has this password")
