"""A till at a program in memory, for stories of a few events: says what was bought, and what the member then has."""

from __future__ import annotations

from typing import Any

from tests.laws.shops import program

from regulars.engine.book import Book
from regulars.engine.lots import EMPTY
from regulars.engine.model import Decision, Holding, Member
from regulars.simulation.memory import Memory
from regulars.words.days import day_of
from regulars.words.refusals import Refusal

HEAD = """
program: story
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
"""


class Till:
    """Events of one program, numbered as they come; `ann` is who is meant."""

    def __init__(self, text: str, *later: str) -> None:
        self.book = Book([program(one if "program:" in one else HEAD + one) for one in (text, *later)])
        self.memory = Memory(self.book)
        self.count = 0

    def does(self, kind: str, at: str, member: str = "ann", id: str = "", **body: Any) -> Decision | Refusal:
        """What comes of an event; at the start of a day when no time is said."""
        self.count += 1
        when = at if "T" in at else f"{at}T12:00"
        return self.memory.post(
            {"id": id or f"n{self.count}", "type": kind, "member": member, "happened_at": when, **body}
        )

    def buys(self, at: str, *amounts: str | dict[str, Any], member: str = "ann", id: str = "", **body: Any) -> Decision:
        """A purchase: amounts, or lines where more is to be said."""
        lines = [line if isinstance(line, dict) else {"amount": line} for line in amounts]
        found = self.does("purchase", at, member, id, lines=lines, **body)
        assert isinstance(found, Decision), found
        return found

    def returns(self, at: str, of: str, *lines: dict[str, Any], member: str = "ann") -> Decision:
        """A return of a purchase: everything, or these lines."""
        found = self.does("return", at, member, of=of, **({"lines": list(lines)} if lines else {}))
        assert isinstance(found, Decision), found
        return found

    def now(self, at: str | None = None, member: str = "ann") -> Member:
        """The member at the start of a day, or right after the last event."""
        return self.memory.member(member, None if at is None else day_of(at))

    def held(self, wallet: str = "points", at: str | None = None, member: str = "ann") -> Holding:
        """A wallet of the member's."""
        return self.now(at, member).holdings.get(wallet, EMPTY)

    def points(self, at: str | None = None, wallet: str = "points", member: str = "ann") -> int:
        """Active smallest units."""
        return self.held(wallet, at, member).active

    def level(self, at: str, ladder: str = "status", member: str = "ann") -> str:
        """The level held on a day."""
        day = day_of(at)
        found = [one.level for one in self.now(at, member).grants.get(ladder, ()) if one.first <= day < one.gone]
        return self.book.at(day).ladders[ladder].names[max(found, default=0)]


def code(found: Decision | Refusal) -> str:
    """Why it was refused; empty when it was not."""
    refusal = found if isinstance(found, Refusal) else found.refusal
    return "" if refusal is None else refusal.code
