"""Codes of six digits that an authenticator shows (RFC 6238), and recovery codes for the day the telephone is lost."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pyotp

from regulars.access.tokens import digest
from regulars.words.moments import SECOND, Moment

STEP: Final = 30 * SECOND
DRIFT: Final = 1
"""Steps before and after the present one whose codes are taken: clocks differ."""
RECOVERY_CODES: Final = 10
_LETTERS: Final = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What somebody needs once: the secret, the address that an authenticator reads as a QR code, the recovery codes."""

    secret: str
    uri: str
    recovery: tuple[str, ...]


def enrolment(email: str, issuer: str) -> Enrolment:
    """A new secret with recovery codes; nothing is in force until a code of it was given."""
    secret = pyotp.random_base32()
    uri = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)
    return Enrolment(secret, uri, tuple(_code() for _ in range(RECOVERY_CODES)))


def step_of(secret: str, code: str, now: Moment, last: int | None) -> int | None:
    """The step whose code this is, or None when it is none, or not later than the last one that was taken."""
    code = "".join(code.split())
    if not (code.isascii() and code.isdigit()):
        return None
    maker = pyotp.TOTP(secret)
    present = now // STEP
    found = None
    for step in range(max(present - DRIFT, 0), present + DRIFT + 1):
        # Every step is looked at, so that the time taken does not tell which one it was.
        if hmac.compare_digest(maker.generate_otp(step), code) and (last is None or step > last):
            found = step
    return found


def without(recovery: Sequence[bytes], code: str) -> tuple[bytes, ...] | None:
    """The hashes of recovery codes that are left after using one, or None when it is none of them."""
    given = recovery_hash(code)
    left = tuple(kept for kept in recovery if not hmac.compare_digest(kept, given))
    return left if len(left) < len(recovery) else None


def recovery_hash(code: str) -> bytes:
    """What is kept of a recovery code, however it is written: letters' size, spaces and dashes do not count."""
    return digest("".join(code.split()).replace("-", "").lower())


def _code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"
