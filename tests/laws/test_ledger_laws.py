"""Laws of remembering, through PostgreSQL: for any history, cut into any batches, sent any number of times.

Each law has a slip that it catches: a poster that forgets, reads too early, or counts twice.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ledger_factory import BUDGET, Shop, open_shop

from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.engine.model import MEMBER_ACCOUNTS, Member
from regulars.ledger import opening as opening_module
from regulars.ledger.batch import Batch, Budget, Outcome
from regulars.ledger.opening import open_batch
from regulars.ledger.sweep import sweep
from regulars.postgres.connect import pool

MEMBERS = ("ann", "ben", "cleo")
DAYS = st.integers(0, 300)
laws = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@dataclass(frozen=True)
class Told:
    """One event of a history, before it is read."""

    kind: str
    member: str
    day: int
    amount: int
    of: int
    tags: tuple[str, ...]


events = st.builds(
    Told,
    st.sampled_from(["purchase", "purchase", "purchase", "return", "redeem.mug", "join"]),
    st.sampled_from(MEMBERS),
    DAYS,
    st.integers(0, 30_000),
    st.integers(0, 12),
    st.sampled_from([(), (), ("fund",)]),
)
histories = st.lists(events, min_size=1, max_size=24)
cuts = st.lists(st.integers(1, 6), min_size=1, max_size=24)


def read(shop: Shop, history: Sequence[Told]) -> list[Event]:
    made = []
    for n, told in enumerate(history):
        body: dict[str, Any] = {}
        if told.kind == "purchase":
            amount = f"{told.amount // 100}.{told.amount % 100:02d}"
            body = {
                "lines": [{"amount": amount, "kind": "food"}, {"amount": "2.50", "kind": "drink"}],
                "tags": list(told.tags),
            }
        elif told.kind == "return":
            body = {"of": f"e{told.of}"}
        elif told.kind == "join" and told.of < 3:
            body = {"referred_by": MEMBERS[told.of]}
        at = shop.moment("2026-01-02T10:00") + told.day * 86_400_000_000
        made.append(shop.event(f"e{n}", told.kind, told.member, str(shop.book.zone.text(at)), **body))
    return made


def batches(read_events: Sequence[Event], sizes: Sequence[int]) -> Iterator[Sequence[Event]]:
    begin = 0
    for place in count():
        if begin >= len(read_events):
            return
        size = sizes[place % len(sizes)]
        yield read_events[begin : begin + size]
        begin += size


tenants = count(1)


def in_shop(dsn: str, story: Callable[[Callable[[], Awaitable[Shop]]], Awaitable[None]]) -> None:
    """Tells a story that may open as many shops as it likes, each a tenant of its own."""

    async def told() -> None:
        async with pool(dsn, size=4) as connections:
            await story(lambda: open_shop(dsn, connections, f"shop-{next(tenants)}"))

    asyncio.run(told())


def answers(outcomes: Sequence[Outcome]) -> list[tuple[Any, ...]]:
    return [
        (o.event_id, o.receipt, o.refusal and (o.refusal.code, dict(o.refusal.values)), o.event_no) for o in outcomes
    ]


async def kept(shop: Shop) -> list[tuple[Any, ...]]:
    """Everything that stands in the database of a shop, but for its clock and the numbers of tenants."""
    place, _ = await shop.poster.ready()
    tables = {
        "events": "member, event_no, id, source, type, happened_at, hash, body, receipt",
        "movements": "member, event_no, n, wallet, source, target, amount, lot",
        "member_states": "member, events, next_due_at, state",
        "refs": "member, of_no, event_no",
        "budgets": "key, used",
        "outbox": "member, event_no, n, target, id, type, details",
        "names": "name",
    }
    found = []
    for table, columns in tables.items():
        if table == "movements":
            columns = columns.replace("wallet, source, target", ", ".join(
                f"(select name from names x where x.tenant = t.tenant and x.no = t.{column}) as {column}"
                for column in ("wallet", "source", "target")
            ))  # fmt: skip
        rows = await shop.pool.fetch(f"select {columns} from {table} t where tenant = $1", place.tenant)
        found.append((table, sorted(tuple(row) for row in rows)))
    return found


async def post_all(shop: Shop, history: Sequence[Told], sizes: Sequence[int]) -> list[tuple[Any, ...]]:
    outcomes: list[Outcome] = []
    for batch in batches(read(shop, history), sizes):
        outcomes += await shop.poster.post(batch)
    return answers(outcomes)


async def batches_do_not_matter(
    open_one: Callable[[], Awaitable[Shop]], history: Sequence[Told], sizes: Sequence[int]
) -> None:
    # What one member causes for another is told after the batch, so the batch decides when a friend hears of it.
    alone = [told for told in history if told.kind != "join"]
    one, many = await open_one(), await open_one()
    assert await post_all(one, alone, [1]) == await post_all(many, alone, sizes)
    assert await kept(one) == await kept(many)


async def twice_is_once(open_one: Callable[[], Awaitable[Shop]], history: Sequence[Told], sizes: Sequence[int]) -> None:
    shop = await open_one()
    first = await post_all(shop, history, sizes)
    before = await kept(shop)
    assert await post_all(shop, history, [len(history)]) == first
    assert await kept(shop) == before


async def points_are_conserved(
    open_one: Callable[[], Awaitable[Shop]], history: Sequence[Told], sizes: Sequence[int]
) -> None:
    shop = await open_one()
    await post_all(shop, history, sizes)
    await sweep(shop.poster, shop.moment("2027-06-01"))
    for member_id in MEMBERS:
        member = await shop.reads.member(member_id, shop.moment("2027-06-01"))
        balance = await shop.reads.balance_as_of(member_id, shop.moment("2027-06-01"))
        held = {} if member is None else member.holdings
        for wallet, accounts in balance.items():
            assert sum(accounts.values()) == 0
            mine = sum(amount for account, amount in accounts.items() if account in MEMBER_ACCOUNTS)
            issued = -accounts.get("issued", 0)
            gone = sum(accounts.get(account, 0) for account in ("redeemed", "expired", "returned", "adjusted"))
            assert mine == issued - gone == held[wallet].active + held[wallet].pending
            assert wallet == "stamps" or mine >= 0


async def the_ledger_can_be_proved(
    open_one: Callable[[], Awaitable[Shop]], history: Sequence[Told], sizes: Sequence[int]
) -> None:
    shop = await open_one()
    await post_all(shop, history, sizes)
    found = await shop.laws()
    assert [(name, law.first) for name, law in found.items() if not law.holds] == []


async def the_budget_is_exact(
    open_one: Callable[[], Awaitable[Shop]], history: Sequence[Told], sizes: Sequence[int]
) -> None:
    shop = await open_one()
    asked = [
        Told("purchase", MEMBERS[n % 3], told.day, 100, 0, ("fund",)) for n, told in enumerate([*history, *history])
    ]
    parts = list(batches(read(shop, asked), sizes))
    outcomes = [
        outcome for posted in await asyncio.gather(*(shop.poster.post(part) for part in parts)) for outcome in posted
    ]
    entries = [
        entry for outcome in outcomes if outcome.receipt for entry in outcome.receipt.entries if entry.wallet == 0
    ]
    # What came late may have lapsed since: that is taken out again, and is not what was given.
    assert sum(max(entry.given, 0) for entry in entries) - 3 * len(asked) == min(BUDGET, 70 * len(asked))
    place, _ = await shop.poster.ready()
    used = await shop.pool.fetchval("select used from budgets where tenant = $1", place.tenant)
    assert used == min(BUDGET, 70 * len(asked))


@laws
@given(histories, cuts)
def test_batches_of_any_size_give_the_same_receipts_and_the_same_rows(
    database: str, history: list[Told], sizes: list[int]
) -> None:
    in_shop(database, lambda open_one: batches_do_not_matter(open_one, history, sizes))


@laws
@given(histories, cuts)
def test_the_same_events_twice_are_the_same_events_once(database: str, history: list[Told], sizes: list[int]) -> None:
    in_shop(database, lambda open_one: twice_is_once(open_one, history, sizes))


@laws
@given(histories, cuts)
def test_what_was_issued_is_held_or_gone_and_nothing_else(database: str, history: list[Told], sizes: list[int]) -> None:
    in_shop(database, lambda open_one: points_are_conserved(open_one, history, sizes))


@laws
@given(histories, cuts)
def test_replaying_a_member_s_events_gives_the_stored_snapshot_byte_for_byte(
    database: str, history: list[Told], sizes: list[int]
) -> None:
    in_shop(database, lambda open_one: the_ledger_can_be_proved(open_one, history, sizes))


@laws
@given(st.lists(events, min_size=6, max_size=12), cuts)
def test_a_budget_is_never_exceeded_by_one_point_whatever_comes_at_once(
    database: str, history: list[Told], sizes: list[int]
) -> None:
    in_shop(database, lambda open_one: the_budget_is_exact(open_one, history, sizes))


HISTORY = [Told("purchase", MEMBERS[n % 2], n * 9, 4_000, 0, ("fund",)) for n in range(10)] + [
    Told("return", "ann", 100, 0, 2, ()), Told("redeem.mug", "ann", 101, 0, 0, ()),
]  # fmt: skip


def forgets_the_batch(patch: pytest.MonkeyPatch) -> None:
    """Every event of a batch starts from the member as it was before the batch."""

    def member(self: Batch, member_id: str) -> Member:
        state = self.opening.members[member_id][1]
        return self.book.blank(member_id) if state is None else msgspec.msgpack.decode(state, type=Member)

    patch.setattr(Batch, "member", member)


def looks_up_no_ids(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether an event is known, and the sources differ so that the table does not either."""
    original = opening_module.recorded_of
    numbers = count()

    async def recorded(connection: Any, place: Any, prepared: Sequence[Any]) -> Any:
        await original(connection, place, prepared)
        for item in prepared:
            item.event.source = f"again {next(numbers)}"
        return {}

    patch.setattr(opening_module, "recorded_of", recorded)


