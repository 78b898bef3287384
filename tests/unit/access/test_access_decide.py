"""Who may do what: rights, roles, keys at a moment, and two people for what one should not do alone."""

from __future__ import annotations

from typing import Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.access.decide import (
    grantable,
    may_change_role,
    may_sign_in,
    member_scopes,
    overlap_end,
    permit,
    rest,
    usable,
    within,
)
from regulars.access.four_eyes import Act, Approval, FourEyes, Goodwill, Publishing, judge, needs_second
from regulars.access.model import MEMBER, PERMISSIONS, ROLES, Actor, Key, Permit, Role, Staff
from regulars.access.passwords import acceptable
from regulars.words.moments import MINUTE, SECOND
from regulars.words.refusals import Refusal

CASHIER = Actor("staff:c", frozenset[str](ROLES["cashier"]))


def code(found: object) -> str | None:
    return found.code if isinstance(found, Refusal) else None


def test_a_permit_is_had_for_a_right_that_one_has() -> None:
    found = permit(CASHIER, "events:write")
    assert found == Permit(CASHIER, "events:write")
    assert code(permit(CASHIER, "programs:publish")) == "access.scope"


def test_the_owner_may_do_everything_and_every_right_is_somebody_elses_too_or_the_owners_alone() -> None:
    assert set(ROLES) == set(get_args(Role))
    assert ROLES["owner"] == PERMISSIONS
    others = frozenset[str]().union(*(rights for role, rights in ROLES.items() if role != "owner"))
    assert PERMISSIONS - others == {"access:write", "tokens:write", "webhooks:write"}


def test_an_auditor_changes_nothing_and_only_owners_let_others_in() -> None:
    assert all(right.endswith(":read") for right in ROLES["auditor"])
    assert [role for role, rights in ROLES.items() if "access:write" in rights] == ["owner"]
    assert [role for role, rights in ROLES.items() if "goodwill:write" in rights] == ["owner", "support"]


@given(st.frozensets(st.sampled_from(sorted(PERMISSIONS))), st.frozensets(st.sampled_from(sorted(PERMISSIONS))))
def test_nobody_gives_away_more_than_they_have(has: frozenset[str], wanted: frozenset[str]) -> None:
    refusal = grantable(Actor("key:k", has), wanted)
    assert (refusal is None) == (bool(wanted) and wanted <= has)


@given(st.frozensets(st.sampled_from(sorted(PERMISSIONS)), min_size=1))
def test_a_members_token_never_carries_a_right_that_is_not_a_members(wanted: frozenset[str]) -> None:
    refusal = member_scopes(Actor("key:k", frozenset[str](PERMISSIONS)), wanted)
    assert (refusal is None) == (wanted <= MEMBER)


def test_who_is_narrowed_to_a_program_reaches_no_other() -> None:
    narrowed = Actor("key:k", frozenset(), program="card")
    assert within(narrowed, "card") is None
    assert code(within(narrowed, "other")) == code(within(narrowed, None)) == "access.other_program"
    assert within(CASHIER, None) is within(CASHIER, "card") is None


@pytest.mark.parametrize(
    ("expires_at", "revoked_at", "expected"),
    [
        (None, None, None),
        (101, None, None),
        (100, None, "access.expired"),
        (None, 100, "access.revoked"),
        (None, 101, None),
        (50, 50, "access.revoked"),
    ],
)
def test_a_key_opens_until_its_end_and_not_at_it(
    expires_at: int | None, revoked_at: int | None, expected: str | None
) -> None:
    key = Key("k", "till", frozenset(), 0, expires_at, revoked_at)
    assert code(usable(key, 100)) == expected


def test_an_overlap_never_makes_a_key_last_longer() -> None:
    assert overlap_end(Key("k", "till", frozenset(), 0), 100, 50) == 150
    assert overlap_end(Key("k", "till", frozenset(), 0, 120), 100, 50) == 120


