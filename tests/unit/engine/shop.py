"""A shop for trying one mechanic: a program of a few lines, and a ledger in memory."""

from __future__ import annotations

from typing import Any

from regulars.engine.book import Book
from regulars.engine.model import Decision, Member, pack_member, unpack_member
from regulars.program.load import load
from regulars.program.model import Program
from regulars.simulation import Memory
from regulars.words.days import day_of
from regulars.words.refusals import Refusal

HEAD = """
program: shop
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts: {line: {kind: {of: [goods, shipping], else: goods}, item: text?}, member: {vip: bool = false},
  redeem: {cost: count = 10, money_pct: number = 0, nights: count = 1}, stay: {nights: count of night, check_in: date?}}
"""


class Shop:
    """One ledger; events are named e1, e2 .. unless they name themselves, and happen to ann."""

    def __init__(self, text: str, head: str = HEAD) -> None:
        program = load(head + text)
        assert isinstance(program, Program), list(program)
        self.book = Book([program])
        self.memory = Memory(self.book)
        self.events = 0

    def post(self, kind: str, at: str = "2026-03-02", **body: Any) -> Decision:
        self.events += 1
        answer = self.memory.post({"id": f"e{self.events}", "type": kind, "member": "ann", "happened_at": at, **body})
        assert isinstance(answer, Decision), answer
        return answer

    def buy(self, *amounts: str, at: str = "2026-03-02", **body: Any) -> Decision:
        lines = [{"item": f"i{place}", "amount": amount} for place, amount in enumerate(amounts)]
        return self.post("purchase", at, lines=lines, **body)

    def bring_back(self, of: str, *items: int, at: str = "2026-03-03") -> Decision:
        return self.post("return", at, of=of, lines=[{"item": f"i{place}"} for place in items])

    def member(self, day: str | None = None) -> Member:
        """The member as the database would hand it back."""
        held = self.memory.member("ann", None if day is None else day_of(day))
        return unpack_member(pack_member(held))

    def units(self, wallet: str = "points", day: str | None = None) -> tuple[int, int]:
        """(available, pending)."""
        held = self.member(day).holdings.get(wallet)
        return (0, 0) if held is None else (held.active, held.pending)

    def sums(self, wallet: str = "points") -> dict[str, int]:
        """What movements alone make of each account."""
        found: dict[str, int] = {}
        for _, _, movement in self.memory.movements:
            if movement.wallet == wallet:
                found[movement.source] = found.get(movement.source, 0) - movement.amount
                found[movement.target] = found.get(movement.target, 0) + movement.amount
        return {account: units for account, units in found.items() if units}


def code(decision: Decision) -> str | None:
    """The code of a refusal."""
    refusal: Refusal | None = decision.refusal
    return None if refusal is None else refusal.code
