"""What members send each other through PostgreSQL: at once, cut short between two commits, claimed by two, drawn and awarded."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.ledger_factory import Shop, run

from regulars.engine.draws import draw
from regulars.flows.awarding import award
from regulars.insight import Insight
from regulars.ledger.poster import Poster

PROGRAM = """
program: ledger-shop
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts:
  line: {kind: {of: [food, drink], else: food}}
  purchase: {from_balance: money = 0.00}
  load: {amount: money}
  convert: {friend: member?, points: count = 0, by: member?, claimant: member?}
  place: {rank: count, of: text}
wallets:
  points: {lasts: 6 months after earned}
  balance: {is: money}
  prizes: {}
earn:
  base: {when: has(member.joined), give: {points: 1 per 1.00}}
  family: {of: base, give: {points: 20%}, receiver: family.giver}
  load: {on: load, give: {balance: = load.amount}}
  podium: {on: place, give: {prizes: {by: place.rank, 1: 50, 2: 20}}, at_most: once per place.of}
benefits:
  family: {shared_with: {seats: 3}}
convert:
  gift: {on: convert.gift, cost: {points: = convert.points}, give: {points: own}, receiver: convert.friend}
  draw: {on: convert.draw, tell: convert.hand_out, receiver: family.giver}
  hand_out:
    on: convert.hand_out
    needs: {no_seat: convert.by in family.seated}
    cost: {points: = convert.points}
    give: {points: own}
    receiver: convert.by
  claim: {on: convert.claim, open: through 30 days after last purchase, tell: purchase, receiver: convert.claimant}
rewards:
  pay: {every: 0.01 of balance, off: 0.01, asked: purchase.from_balance}
  rare: {cost: 1 points, item: a thing, stock: 3}
