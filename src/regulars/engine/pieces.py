"""Pieces: a thing had free splits its line, so that the free piece is a line of its own."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from regulars.words.sharing import share

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.rules import RuleMachine


def free(c: Context, rule: RuleMachine, places: list[int], pieces: int) -> dict[int, int]:
    """So many pieces free, the cheapest first: each becomes a line of its own, and up to the rule's cap comes off them together."""
    assert c.nets is not None
    taken: dict[int, int] = {}
    cap = c.machine.caps.get(rule.index)
    left = None if cap is None else cap(c, None)
    for place in sorted(places, key=lambda place: (c.lines[place].price, place)):
        while pieces and not c.lines[place].by_voucher:
            pieces -= 1
            target = split(c, place)
            worth = c.nets[target]
            taken[target] = worth if left is None else min(worth, left - sum(taken.values()))
        if not pieces:
            break
    return taken


def split(c: Context, place: int) -> int:
    """One piece of a line as a line of its own, marked as had by a voucher; its place."""
    assert c.nets is not None
    line = c.lines[place]
    piece = copy(line)
    piece.qty, piece.by_voucher = 1, True
    if line.qty == 1:
        c.lines = [*c.lines[:place], piece, *c.lines[place + 1 :]]
        return place
    rest = copy(line)
    rest.qty = line.qty - 1
    piece.amount, rest.amount = line.price, line.amount - line.price
    measured(c, line, piece, rest)
    c.measures = {}
    net = share(c.nets[place], [line.price, rest.amount])
    c.lines = [*c.lines[:place], rest, *c.lines[place + 1 :], piece]
    c.nets = [*c.nets[:place], net[1], *c.nets[place + 1 :], net[0]]
    for category in (c.off or {}).values():
        category.append(0)
    return len(c.lines) - 1


def measured(c: Context, line: Any, piece: Any, rest: Any) -> None:
    """What a line measures (500 grams, 40 litres) is of all its pieces, and is shared as they are."""
    for fact in c.machine.program.facts.get("line", {}).values():
        much = getattr(line, fact.attribute)
        if fact.type.unit is None or fact.type.many or much is None:
            continue
        part = share(much, [1, rest.qty])[0] if fact.type.base == "count" else Fraction(much) / line.qty
        setattr(piece, fact.attribute, part)
        setattr(rest, fact.attribute, much - part)


def copy(line: Any) -> Any:
    """Another record with the same attributes."""
    other = type(line)()
    for name in line.__slots__:
        setattr(other, name, getattr(line, name))
    return other
