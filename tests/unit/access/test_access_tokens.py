"""Tokens, seals and codes: what has the right form, and what opens."""

from __future__ import annotations

import time

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.access.tokens import Kind, digest, new_id, new_token, read_token
from regulars.access.totp import STEP, enrolment, recovery_hash, step_of, without
from regulars.sealing import SealBroken, Vault

KINDS: list[Kind] = ["key", "session", "invitation"]
VAULT = Vault(bytes(range(32)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_token_says_what_it_opens_and_whose(kind: Kind) -> None:
    token = new_token(kind, 42)
    read = read_token(token)
    assert read is not None
    assert (read.kind, read.tenant, read.hash) == (kind, 42, digest(token))
    assert token.startswith(f"regulars_{kind}_42_")
    assert new_token(kind, 42) != token


@given(st.integers(0, 200), st.characters())
def test_a_token_with_another_letter_anywhere_is_none(place: int, letter: str) -> None:
    token = new_token("key", 7)
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    assert changed == token or read_token(changed) is None


@given(st.text(max_size=80))
def test_any_other_text_is_no_token(text: str) -> None:
    assert read_token(text) is None


@pytest.mark.parametrize(
    "text", ["", "regulars_key_0_", "regulars_key_1_" + "0" * 48, "\ud800", "regulars_key_1_" + "é" * 49]
)
def test_what_only_looks_like_a_token_is_none(text: str) -> None:
    assert read_token(text) is None
    assert read_token(new_token("key", 1)[:-1]) is None
    assert read_token(new_token("key", 1) + "0") is None


def test_ids_differ_and_open_nothing() -> None:
    assert len({new_id("key") for _ in range(100)}) == 100
    assert read_token(new_id("key")) is None


@given(st.binary(max_size=64))
def test_a_sealed_value_opens_for_its_purpose_alone(plain: bytes) -> None:
    sealed = VAULT.seal(plain, "totp/1/ana")
    assert len(sealed) == 12 + len(plain) + 16
    assert VAULT.seal(plain, "totp/1/ana") != sealed
    assert VAULT.open(sealed, "totp/1/ana") == plain
    for vault, purpose in ((VAULT, "totp/2/ana"), (Vault(bytes(32)), "totp/1/ana")):
        with pytest.raises(SealBroken):
            vault.open(sealed, purpose)
    with pytest.raises(SealBroken):
        VAULT.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "totp/1/ana")


def test_a_code_is_what_any_authenticator_shows() -> None:
    given_once = enrolment("ana@shop.example", "Regulars shop")
    now = time.time_ns() // 1_000
    step = now // STEP
    shown = pyotp.parse_uri(given_once.uri)
    assert isinstance(shown, pyotp.TOTP)
    for apart in (-1, 0, 1):
        code = shown.generate_otp(step + apart)
        assert step_of(given_once.secret, f" {code[:3]} {code[3:]}", now, None) == step + apart
    assert step_of(given_once.secret, shown.generate_otp(step + 2), now, None) is None
    assert step_of(given_once.secret, shown.generate_otp(step - 2), now, None) is None


def test_a_code_of_a_step_that_was_taken_is_none() -> None:
    given_once = enrolment("ana@shop.example", "Regulars")
    maker, now = pyotp.TOTP(given_once.secret), 1_000 * STEP
    assert step_of(given_once.secret, maker.generate_otp(1_000), now, 999) == 1_000
    assert step_of(given_once.secret, maker.generate_otp(1_000), now, 1_000) is None
    assert step_of(given_once.secret, maker.generate_otp(999), now, 1_000) is None


@pytest.mark.parametrize("text", ["", "12345", "1234567", "abcdef", "１２３４５６", "12345\n"])
def test_what_is_no_code_is_none(text: str) -> None:
    assert step_of(enrolment("a@b.c", "Regulars").secret, text, 0, None) is None


def test_a_recovery_code_is_gone_once_it_was_used_however_it_was_written() -> None:
    codes = enrolment("a@b.c", "Regulars").recovery
    kept = [recovery_hash(code) for code in codes]
    left = without(kept, codes[2].upper().replace("-", " "))
    assert left is not None
    assert len(left) == len(kept) - 1
    assert without(left, codes[2]) is None
    assert without(kept, "") is None
