"""A small shop with everything that the ledger has to carry: lots that lapse, a budget, a stock, returns, friends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.ledger.batch import Outcome
from regulars.ledger.laws import Law
from regulars.ledger.poster import Poster
from regulars.ledger.programs import Version, publish
from regulars.ledger.reads import Reads
from regulars.ledger.verify import verify
from regulars.postgres.connect import Pool, pool
from regulars.program.load import load
from regulars.program.model import Program

PROGRAM = """
program: ledger-shop
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts:
  line: {kind: [drink, food], qty: count = 1}
  purchase: {tags: list of text}
wallets:
  points: {lasts: 6 months after earned}
  stamps: {lasts: 3 months after last purchase, may_owe: true}
earn:
  base: {give: {points: 1 per 1.00}}
  stamp: {lines: line.kind == 'drink', give: {stamps: 1 per line.qty}}
  fund: {when: "'fund' in purchase.tags", give: {points: 70}, at_most: 1000 points per everybody}
convert:
  tenth: {every: 9 stamps, give: {free_drink: 1}}
vouchers:
  free_drink: {lines: line.kind == 'drink', free: 1, lasts: 60 days}
rewards:
  mug: {cost: 50 points, item: mug}
  cup: {cost: 10 points, item: cup, stock: operator}
referrals:
  friend: {pays_on: first purchase, referee: {points: 10}, referrer: {points: 20}}
returns: {points: take back, stamps: take back}
"""
BUDGET = 1000

T = TypeVar("T")


def program(text: str = PROGRAM) -> Program:
    read = load(text, "ledger-shop.yaml")
    assert isinstance(read, Program), read
    return read


@dataclass
class Shop:
    """A published program of a tenant, and who posts and reads."""

    dsn: str
    pool: Pool
    book: Book
    tenant: str
    poster: Poster
    reads: Reads

    def event(
        self, id: str, kind: str = "purchase", member: str = "ann", at: str = "2026-03-02T10:00", **body: Any
    ) -> Event:
        if kind == "purchase":
            body.setdefault("lines", [{"amount": "3.50", "kind": "drink"}, {"amount": "20.00", "kind": "food"}])
        event = self.book.read({"id": id, "type": kind, "member": member, "happened_at": at, **body})
        assert isinstance(event, Event), event
        return event

    async def one(
        self, id: str, kind: str = "purchase", member: str = "ann", at: str = "2026-03-02T10:00", **body: Any
    ) -> Outcome:
        (outcome,) = await self.poster.post([self.event(id, kind, member, at, **body)])
        return outcome

    async def points(self, member: str = "ann", at: str = "2026-03-02T12:00", wallet: str = "points") -> int:
        found = await self.reads.member(member, self.moment(at))
        return 0 if found is None or wallet not in found.holdings else found.holdings[wallet].active

    def moment(self, text: str) -> int:
        at = self.book.zone.parse(text)
        assert isinstance(at, int), at
        return at

    async def laws(self, **options: Any) -> dict[str, Law]:
        return {law.name: law async for law in verify(self.dsn, self.tenant, self.book.slug, **options)}

    async def broken(self, **options: Any) -> set[str]:
        """The laws that do not hold."""
        return {name for name, law in (await self.laws(**options)).items() if not law.holds}


@asynccontextmanager
async def shop(
    dsn: str,
    tenant: str = "shop",
    text: str = PROGRAM,
    book: Callable[[list[Program]], Book] = Book,
    size: int = 8,
) -> AsyncIterator[Shop]:
    """The shop, open."""
    async with pool(dsn, size=size) as connections:
        yield await open_shop(dsn, connections, tenant, text, book)


async def open_shop(
    dsn: str, connections: Pool, tenant: str, text: str = PROGRAM, book: Callable[[list[Program]], Book] = Book
) -> Shop:
    """A tenant's shop over a pool that is there."""
    read = program(text)
    assert isinstance(await publish(connections, tenant, read), Version)
    made = book([read])
    return Shop(dsn, connections, made, tenant, Poster(connections, made, tenant), Reads(connections, made, tenant))


def run(dsn: str, story: Callable[[Shop], Awaitable[T]], **options: Any) -> T:
    """What the story returns, told in a shop of the database's own."""

    async def told() -> T:
        async with shop(dsn, **options) as open_one:
            return await story(open_one)

    main: Coroutine[Any, Any, T] = told()
    return asyncio.run(main)
