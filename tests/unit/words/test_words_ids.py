"""Identifiers, given and derived."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.words.ids import LONGEST, check_id, derived


def code(text: str) -> str | None:
    refusal = check_id(text)
    return refusal.code if refusal else None


def test_what_one_event_causes_has_an_id_of_its_own_that_is_always_the_same() -> None:
    assert derived("order-17", "welcome") == "order-17/welcome"
    assert derived(derived("order-17", "friend"), "bonus") == "order-17/friend/bonus"


@pytest.mark.parametrize("text", ["a", "order-17", "17/4 b", "Ünïcode", "注文17", "x" * LONGEST])
def test_printable_characters_make_an_id(text: str) -> None:
    assert check_id(text) is None


def test_an_id_is_not_empty_and_not_longer_than_it_may_be() -> None:
    assert code("") == "id.empty"
    assert code("x" * (LONGEST + 1)) == "id.too_long"


@pytest.mark.parametrize("odd", ["\n", "\t", "\0", "\x7f", "\u200b", "\u2028", "\u202e", "\ud800"])
def test_what_cannot_be_printed_is_refused_and_its_place_is_named(odd: str) -> None:
    refusal = check_id(f"ab{odd}c")
    assert refusal is not None
    assert refusal.code == "id.unprintable"
    assert dict(refusal.values) == {"place": 3, "character": f"U+{ord(odd):04X}"}


@settings(max_examples=60)
@given(st.text(alphabet=st.characters(), max_size=LONGEST + 5))
def test_an_id_that_is_taken_can_be_written_and_any_refusal_can_be_too(text: str) -> None:
    refusal = check_id(text)
    if refusal is None:
        assert text.encode()
    else:
        assert refusal.text.encode()
