"""What a provider says about somebody (an OpenID Connect ID token), believed only when every check holds.

The checks are those of OpenID Connect Core 1.0, section 3.1.3.7: the signature by a key of the provider with an algorithm
that takes two keys, issuer, audience, authorised party, times, and the nonce of just this sign-in.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from regulars.words.moments import SECOND, Moment
from regulars.words.refusals import Refusal

ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
"""Signatures that only the provider can make. `none`, and those made with a shared secret, are not among them."""
LEEWAY: Final = 60
"""Seconds by which the provider's clock may differ."""
LONGEST: Final = 20_000
"""Characters of a token."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token has to fit."""

    issuer: str
    client: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody as a provider knows them; `email` only where the provider has verified it."""

    issuer: str
    subject: str
    email: str | None


def believe(token: str, keys: KeySet, expected: Expected, now: Moment) -> Identity | Refusal:
    """Who signed in, or `access.not_vouched` with the check that failed in its values."""
    if len(token) > LONGEST:
        return _refused("length")
    try:
        read = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
    except (JoseError, ValueError, KeyError, TypeError):
        return _refused("signature")
    failed = _failed(read.claims, expected, now // SECOND)
    if failed is not None:
        return _refused(failed)
    email = read.claims.get("email")
    verified = read.claims.get("email_verified") is True and isinstance(email, str)
    return Identity(expected.issuer, read.claims["sub"], str(email).strip().lower() if verified else None)


def _failed(claims: Mapping[str, Any], expected: Expected, now: int) -> str | None:
    """The name of the first claim that does not fit."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    nonce, subject = claims.get("nonce"), claims.get("sub")
    exp, iat, nbf = (_moment(claims.get(name, absent)) for name, absent in (("exp", None), ("iat", None), ("nbf", 0)))
    checks = {
        "iss": claims.get("iss") == expected.issuer,
        "aud": expected.client in audiences,
        # A token for several parties says which of them asked; one for us alone may leave it out.
        "azp": claims.get("azp", expected.client if len(audiences) == 1 else None) == expected.client,
        "exp": exp is not None and exp + LEEWAY > now,
        "iat": iat is not None and iat - LEEWAY <= now,
        "nbf": nbf is not None and nbf - LEEWAY <= now,
        "nonce": isinstance(nonce, str) and hmac.compare_digest(nonce.encode(), expected.nonce.encode()),
        "sub": isinstance(subject, str) and 0 < len(subject) <= 255,
    }
    return next((name for name, holds in checks.items() if not holds), None)


def _moment(value: object) -> int | None:
    """Whole seconds since 1970, which some providers write with a fraction."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1 << 40:
        return None
    return int(value)


def _refused(check: str) -> Refusal:
    return Refusal("access.not_vouched", "The provider's answer cannot be believed.", values=(("check", check),))
