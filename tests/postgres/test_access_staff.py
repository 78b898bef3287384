"""Who works here: invited, signed in by password and code, given roles, closed."""

from __future__ import annotations

import asyncio

import pyotp
from tests.office import PASSWORD, Office, somebody, token_of, told

from regulars.access import staff as store
from regulars.access.model import NewSession, Session
from regulars.access.staff import INVITATION, SESSION, SignIn
from regulars.access.totp import STEP, Enrolment
from regulars.flows.sign_in import (
    accept_invitation,
    begin_second_factor,
    confirm_second_factor,
    sign_in,
    sign_out,
)
from regulars.flows.staff import (
    Invited,
    add_staff,
    disable_staff,
    drop_second_factor,
    invite_again,
    list_staff,
    set_role,
)
from regulars.postgres.connect import connect
from regulars.words.moments import MINUTE
from regulars.words.refusals import Refusal

ANA = "ana@shop.example"


def code(found: object) -> str:
    assert isinstance(found, Refusal), found
    return found.code


async def enter(office: Office, password: str = PASSWORD, digits: str = "", email: str = ANA, at: int = 0) -> object:
    given = SignIn(email, password, digits)
    return await sign_in(office.ledger, office.vault, given, office.now + at, "198.51.100.0/24")


async def session_of(office: Office, found: object, at: int = 0) -> Session | Refusal:
    assert isinstance(found, NewSession), found
    return await store.session(office.ledger.pool, token_of(found.token), office.now + at)


