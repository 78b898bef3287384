"""Codes before the engine: what an event says of a code is all that is judged, so a replay gives the same."""

from __future__ import annotations

from typing import Any

import pytest
from tests.voucher_factory import book, bought

from regulars.engine.events import Event
from regulars.engine.model import Decision, Member, pack_member
from regulars.vouchers.decide import check_terms, item_of, judge, shown_codes, unknown, with_codes
from regulars.vouchers.model import Batch, Code, Hold, Terms
from regulars.vouchers.qualify import Offered, Qualified, qualify, trials
from regulars.words.days import day_of
from regulars.words.refusals import Refusal

BOOK = book()


def decided(body: dict[str, Any], member: Member | None = None) -> Decision:
    event = BOOK.read(body)
    assert isinstance(event, Event), event
    return BOOK.decide(member or BOOK.blank(event.member), event)


def claim(id: str = "c1", at: str = "2026-03-02T09:00", **item: Any) -> dict[str, Any]:
    head = {"id": id, "type": "claim_code", "member": "ann", "happened_at": at, "code": "X"}
    return {**head, "kind": "coffee", **item}


def code(left: int | None = 1, used: int = 0, **others: Any) -> Code:
    return Code("X", "X", Batch(1, "b", Terms("coffee", uses=left), None, 1, 1, 0), used, **others)


def test_a_claimed_code_is_a_voucher_in_the_members_hand_that_can_be_used_by_its_number() -> None:
    claimed = decided(claim())
    (voucher,) = claimed.member.vouchers
    assert (voucher.name, claimed.receipt.issued[0].serial) == ("coffee", voucher.serial)
    used = decided(bought(use=[voucher.serial]), claimed.member)
    assert used.refusal is None
    assert used.receipt.pay == 2000
    assert used.member.vouchers == ()


def test_a_claimed_code_lives_as_its_kind_says_and_no_longer_than_the_code() -> None:
    def last_day(**item: Any) -> int:
        return decided(claim(**item)).member.vouchers[0].gone - 1

    assert last_day() == day_of("2026-03-11")
    assert last_day(last_day="2026-03-05") == day_of("2026-03-05")
    assert last_day(last_day="2026-12-31") == day_of("2026-03-11")


@pytest.mark.parametrize(
    ("days", "refused"),
    [({"last_day": "2026-03-01"}, "lapsed"), ({"first_day": "2026-03-03"}, "not_open"), ({}, None)],
)
def test_a_code_is_used_on_its_days_only(days: dict[str, str], refused: str | None) -> None:
    decision = decided(bought(use=[{"code": "X", "kind": "coffee", **days}]))
    assert (None if decision.refusal is None else decision.refusal.code) == refused


def test_a_code_that_opens_later_is_claimed_now_and_used_then() -> None:
    claimed = decided(claim(first_day="2026-03-04"))
    early = decided(bought(use=[claimed.member.vouchers[0].serial]), claimed.member)
    later = bought(at="2026-03-04T09:00", use=[claimed.member.vouchers[0].serial])
    assert early.refusal is not None
    assert early.refusal.code == "not_open"
    assert decided(later, claimed.member).refusal is None


def test_the_last_day_of_a_code_is_read_and_anything_else_refused() -> None:
    decision = decided(bought(use=[{"code": "X", "kind": "coffee", "last_day": "soon"}]))
    assert decision.refusal is not None
    assert decision.refusal.code == "event.wrong_type"


def test_a_receipt_says_which_of_the_codes_in_use_acted() -> None:
    use = [{"code": "A", "kind": "coupon", "worth": "30.00"}, {"code": "B", "kind": "coupon", "worth": "5.00"}]
    decision = decided(bought(use=use))
    # The first pays for all; nothing is left that the second could pay.
    assert [use.voucher for use in decision.receipt.used if use.off] == [-1]


def test_a_claim_of_a_kind_that_no_operator_issues_is_refused() -> None:
    decision = decided(claim(kind="mine"))
    assert decision.refusal is not None
    assert decision.refusal.code == "unknown"
    assert decision.member.vouchers == ()


def test_claims_and_uses_decided_twice_give_the_same_bytes() -> None:
    bodies = [claim(), bought(use=[{"code": "Y", "kind": "coupon", "percent": "12.5"}])]

    def end() -> bytes:
        member = BOOK.blank("ann")
        for body in bodies:
            member = decided(body, member).member
        return pack_member(member)

    assert end() == end()


def test_what_a_body_says_of_a_codes_worth_is_not_heard() -> None:
    body = bought(use=[{"code": "x", "kind": "coupon", "worth": "99.00", "on": "drink"}, 7])
    described = with_codes(body, {"X": {"code": "X", "kind": "coffee"}})
    assert described["use"] == [{"on": "drink", "code": "X", "kind": "coffee"}, 7]
    assert shown_codes(body) == ["x"]


def test_a_code_is_judged_by_whose_it_is_how_often_it_was_used_and_who_holds_it() -> None:
    def refused(one: Code, member: str | None = "ann", till: str = "") -> str | None:
        refusal = judge(one, member, till)
        return None if refusal is None else refusal.code

    held = (Hold("t1", 5),)
    assert refused(code()) is None
    assert refused(code(used=1)) == "voucher.used"
    assert refused(code(used=1, mine=True)) is None
    assert refused(code(member="bob")) == "voucher.other_member"
    assert refused(code(member="ann")) is None
    assert refused(code(holds=held)) == "voucher.held"
    assert refused(code(holds=held), till="t1") is None
    assert refused(code(holds=held), till="t2") == "voucher.held"
    assert refused(code(left=2, used=1, holds=held), till="t2") == "voucher.held"
    assert refused(code(left=2, holds=held), till="t2") is None
    assert refused(code(left=None, used=1000, holds=held)) is None


