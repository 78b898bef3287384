"""Requests that wait together commit together, and each gets its own answer."""

from __future__ import annotations

import asyncio

import pytest
from tests.ledger_factory import Shop, run
from tests.postgres.test_ledger_posting import Exploding

from regulars.ledger.gather import Gatherer


def test_many_who_wait_share_commits_and_each_gets_an_answer_of_its_own(database: str) -> None:
    async def story(shop: Shop) -> None:
        gatherer = Gatherer(shop.poster)
        events = [shop.event(f"e{n}", member=f"m{n % 37}") for n in range(400)]
        outcomes = await asyncio.gather(*(gatherer.submit(event) for event in events))
        await gatherer.close()
        assert [o.event_id for o in outcomes] == [event.id for event in events]
        assert all(o.refusal is None for o in outcomes)
        commits = await shop.pool.fetchval("select count(distinct recorded_at) from events")
        assert commits < 40
        assert await shop.broken() == set()

    run(database, story)


def test_one_bad_event_never_fails_its_neighbours(database: str) -> None:
    async def story(shop: Shop) -> None:
        gatherer = Gatherer(shop.poster)
        names = ["a", "boom", "b", "c"]
        outcomes = await asyncio.gather(*(gatherer.submit(shop.event(name)) for name in names))
        assert [o.refusal is None for o in outcomes] == [True, False, True, True]

    run(database, story, book=Exploding)


def test_a_caller_who_goes_away_does_not_take_the_others_along(database: str) -> None:
    async def story(shop: Shop) -> None:
        gatherer = Gatherer(shop.poster, lanes=1)
        tasks = [asyncio.create_task(gatherer.submit(shop.event(f"e{n}"))) for n in range(20)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert [isinstance(o, BaseException) for o in outcomes] == [n % 2 == 0 for n in range(20)]
        await gatherer.close()
        assert await shop.broken() == set()

    run(database, story)


def test_closing_answers_all_that_was_taken_and_takes_no_more(database: str) -> None:
    async def story(shop: Shop) -> None:
        gatherer = Gatherer(shop.poster)
        tasks = [asyncio.create_task(gatherer.submit(shop.event(f"e{n}"))) for n in range(30)]
        await asyncio.sleep(0)
        await gatherer.close()
        assert [task.done() for task in tasks] == [True] * 30 or [o.event_no > 0 for o in await asyncio.gather(*tasks)]
        assert await shop.pool.fetchval("select count(*) from events") == 30
        with pytest.raises(RuntimeError, match="closed"):
            await gatherer.submit(shop.event("late"))

    run(database, story)


def test_an_event_that_waits_for_room_is_posted_all_the_same(database: str) -> None:
    async def story(shop: Shop) -> None:
        gatherer = Gatherer(shop.poster, waiting=3)
        outcomes = await asyncio.gather(*(gatherer.submit(shop.event(f"e{n}")) for n in range(25)))
        assert sorted(o.event_no for o in outcomes) == list(range(1, 26))

    run(database, story)
