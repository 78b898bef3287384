"""Of what one member sends to another nothing is lost or made: it arrives, or it comes back; until then it is in transit.

Histories of a circle of friends: gifts that keep their days, gifts with a fee, treats, a household's pool, friends who are suspended,
hold no more, or send to themselves.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from itertools import count
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.laws.histories import Body, Choose, History, Story
from tests.laws.law import Law, breaks, hold, members, played
from tests.laws.shops import Shop, book
from tests.laws.test_points_are_conserved import booked
from tests.ledger_factory import open_shop

from regulars.engine import arrivals, transfers
from regulars.engine.events import Event
from regulars.engine.lots import EMPTY
from regulars.engine.model import (
    ACTIVE,
    ADJUSTED,
    EXPIRED,
    IN_TRANSIT,
    ISSUED,
    PENDING,
    REDEEMED,
    RETURNED,
    Movement,
)  # fmt: skip
from regulars.ledger.poster import Poster
from regulars.postgres.connect import pool

CIRCLE = """
program: circle
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
account: {suspend: {on: staff.suspend, until: staff.reinstate}}
facts:
  line: {kind: [goods], qty: count = 1}
  convert: {friend: member?, points: count = 0, by: member?}
wallets:
  points: {lasts: 12 months after earned to end of month, ceiling: 250}
  stars: {lasts: 8 months after last purchase}
earn:
  base: {give: {points: 1 per 1.00}}
  star: {give: {stars: 1}}
  family: {of: base, give: {points: 20%, stars: 1}, receiver: family.giver}
benefits:
  family: {shared_with: {seats: 2}}
convert:
  gift: {on: convert.gift, cost: {points: = convert.points}, at_most: 60 points per month, give: {points: own}, receiver: convert.friend}
  fee: {on: convert.fee, cost: {points: = convert.points, stars: 1}, give: {points: 90%}, receiver: convert.friend}
  more: {on: convert.more, cost: {stars: = convert.points}, give: {stars: 200%, free: 1}, receiver: convert.friend}
  draw: {on: convert.draw, tell: convert.hand_out, receiver: family.giver}
  hand_out:
    on: convert.hand_out
    needs: {no_seat: convert.by in family.seated}
    cost: {points: = convert.points}
    give: {points: own}
    receiver: convert.by
  pool: {every: 30 stars, give: {stars: own}, receiver: family.giver}
vouchers:
  free: {lines: line.kind == 'goods', free: 1, lasts: 20 days}
