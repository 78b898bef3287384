"""Accounts that become one, in the ledger: conserved, replayed, and of two merges that cross only one is had."""

from __future__ import annotations

import asyncio

from tests.ledger_factory import Shop, run

LATER = "2026-03-03T10:00"


async def in_transit(shop: Shop) -> int:
    """Units on their way, whichever way: nothing once everything was delivered."""
    return int(
        await shop.pool.fetchval(
            "select coalesce(sum(case when t.name = 'in_transit' then m.amount when s.name = 'in_transit' then -m.amount "
            "else 0 end), 0) from movements m join names s on s.no = m.source join names t on t.no = m.target"
        )
    )


def test_all_that_an_account_had_arrives_once_and_all_laws_hold(database: str) -> None:
    async def story(shop: Shop) -> None:
        for n in range(5):
            await shop.one(f"a{n}", member="old")
            await shop.one(f"b{n}", member="kept", tags=["fund"])
        had = await shop.points("old") + await shop.points("kept")
        merge = {"into": "kept", "reason": "the same person", "by": "staff-7"}
        assert (await shop.one("m1", "merge", "old", LATER, **merge)).refusal is None
        assert (await shop.one("m1", "merge", "old", LATER, **merge)).repeated
        assert await shop.points("kept", "2026-03-03T12:00") == had
        assert await shop.points("old", "2026-03-03T12:00") == 0
        assert await in_transit(shop) == 0
        refused = (await shop.one("a9", member="old", at="2026-03-04T10:00")).refusal
        assert refused is not None
        assert (refused.code, dict(refused.values)) == ("member.merged", {"into": "kept"})
        closed = await shop.one("c1", "close", "kept", "2026-03-05T10:00", reason="asked to go")
        assert closed.refusal is None
        back = (await shop.one("m2", "merge", "third", "2026-03-06T10:00", into="kept", reason="same")).refusal
        assert back is not None
        assert back.code == "merge.closed"
        assert await shop.broken() == set()

    run(database, story)


def test_of_merges_that_go_round_at_once_the_last_is_refused(database: str) -> None:
    async def story(shop: Shop) -> None:
        members = ["a", "b", "c", "d"]
        for member in members:
            await shop.one(f"p{member}", member=member)
        had = sum([await shop.points(member) for member in members])
        round_ = zip(members, [*members[1:], members[0]], strict=True)
        merges = [shop.one(f"m{who}", "merge", who, LATER, into=into, reason="same") for who, into in round_]
        outcomes = await asyncio.gather(*merges)
        assert sum(one.refusal is not None for one in outcomes) >= 1
        assert {one.refusal.code for one in outcomes if one.refusal is not None} == {"merge.closed"}
        assert sum([await shop.points(member, "2026-03-03T12:00") for member in members]) == had
        assert await in_transit(shop) == 0
        assert await shop.broken() == set()

    run(database, story)


def test_what_is_on_its_way_to_an_account_that_was_merged_meanwhile_follows_it(database: str) -> None:
    async def story(shop: Shop) -> None:
        for member in ("a", "b", "c"):
            await shop.one(f"p{member}", member=member)
        had = sum([await shop.points(member) for member in ("a", "b", "c")])
        # In one batch b is closed before what comes from a is delivered.
        events = [
            shop.event(f"m{who}", "merge", who, LATER, into=into, reason="same")
            for who, into in (("a", "b"), ("b", "c"))
        ]
        assert [one.refusal for one in await shop.poster.post(events)] == [None, None]
        assert await shop.points("c", "2026-03-03T12:00") == had
        assert await in_transit(shop) == 0
        assert await shop.broken() == set()

    run(database, story)
