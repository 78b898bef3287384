"""Codes at the till, in PostgreSQL: used once however many scan them, held and released, and the ledger tells all of it again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from tests.ledger_factory import Shop
from tests.voucher_factory import AT, bought, code_of, made, run, use_of

from regulars.flows.vouchers import CodesUsed, Held, claim_code, hold_code, qualify_basket, release_code, use_codes
from regulars.postgres.queries import Queries
from regulars.vouchers import store
from regulars.vouchers.qualify import Qualified
from regulars.vouchers.statements import sql
from regulars.words.moments import MINUTE
from regulars.words.refusals import Refusal

TILLS = 12


async def use(shop: Shop, body: dict[str, Any], till: str = "", at: str = AT) -> CodesUsed | Refusal:
    return await use_codes(shop.poster, body, shop.moment(at), till)


def done(found: CodesUsed | Refusal) -> CodesUsed:
    assert isinstance(found, CodesUsed), found
    assert found.outcome.refusal is None, found.outcome.refusal
    return found


async def scanned_at_once(shop: Shop, code: str, members: int = TILLS) -> list[CodesUsed | Refusal]:
    """One code, scanned at so many tills in the same moment, for a member each."""
    tills = [use(shop, bought(f"p{n}", f"m{n % members}", use=use_of(code)), f"till{n}") for n in range(TILLS)]
    return list(await asyncio.gather(*tills))


def winners(found: Sequence[CodesUsed | Refusal]) -> int:
    return sum(isinstance(one, CodesUsed) and one.outcome.refusal is None for one in found)


@pytest.mark.parametrize("members", [TILLS, 1])
def test_of_many_tills_that_scan_one_code_at_once_exactly_one_uses_it(database: str, members: int) -> None:
    async def story(shop: Shop) -> None:
        code, other, _ = await made(shop)
        found = await scanned_at_once(shop, code, members)
        assert winners(found) == 1
        assert {code_of(one) for one in found if isinstance(one, Refusal)} == {"voucher.used"}
        assert await shop.pool.fetchval("select used from codes where code = $1", code) == 1
        assert await shop.pool.fetchval("select count(*) from code_uses") == 1
        assert await shop.pool.fetchval("select count(*) from events where type = 'purchase'") == 1
        assert winners([await use(shop, bought("px", use=use_of(other)))]) == 1
        assert await shop.broken() == set()

    run(database, story)


def test_a_planted_slip_without_the_lock_lets_two_tills_use_one_code(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(shop: Shop) -> None:
        code, *_ = await made(shop)
        monkeypatch.setattr(store, "sql", Queries({**sql, "lock_codes": sql.look_codes}))
        assert winners(await scanned_at_once(shop, code)) > 1

    run(database, story)


def test_a_code_of_several_uses_is_used_so_often_and_not_once_more(database: str) -> None:
    async def story(shop: Shop) -> None:
        code, *_ = await made(shop, uses=5)
        assert winners(await scanned_at_once(shop, code)) == 5

    run(database, story)


def test_a_shared_code_without_end_is_used_by_everybody(database: str) -> None:
    async def story(shop: Shop) -> None:
        code, *_ = await made(shop, uses=None)
        assert winners(await scanned_at_once(shop, code)) == TILLS

    run(database, story)


def test_baskets_with_the_same_codes_in_another_order_do_not_block_each_other(database: str) -> None:
    async def story(shop: Shop) -> None:
        codes = await made(shop, kind="coupon", worth=100, uses=None)
        orders = [codes, codes[::-1], [codes[1], codes[0], codes[2]]] * 5
        found = await asyncio.gather(
            *(use(shop, bought(f"p{n}", f"m{n % 3}", use=use_of(*order))) for n, order in enumerate(orders))
        )
        assert winners(found) == len(orders)

    run(database, story)


def test_the_same_purchase_sent_again_is_one_purchase_and_one_use(database: str) -> None:
    async def story(shop: Shop) -> None:
        code, *_ = await made(shop)
        first = done(await use(shop, bought(use=use_of(code))))
        # As a till sends it when the answer was lost, typed in another way.
        again = done(await use(shop, bought(use=use_of(code.lower().replace("-", " "))), at="2026-03-02T10:05"))
        assert (first.outcome.repeated, again.outcome.repeated) == (False, True)
        assert first.used == again.used == (code,)
        assert again.outcome.receipt == first.outcome.receipt
        assert await shop.pool.fetchval("select used from codes where code = $1", code) == 1

    run(database, story)


def test_a_purchase_that_the_program_refuses_leaves_its_codes_as_they_were(database: str) -> None:
    async def story(shop: Shop) -> None:
        (code,) = await made(shop, kind="big", count=1)
        found = await use(shop, bought(use=use_of(code)))
        assert isinstance(found, CodesUsed)
        assert found.outcome.refusal is not None
        assert (found.outcome.refusal.code, found.used) == ("below_minimum", ())
        large = [{"amount": "60.00", "kind": "food"}]
        paid = done(await use(shop, {**bought("p2", use=use_of(code)), "lines": large}))
        assert paid.outcome.receipt is not None
        assert paid.outcome.receipt.pay == 5000
        assert await shop.broken() == set()

    run(database, story)


def test_a_code_that_had_nothing_left_to_pay_can_be_used_again(database: str) -> None:
    async def story(shop: Shop) -> None:
        all_of_it, rest = await made(shop, kind="coupon", count=2, worth=9900)
        found = done(await use(shop, bought(use=use_of(all_of_it, rest))))
        assert found.used == (all_of_it,)
        assert done(await use(shop, bought("p2", use=use_of(rest)))).used == (rest,)

    run(database, story)


def test_stacking_is_the_programs_and_a_code_twice_in_one_basket_is_refused(database: str) -> None:
    async def story(shop: Shop) -> None:
        one, two = await made(shop, kind="big", count=2)
        body = {**bought(use=use_of(one, two)), "lines": [{"amount": "90.00", "kind": "food"}]}
        found = await use(shop, body)
        assert isinstance(found, CodesUsed)
        assert found.outcome.refusal is not None
        assert found.outcome.refusal.code == "limit_reached"
        assert code_of(await use(shop, {**body, "id": "p2", "use": use_of(one, one.lower())})) == "voucher.used"

    run(database, story)


def test_codes_that_are_not_there_mistyped_or_somebody_elses_are_refused_and_nothing_is_recorded(database: str) -> None:
    async def story(shop: Shop) -> None:
        code, other, _ = await made(shop)
        await shop.pool.execute("update codes set member = 'bob' where code = $1", other)
        swapped = code[:-1] + ("2" if code[-1] != "2" else "3")
        for shown, refused in (("HELLO", "unknown"), (swapped, "bad_check"), (other, "other_member")):
            assert code_of(await use(shop, bought(use=use_of(shown)))) == f"voucher.{refused}"
        assert await shop.pool.fetchval("select count(*) from events") == 0
        assert done(await use(shop, bought(member="bob", use=use_of(other)))).used == (other,)

    run(database, story)


def test_a_body_cannot_make_a_code_worth_more_than_its_batch_says(database: str) -> None:
    async def story(shop: Shop) -> None:
        (code,) = await made(shop, kind="coupon", count=1, worth=100)
        greedy = {"code": code, "worth": "20.00", "percent": "50", "kind": "coffee", "last_day": "2030-01-01"}
        found = done(await use(shop, bought(use=[greedy])))
        assert found.outcome.receipt is not None
        assert found.outcome.receipt.pay == 2250

    run(database, story)


def test_a_held_code_is_refused_at_another_till_until_it_is_released_or_its_time_is_over(database: str) -> None:
    async def story(shop: Shop) -> None:
        code, *_ = await made(shop)
        at = shop.moment(AT)
        held = await hold_code(shop.poster, code, "t1", 5, at)
        assert held == Held(code, "coffee", "t1", at + 5 * MINUTE)
        assert code_of(await hold_code(shop.poster, code, "t2", 5, at + MINUTE)) == "voucher.held"
        assert code_of(await use(shop, bought(use=use_of(code)), "t2")) == "voucher.held"
        assert code_of(await use(shop, bought(use=use_of(code)))) == "voucher.held"
        assert isinstance(await hold_code(shop.poster, code, "t1", 5, at + MINUTE), Held)
        # The second hold of the till has made it longer.
        assert code_of(await hold_code(shop.poster, code, "t2", 5, at + 5 * MINUTE)) == "voucher.held"
        assert isinstance(await hold_code(shop.poster, code, "t2", 5, at + 6 * MINUTE), Held)
        assert not await release_code(shop.poster, code, "t1")
        assert await release_code(shop.poster, code, "t2")
        done(await use(shop, bought(use=use_of(code)), "t1", "2026-03-02T10:07"))
        assert code_of(await hold_code(shop.poster, code, "t1", 5, at)) == "voucher.used"

    run(database, story)


def test_of_many_tills_that_hold_one_code_at_once_exactly_one_holds_it(database: str) -> None:
    async def story(shop: Shop) -> None:
        code, *_ = await made(shop)
        at = shop.moment(AT)
        found = await asyncio.gather(*(hold_code(shop.poster, code, f"t{n}", 5, at) for n in range(TILLS)))
        holders = [one for one in found if isinstance(one, Held)]
        assert len(holders) == 1
        done(await use(shop, bought(use=use_of(code)), holders[0].till))
        assert await shop.pool.fetchval("select count(*) from code_holds") == 0

    run(database, story)


def test_a_code_is_held_only_where_it_would_be_good(database: str) -> None:
    async def story(shop: Shop) -> None:
        at = shop.moment(AT)
        (past,) = await made(shop, "past", 1, last_day="2026-03-01")
        (big,) = await made(shop, "big", 1, kind="big")
        assert code_of(await hold_code(shop.poster, past, "t1", 5, at)) == "lapsed"
        assert (
            code_of(await hold_code(shop.poster, big, "t1", 5, at, "ann", {"lines": bought()["lines"]}))
            == "below_minimum"
        )
        basket = {"lines": [{"amount": "60.00", "kind": "food"}]}
        held = await hold_code(shop.poster, big, "t1", 5, at, "ann", basket)
        assert isinstance(held, Held)
        assert held.would is not None
        assert held.would.off == 1000
        assert code_of(await hold_code(shop.poster, big, "t1", 0, at)) == "voucher.bad_hold"
        assert code_of(await hold_code(shop.poster, big, "", 5, at)) == "id.empty"

    run(database, story)


def test_a_claimed_code_is_the_members_voucher_once_and_the_ledger_tells_it_again(database: str) -> None:
    async def story(shop: Shop) -> None:
        code, shared, _ = await made(shop, uses=2)
        at = shop.moment(AT)
        claimed = done(await claim_code(shop.poster, code, "ann", at))
        assert claimed.outcome.receipt is not None
        serial = claimed.outcome.receipt.issued[0].serial
        assert code_of(await claim_code(shop.poster, code, "ann", at + MINUTE)) == "voucher.claimed"
        assert done(await claim_code(shop.poster, code, "ann", at)).outcome.repeated
        done(await claim_code(shop.poster, code, "bob", at))
        assert code_of(await claim_code(shop.poster, code, "eve", at)) == "voucher.used"
        drinks = {"lines": [{"amount": "2.50", "kind": "drink"}, {"amount": "3.50", "kind": "drink"}]}
        paid = done(await use(shop, {**bought("p2", use=[serial, {"code": shared}]), **drinks}))
        assert paid.outcome.receipt is not None
        assert sorted(use.voucher for use in paid.outcome.receipt.used) == [-2, serial]
        assert await shop.broken() == set()

    run(database, story)


def test_a_member_sees_which_vouchers_a_basket_can_use_and_why_not_the_others(database: str) -> None:
    async def story(shop: Shop) -> None:
        at = shop.moment("2026-03-03T10:00")
        coffee, used, kept = await made(shop)
        (big,) = await made(shop, "big", 1, kind="big")
        (ten,) = await made(shop, "ten", 1, kind="coupon", percent=100_000)
        await shop.pool.execute("update codes set member = 'ann' where code = $1", kept)
        done(
            await use(
                shop, {**bought(use=use_of(used)), "lines": [{"amount": "100.00", "kind": "food"}, *bought()["lines"]]}
            )
        )
        basket = {"lines": bought()["lines"]}
        found = await qualify_basket(shop.poster, basket, at, "ann", [coffee, used, big, ten, "nothing"])
        assert isinstance(found, list)
        told = {one.voucher: (one.off if one.usable else code_of(one.refusal)) for one in found}
        (mine,) = [one for one in found if isinstance(one.voucher, int)]
        assert told == {
            coffee: 350, used: "voucher.used", big: "below_minimum", ten: 235, "nothing": "voucher.unknown", kept: 350,
            mine.voucher: 100,
        }  # fmt: skip
        nobody = await qualify_basket(shop.poster, basket, at, None, [coffee, kept])
        assert isinstance(nobody, list)
        assert [one.usable for one in nobody] == [True, False]
        assert await shop.pool.fetchval("select count(*) from events") == 1

    run(database, story)


def test_what_qualifies_is_what_the_same_purchase_then_takes_off(database: str) -> None:
    async def story(shop: Shop) -> None:
        codes = [*await made(shop), *await made(shop, "c", 2, kind="coupon", worth=333)]
        for number, code in enumerate(codes):
            basket = {"lines": bought()["lines"]}
            answers = await qualify_basket(shop.poster, basket, shop.moment(AT), "ann", [code])
            assert isinstance(answers, list)
            answer = answers[0]
            assert isinstance(answer, Qualified)
            paid = done(await use(shop, bought(f"p{number}", use=use_of(code))))
            assert paid.outcome.receipt is not None
            assert answer.off == 2350 - (paid.outcome.receipt.pay or 0)

    run(database, story)


def test_a_budget_over_everybody_is_asked_when_trying_and_holds_when_all_scan_at_once(database: str) -> None:
    async def story(shop: Shop) -> None:
        (code,) = await made(shop, kind="fund", count=1, uses=None)
        assert winners(await scanned_at_once(shop, code)) == 2
        answers = await qualify_basket(shop.poster, {"lines": bought()["lines"]}, shop.moment(AT), "new", [code])
        assert isinstance(answers, list)
        assert [code_of(one.refusal) for one in answers] == ["limit_reached"]
        assert await shop.broken() == set()

    run(database, story)
