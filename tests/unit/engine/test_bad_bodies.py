"""Bodies that are not what they should be: each a refusal with a code, never an exception, and the member only a little older."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.program.load import load
from regulars.program.model import Program
from regulars.words.refusals import Refusal

GALLERY = Path(__file__).parents[3] / "programs"


def book_of(name: str) -> Book:
    program = load((GALLERY / f"{name}.yaml").read_text(), name)
    assert isinstance(program, Program)
    return Book([program])


BOOK = book_of("corner-coffee-card")
DRINK = {"kind": "drink", "amount": "2.50"}


def answer(**body: Any) -> str:
    """The code of the refusal, or `ok`."""
    raw = {"id": "e1", "type": "purchase", "member": "ana", "happened_at": "2026-03-02T09:00", **body}
    event = BOOK.read(raw)
    if isinstance(event, Refusal):
        return event.code
    refusal = BOOK.decide(BOOK.blank("ana"), event).refusal
    return "ok" if refusal is None else refusal.code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"lines": [DRINK]}, "ok"),
        ({}, "event.missing_field"),
        ({"lines": []}, "event.bad_lines"),
        ({"lines": [{"kind": "drink"}]}, "event.missing_field"),
        ({"lines": [{**DRINK, "amount": "-1.00"}]}, "event.out_of_range"),
        ({"lines": [{**DRINK, "amount": "9999999999999999.00"}]}, "event.wrong_type"),
        ({"lines": [{**DRINK, "amount": 2.5}]}, "event.float"),
        ({"lines": [{**DRINK, "amount": "2.505"}]}, "event.too_precise"),
        ({"lines": [{**DRINK, "amount": Decimal("NaN")}]}, "event.wrong_type"),
        ({"lines": [{**DRINK, "qty": 0}]}, "event.out_of_range"),
        ({"lines": [{**DRINK, "colour": "red"}]}, "event.unknown_field"),
        ({"lines": [{**DRINK, "kind": "car"}]}, "event.unknown_value"),
        ({"lines": [{**DRINK, "kind": ["drink"]}]}, "event.unknown_value"),
        ({"lines": [DRINK], "colour": "red"}, "event.unknown_field"),
        ({"lines": [DRINK], "happened_at": "yesterday"}, "event.bad_moment"),
        ({"lines": [DRINK], "happened_at": "0800-01-01"}, "event.out_of_range"),
        ({"lines": [DRINK], "type": "explosion"}, "event.unknown_type"),
        ({"lines": [DRINK], "member": ""}, "event.missing_field"),
        ({"lines": [DRINK], "use": [{"voucher": 7}]}, "not_held"),
        ({"type": "join", "birthday": "soon"}, "event.wrong_type"),
        ({"type": "opening", "balances": 7}, "event.wrong_type"),
        ({"type": "opening", "levels": [1, 2]}, "event.wrong_type"),
        ({"type": "opening", "balances": {"gold": 1}}, "event.unknown_value"),
        ({"type": "goodwill", "wallet": "stamps", "amount": "3"}, "event.missing_field"),
        ({"type": "return", "of": "p0", "lines": [DRINK]}, "return.unknown_purchase"),
        ({"type": "redeem.castle"}, "unknown"),
        ({"lines": [{**DRINK, "kind": "\ud800"}]}, "event.bad_text"),
    ],
)
def test_a_bad_body_is_a_refusal_with_its_code(body: dict[str, Any], code: str) -> None:
    assert answer(**body) == code


def test_a_body_nested_without_end_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [deep]
    assert answer(lines=[DRINK], own_cup=deep) in {"event.wrong_type", "event.too_deep"}


def test_a_basket_of_ten_thousand_lines_is_judged() -> None:
    assert answer(lines=[DRINK] * 10_000) == "ok"


def test_a_date_of_birth_leaves_its_year_at_the_door() -> None:
    raw = {"id": "j1", "type": "join", "member": "ana", "happened_at": "2026-03-02T09:00", "birthday": "1990-05-17"}
    event = BOOK.read(raw)
    assert isinstance(event, Event)
    assert event.body["birthday"] == "05-17"
    assert BOOK.decide(BOOK.blank("ana"), event).member.facts["birthday"] == "05-17"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.decimals(allow_nan=True) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(
    ["id", "type", "member", "happened_at", "lines", "pay", "use", "of", "own_cup", "birthday", "balances", "levels", "vouchers",
     "lots", "last", "ever", "used", "facts", "choices", "referred_by", "wallet", "amount", "reason", "option", "market"]
)  # fmt: skip
kinds = st.sampled_from(
    ["purchase", "return", "join", "opening", "goodwill", "update", "reversal", "retier", "hold_card", "use_perk.birthday_drink",
     "redeem.x", "choose.y", "tick"]
)  # fmt: skip


@given(kind=kinds, body=st.dictionaries(fields, values, max_size=5))
def test_whatever_a_body_holds_the_answer_is_a_decision_or_a_refusal(kind: str, body: dict[str, Any]) -> None:
    raw = {"id": "e1", "type": kind, "member": "ana", "happened_at": "2026-03-02T09:00", "lines": [DRINK], **body}
    event = BOOK.read(raw)
    if isinstance(event, Event):
        decision = BOOK.decide(BOOK.blank(event.member), event)
        assert decision.member.id == event.member
    else:
        assert event.code.startswith("event.")
