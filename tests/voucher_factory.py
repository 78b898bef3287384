"""A shop whose codes are worth something: a coupon to be given a worth, a coffee, a coupon with a minimum that goes alone."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, TypeVar

from tests.ledger_factory import Shop, open_shop

from regulars.engine.book import Book
from regulars.flows.voucher_batches import make_codes
from regulars.postgres.connect import pool
from regulars.program.load import load
from regulars.program.model import Program
from regulars.vouchers.model import Batch, Terms
from regulars.words.days import day_of
from regulars.words.refusals import Refusal

PROGRAM = """
program: codes-shop
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts: {line: {kind: [drink, food]}}
wallets: {points: {lasts: end of next year}}
earn: {base: {give: {points: 1 per 1.00}}}
vouchers:
  coupon: {off: given, issued: operator}
  coffee: {lines: line.kind == 'drink', free: 1, issued: operator, lasts: 10 days}
  big: {off: 10.00, minimum: 50.00, issued: operator, at_most: once per purchase}
  fund: {off: 5.00, issued: operator, at_most: 2 times per everybody}
  mine: {off: 1.00, lasts: 30 days}
convert: {mine: {every: 100 points, give: {mine: 1}}}
"""
AT = "2026-03-02T10:00"
PATTERN = "TEST-####-####-C"
BASKET: list[dict[str, Any]] = [{"amount": "3.50", "kind": "drink"}, {"amount": "20.00", "kind": "food"}]

T = TypeVar("T")


def book() -> Book:
    read = load(PROGRAM, "codes-shop.yaml")
    assert isinstance(read, Program), read
    return Book([read])


def chance(seed: int = 1) -> Callable[[int], bytes]:
    """Random bytes, the same in every run."""
    return random.Random(seed).randbytes


def terms(kind: str = "coffee", pattern: str | None = PATTERN, **others: Any) -> Terms:
    """Terms, with days as texts."""
    for name in ("first_day", "last_day"):
        if isinstance(others.get(name), str):
            others[name] = day_of(others[name])
    return Terms(kind, pattern, **others)


def bought(
    id: str = "p1", member: str = "ann", at: str = AT, use: list[Any] | None = None, **body: Any
) -> dict[str, Any]:
    """The body of a purchase of a drink and food."""
    head = {"id": id, "type": "purchase", "member": member, "happened_at": at, "lines": BASKET}
    return {**head, **({} if use is None else {"use": use}), **body}


async def made(shop: Shop, batch: str = "spring", count: int = 3, **others: Any) -> list[str]:
    """The codes of a new batch."""
    found = await make_codes(shop.poster, batch, terms(**others), count, chance(sum(batch.encode())))
    assert isinstance(found, Batch), found
    rows = await shop.pool.fetch("select code from codes where batch = $1 order by place", found.no)
    return [row["code"] for row in rows]


def code_of(refusal: object) -> str:
    """The code of what must be a refusal."""
    assert isinstance(refusal, Refusal), refusal
    return refusal.code


def run(dsn: str, story: Callable[[Shop], Awaitable[T]], size: int = 8) -> T:
    """What the story returns, told in a shop of the database's own."""

    async def told() -> T:
        async with pool(dsn, size=size) as connections:
            return await story(await open_shop(dsn, connections, "shop", PROGRAM))

    main: Coroutine[Any, Any, T] = told()
    return asyncio.run(main)


def use_of(*codes: str) -> list[Mapping[str, str]]:
    """`use` with these codes."""
    return [{"code": code} for code in codes]