def test_a_slip_in_a_code_of_ours_is_told_from_a_code_that_is_not_there() -> None:
    assert unknown("TEST-2222-2222-3", ["TEST-####-####-C"]).code == "voucher.bad_check"
    assert unknown("OTHER-1", ["TEST-####-####-C"]).code == "voucher.unknown"


@pytest.mark.parametrize(
    ("terms", "refused"),
    [
        (Terms("coffee"), None),
        (Terms("coupon", worth=500), None),
        (Terms("coupon", percent=100_000), None),
        (Terms("coupon"), "voucher.bad_terms"),
        (Terms("coffee", worth=500), "voucher.bad_terms"),
        (Terms("coupon", worth=500, percent=1), "voucher.bad_terms"),
        (Terms("coffee", first_day=9, last_day=8), "voucher.bad_terms"),
        (Terms("coffee", uses=0), "voucher.bad_terms"),
        (Terms("coffee", pattern="x"), "voucher.bad_pattern"),
        (Terms("mine"), "voucher.unknown_kind"),
        (Terms("teapot"), "voucher.unknown_kind"),
    ],
)
def test_terms_must_fit_the_program(terms: Terms, refused: str | None) -> None:
    refusal = check_terms(BOOK, terms)
    assert (None if refusal is None else refusal.code) == refused


def test_an_item_says_all_that_the_engine_needs_in_the_programs_own_words() -> None:
    terms = Terms(
        "coupon", worth=550, minimum=2000, scope="shoes", first_day=day_of("2024-04-28"), last_day=day_of("2024-04-29")
    )
    item = item_of(Code("K", "K-1", Batch(1, "b", terms, None, 1, 1, 0)), BOOK.machines[-1])
    assert item == {
        "code": "K-1", "kind": "coupon", "worth": "5.50", "minimum": "20.00", "scope": "shoes",
        "first_day": "2024-04-28", "last_day": "2024-04-29",
    }  # fmt: skip
    own = Code("K", "K-1", Batch(1, "b", Terms("coupon", worth=550), None, 1, 1, 0), worth=700)
    assert item_of(own, BOOK.machines[-1])["worth"] == "7.00"
    percent = Code("K", "K-1", Batch(1, "b", Terms("coupon", percent=125_000), None, 1, 1, 0))
    assert item_of(percent, BOOK.machines[-1])["percent"] == "12.5"


def tried(basket: dict[str, Any], *offered: Offered) -> list[Qualified] | Refusal:
    return qualify(BOOK, BOOK.blank("ann"), trials(BOOK, basket, offered), {})


BIG = Offered("BIG", "big", {"code": "BIG", "kind": "big"})
FREE = Offered("FREE", "coffee", {"code": "FREE", "kind": "coffee"})
PERCENT = Offered("TEN", "coupon", {"code": "TEN", "kind": "coupon", "percent": "10"})


def test_each_voucher_is_tried_alone_and_says_what_it_takes_off_or_why_not() -> None:
    answers = tried(bought(), FREE, PERCENT, BIG)
    assert isinstance(answers, list)
    told = [(one.voucher, one.usable, one.off, None if one.refusal is None else one.refusal.code) for one in answers]
    assert told == [("FREE", True, 350, None), ("TEN", True, 235, None), ("BIG", False, 0, "below_minimum")]
    assert answers[0].gives == (("points", -3),)


def test_the_vouchers_of_a_basket_are_tried_on_top_of_what_it_uses_already() -> None:
    big = [{"amount": "80.00", "kind": "food"}]
    alone = tried({**bought(), "lines": big}, BIG)
    stacked = tried(
        {**bought(use=[BIG.item]), "lines": big}, Offered("B2", "big", {"code": "B2", "kind": "big"}), PERCENT
    )
    assert isinstance(alone, list)
    assert isinstance(stacked, list)
    assert [one.usable for one in alone] == [True]
    assert [(one.usable, one.refusal.code if one.refusal else None) for one in stacked] == [
        (False, "limit_reached"), (True, None),
    ]  # fmt: skip


def test_a_voucher_that_would_do_nothing_is_no_help() -> None:
    paid = [{"code": "ALL", "kind": "coupon", "worth": "99.00"}]
    answers = tried(bought(use=paid), PERCENT)
    assert isinstance(answers, list)
    assert [one.refusal.code for one in answers if one.refusal] == ["voucher.no_effect"]


def test_a_basket_that_cannot_be_had_is_refused_as_a_whole() -> None:
    refusal = tried({**bought(), "lines": []}, FREE)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "event.bad_lines"


def test_a_refusal_that_came_first_stands() -> None:
    late = Offered("OLD", "coffee", {}, Refusal("voucher.used"))
    answers = tried(bought(), late)
    assert isinstance(answers, list)
    assert [(one.usable, one.refusal.code) for one in answers if one.refusal] == [(False, "voucher.used")]