def test_an_account_rests_longer_with_every_wrong_password_and_never_more_than_an_hour() -> None:
    assert [rest(n) for n in (0, 4, 5, 6, 7)] == [0, 0, MINUTE, 2 * MINUTE, 4 * MINUTE]
    assert rest(50) == rest(10_000) == 60 * MINUTE


def test_a_moment_of_rest_is_told_in_whole_seconds() -> None:
    resting = Staff("s", "a@b.example", "support", 0, locked_until=10 * SECOND + 1)
    refusal = may_sign_in(resting, 0)
    assert refusal is not None
    assert refusal.values == (("seconds", 11),)
    assert may_sign_in(resting, 10 * SECOND + 1) is None


def test_the_last_owner_stays() -> None:
    owner = Staff("s", "a@b.example", "owner", 0)
    assert code(may_change_role(owner, 1)) == "access.last_owner"
    assert may_change_role(owner, 2) is None
    assert may_change_role(Staff("s", "a@b.example", "support", 0), 1) is None


@pytest.mark.parametrize(
    "password",
    ["short", "aaaaaaaaaaaaaaa", "annabell@shop.example", "x" * 257, "with\x00a zero in it", "ANNABELL@SHOP.EXAMPLE"],
)
def test_a_password_that_is_guessed_at_once_is_none(password: str) -> None:
    assert code(acceptable(password, "annabell@shop.example")) == "access.weak_password"
    assert acceptable("correct horse battery", "annabell@shop.example") is None


RULE = FourEyes(goodwill={"points": 500}, goodwill_other=50)
PUBLISH = Publishing("card", "aa")


@pytest.mark.parametrize(
    ("act", "needs"),
    [
        (Goodwill("points", 500), False),
        (Goodwill("points", 501), True),
        (Goodwill("points", -501), True),
        (Goodwill("stars", 50), False),
        (Goodwill("stars", 51), True),
        (PUBLISH, True),
    ],
)
def test_a_second_person_is_asked_above_a_limit_and_for_publishing(act: Act, needs: bool) -> None:
    assert needs_second(RULE, act) is needs
    assert judge(RULE, act, "staff:a", None) == (
        Refusal("four_eyes.needed", "A second person has to approve this.") if needs else "alone"
    )
    assert judge(RULE, act, "staff:a", Approval("staff:b", act)) == ("approved" if needs else "alone")


def test_a_limit_is_not_passed_in_small_steps() -> None:
    assert not needs_second(RULE, Goodwill("points", 100), already=400)
    assert needs_second(RULE, Goodwill("points", 100), already=401)
    assert code(judge(RULE, Goodwill("points", 100), "staff:a", None, already=401)) == "four_eyes.needed"


def test_nobody_is_their_own_second_person_and_an_approval_is_for_what_was_looked_at() -> None:
    assert code(judge(RULE, PUBLISH, "staff:a", Approval("staff:a", PUBLISH))) == "four_eyes.same_person"
    other = Approval("staff:b", Publishing("card", "bb"))
    assert code(judge(RULE, PUBLISH, "staff:a", other)) == "four_eyes.other_act"
    bigger = Approval("staff:b", Goodwill("points", 600))
    assert code(judge(RULE, Goodwill("points", 6_000), "staff:a", bigger)) == "four_eyes.other_act"


def test_a_rule_can_ask_nobody() -> None:
    lax = FourEyes(publishing=False)
    assert judge(lax, PUBLISH, "staff:a", None) == "alone"
    assert judge(lax, Goodwill("points", 10**9), "staff:a", None) == "alone"


def test_a_permit_for_one_right_is_another_type_than_for_another() -> None:
    """What the type checker holds; here only that the value says so too."""
    found = permit(Actor("operator", frozenset[str](PERMISSIONS)), "access:write")
    assert isinstance(found, Permit)
    carried: Permit[Literal["access:write"]] = found
    assert carried.permission == "access:write"
