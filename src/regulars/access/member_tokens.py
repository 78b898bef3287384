"""Tokens with which a member's app acts for that member alone: signed, short-lived, kept nowhere.

A JSON Web Token, signed with HMAC-SHA-256 under a key that is made of the master key; only this service reads it. A shop's
server asks for one with its API key, and gives it to the app of the member who signed in there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from regulars.access.decide import member_scopes
from regulars.access.model import TokensWrite
from regulars.sealing import Vault
from regulars.words.ids import check_id
from regulars.words.moments import MINUTE, SECOND, Moment
from regulars.words.refusals import Refusal

LASTS: Final = 15 * MINUTE
LONGEST: Final = 60 * MINUTE
_ALGORITHM: Final = "HS256"
_ISSUER: Final = "regulars"
_PURPOSE: Final = "member-token"
_TYPE: Final = "member+jwt"


@dataclass(frozen=True, slots=True)
class MemberToken:
    """What a member's token says: whose it is, in which tenant and program, and what it may do until when."""

    tenant: str
    program: str | None
    member: str
    scopes: frozenset[str]
    expires_at: Moment


class _Claims(msgspec.Struct, frozen=True):
    """What a token holds."""

    iss: str
    aud: str
    sub: str
    scope: str
    exp: int
    program: str | None = None


def make_member_token(
    vault: Vault,
    by: TokensWrite,
    tenant: str,
    member: str,
    scopes: Collection[str],
    now: Moment,
    program: str | None = None,
    lasts: int = LASTS,
) -> str | Refusal:
    """A token for a member; lasts as long as asked (microseconds), an hour at most.

    Refused are scopes that a member cannot have or that the asker has not, and an id that is none.
    """
    refusal = check_id(member) or member_scopes(by.actor, scopes)
    if refusal is not None:
        return refusal
    if not 0 < lasts <= LONGEST:
        return Refusal("access.too_long", "A member's token lasts an hour at most.", pointer="/seconds")
    claims = {
        "iss": _ISSUER,
        "aud": tenant,
        "sub": member,
        "scope": " ".join(sorted(scopes)),
        "iat": now // SECOND,
        "exp": (now + lasts) // SECOND,
        **({"program": program} if program else {}),
    }
    return jwt.encode({"alg": _ALGORITHM, "typ": _TYPE}, claims, _key(vault), algorithms=[_ALGORITHM])


def read_member_token(vault: Vault, text: str, now: Moment) -> MemberToken | Refusal:
    """What a token says, or `access.expired`, or `access.unknown_token` when it is none of ours."""
    try:
        read = jwt.decode(text, _key(vault), algorithms=[_ALGORITHM])
        said = msgspec.convert(read.claims, _Claims)
    except (JoseError, ValueError, KeyError, TypeError):
        return _unknown()
    if read.header.get("typ") != _TYPE or said.iss != _ISSUER:
        return _unknown()
    if said.exp * SECOND <= now:
        return Refusal("access.expired", "This token has expired.")
    return MemberToken(said.aud, said.program, said.sub, frozenset(said.scope.split()), said.exp * SECOND)


def _unknown() -> Refusal:
    return Refusal("access.unknown_token", "This token is not one of ours.")


def _key(vault: Vault) -> OctKey:
    return OctKey.import_key(vault.key(_PURPOSE))