"""
CIRCLE = ("ann", "ben", "cleo")


async def joined(shop: Shop, *members: str, points: int = 100) -> None:
    for member in members:
        await shop.one(f"join-{member}", "join", member, "2026-01-01T10:00")
        await shop.one(f"buy-{member}", member=member, lines=[{"amount": f"{points}.00"}])


async def totals(shop: Shop, *members: str) -> int:
    return sum([await shop.points(member) for member in members])


async def in_transit(shop: Shop) -> int:
    place, names = await shop.poster.ready()
    no = names.numbers.get("in_transit", -1)
    found = await shop.pool.fetchval(
        "select coalesce(sum(case when target = $2 then amount when source = $2 then -amount else 0 end), 0)::bigint"
        " from movements where tenant = $1",
        place.tenant, no,
    )  # fmt: skip
    return int(found)


def test_gifts_that_cross_at_once_neither_wait_for_each_other_nor_lose_a_point(database: str) -> None:
    async def story(shop: Shop) -> None:
        await joined(shop, *CIRCLE)
        gifts = [
            shop.one(f"g{n}", "convert.gift", CIRCLE[n % 3], friend=CIRCLE[(n + 1 + n % 2) % 3], points=7 + n % 5)
            for n in range(60)
        ]
        outcomes = await asyncio.gather(*gifts)
        assert any(outcome.refusal is None for outcome in outcomes)
        assert await totals(shop, *CIRCLE) == 300
        assert await in_transit(shop) == 0
        assert await shop.broken() == set()

    run(database, story, text=PROGRAM)


def test_two_tills_never_send_the_same_points_twice(database: str) -> None:
    async def story(shop: Shop) -> None:
        await joined(shop, "ann", "ben")
        outcomes = await asyncio.gather(
            *(shop.one(f"g{n}", "convert.gift", "ann", friend="ben", points=60) for n in range(8))
        )
        codes = [None if outcome.refusal is None else outcome.refusal.code for outcome in outcomes]
        assert sorted(codes, key=str) == [None] + ["too_little"] * 7
        assert (await shop.points("ann"), await shop.points("ben")) == (40, 160)

    run(database, story, text=PROGRAM)


def test_what_was_cut_short_between_two_commits_is_in_transit_and_arrives_later_once(
    database: str, monkeypatch: Any
) -> None:
    async def story(shop: Shop) -> None:
        await joined(shop, "ann", "ben")

        async def nothing(self: Poster, notices: Any) -> None:
            """The process ends before it delivers."""

        with monkeypatch.context() as patch:
            patch.setattr(Poster, "deliver", nothing)
            await shop.one("g", "convert.gift", "ann", friend="ben", points=60)
        assert (await shop.points("ann"), await shop.points("ben"), await in_transit(shop)) == (40, 100, 60)
        assert await shop.broken() == set()
        assert await shop.poster.deliver_pending() == 1
        assert await shop.poster.deliver_pending() == 0
        await shop.one("g", "convert.gift", "ann", friend="ben", points=60)
        assert (await shop.points("ann"), await shop.points("ben"), await in_transit(shop)) == (40, 160, 0)
        assert await shop.broken() == set()

    run(database, story, text=PROGRAM)


def test_a_household_s_pool_is_never_drawn_below_zero_by_all_of_them_at_once(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.one("join-home", "join", "home", "2026-01-01T10:00")
        for member in CIRCLE:
            await shop.one(f"seat-{member}", "share.family", "home", "2026-01-02T10:00", **{"with": member})
        await joined(shop, *CIRCLE)
        assert await shop.points("home") == 60
        await asyncio.gather(*(shop.one(f"d{n}", "convert.draw", CIRCLE[n % 3], points=25) for n in range(9)))
        assert (await shop.points("home"), await totals(shop, *CIRCLE)) == (10, 350)
        assert await shop.broken() == set()

    run(database, story, text=PROGRAM)


def test_a_receipt_claimed_by_several_at_once_is_given_to_one_of_them(database: str) -> None:
    async def story(shop: Shop) -> None:
        await joined(shop, *CIRCLE)
        await shop.one("t7", member="receipt-7", lines=[{"amount": "40.00"}])
        claims = [
            shop.one(f"c{n}", "convert.claim", "receipt-7", of="t7", claimant=CIRCLE[n % 3], at="2026-03-05T10:00")
            for n in range(9)
        ]
        outcomes = await asyncio.gather(*claims)
        codes = [None if outcome.refusal is None else outcome.refusal.code for outcome in outcomes]
        assert sorted(codes, key=str) == [None] + ["used"] * 8
        found = [await shop.points(member, "2026-03-06T10:00") for member in CIRCLE]
        assert sorted(found) == [100, 100, 140]
        assert await shop.broken() == set()

    run(database, story, text=PROGRAM)


def test_a_gift_card_is_never_spent_below_zero_by_tills_at_once(database: str) -> None:
    async def story(shop: Shop) -> None:
        await shop.one("load", "load", "card-1", amount="30.00")
        bought = [shop.one(f"p{n}", member="card-1", lines=[{"amount": "9.00"}], from_balance="9.00") for n in range(6)]
        outcomes = await asyncio.gather(*bought)
        assert sum(outcome.refusal is None for outcome in outcomes) == 3
        assert await shop.points("card-1", wallet="balance") == 300

    run(database, story, text=PROGRAM)


def test_the_last_things_in_stock_go_to_as_many_members_as_there_are_things(database: str) -> None:
    async def story(shop: Shop) -> None:
        many = [f"m{n}" for n in range(8)]
        await joined(shop, *many, points=5)
        outcomes = await asyncio.gather(*(shop.one(f"r-{member}", "redeem.rare", member) for member in many))
        codes = [None if outcome.refusal is None else outcome.refusal.code for outcome in outcomes]
        assert sorted(codes, key=str) == [None] * 3 + ["sold_out"] * 5
        assert await totals(shop, *many) == 37
        assert await shop.broken() == set()

    run(database, story, text=PROGRAM)


def test_a_table_and_a_draw_are_read_and_what_they_award_is_given_once(database: str) -> None:
    async def story(shop: Shop) -> None:
        await joined(shop, *CIRCLE)
        await shop.one("more", member="cleo", at="2026-03-02T11:00", lines=[{"amount": "7.00"}])
        await shop.one("late", member="ann", at="2026-04-01T00:00", lines=[{"amount": "900.00"}])
        await shop.one("back", "return", "ben", at="2026-03-09T10:00", of="buy-ben")
        insight = Insight(shop.pool, shop.book, shop.tenant)
        since, until = shop.moment("2026-03-01T00:00"), shop.moment("2026-04-01T00:00")
        table = await insight.table("points", since, until)
        assert [(place.rank, place.member, place.units) for place in table] == [(1, "cleo", 107), (2, "ann", 100)]
        assert await insight.table("nothing", since, until) == ()
        entries = await insight.entries("points", shop.moment("2026-03-31T12:00"))
        assert entries == {"ann": 100, "cleo": 107}
        first = await award(shop.poster, "table-2026-03", "place", [place.member for place in table], until)
        again = await award(shop.poster, "table-2026-03", "place", [place.member for place in table], until)
        other = await award(shop.poster, "table-2026-03", "place", (*draw("7", entries, 2)[::-1], "ben"), until)
        assert (first.refusal, again.repeated) == (None, True)
        assert other.refusal is not None
        assert other.refusal.code == "event.id_reused"
        held = [await shop.points(member, "2026-04-02T10:00", "prizes") for member in CIRCLE]
        assert held == [20, 0, 50]
        assert await shop.broken() == set()

    run(database, story, text=PROGRAM)