async def with_code(office: Office) -> tuple[str, pyotp.TOTP, Enrolment]:
    """Somebody who signs in with a code: their id, their authenticator, what they were given."""
    id = await office.hire()
    given = await begin_second_factor(office.ledger, office.vault, id)
    assert isinstance(given, Enrolment)
    authenticator = pyotp.TOTP(given.secret)
    first = authenticator.generate_otp(office.now // STEP)
    assert await confirm_second_factor(office.ledger, office.vault, id, first, office.now) is None
    return id, authenticator, given


def test_somebody_who_was_invited_sets_a_password_once_and_signs_in(database: str) -> None:
    async def story(office: Office) -> None:
        invited = await add_staff(office.ledger, somebody(), " Ana@Shop.example ", "support", office.now)
        assert isinstance(invited, Invited)
        assert code(await enter(office)) == "access.wrong_credentials"
        token = token_of(invited.token)
        assert code(await accept_invitation(office.ledger, token, "short", office.now)) == "access.weak_password"
        assert await accept_invitation(office.ledger, token, PASSWORD, office.now) == invited.staff.id
        assert code(await accept_invitation(office.ledger, token, PASSWORD, office.now)) == "access.unknown_token"
        found = await session_of(office, await enter(office, email="ANA@shop.example"))
        assert isinstance(found, Session)
        assert (found.staff, found.role) == (invited.staff.id, "support")
        assert await office.log() == ["staff.added", "staff.password", "staff.signed_in"]

    told(database, story)


def test_an_invitation_is_over_after_three_days(database: str) -> None:
    async def story(office: Office) -> None:
        invited = await add_staff(office.ledger, somebody(), ANA, "support", office.now)
        assert isinstance(invited, Invited)
        late = await accept_invitation(office.ledger, token_of(invited.token), PASSWORD, office.now + INVITATION)
        assert code(late) == "access.unknown_token"
        again = await invite_again(office.ledger, somebody(), ANA, office.now + INVITATION)
        assert isinstance(again, Invited)
        done = await accept_invitation(office.ledger, token_of(again.token), PASSWORD, office.now + INVITATION)
        assert done == invited.staff.id

    told(database, story)


def test_of_two_who_take_one_invitation_at_once_one_has_it(database: str) -> None:
    async def story(office: Office) -> None:
        invited = await add_staff(office.ledger, somebody(), ANA, "support", office.now)
        assert isinstance(invited, Invited)
        token = token_of(invited.token)
        done = await asyncio.gather(
            accept_invitation(office.ledger, token, PASSWORD, office.now),
            accept_invitation(office.ledger, token, "another good password", office.now),
        )
        assert sorted(isinstance(one, Refusal) for one in done) == [False, True]

    told(database, story)


def test_a_new_password_ends_the_sessions_that_there_were(database: str) -> None:
    async def story(office: Office) -> None:
        await office.hire()
        before = await enter(office)
        again = await invite_again(office.ledger, somebody(), ANA, office.now)
        assert isinstance(again, Invited)
        await accept_invitation(office.ledger, token_of(again.token), "another good password", office.now)
        assert code(await session_of(office, before)) == "access.unknown_session"
        assert code(await enter(office)) == "access.wrong_credentials"
        assert isinstance(await enter(office, "another good password"), NewSession)

    told(database, story)


def test_no_password_is_kept_as_it_was_written(database: str) -> None:
    async def story(office: Office) -> None:
        await office.hire()
        owner = await connect(database)
        row = await owner.fetchrow("select t::text as all, password from staff t")
        await owner.close()
        assert row is not None
        assert PASSWORD not in row["all"]
        assert row["password"].startswith("$argon2id$")

    told(database, story)


def test_after_too_many_wrong_passwords_even_the_right_one_waits(database: str) -> None:
    async def story(office: Office) -> None:
        await office.hire()
        for _ in range(5):
            assert code(await enter(office, "wrong wrong wrong")) == "access.wrong_credentials"
        assert code(await enter(office, at=MINUTE - 1)) == "access.wrong_credentials"
        assert isinstance(await enter(office, at=MINUTE), NewSession)
        (row,) = await list_staff(office.ledger, somebody())
        assert (row.failures, row.locked_until) == (0, None)

    told(database, story)


def test_guesses_that_come_at_once_count_as_often_as_guesses_in_turn(database: str) -> None:
    async def story(office: Office) -> None:
        await office.hire()
        guesses = [*("wrong wrong wrong" for _ in range(9)), PASSWORD]
        found = await asyncio.gather(*(enter(office, guess) for guess in guesses))
        (row,) = await list_staff(office.ledger, somebody())
        signed_in = any(isinstance(one, NewSession) for one in found)
        assert row.failures >= 5 or signed_in
        assert row.locked_until is not None or signed_in

    told(database, story)


def test_nobody_learns_whether_an_address_works_here(database: str) -> None:
    async def story(office: Office) -> None:
        await office.hire()
        unknown = await enter(office, email="nobody@shop.example")
        wrong = await enter(office, "wrong wrong wrong")
        assert unknown == wrong

    told(database, story)


def test_a_session_ends_by_the_clock_and_when_somebody_leaves(database: str) -> None:
    async def story(office: Office) -> None:
        await office.hire()
        found = await enter(office)
        assert isinstance(found, NewSession)
        assert isinstance(await session_of(office, found, SESSION - 1), Session)
        assert code(await session_of(office, found, SESSION)) == "access.unknown_session"
        await sign_out(office.ledger, token_of(found.token))
        assert code(await session_of(office, found)) == "access.unknown_session"
        await store.clear(office.ledger.pool, office.number, office.now + SESSION)

    told(database, story)


def test_a_session_has_the_role_that_its_owner_has_now(database: str) -> None:
    async def story(office: Office) -> None:
        await office.hire()
        found = await enter(office)
        assert await set_role(office.ledger, somebody(), ANA, "cashier") == "cashier"
        now_has = await session_of(office, found)
        assert isinstance(now_has, Session)
        assert now_has.role == "cashier"
        gone = await disable_staff(office.ledger, somebody(), ANA, office.now)
        assert not isinstance(gone, Refusal)
        assert code(await session_of(office, found)) == "access.unknown_session"
        assert code(await enter(office)) == "access.wrong_credentials"
        assert code(await set_role(office.ledger, somebody(), ANA, "owner")) == "access.unknown_staff"
        assert await office.log() == [
            "staff.added",
            "staff.password",
            "staff.signed_in",
            "staff.role",
            "staff.disabled",
        ]

    told(database, story)


def test_a_code_is_asked_for_once_it_was_confirmed_and_taken_once_a_step(database: str) -> None:
    async def story(office: Office) -> None:
        _, authenticator, _ = await with_code(office)
        step = office.now // STEP
        assert code(await enter(office)) == "access.code_needed"
        assert code(await enter(office, digits=authenticator.generate_otp(step))) == "access.wrong_credentials"
        later = authenticator.generate_otp(step + 1)
        assert isinstance(await enter(office, digits=later, at=STEP), NewSession)
        assert code(await enter(office, digits=later, at=STEP)) == "access.wrong_credentials"
        old = authenticator.generate_otp(step - 40)
        assert code(await enter(office, digits=old, at=STEP)) == "access.wrong_credentials"

    told(database, story)


def test_of_two_who_bring_one_code_at_once_one_comes_in(database: str) -> None:
    async def story(office: Office) -> None:
        _, authenticator, _ = await with_code(office)
        digits = authenticator.generate_otp(office.now // STEP + 1)
        found = await asyncio.gather(*(enter(office, digits=digits, at=STEP) for _ in range(3)))
        assert sum(isinstance(one, NewSession) for one in found) == 1

    told(database, story)


def test_wrong_codes_count_as_wrong_passwords(database: str) -> None:
    async def story(office: Office) -> None:
        _, authenticator, _ = await with_code(office)
        for _ in range(5):
            assert code(await enter(office, digits="000000")) == "access.wrong_credentials"
        right = authenticator.generate_otp(office.now // STEP + 1)
        assert code(await enter(office, digits=right, at=STEP)) == "access.wrong_credentials"

    told(database, story)


def test_asking_for_the_code_is_no_wrong_attempt(database: str) -> None:
    async def story(office: Office) -> None:
        _, authenticator, _ = await with_code(office)
        for _ in range(7):
            assert code(await enter(office)) == "access.code_needed"
        right = authenticator.generate_otp(office.now // STEP + 1)
        assert isinstance(await enter(office, digits=right, at=STEP), NewSession)

    told(database, story)


def test_a_recovery_code_opens_once(database: str) -> None:
    async def story(office: Office) -> None:
        _, _, given = await with_code(office)
        assert len(given.recovery) == len(set(given.recovery)) == 10
        written = given.recovery[3].upper().replace("-", " ")
        assert isinstance(await enter(office, digits=written), NewSession)
        assert code(await enter(office, digits=written)) == "access.wrong_credentials"
        assert isinstance(await enter(office, digits=given.recovery[4]), NewSession)

    told(database, story)


def test_an_authenticator_is_not_in_force_before_a_code_of_it_was_given(database: str) -> None:
    async def story(office: Office) -> None:
        id = await office.hire()
        given = await begin_second_factor(office.ledger, office.vault, id)
        assert isinstance(given, Enrolment)
        assert given.uri.startswith("otpauth://totp/")
        wrong = await confirm_second_factor(office.ledger, office.vault, id, "000000", office.now)
        assert code(wrong) == "access.wrong_code"
        assert isinstance(await enter(office), NewSession)
        owner = await connect(database)
        assert given.secret not in await owner.fetchval("select t::text from staff t")
        await owner.close()

    told(database, story)


def test_a_lost_authenticator_is_taken_off_by_somebody_else_and_that_is_in_the_log(database: str) -> None:
    async def story(office: Office) -> None:
        id, _, _ = await with_code(office)
        assert code(await begin_second_factor(office.ledger, office.vault, id)) == "access.code_set_up"
        assert not isinstance(await drop_second_factor(office.ledger, somebody(), ANA), Refusal)
        assert isinstance(await enter(office), NewSession)
        assert (await office.log()).count("staff.second_factor") == 2

    told(database, story)


def test_somebody_always_remains_owner_whoever_changes_what_at_once(database: str) -> None:
    async def story(office: Office) -> None:
        for name in ("one", "two"):
            await office.hire(f"{name}@shop.example", "owner", password=None)
        done = await asyncio.gather(
            set_role(office.ledger, somebody(), "one@shop.example", "cashier"),
            disable_staff(office.ledger, somebody(), "two@shop.example", office.now),
        )
        assert [isinstance(one, Refusal) and one.code for one in done].count("access.last_owner") == 1
        owners = [one for one in await list_staff(office.ledger, somebody()) if one.role == "owner"]
        assert sum(one.disabled_at is None for one in owners) == 1

    told(database, story)


def test_who_cannot_be_added_is_refused(database: str) -> None:
    wrong = [
        ("ana", "owner", "access.bad_email"),
        ("ana@@", "owner", "access.bad_email"),
        ("a na@shop.example", "owner", "access.bad_email"),
        ("ana@shop.example", "king", "access.unknown_role"),
        ("taken@shop.example", "owner", "access.email_taken"),
    ]

    async def story(office: Office) -> None:
        await office.hire("taken@shop.example", password=None)
        for email, role, expected in wrong:
            assert code(await add_staff(office.ledger, somebody(), email, role, office.now)) == expected
        assert len(await list_staff(office.ledger, somebody())) == 1

    told(database, story)


def test_nobody_makes_or_closes_somebody_who_may_do_more(database: str) -> None:
    async def story(office: Office) -> None:
        await office.hire("boss@shop.example", "owner", password=None)
        marketer = somebody("marketer")
        for done in (
            await add_staff(office.ledger, marketer, ANA, "owner", office.now),
            await set_role(office.ledger, marketer, "boss@shop.example", "cashier"),
            await disable_staff(office.ledger, marketer, "boss@shop.example", office.now),
            await invite_again(office.ledger, marketer, "boss@shop.example", office.now),
            await drop_second_factor(office.ledger, marketer, "boss@shop.example"),
        ):
            assert code(done) == "access.beyond_own"
        narrowed = somebody(program="card")
        assert code(await add_staff(office.ledger, narrowed, ANA, "cashier", office.now)) == "access.other_program"

    told(database, story)
