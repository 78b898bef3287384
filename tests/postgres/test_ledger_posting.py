"""The posting path: one event once, whole batches, failures that stay alone, budgets that are exact."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest
from tests.ledger_factory import BUDGET, Shop, run

from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.engine.model import NO_FACTS, Decision, Facts, Member, Movement
from regulars.ledger.batch import Notice
from regulars.ledger.poster import Poster
from regulars.ledger.programs import ProgramUnknown, grant_stock


def test_the_same_event_twice_is_one_event_with_one_receipt(database: str) -> None:
    async def story(shop: Shop) -> None:
        first = await shop.one("a")
        again = await shop.one("a")
        assert first.receipt == again.receipt
        assert (first.repeated, again.repeated, again.event_no) == (False, True, 1)
        assert await shop.points() == 23

    run(database, story)


def test_another_body_under_a_known_id_is_refused_and_changes_nothing(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.one("a")
        other = await shop.one("a", lines=[{"amount": "99.00", "kind": "food"}])
        later = await shop.one("a", at="2026-03-03T10:00")
        assert [o.refusal and o.refusal.code for o in (other, later)] == ["event.id_reused"] * 2
        assert await shop.points() == 23
        assert len(await shop.reads.activity("ann")) == 1

    run(database, story)


def test_a_repeated_id_inside_one_batch_counts_once(database: str) -> None:
    async def story(shop: Shop) -> None:
        other = shop.event("a", lines=[{"amount": "9.00", "kind": "food"}])
        outcomes = await shop.poster.post([shop.event("a"), shop.event("a"), other])
        assert [o.repeated for o in outcomes] == [False, True, False]
        assert outcomes[0].receipt == outcomes[1].receipt
        assert outcomes[2].refusal is not None
        assert outcomes[2].refusal.code == "event.id_reused"
        assert await shop.points() == 23

    run(database, story)


def test_one_id_may_come_from_two_sources_and_for_two_members(database: str) -> None:
    async def story(shop: Shop) -> None:
        outcomes = await shop.poster.post(
            [shop.event("a"), shop.event("a", source="till"), shop.event("a", member="ben")]
        )
        assert [o.repeated for o in outcomes] == [False, False, False]
        assert (await shop.points(), await shop.points("ben")) == (46, 23)

    run(database, story)


def test_a_refused_event_is_recorded_and_gets_the_same_answer_again(database: str) -> None:
    async def story(shop: Shop) -> None:
        first = await shop.one("r", "redeem.mug")
        await shop.one("a", lines=[{"amount": "90.00", "kind": "food"}])
        again = await shop.one("r", "redeem.mug")
        assert first.refusal is not None
        assert again.refusal is not None
        assert (again.refusal.code, dict(again.refusal.values)) == (first.refusal.code, dict(first.refusal.values))
        assert again.repeated
        assert await shop.points() == 90

    run(database, story)


def test_a_return_may_be_of_a_purchase_earlier_in_the_same_batch(database: str) -> None:
    async def story(shop: Shop) -> None:
        batch = [shop.event("a"), shop.event("r", "return", of="a"), shop.event("again", "return", of="a")]
        outcomes = await shop.poster.post(batch)
        assert [o.refusal is None for o in outcomes] == [True, True, False]
        assert await shop.points() == 0
        assert await shop.points(wallet="stamps") == 0
        assert await shop.broken() == set()

    run(database, story)


def test_what_earlier_returns_took_cannot_be_returned_again(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.one("a")
        part = await shop.one("r1", "return", of="a", lines=[{"line": 0}])
        same = await shop.one("r2", "return", of="a", lines=[{"line": 0, "qty": 1}])
        rest = await shop.one("r3", "return", of="a", lines=[{"line": 1}])
        assert [o.refusal is None for o in (part, same, rest)] == [True, False, True]
        assert await shop.points() == 0

    run(database, story)


def test_the_return_of_a_stranger_s_purchase_is_refused(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.one("a")
        stolen = await shop.one("r", "return", "ben", of="a")
        assert stolen.refusal is not None
        assert stolen.refusal.code == "return.unknown_purchase"

    run(database, story)


class Exploding(Book):
    """Fails at what is called boom, and gives far too much for what is called flood."""

    def decide(self, member: Member, event: Event, facts: Facts = NO_FACTS) -> Decision:
        if event.id == "boom":
            raise ZeroDivisionError("boom")
        decision = super().decide(member, event, facts)
        if event.id == "flood":
            flood = Movement("points", "issued", "active", 10**30, 0)
            return Decision(decision.member, decision.receipt, (flood,))
        return decision


def test_an_event_that_cannot_be_decided_fails_alone_and_may_come_again(database: str) -> None:
    async def story(shop: Shop) -> None:
        ids = ["a", "boom", "b", "flood", "c"]
        outcomes = await shop.poster.post([shop.event(id) for id in ids])
        assert [o.refusal.code if o.refusal else None for o in outcomes] == [
            None, "engine.failed", None, "engine.failed", None,
        ]  # fmt: skip
        assert dict(outcomes[1].refusal.values if outcomes[1].refusal else ())["event"] == "boom"
        assert [o.event_no for o in outcomes] == [1, 0, 2, 0, 3]
        assert await shop.points() == 69
        mended = Poster(shop.pool, Book([shop.book.program]), shop.tenant)
        (outcome,) = await mended.post([shop.event("boom")])
        assert outcome.refusal is None
        assert await shop.points() == 92

    run(database, story, book=Exploding)


@pytest.mark.parametrize("body", [{"source": "a\0b"}, {"source": "s" * 201}])
def test_an_event_that_cannot_be_stored_fails_alone(database: str, body: dict[str, Any]) -> None:
    async def story(shop: Shop) -> None:
        outcomes = await shop.poster.post([shop.event("a"), shop.event("odd", **body), shop.event("b")])
        assert [o.refusal.code if o.refusal else None for o in outcomes] == [None, "event.bad_text", None]
        assert await shop.points() == 46

    run(database, story)


def test_a_batch_may_have_many_members_and_more_events_than_any_page(database: str) -> None:
    async def story(shop: Shop) -> None:
        outcomes = await shop.poster.post([shop.event(f"e{n}", member=f"m{n % 700}") for n in range(1500)])
        assert all(o.refusal is None and not o.repeated for o in outcomes)
        assert [o.event_id for o in outcomes] == [f"e{n}" for n in range(1500)]
        assert await shop.pool.fetchval("select count(*) from events") == 1500
        assert await shop.broken() == set()

    run(database, story)


def test_an_empty_batch_is_nothing(database: str) -> None:
    async def story(shop: Shop) -> None:
        assert await shop.poster.post([]) == []

    run(database, story)


def test_a_program_that_nobody_published_is_said_so(database: str) -> None:
    async def story(shop: Shop) -> None:
        with pytest.raises(ProgramUnknown, match="nobody"):
            await Poster(shop.pool, shop.book, "nobody").post([shop.event("a")])

    run(database, story)


def test_batches_over_the_same_members_in_any_order_do_not_block_each_other_for_ever(database: str) -> None:
    async def story(shop: Shop) -> None:
        members = [f"m{n}" for n in range(30)]

        async def post(task: int) -> None:
            order = members[task:] + members[:task] if task % 2 else list(reversed(members))
            await shop.poster.post([shop.event(f"t{task}", member=member) for member in order])

        await asyncio.gather(*(post(task) for task in range(12)))
        assert {await shop.points(member) for member in members} == {12 * 23}
        assert await shop.broken() == set()

    run(database, story)


def test_a_budget_runs_out_exactly_whatever_comes_at_once(database: str) -> None:
    async def story(shop: Shop) -> None:
        async def post(task: int) -> int:
            batch = [shop.event(f"t{task}.{n}", member=f"m{task}.{n}", tags=["fund"]) for n in range(5)]
            return sum(entry.given for o in await shop.poster.post(batch) if o.receipt for entry in o.receipt.entries)

        await asyncio.gather(*(post(task) for task in range(8)))
        held = [await shop.points(f"m{task}.{n}") for task in range(8) for n in range(5)]
        assert sum(held) == 40 * 23 + BUDGET
        assert await shop.pool.fetchval("select used from budgets") == BUDGET
        assert await shop.broken() == set()

    run(database, story)


def test_two_who_spend_the_same_points_at_once_do_not_both_get_them(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.one("a", lines=[{"amount": "60.00", "kind": "food"}])
        posts = [shop.one(f"r{n}", "redeem.mug") for n in range(6)]
        got = [outcome.refusal is None for outcome in await asyncio.gather(*posts)]
        assert got.count(True) == 1
        assert await shop.points() == 10
        assert await shop.broken() == set()

    run(database, story)


def test_a_stock_has_no_end_until_the_operator_grants_one(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.one("a", lines=[{"amount": "90.00", "kind": "food"}])
        assert (await shop.one("r0", "redeem.cup")).refusal is None
        place, _ = await shop.poster.ready()
        assert await grant_stock(shop.pool, place, "stock:rewards.cup", 2) == (3, 1)
        outcomes = await shop.poster.post([shop.event(f"r{n}", "redeem.cup") for n in range(1, 5)])
        assert [o.refusal is None for o in outcomes] == [True, True, False, False]
        assert await shop.broken() == set()

    run(database, story)


def test_a_friend_s_first_purchase_pays_the_one_who_brought_them_before_the_post_returns(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.poster.post([shop.event("j1", "join"), shop.event("j2", "join", "ben", referred_by="ann")])
        await shop.one("a", member="ben", at="2026-03-03T10:00")
        assert await shop.points("ben", at="2026-03-04") == 33
        assert await shop.points("ann", at="2026-03-04") == 20
        assert await shop.pool.fetchval("select count(*) from outbox where delivered_at is null") == 0
        assert await shop.broken() == set()

    run(database, story)


class Dying(Poster):
    """A process that ends after its commit, before it tells anybody."""

    async def deliver(self, notices: Sequence[Notice]) -> None:
        if notices:
            raise KeyboardInterrupt


def test_what_was_to_be_told_outlives_the_process_and_is_told_once(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.poster.post([shop.event("j1", "join"), shop.event("j2", "join", "ben", referred_by="ann")])
        dying = Dying(shop.pool, shop.book, shop.tenant)
        with pytest.raises(KeyboardInterrupt):
            await dying.post([shop.event("a", member="ben", at="2026-03-03T10:00")])
        assert await shop.points("ann", at="2026-03-04") == 0
        assert await shop.broken() == set()
        assert await asyncio.gather(shop.poster.deliver_pending(), shop.poster.deliver_pending()) != [0, 0]
        assert await shop.poster.deliver_pending() == 0
        assert await shop.points("ann", at="2026-03-04") == 20
        assert await shop.broken() == set()

    run(database, story)


class Parity:
    """Two shards: members with an even and an odd last letter."""

    async def of(self, members: Sequence[str]) -> list[int]:
        return [ord(member[-1]) % 2 for member in members]


def test_a_batch_over_two_shards_is_two_commits_and_answers_in_order(database: str) -> None:
    async def story(shop: Shop) -> None:
        poster = Poster(shop.pool, shop.book, shop.tenant, Parity())
        batch = [shop.event(f"e{n}", member=f"m{n % 5}") for n in range(20)]
        outcomes = await poster.post(batch)
        assert [o.event_id for o in outcomes] == [event.id for event in batch]
        moments = await shop.pool.fetch("select distinct recorded_at, ascii(right(member, 1)) % 2 from events")
        assert len(moments) == 2

    run(database, story)


@pytest.mark.parametrize("table", ["events", "movements", "refs", "versions"])
@pytest.mark.parametrize("change", ["update {} set tenant = 2", "delete from {}", "truncate {} cascade"])
def test_what_was_recorded_cannot_be_changed(database: str, table: str, change: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.poster.post([shop.event("a"), shop.event("r", "return", of="a")])
        with pytest.raises(asyncpg.RestrictViolationError, match="only ever added to"):
            await shop.pool.execute(change.format(table))

    run(database, story)


def test_a_movement_of_nothing_or_to_where_it_came_from_is_not_taken(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.one("a")
        copy = """
            insert into movements (tenant, program, member, event_no, n, wallet, lot, amount, source, target)
            select tenant, program, member, event_no, 99, wallet, lot, {}, source, {} from movements where n = 0
        """
        for amount, target in (("0", "target"), ("-5", "target"), ("amount", "source")):
            with pytest.raises(asyncpg.CheckViolationError):
                await shop.pool.execute(copy.format(amount, target))

    run(database, story)