"""
MEMBERS = ("ann", "bob", "cy")
ASKED = (
    "convert.gift", "convert.gift", "convert.fee", "convert.more", "convert.draw", "convert.hand_out", "share.family",
    "share.family", "unshare.family",
    "staff.suspend", "staff.reinstate", "staff.reinstate",
)  # fmt: skip
SHOP = Shop("circle", (CIRCLE,), ("goods",), ASKED, False)
ROUNDS = (ISSUED, REDEEMED, EXPIRED, RETURNED, ADJUSTED, IN_TRANSIT)


class Circle(Story):
    """A story in which what is asked for names a friend."""

    def step(self, name: str, member: str, kind: str) -> Body | None:
        return super().step(name, member, self.choose((kind, "ask")) if kind == "purchase" else kind)

    def asked(self, kind: str) -> Body:
        if kind.startswith("staff."):
            return {}
        friend = self.choose((*MEMBERS, *MEMBERS, "stranger"))
        if kind in {"share.family", "unshare.family"}:
            return {"with": friend}
        who = "by" if kind == "convert.hand_out" else "friend"
        return {who: friend, "points": self.choose((0, 1, 1, 2, 5, 10, 30, 100, 400))}


def tell(choose: Choose, crowd: tuple[str, ...], steps: int) -> History:
    return Circle(SHOP, choose, crowd).tell(steps)


@st.composite
def histories(draw: st.DrawFn, most: int = 30) -> History:
    def choose(options: Any) -> Any:
        return draw(st.sampled_from(options))

    return tell(choose, MEMBERS, draw(st.integers(1, most)))


@cache
def samples() -> tuple[History, ...]:
    return tuple(tell(Random(seed).choice, MEMBERS, 70) for seed in range(24))


def nothing_is_lost_on_the_way(history: History) -> None:
    """Event by event what was issued is held, gone or in transit; and nothing is in transit once everything was told."""
    memory = played(history)
    accounts: dict[tuple[str, str, str], int] = defaultdict(int)
    transit: dict[str, int] = defaultdict(int)
    for member, event, movement in memory.movements:
        hold(movement.amount > 0, "a movement of nothing", event, movement)
        booked(accounts, member, movement)
        transit[movement.wallet] += movement.amount * (
            (movement.target == IN_TRANSIT) - (movement.source == IN_TRANSIT)
        )
        hold(transit[movement.wallet] >= 0, "more arrived than was sent", event, movement)
    for wallet, units in transit.items():
        hold(units == 0, wallet, "left in transit", units)
    for member in members(memory):
        for wallet in SHOP.book.program.wallets:
            at = {account: accounts[member.id, wallet, account] for account in ROUNDS}
            held = member.holdings.get(wallet, EMPTY)
            hold(accounts[member.id, wallet, ACTIVE] == held.active, member.id, wallet, "active", held)
            hold(accounts[member.id, wallet, PENDING] == held.pending, member.id, wallet, "pending", held)
            hold(held.active + held.pending + sum(at.values()) == 0, member.id, wallet, at)


def nobody_gains_by_sending(history: History) -> None:
    """All together have no more than was issued to them, and what arrives never takes a wallet above its ceiling."""
    memory, wallets = played(history), SHOP.book.program.wallets
    kinds = {(name, event.id): event.first for name in memory.members for event, _ in memory.history(name)}
    issued: dict[str, int] = defaultdict(int)
    active: dict[tuple[str, str], int] = defaultdict(int)
    for member, event, movement in memory.movements:
        key = member, movement.wallet
        active[key] += movement.amount * ((movement.target == ACTIVE) - (movement.source == ACTIVE))
        if movement.source in {ISSUED, ADJUSTED}:
            issued[movement.wallet] += movement.amount
        if kinds[member, event] == "sent" and movement.target == ACTIVE:
            ceiling = wallets[movement.wallet].ceiling
            hold(ceiling is None or active[key] <= ceiling, member, event, movement, active[key])
    for wallet, units in issued.items():
        held = [member.holdings.get(wallet, EMPTY) for member in members(memory)]
        hold(sum(one.active for one in held) <= units, wallet, units)
        hold(all(sum(lot.left for lot in one.lots) == one.active for one in held), wallet, held)


LAWS = (nothing_is_lost_on_the_way, nobody_gains_by_sending)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_it_holds_in_the_sample(law: Law) -> None:
    for history in samples():
        law(history)


def test_the_sample_sends_gives_back_and_is_refused() -> None:
    kinds: dict[str, int] = defaultdict(int)
    codes: set[str] = set()
    for history in samples():
        memory = played(history)
        for name in memory.members:
            for event, receipt in memory.history(name):
                kinds[event.kind] += receipt.refused is None
                codes |= set() if receipt.refused is None else {receipt.refused[0]}
    wanted = ("gift", "fee", "more", "family", "hand_out")
    assert [name for name in wanted if not kinds[f"sent.{name}"]] == []
    assert kinds["sent_back.gift"] + kinds["sent_back.fee"]
    assert kinds["sent_back.family"]
    assert {"oneself", "too_little", "limit_reached", "suspended", "no_seat", "not_entitled"} <= codes


@given(histories())
def test_nothing_is_lost_on_the_way_and_nobody_gains_by_sending(history: History) -> None:
    for law in LAWS:
        law(history)


_deliver, _put, _of_lots = arrivals.deliver, arrivals.put, transfers.of_lots


def delivers_less(c, wallet, rule, units, earned, gone):
    """One unit of what arrives is dropped."""
    if units > 1:
        _put(c, wallet, rule, units - 1, earned, gone)


def forgets_to_bring_back(c, body):
    """What nobody took stays in transit."""


def keeps_the_fee(c, body):
    """What is not handed on is left in transit."""
    _deliver(c, body)
    c.moved[:] = [one for one in c.moved if (one.source, one.target) != (IN_TRANSIT, REDEEMED)]


def says_more(before, moved):
    """More is told than was taken."""
    return [(wallet, units + 1, earned, gone) for wallet, units, earned, gone in _of_lots(before, moved)]


def fits_always(c, body):
    """Ceilings are not looked at."""
    return True


@pytest.mark.parametrize(
    ("law", "where", "name", "slip"),
    [
        (nothing_is_lost_on_the_way, arrivals, "put", delivers_less),
        (nothing_is_lost_on_the_way, transfers, "bring_back", forgets_to_bring_back),
        (nothing_is_lost_on_the_way, transfers, "deliver", keeps_the_fee),
        (nothing_is_lost_on_the_way, transfers, "of_lots", says_more),
        (nobody_gains_by_sending, transfers, "fits", fits_always),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_the_law_catches_a_slip(law: Law, where: Any, name: str, slip: object, monkeypatch: pytest.MonkeyPatch) -> None:
    told = samples()
    monkeypatch.setattr(where, name, slip)
    book.cache_clear()
    try:
        assert any(breaks(law, history) for history in told)
    finally:
        book.cache_clear()


# The same through PostgreSQL.

tenants = count(1)
through = settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


async def proved(dsn: str, history: History, sizes: list[int]) -> tuple[set[str], dict[str, int]]:
    """The laws of the ledger that do not hold after a history in batches, and what is in transit by wallet."""
    async with pool(dsn, size=4) as connections:
        shop = await open_shop(dsn, connections, f"circle-{next(tenants)}", CIRCLE)
        events = [event for body in history.events if isinstance(event := shop.book.read(body), Event)]
        begin = 0
        for size in (sizes[place % len(sizes)] for place in count()):
            if begin >= len(events):
                break
            await shop.poster.post(events[begin : begin + size])
            begin += size
        place, names = await shop.poster.ready()
        rows = await connections.fetch(
            "select wallet, source, target, sum(amount)::bigint as amount from movements where tenant = $1 group by 1, 2, 3",
            place.tenant,
        )
        left: dict[str, int] = defaultdict(int)
        for row in rows:
            movement = Movement(*(names.names[row[part]] for part in ("wallet", "source", "target")), row["amount"], 0)
            left[movement.wallet] += movement.amount * (
                (movement.target == IN_TRANSIT) - (movement.source == IN_TRANSIT)
            )
        return await shop.broken(), dict(left)


@through
@given(histories(), st.lists(st.integers(1, 6), min_size=1, max_size=8))
def test_the_ledger_can_be_proved_and_nothing_is_left_in_transit(
    database: str, history: History, sizes: list[int]
) -> None:
    broken, left = asyncio.run(proved(database, history, sizes))
    assert broken == set()
    assert not any(left.values()), left


def sends(history: History) -> bool:
    """Whether something arrives in a history."""
    memory = played(history)
    return any(
        event.first == "sent" and receipt.refused is None
        for name in memory.members
        for event, receipt in memory.history(name)
    )


def delivers_nothing(patch: pytest.MonkeyPatch) -> None:
    """What was told is marked as told, and never posted."""

    async def deliver(self: Poster, notices: Any) -> None:
        place, _ = await self.ready()
        await self.pool.execute("update outbox set delivered_at = now() where tenant = $1", place.tenant)

    patch.setattr(Poster, "deliver", deliver)


def loses_a_movement(patch: pytest.MonkeyPatch) -> None:
    """What arrives is written without the movement out of transit."""
    from regulars.ledger.batch import Batch  # patched here only

    keep = Batch._keep

    def kept(self: Batch, prepared: Any, decision: Any, *rest: Any) -> int:
        if prepared.event.first == "sent":
            from msgspec.structs import replace

            decision = replace(decision, movements=tuple(m for m in decision.movements if m.source != IN_TRANSIT))
        return keep(self, prepared, decision, *rest)

    patch.setattr(Batch, "_keep", kept)


@pytest.mark.parametrize(
    ("slip", "law"),
    [(delivers_nothing, "outbox"), (loses_a_movement, "transit")],
    ids=["delivers_nothing", "loses_a_movement"],
)
def test_the_proof_catches_a_slip(
    database: str, slip: Callable[[pytest.MonkeyPatch], None], law: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slip(monkeypatch)
    told = next(history for history in samples() if sends(history))
    broken, _ = asyncio.run(proved(database, told, [4]))
    assert law in broken