def keeps_half_of_the_movements(patch: pytest.MonkeyPatch) -> None:
    original = Batch._keep

    def keep(self: Batch, *arguments: Any) -> int:
        number = original(self, *arguments)
        if self.moved and number % 2:
            self.moved.pop()
        return number

    patch.setattr(Batch, "_keep", keep)


def reads_budgets_without_waiting(patch: pytest.MonkeyPatch) -> None:
    """Every batch believes that nothing was drawn before it."""
    original = open_batch

    async def opened(*arguments: Any) -> Any:
        found = await original(*arguments)
        return found._replace(budgets={key: Budget(0, budget.granted) for key, budget in found.budgets.items()})

    patch.setattr("regulars.ledger.poster.open_batch", opened)


def judges_by_the_hour(patch: pytest.MonkeyPatch) -> None:
    """What is decided depends on something that is not in the event: how often it was asked."""
    original = Book.decide
    asked: Counter[str] = Counter()

    def decide(self: Book, member: Member, event: Event, *facts: Any) -> Any:
        asked[event.id] += 1
        decision = original(self, member, event, *facts)
        late = asked[event.id] > 1
        return msgspec.structs.replace(decision, receipt=msgspec.structs.replace(decision.receipt, late=late))

    patch.setattr(Book, "decide", decide)


@pytest.mark.parametrize(
    ("law", "slip"),
    [
        (batches_do_not_matter, forgets_the_batch),
        (twice_is_once, looks_up_no_ids),
        (points_are_conserved, keeps_half_of_the_movements),
        (the_ledger_can_be_proved, judges_by_the_hour),
        (the_budget_is_exact, reads_budgets_without_waiting),
    ],
)
def test_each_law_catches_its_slip(
    database: str, monkeypatch: pytest.MonkeyPatch, law: Any, slip: Callable[[pytest.MonkeyPatch], None]
) -> None:
    in_shop(database, lambda open_one: law(open_one, HISTORY, [5]))
    slip(monkeypatch)
    with pytest.raises(AssertionError):
        in_shop(database, lambda open_one: law(open_one, HISTORY, [5]))
