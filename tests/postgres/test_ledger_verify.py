"""`verify` on a live database: it finds nothing where nothing is wrong, and every slip that is planted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from tests.ledger_factory import Shop, run

from regulars.engine.book import Book
from regulars.engine.model import Decision, pack_member, pack_receipt, unpack_member, unpack_receipt
from regulars.ledger import verify as verify_module
from regulars.ledger.laws import LAWS
from regulars.ledger.programs import ProgramUnknown
from regulars.ledger.sweep import sweep
from regulars.ledger.verify import verify
from regulars.postgres.connect import Connection


async def fill(shop: Shop) -> None:
    """A few weeks of a shop: purchases, a return, a redemption, a friend, a budget, something that lapsed."""
    await shop.poster.post([shop.event("j1", "join"), shop.event("j2", "join", "ben", referred_by="ann")])
    for n in range(12):
        batch = [
            shop.event(f"p{n}", member=member, at=f"2026-03-{n + 3:02d}T10:00") for member in ("ann", "ben", "cleo")
        ]
        batch.append(shop.event(f"f{n}", member="cleo", at=f"2026-03-{n + 3:02d}T11:00", tags=["fund"]))
        await shop.poster.post(batch)
    await shop.one("r", "return", at="2026-03-20T10:00", of="p3", lines=[{"line": 1}])
    await shop.one("m", "redeem.mug", "ben", at="2026-03-21T10:00")
    await sweep(shop.poster, shop.moment("2026-10-01"))


def test_nothing_is_found_where_nothing_is_wrong(database: str) -> None:
    async def story(shop: Shop) -> None:
        await fill(shop)
        laws = await shop.laws()
        assert list(laws) == list(LAWS)
        assert [name for name, law in laws.items() if not law.holds] == []
        assert [name for name, law in laws.items() if not law.checked] == []

    run(database, story)


def test_an_empty_ledger_holds(database: str) -> None:
    async def story(shop: Shop) -> None:
        assert await shop.broken() == set()

    run(database, story)


def test_a_program_that_nobody_published_cannot_be_verified(database: str) -> None:
    async def story(shop: Shop) -> None:
        with pytest.raises(ProgramUnknown):
            await anext(verify(database, "other", "shop"))

    run(database, story)


def test_two_processes_find_what_one_finds(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(shop: Shop) -> None:
        await fill(shop)
        await tamper(shop, "update member_states set state = $1 where member = 'cleo'", b"\x91\xa4cleo")
        one = await shop.laws(processes=1)
        monkeypatch.setattr(verify_module, "SMALL", 0)
        two = await shop.laws(processes=2)
        assert one == two
        assert not one["snapshots"].holds

    run(database, story)


def test_it_looks_at_one_moment_while_the_shop_goes_on(database: str) -> None:
    async def story(shop: Shop) -> None:
        await fill(shop)
        done = asyncio.Event()

        async def trade() -> int:
            n = 0
            while not done.is_set():
                n += 1
                await shop.poster.post([shop.event(f"x{n}", member=m, at="2026-11-02T10:00") for m in ("ann", "dan")])
            return n

        trading = asyncio.create_task(trade())
        for _ in range(5):
            assert await shop.broken() == set()
        done.set()
        assert await trading > 5

    run(database, story)


async def tamper(shop: Shop, statement: str, *arguments: Any) -> None:
    """Does to the database what nobody may."""

    async def change(connection: Connection) -> None:
        async with connection.transaction():
            await connection.execute("set local session_replication_role = replica")
            assert await connection.execute(statement, *arguments) not in {"UPDATE 0", "DELETE 0", "INSERT 0 0"}

    async with shop.pool.acquire() as connection:
        await change(connection)


def edited(column: str, edit: Callable[[bytes], bytes]) -> Callable[[Shop, str], Any]:
    async def act(shop: Shop, where: str) -> None:
        table = "member_states" if column == "state" else "events"
        data = await shop.pool.fetchval(f"select {column} from {table} where {where}")
        await tamper(shop, f"update {table} set {column} = $1 where {where}", edit(data))

    return act


def richer(state: bytes) -> bytes:
    member = unpack_member(state)
    points = member.holdings["points"]
    more = msgspec.structs.replace(points, active=points.active + 1)
    return pack_member(msgspec.structs.replace(member, holdings={**member.holdings, "points": more}))


def kinder(receipt: bytes) -> bytes:
    read = unpack_receipt(receipt)
    entry = msgspec.structs.replace(read.entries[0], given=read.entries[0].given + 1)
    return pack_receipt(msgspec.structs.replace(read, entries=(entry, *read.entries[1:])))


COPY = "insert into movements select amount, tenant,"
ANN_5 = "member = 'ann' and event_no = 5"
SLIPS: dict[str, tuple[str, set[str]]] = {
    "an amount was changed": (f"update movements set amount = amount + 1 where {ANN_5} and n = 0", {"moved", "sums"}),
    "a movement was taken away": (f"delete from movements where {ANN_5} and n = 0", {"moved", "sums"}),
    "a movement was moved to another event": (
        "update movements set event_no = 1, n = 9 where member = 'ann' and event_no = 5 and n = 0", {"moved"},
    ),
    "a movement has no event": (
        f"{COPY} 999, lot, n, program, wallet, source, target, member from movements where {ANN_5} and n = 0",
        {"recorded", "sums"},
    ),
    "a movement is of a wallet that has no name": (
        f"update movements set wallet = 77 where {ANN_5} and n = 0", {"recorded", "moved", "sums"},
    ),
    "points went below the floor": (
        f"update movements set source = target, target = source where {ANN_5.replace('5', '2')}", {"floors", "moved", "sums"},
    ),
    "an event was taken away": (f"delete from events where {ANN_5}", {"numbered", "recorded", "snapshots"}),
    "the last event was taken away": (
        "delete from events e where member = 'ann' and event_no = (select max(event_no) from events where member = 'ann')",
        {"numbered", "snapshots"},
    ),
    "an event's moment was changed": (f"update events set happened_at = happened_at + interval '1 day' where {ANN_5}", {"receipts"}),
    "a hash is of another body": (f"update events set hash = 'x' where {ANN_5}", {"receipts"}),
    "a receipt cannot be read": (f"update events set receipt = 'x' where {ANN_5}", {"receipts", "judged"}),
    "a snapshot was taken away": ("delete from member_states where member = 'ann'", {"snapshots", "numbered"}),
    "a snapshot cannot be read": ("update member_states set state = 'x' where member = 'ann'", {"snapshots"}),
    "a budget forgot what was drawn": ("update budgets set used = used - 1", {"budgets"}),
    "a return lost its purchase": ("delete from refs", {"references"}),
    "a return points at another purchase": ("update refs set of_no = 2", {"references"}),
    "a reference came from nowhere": (
        "insert into refs select tenant, 2, 3, program, 'cleo' from refs limit 1", {"references"},
    ),
    "a notice was lost": ("delete from outbox", {"outbox"}),
    "a notice goes to somebody else": ("update outbox set target = 'cleo'", {"outbox"}),
    "a notice is marked and was never recorded": (
        "update events set source = 'api' where source = 'derived'", {"outbox"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_every_slip_in_the_database_is_found(database: str, slip: str) -> None:
    statement, laws = SLIPS[slip]

    async def story(shop: Shop) -> None:
        await fill(shop)
        await tamper(shop, statement)
        assert await shop.broken() >= laws

    run(database, story)


@pytest.mark.parametrize(
    ("act", "where", "laws"),
    [
        (edited("state", richer), "member = 'ann'", {"snapshots", "sums"}),
        (edited("receipt", kinder), ANN_5, {"judged"}),
    ],
    ids=["a snapshot has a point more", "a receipt says a point more"],
)
def test_every_slip_inside_what_is_packed_is_found(
    database: str, act: Callable[[Shop, str], Any], where: str, laws: set[str]
) -> None:
    async def story(shop: Shop) -> None:
        await fill(shop)
        await act(shop, where)
        assert await shop.broken() == laws

    run(database, story)


def test_a_movement_of_nothing_is_found_even_where_the_table_let_it_in(database: str) -> None:
    async def story(shop: Shop) -> None:
        await fill(shop)
        await shop.pool.execute("alter table movements drop constraint movements_amount_check")
        await tamper(shop, f"update movements set amount = 0 where {ANN_5} and n = 0")
        assert "balanced" in await shop.broken()

    run(database, story)


def test_a_budget_that_gave_too_much_is_found(database: str) -> None:
    class Generous(Book):
        """Forgets that a budget has an end."""

        def asks_budgets(self, event: Any) -> tuple[tuple[str, int | None], ...]:
            return tuple((key, 10**6) for key, _ in super().asks_budgets(event))

    async def story(shop: Shop) -> None:
        await shop.poster.post([shop.event(f"f{n}", member=f"m{n}", tags=["fund"]) for n in range(20)])
        assert await shop.broken(book=Book([shop.book.program])) >= {"budgets"}

    run(database, story, book=Generous)


def test_a_changed_engine_is_found(database: str) -> None:
    class Mean(Book):
        """Gives a point less than the program says."""

        def decide(self, *arguments: Any) -> Decision:
            decision = super().decide(*arguments)
            entries = tuple(msgspec.structs.replace(e, given=e.given - 1) for e in decision.receipt.entries)
            return msgspec.structs.replace(decision, receipt=msgspec.structs.replace(decision.receipt, entries=entries))

    async def story(shop: Shop) -> None:
        await fill(shop)
        assert await shop.broken(book=Mean([shop.book.program])) == {"judged"}

    run(database, story)


def test_offenders_are_named_ten_and_counted_all(database: str) -> None:
    async def story(shop: Shop) -> None:
        await fill(shop)
        await tamper(shop, "update events set hash = 'x'")
        law = (await shop.laws())["receipts"]
        assert len(law.first) == 10
        assert law.offences == law.checked > 10
        assert "ann#1 (j1)" in law.first[0]

    run(database, story)
