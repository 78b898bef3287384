"""Patterns of codes: what they make, and that every slip of the finger is found."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.voucher_factory import chance

from regulars.vouchers import patterns
from regulars.vouchers.patterns import ALPHABET, Pattern, check_of, codes_of, fault_of, key_of, read_pattern, room_for
from regulars.words.refusals import Refusal


def pattern(text: str) -> Pattern:
    read = read_pattern(text)
    assert isinstance(read, Pattern), read
    return read


LETTERS = st.text(ALPHABET, min_size=1, max_size=60)


def single_slips(code: str) -> list[str]:
    """The code with each of its characters replaced by each other one."""
    return [
        code[:place] + letter + code[place + 1 :]
        for place in range(len(code))
        for letter in ALPHABET
        if letter != code[place]
    ]


def swaps(code: str) -> list[str]:
    """The code with each two neighbours swapped that are not the same."""
    pairs = range(len(code) - 1)
    return [code[:n] + code[n + 1] + code[n] + code[n + 2 :] for n in pairs if code[n] != code[n + 1]]


def missed(free: str) -> list[str]:
    """The slips in a code of these random characters that its check character does not find."""
    form = pattern("#" * len(free) + "C")
    code = free + patterns.check_of(free)
    assert fault_of(form, code) is None
    return [slip for slip in (*single_slips(code), *swaps(code)) if fault_of(form, slip) is None]


@given(LETTERS)
def test_every_wrong_character_and_every_swap_of_neighbours_is_found(free: str) -> None:
    assert missed(free) == []


@pytest.mark.parametrize("slip", ["equal weights", "thirty-two characters"])
def test_a_planted_slip_in_the_check_lets_a_wrong_code_through(monkeypatch: pytest.MonkeyPatch, slip: str) -> None:
    def unweighted(free: str) -> str:
        return ALPHABET[-sum(ALPHABET.index(letter) for letter in free) % 31]

    def even(free: str) -> str:
        total = sum((n % 2 + 1) * ALPHABET.index(letter) for n, letter in enumerate(reversed(free), 1))
        return ALPHABET[-total % 30]

    monkeypatch.setattr(patterns, "check_of", unweighted if slip == "equal weights" else even)
    assert any(missed(free) for free in ("2345ABCD", "ZZ22YYAB", "9876"))


@given(LETTERS, st.data())
def test_any_two_characters_swapped_within_thirty_places_are_found(free: str, data: st.DataObject) -> None:
    assume(len(free) < 30)
    code = free + check_of(free)
    first = data.draw(st.integers(0, len(code) - 1))
    second = data.draw(st.integers(0, len(code) - 1))
    assume(code[first] != code[second])
    letters = list(code)
    letters[first], letters[second] = letters[second], letters[first]
    assert fault_of(pattern("#" * len(free) + "C"), "".join(letters)) is not None


@given(st.integers(1, 300), st.integers(0, 2**32))
def test_codes_are_as_many_as_asked_for_all_different_and_all_right(count: int, seed: int) -> None:
    form = pattern("SUMMER-####-####-C")
    codes = codes_of(form, count, chance(seed))
    assert len(codes) == len(set(codes)) == count
    assert all(fault_of(form, code) is None and len(code) == len(form.text) for code in codes)


def test_the_same_chance_makes_the_same_codes() -> None:
    form = pattern("####-C")
    assert codes_of(form, 50, chance(7)) == codes_of(form, 50, chance(7))


def test_every_character_is_as_likely_as_any_other() -> None:
    drawn = Counter("".join(codes_of(pattern("########"), 20_000, chance())))
    assert set(drawn) == set(ALPHABET)
    usual = 160_000 / 31
    assert all(0.9 * usual < count < 1.1 * usual for count in drawn.values())


def test_no_two_characters_of_the_alphabet_look_alike() -> None:
    assert set("01OIL") & set(ALPHABET) == set()
    assert len(set(ALPHABET)) == 31


def test_a_code_is_the_same_however_it_is_typed() -> None:
    form = pattern("SUN-####-C")
    (code,) = codes_of(form, 1, chance())
    for typed in (code, code.lower(), code.replace("-", ""), f"  {code[:5]} {code[5:]} "):
        assert key_of(typed) == key_of(code)
        assert fault_of(form, typed) is None


@pytest.mark.parametrize("text", ["", "SUMMER", "MUSIC", "a###", "##_#", "ÑU-##", "##\\", "#" * 65, "##\\c"])
def test_what_is_no_pattern_is_refused(text: str) -> None:
    read = read_pattern(text)
    assert isinstance(read, Refusal)
    assert read.code == "voucher.bad_pattern"


def test_a_c_is_a_letter_anywhere_but_at_the_end_and_there_too_after_a_backslash() -> None:
    assert pattern("COCO-####-C").checked
    assert not pattern("####-COCO").checked
    literal = pattern("####-MUSI\\C")
    assert not literal.checked
    assert codes_of(literal, 1, chance())[0].endswith("-MUSIC")


def test_another_form_is_told_from_a_slip() -> None:
    form = pattern("SUN-####-C")
    (code,) = codes_of(form, 1, chance())
    assert [fault.code for fault in (fault_of(form, f"{code}2"), fault_of(form, f"M{code[1:]}")) if fault] == [
        "voucher.bad_form"
    ] * 2
    slip = fault_of(form, code[:-1] + next(letter for letter in ALPHABET if letter != code[-1]))
    assert slip is not None
    assert slip.code == "voucher.bad_check"


def test_a_pattern_with_too_few_codes_is_refused_and_says_what_it_takes() -> None:
    short = pattern("##-C")
    refusal = room_for(short, 100)
    assert refusal is not None
    assert (refusal.code, dict(refusal.values)) == ("voucher.pattern_too_small", {"more": 2})
    assert room_for(pattern("####-C"), 100) is None
