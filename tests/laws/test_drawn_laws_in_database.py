"""Drawn programs through PostgreSQL: in batches of any size the same receipts as in memory, and a ledger that can be proved."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.laws.customers import histories, samples
from tests.laws.histories import History
from tests.laws.shops import program
from tests.laws.test_ledger_laws import batches, forgets_the_batch, judges_by_the_hour
from tests.ledger_factory import Shop

from regulars.engine.events import Event
from regulars.engine.model import Receipt, pack_receipt
from regulars.ledger.poster import Poster
from regulars.ledger.programs import Version, publish
from regulars.ledger.reads import Reads
from regulars.postgres.connect import Pool, pool
from regulars.simulation.memory import Memory

laws = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
tenants = count(1)


async def opened(dsn: str, connections: Pool, history: History) -> Shop:
    """The drawn program, published for a tenant of its own."""
    tenant, book = f"drawn-{next(tenants)}", history.shop.book
    for text in history.shop.texts:
        assert isinstance(await publish(connections, tenant, program(text)), Version)
    return Shop(dsn, connections, book, tenant, Poster(connections, book, tenant), Reads(connections, book, tenant))


async def receipts(shop: Shop, member: str) -> list[bytes]:
    found = await shop.reads.activity(member, limit=10_000)
    return [pack_receipt(entry.receipt) for entry in reversed(found)]


async def in_batches(shop: Shop, history: History, sizes: Sequence[int]) -> None:
    read = [event for body in history.events if isinstance(event := shop.book.read(body), Event)]
    for batch in batches(read, sizes):
        await shop.poster.post(batch)


def the_ledger_says_what_memory_says(dsn: str, history: History, sizes: Sequence[int]) -> None:
    """Receipt by receipt where nobody shares anything (else the batch decides when others hear of it), and every law of `verify`."""

    async def told() -> None:
        async with pool(dsn, size=4) as connections:
            shop = await opened(dsn, connections, history)
            await in_batches(shop, history, sizes)
            found = await shop.laws()
            assert [(name, law.first) for name, law in found.items() if not law.holds] == []
            if not history.shop.shared:
                memory = Memory(shop.book)
                for body in history.events:
                    memory.post(body)
                for member in memory.members:
                    mine: list[Receipt] = list(memory.receipts(member))
                    assert await receipts(shop, member) == [pack_receipt(receipt) for receipt in mine]

    asyncio.run(told())


@laws
@given(histories(most=16), st.lists(st.integers(1, 8), min_size=1, max_size=6))
def test_any_program_in_any_batches_gives_the_receipts_of_memory_and_can_be_proved(
    database: str, history: History, sizes: list[int]
) -> None:
    the_ledger_says_what_memory_says(database, history, sizes)


def test_it_holds_in_the_sample(database: str) -> None:
    for number, history in enumerate(samples(12, 30)):
        the_ledger_says_what_memory_says(database, history, [1 + number % 7])


@pytest.mark.parametrize("slip", [forgets_the_batch, judges_by_the_hour], ids=lambda slip: slip.__name__)
def test_the_law_catches_a_slip(database: str, monkeypatch: pytest.MonkeyPatch, slip) -> None:
    history = samples(12, 30)[1]
    slip(monkeypatch)
    with pytest.raises(AssertionError):
        the_ledger_says_what_memory_says(database, history, [5])
