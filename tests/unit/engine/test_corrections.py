"""Corrections by staff: a reversal takes back what an event did, once; a level can be set; each says why."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.engine.book import Book
from regulars.engine.model import Decision
from regulars.program.load import load
from regulars.program.model import Program
from regulars.simulation.memory import Memory

PROGRAM = """
program: corrections
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts: {line: {kind: [goods]}}
wallets:
  points: {may_owe: true}
  year_spend: {is: money, lasts: end of year}
earn:
  base: {give: {points: 1 per 1.00}}
  spend: {give: {year_spend: 100%}}
convert: {note: {every: 500 points, give: {note: 5.00}}}
vouchers: {note: {off: given, lasts: 60 days}}
tiers: {status: {of: year_spend, levels: {member: {}, gold: {at: 300.00}}, lasts: end of next year}}
"""


class Shop:
    """A member's events in memory, a day apart."""

    def __init__(self) -> None:
        program = load(PROGRAM, "corrections.yaml")
        assert isinstance(program, Program), program
        self.memory = Memory(Book([program]))
        self.day = 1

    def post(self, kind: str, **body: Any) -> Decision:
        """The decision about the next event of ana."""
        self.day += 1
        event = {"id": f"e{self.day}", "type": kind, "member": "ana", "happened_at": f"2026-01-{self.day:02d}", **body}
        decision = self.memory.post(event)
        assert isinstance(decision, Decision), decision
        return decision

    def bought(self, amount: str) -> str:
        """The id of a purchase."""
        self.post("purchase", lines=[{"kind": "goods", "amount": amount}])
        return f"e{self.day}"

    def holds(self, wallet: str) -> int:
        """Active units."""
        return self.memory.member("ana").holdings[wallet].active

    def levels(self) -> list[int]:
        """The levels that live grants give."""
        return [grant.level for grant in self.memory.member("ana").grants.get("status", ())]


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_a_reversal_leaves_wallets_vouchers_and_tier_as_they_were(shop: Shop) -> None:
    shop.bought("20.00")
    sale = shop.bought("600.00")
    assert shop.levels() == [1]
    assert len(shop.memory.member("ana").vouchers) == 1
    decision = shop.post("reversal", of=sale, reason="rung up twice", by="staff-7")
    assert decision.refusal is None
    assert (shop.holds("points"), shop.holds("year_spend")) == (20, 2_000)
    assert shop.levels() == []
    assert shop.memory.member("ana").vouchers == ()


def test_an_event_is_reversed_once(shop: Shop) -> None:
    sale = shop.bought("40.00")
    shop.post("reversal", of=sale, reason="rung up twice", by="staff-7")
    again = shop.post("reversal", of=sale, reason="rung up twice", by="staff-7")
    assert again.refusal is not None
    assert again.refusal.code == "reversal.done"
    assert shop.holds("points") == 0


def test_what_was_reversed_cannot_be_brought_back(shop: Shop) -> None:
    sale = shop.bought("40.00")
    shop.post("reversal", of=sale, reason="rung up twice", by="staff-7")
    back = shop.post("return", of=sale)
    assert back.refusal is not None
    assert back.refusal.code == "return.exceeds_sale"


def test_a_reversal_without_a_reason_or_of_nothing_is_refused(shop: Shop) -> None:
    sale = shop.bought("40.00")
    silent = shop.post("reversal", of=sale)
    nothing = shop.post("reversal", of="never", reason="rung up twice")
    assert [silent.refusal and silent.refusal.code, nothing.refusal and nothing.refusal.code] == [
        "event.missing_field",
        "reversal.unknown_event",
    ]
    assert shop.holds("points") == 40


def test_staff_set_a_level_until_a_last_day(shop: Shop) -> None:
    shop.bought("1.00")
    decision = shop.post("retier", level="gold", until="2026-06-30", reason="a good neighbour", by="staff-7")
    assert decision.refusal is None
    assert shop.levels() == [1]
    shop.memory.advance("ana", shop.memory.book.program.first + 181)
    assert decision.receipt.levels == (("status", 0, 1),)


def test_a_level_that_is_none_or_a_day_that_is_past_is_refused(shop: Shop) -> None:
    shop.bought("1.00")
    codes = [
        refusal.code
        for body in (
            {"level": "diamond", "reason": "x"},
            {"level": "gold", "reason": "x", "until": "2025-01-01"},
            {"level": "gold"},
        )
        if (refusal := shop.post("retier", **body).refusal) is not None
    ]
    assert codes == ["event.unknown_value", "event.out_of_range", "event.missing_field"]
