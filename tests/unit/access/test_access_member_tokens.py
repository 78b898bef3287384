"""Tokens with which a member's app acts for that member alone."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey
from tests.oidc_provider import b64

from regulars.access.decide import permit
from regulars.access.member_tokens import LASTS, LONGEST, MemberToken, make_member_token, read_member_token
from regulars.access.model import MEMBER, PERMISSIONS, Actor, Permit, TokensWrite
from regulars.sealing import Vault
from regulars.words.moments import SECOND
from regulars.words.refusals import Refusal

VAULT = Vault(bytes(range(32)))
NOW = 1_800_000_000 * SECOND
READS = frozenset({"members:read"})


def server(scopes: frozenset[str] = frozenset[str](PERMISSIONS)) -> TokensWrite:
    found = permit(Actor("key:shop", scopes | {"tokens:write"}), "tokens:write")
    assert isinstance(found, Permit)
    return found


SERVER = server()


def made(member: str = "ana", scopes: frozenset[str] = READS, program: str | None = None) -> str:
    token = make_member_token(VAULT, server(), "shop", member, scopes, NOW, program)
    assert isinstance(token, str), token
    return token


def code(found: object) -> str | None:
    return found.code if isinstance(found, Refusal) else None


def test_a_token_says_whose_it_is_and_until_when() -> None:
    assert read_member_token(VAULT, made(program="card"), NOW) == MemberToken("shop", "card", "ana", READS, NOW + LASTS)
    assert isinstance(read_member_token(VAULT, made(), NOW + LASTS - 1), MemberToken)
    assert code(read_member_token(VAULT, made(), NOW + LASTS)) == "access.expired"


def test_a_token_is_made_by_who_may_for_what_a_member_may_and_not_for_long() -> None:
    def refused(
        by: TokensWrite = SERVER, member: str = "ana", scopes: frozenset[str] = READS, lasts: int = 1
    ) -> str | None:
        return code(make_member_token(VAULT, by, "shop", member, scopes, NOW, lasts=lasts))

    assert refused(scopes=frozenset({"goodwill:write"})) == "access.not_for_members"
    assert refused(scopes=frozenset()) == "access.no_scope"
    assert refused(by=server(frozenset()), scopes=READS) == "access.beyond_own"
    assert refused(member="") == "id.empty"
    assert refused(lasts=LONGEST + 1) == refused(lasts=0) == "access.too_long"
    assert refused(scopes=MEMBER) is None


def test_only_what_was_signed_here_for_this_is_believed() -> None:
    token = made()
    head, _, mark = token.split(".")
    ours = OctKey.import_key(VAULT.key("member-token"))
    claims = dict(jwt.decode(token, ours).claims)
    other = b64(json.dumps({**claims, "sub": "bob"}).encode())
    forged = [
        f"{head}.{other}.{mark}",
        f"{b64(json.dumps({'alg': 'none', 'typ': 'member+jwt'}).encode())}.{other}.",
        jwt.encode({"alg": "HS256", "typ": "member+jwt"}, claims, OctKey.import_key(bytes(32))),
        jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, ours),
        jwt.encode({"alg": "HS256", "typ": "member+jwt"}, {**claims, "iss": "elsewhere"}, ours),
        jwt.encode({"alg": "HS256", "typ": "member+jwt"}, {**claims, "exp": "later"}, ours),
        jwt.encode({"alg": "HS256", "typ": "member+jwt"}, {**claims, "scope": None}, ours),
    ]
    assert [code(read_member_token(VAULT, text, NOW)) for text in forged] == ["access.unknown_token"] * len(forged)
    assert code(read_member_token(Vault(bytes(32)), token, NOW)) == "access.unknown_token"


@given(st.text(max_size=60))
def test_any_other_text_is_no_token_of_a_member(text: str) -> None:
    assert code(read_member_token(VAULT, f"{text}.{text}.{text}", NOW)) == "access.unknown_token"
