"""Budgets of the windows that time passes on its way to an event: what falls due there draws from them, and not one unit more."""

from __future__ import annotations

from tests.ledger_factory import Shop, run

from regulars.engine.book import Book
from regulars.engine.model import Decision
from regulars.program.load import load
from regulars.program.model import Program
from regulars.simulation.memory import Memory

PROGRAM = """
program: ledger-shop
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts: {line: {kind: [drink, food], qty: count = 1}}
wallets: {points: {}}
earn:
  base: {give: {points: 1 per 1.00}}
  monthly: {on: start of month, give: {points: 10}, at_most: 25 points per everybody per month}
"""


def test_what_falls_due_in_earlier_months_draws_from_their_budgets() -> None:
    program = load(PROGRAM, "passed.yaml")
    assert isinstance(program, Program), program
    memory = Memory(Book([program]))
    for member in ("a", "b", "c"):
        for day in ("2026-01-10", "2026-04-10"):
            head = {"id": f"{member}-{day}", "type": "purchase", "member": member, "happened_at": day}
            assert isinstance(memory.post(head | {"lines": [{"kind": "food", "amount": "1.00"}]}), Decision)
    # Ten each on the first of February, March and April, of twenty-five a month for everybody.
    assert [memory.member(member).holdings["points"].active for member in ("a", "b", "c")] == [32, 32, 17]


def test_in_the_ledger_too_one_by_one_or_in_one_batch_and_it_can_be_proved(database: str) -> None:
    members = ("a", "b", "c", "d")

    async def story(shop: Shop) -> None:
        for member in members[:2]:
            await shop.one(f"{member}1", member=member, at="2026-01-10T10:00")
            await shop.one(f"{member}2", member=member, at="2026-04-10T10:00")
        days = ("2026-01-10T10:00", "2026-03-10T10:00", "2026-04-10T10:00")
        batch = [shop.event(f"{member}.{day}", member=member, at=day) for member in members[2:] for day in days]
        assert [one.refusal for one in await shop.poster.post(batch)] == [None] * len(batch)
        given = {
            member: await shop.points(member, "2026-04-10T12:00") - 23 * (2 if member in members[:2] else 3)
            for member in members
        }
        assert given == {"a": 30, "b": 30, "c": 15, "d": 0}
        drawn = {
            row["key"]: row["used"] for row in await shop.pool.fetch("select key, used from budgets where used > 0")
        }
        assert sorted(drawn.values()) == [25, 25, 25]
        assert await shop.broken() == set()

    run(database, story, text=PROGRAM)
