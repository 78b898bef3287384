"""Regulars as a library: a program, a decision and why, in five lines and without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.doors.conftest import PROGRAMS

import regulars

CARD = PROGRAMS / "corner-coffee-card.yaml"


@pytest.fixture(scope="module")
def card() -> regulars.Program:
    return regulars.load(CARD)


def drinks(
    qty: int = 3, member: str = "ana", at: str | datetime = "2026-03-02T12:00", **more: str
) -> regulars.Purchase:
    line = regulars.Line(kind="drink", qty=qty, amount=Decimal("2.50") * qty)
    return regulars.Purchase(member=member, happened_at=at, lines=[line], **more)


def stamps(program: regulars.Program, member: regulars.Member, day: str = "2026-03-04") -> str:
    found = program.view(member, day)["wallets"]["stamps"]["available"]
    assert isinstance(found, str)
    return found


def test_a_decision_has_the_member_the_movements_and_the_reason(card: regulars.Program) -> None:
    decision = card.decide(regulars.Member("ana"), drinks())
    assert decision.refusal is None
    assert [(move.wallet, move.target, move.amount) for move in decision.movements] == [("stamps", "active", 3)]
    assert stamps(card, decision.member) == "3"
    assert "3 stamps" in decision.because
    assert decision.said("es") != decision.because


def test_deciding_keeps_nothing_and_gives_the_same_again(card: regulars.Program) -> None:
    ana = regulars.Member("ana")
    first, second = card.decide(ana, drinks()), card.decide(ana, drinks())
    assert (first.member, first.movements, first.receipt) == (second.member, second.movements, second.receipt)
    assert ana == regulars.Member("ana")


def test_goods_that_come_back_take_back_what_they_earned_line_by_line(card: regulars.Program) -> None:
    lines = [regulars.Line("5.00", 2, kind="drink"), regulars.Line("2.50", kind="drink")]
    bought = card.decide(regulars.Member("ana"), regulars.Purchase("ana", "2026-03-02T12:00", lines))
    some = card.decide(bought.member, regulars.Return("ana", "2026-03-03", bought, [{"line": 1, "qty": 1}]))
    assert some.refusal is None
    assert stamps(card, some.member) == "2"
    rest = card.decide(some.member, regulars.Return("ana", "2026-03-04", some))
    assert rest.refusal is None
    assert stamps(card, rest.member) == "0"
    again = card.decide(rest.member, regulars.Return("ana", "2026-03-05", rest))
    assert stamps(card, again.member) == "0"


def test_only_a_purchase_can_be_returned(card: regulars.Program) -> None:
    joined = card.decide(regulars.Member("ana"), regulars.Event("join", "ana", "2026-03-01"))
    with pytest.raises(ValueError, match="purchase"):
        regulars.Return("ana", "2026-03-03", joined)


def test_what_cannot_be_had_is_a_refusal_with_a_code_and_a_sentence(card: regulars.Program) -> None:
    ana = card.decide(regulars.Member("ana"), regulars.Event("join", "ana", "2026-03-01", birthday="07-01")).member
    decision = card.decide(ana, regulars.Event("use_perk.birthday_drink", "ana", "2026-03-02"))
    assert decision.refusal is not None
    assert decision.refusal.code == "not_open"
    assert "2026-06-28 to 2026-07-04" in decision.because
    assert decision.movements == ()


def test_what_is_no_event_is_refused_and_leaves_the_member_alone(card: regulars.Program) -> None:
    ana = regulars.Member("ana")
    for event in (
        regulars.Event("moonwalk", "ana", "2026-03-02"),
        regulars.Purchase("ana", "some day", [regulars.Line("1.00", kind="drink")]),
        regulars.Purchase("ana", "2026-03-02", []),
        regulars.Purchase("ana", "2026-03-02", [{"kind": "drink", "amount": 2.5}]),
    ):
        decision = card.decide(ana, event)
        assert decision.refusal is not None
        assert decision.refusal.code.startswith("event.")
        assert decision.because
        assert decision.member is ana
        assert decision.receipt is None
        assert decision.explain() is None


def test_another_members_event_is_a_mistake_of_the_caller(card: regulars.Program) -> None:
    with pytest.raises(ValueError, match="bob"):
        card.decide(regulars.Member("ana"), drinks(member="bob"))


def test_time_runs_on_for_a_member(card: regulars.Program) -> None:
    ana = card.decide(regulars.Member("ana"), drinks()).member
    assert stamps(card, ana, "2026-09-01") == "3"
    assert stamps(card, ana, "2026-09-02") == "0"
    assert card.advance(ana, date(2026, 9, 2)) == card.advance(ana, "2026-09-02")
    with pytest.raises(ValueError, match="no day"):
        card.advance(ana, "one day")


def test_events_are_values_whose_ids_follow_from_what_they_say() -> None:
    assert drinks() == drinks()
    assert hash(drinks()) == hash(drinks())
    assert drinks() != drinks(qty=2)
    assert drinks().id == drinks().id != drinks(qty=2).id
    assert drinks(id="till-7").id == "till-7"
    assert drinks(at=datetime(2026, 3, 2, 12, tzinfo=UTC)).body()["happened_at"] == "2026-03-02T12:00:00+00:00"
    assert "drink" in repr(drinks())
    assert "ana" in repr(drinks())


def test_a_program_with_mistakes_raises_them_all(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("program: bad\nmoney: EUX\ncolour: red\n")
    with pytest.raises(regulars.ProgramError) as caught:
        regulars.load(file)
    assert len(caught.value.problems) >= 2
    assert f"{file}:3:1" in str(caught.value)
    file.write_bytes(b"program: caf\xe9")
    with pytest.raises(regulars.ProgramError, match="UTF-8"):
        regulars.load(file)


def test_a_program_says_what_it_is(card: regulars.Program) -> None:
    assert (card.slug, card.name) == ("corner-coffee-card", "Corner coffee card")
    assert "9 stamps" in card.describe()
    assert "corner-coffee-card" in repr(card)


def test_a_shared_budget_can_be_told_what_is_left() -> None:
    program = regulars.loads(
        "program: fund\nmoney: EUR\ntimezone: Europe/Madrid\nfrom: 2026-01-01\nwallets: {points: {}}\n"
        "earn: {base: {give: {points: 10}, at_most: 25 points per everybody}}\n"
    )
    bought = regulars.Purchase("ana", "2026-03-02", [regulars.Line("1.00")])
    full = program.decide(regulars.Member("ana"), bought)
    assert full.receipt is not None
    (key,) = full.receipt.left
    short = program.decide(regulars.Member("ana"), bought, left={key: 4})
    assert [move.amount for move in full.movements] == [10]
    assert [move.amount for move in short.movements] == [4]


def test_every_public_name_is_there_and_has_a_docstring() -> None:
    for name in regulars.__all__:
        assert getattr(regulars, name).__doc__, name
    with pytest.raises(AttributeError):
        regulars.nothing_of_the_kind


def test_what_a_decision_tells_another_member_is_decided_and_cannot_be_made_up() -> None:
    program = regulars.loads(
        "program: pals\nmoney: EUR\ntimezone: Europe/Madrid\nfrom: 2026-01-01\nwallets: {points: {}}\n"
        "referrals: {friend: {pays_on: first purchase, referrer: {points: 20}}}\n"
    )
    bought = regulars.Purchase("ana", "2026-03-02", [regulars.Line("1.00")], referred_by="bob")
    (told,) = program.decide(regulars.Member("ana"), bought).told
    assert [move.amount for move in program.decide(regulars.Member("bob"), told).movements] == [20]
    made_up = regulars.Event(told.type, "bob", "2026-03-02", friend="eve")
    refusal = program.decide(regulars.Member("bob"), made_up).refusal
    assert refusal is not None
    assert refusal.code == "event.derived"
