"""How far a member is on a ladder: what each mark of the levels above asks for, and how much of it there is."""

from __future__ import annotations

from typing import Any

from regulars.engine.book import Book
from regulars.engine.context import Context
from regulars.engine.model import Holding, Member
from regulars.engine.standings import LadderMachine
from regulars.engine.view import asking, held, level_view
from regulars.words.days import Day


def tiers(book: Book, member: Member, day: Day, minute: int = 0) -> dict[str, dict[str, Any]]:
    """By ladder: the level held with its last day, all levels in order, and `next`: the level above with each of its marks.

    A mark is a counter with what is there, what it takes and what is missing, as the program writes amounts. Any one mark
    reaches the level, unless `all` says that each must be reached.
    """
    member = book.advance(member, day)
    c = asking(book, member, day, minute)
    return {name: _tier(c, ladder, member, day) for name, ladder in c.machine.ladders.items()}


def _tier(c: Context, ladder: LadderMachine, member: Member, day: Day) -> dict[str, Any]:
    place, _ = held(member, ladder.name, day)
    found = level_view(c.machine, member, ladder.name, day) | {"levels": list(ladder.names)}
    if place + 1 < len(ladder.names):
        found["next"] = _next(c, ladder, place + 1)
    return found


def _next(c: Context, ladder: LadderMachine, place: int) -> dict[str, Any]:
    level = ladder.ladder.levels[place]
    found: dict[str, Any] = {
        "level": level.name,
        "marks": [_mark(c, mark.wallet, mark.goal(c)) for mark in ladder.marks[place]],
    }
    if level.source == "all":
        found["all"] = True
    if level.cost is not None:
        found["cost"] = _mark(c, *level.cost)
    if level.flags or level.by:
        found["by"] = [*level.flags, *([level.by] if level.by else [])]
    return found


def _mark(c: Context, wallet: str, goal: int) -> dict[str, str]:
    text = c.machine.wallets[wallet].text
    there = c.member.holdings.get(wallet, Holding()).active
    return {"counter": wallet, "there": text(there), "at": text(goal), "missing": text(max(goal - there, 0))}
