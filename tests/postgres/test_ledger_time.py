"""Reads and the sweep: what has lapsed is lapsed, swept or not; any past moment can be asked for."""

from __future__ import annotations

import asyncio

from tests.ledger_factory import Shop, run

from regulars.engine.model import Member
from regulars.ledger.sweep import sweep


def held(member: Member | None) -> dict[str, tuple[int, int]]:
    return {} if member is None else {name: (h.active, h.pending) for name, h in member.holdings.items()}


def test_a_read_shows_what_has_lapsed_although_no_sweep_came_by(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.one("a")
        assert await shop.points(at="2026-09-01T00:00") == 23
        assert await shop.points(at="2026-09-03T00:00") == 0
        assert await shop.pool.fetchval("select count(*) from events") == 1

    run(database, story)


def test_a_sweep_writes_down_what_a_read_shows(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.poster.post([shop.event("a"), shop.event("b", member="ben", at="2026-04-05T10:00")])
        now = shop.moment("2026-12-01")
        before = [held(await shop.reads.member(member, now)) for member in ("ann", "ben")]
        swept = await sweep(shop.poster, now)
        assert swept.ticks > 0
        assert swept.stuck == ()
        assert [held(await shop.reads.member(member, now)) for member in ("ann", "ben")] == before
        assert (await sweep(shop.poster, now)).ticks == 0
        assert await shop.pool.fetchval("select count(*) from member_states where next_due_at <= '2026-12-01'") == 0
        assert await shop.broken() == set()

    run(database, story)


def test_a_late_sweep_dates_what_lapsed_on_its_own_day(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.one("a")
        await sweep(shop.poster, shop.moment("2027-05-01"))
        last_day, next_day = shop.moment("2026-09-01T23:59"), shop.moment("2026-09-02T00:00")
        assert (await shop.reads.balance_as_of("ann", last_day))["points"]["active"] == 23
        assert (await shop.reads.balance_as_of("ann", next_day))["points"] == {
            "issued": -23,
            "active": 0,
            "expired": 23,
        }

    run(database, story)


def test_two_sweeps_at_once_do_the_work_once(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.poster.post([shop.event(f"a{n}", member=f"m{n}") for n in range(60)])
        now = shop.moment("2026-12-01")
        swept = await asyncio.gather(*(sweep(shop.poster, now, page=7) for _ in range(3)))
        again = await sweep(shop.poster, now)
        ticks = await shop.pool.fetchval("select count(*) from events where type = 'tick'")
        assert sum(s.ticks for s in swept) + again.ticks == ticks
        assert [s.stuck for s in swept] == [()] * 3
        assert await shop.broken() == set()

    run(database, story)


def test_a_sweep_makes_the_names_that_only_lapsing_needs(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.one("a")
        assert "expired" not in {row["name"] for row in await shop.pool.fetch("select name from names")}
        await sweep(shop.poster, shop.moment("2026-12-01"))
        assert "expired" in {row["name"] for row in await shop.pool.fetch("select name from names")}

    run(database, story)


def test_a_member_as_of_any_past_moment_is_as_it_was_shown_then(database: str) -> None:
    async def story(shop: Shop) -> None:
        seen: list[tuple[int, int, Member | None]] = []
        for n, day in enumerate(["2026-01-10", "2026-03-01", "2026-06-15", "2026-07-20", "2027-02-01"]):
            await shop.one(f"a{n}", at=f"{day}T10:00")
            if n == 2:
                await shop.one("r", "return", at=f"{day}T12:00", of="a1")
            at = shop.moment(f"{day}T13:00")
            recorded = await shop.pool.fetchval(
                "select (extract(epoch from max(recorded_at)) * 1000000)::bigint from events"
            )
            seen.append((at, recorded, await shop.reads.member("ann", at)))
        for at, recorded, member in seen:
            assert await shop.reads.member_as_of("ann", at) == member
            assert member is not None
            known = await shop.reads.member_as_of("ann", recorded, "recorded_at")
            assert known == shop.book.advance(member, shop.book.zone.local(recorded)[0])
        assert await shop.reads.member_as_of("ann", shop.moment("2026-01-10T09:00")) is None

    run(database, story)


def test_late_news_counts_for_what_held_then_and_not_for_what_was_known_then(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.one("a", at="2026-03-01T10:00")
        known = await shop.pool.fetchval("select (extract(epoch from max(recorded_at)) * 1000000)::bigint from events")
        before = await shop.reads.member("ann", shop.moment("2026-03-01T10:00"))
        late = await shop.one("b", at="2026-02-01T10:00")
        assert late.receipt is not None
        assert late.receipt.late
        then = shop.moment("2026-02-15")
        by_world = await shop.reads.member_as_of("ann", then)
        assert by_world is not None
        assert by_world.holdings["points"].active == 23
        assert (await shop.reads.balance_as_of("ann", then))["points"]["active"] == 23
        assert before is not None
        by_books = await shop.reads.member_as_of("ann", known, "recorded_at")
        assert by_books == shop.book.advance(before, shop.book.zone.local(known)[0])

    run(database, story)


def test_activity_comes_newest_first_in_pages_and_events_by_their_id(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.poster.post([shop.event(f"a{n}") for n in range(5)] + [shop.event("a3", member="ben")])
        page = await shop.reads.activity("ann", limit=2)
        rest = await shop.reads.activity("ann", before=page[-1].event_no, limit=9)
        assert [entry.id for entry in page + rest] == ["a4", "a3", "a2", "a1", "a0"]
        assert {entry.member for entry in await shop.reads.events("a3")} == {"ann", "ben"}
        (entry,) = await shop.reads.events("a3", "ann")
        assert entry.body == shop.event("a3").body
        assert entry.happened_at == shop.event("a3").at
        moved = await shop.reads.movements("ann", entry.event_no)
        assert [(m.wallet, m.source, m.target, m.amount) for m in moved] == [
            ("points", "issued", "active", 23), ("stamps", "issued", "active", 1),
        ]  # fmt: skip
        assert await shop.reads.events("nothing") == []
        assert await shop.reads.member("nobody", entry.happened_at) is None

    run(database, story)


def test_members_come_page_by_page_in_id_order(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.poster.post([shop.event("a", member=member) for member in ("c", "a", "b")])
        now = shop.moment("2026-03-02T12:00")
        first = await shop.reads.members(now, limit=2)
        rest = await shop.reads.members(now, after=first[-1].id)
        assert [member.id for member in first + rest] == ["a", "b", "c"]

    run(database, story)
