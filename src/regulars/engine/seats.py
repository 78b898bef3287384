"""Benefits that a member shares: seats given to others, who have the benefit as long as the giver has it.

The giver's own events tell the others; nothing of another member is looked at when an event is judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.engine import perks
from regulars.engine.model import Told
from regulars.words.ids import derived
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.rules import RuleMachine

ASKED = frozenset({"share", "unshare"})
TOLD = frozenset({"shared", "unshared"})
SEATS, SHARED, LENT = "seats:", "shared:", "lent:"
"""Marks: whom a benefit is shared with; who shares one with the member; whether those who have a seat were told that it does not hold."""


def ask(c: Context) -> Refusal | None:
    """A member gives a seat to another, or takes it back."""
    event = c.event
    assert event is not None
    name, other = event.kind.partition(".")[2], event.body.get("with")
    rule = c.machine.named.get(f"benefits.{name}")
    if rule is None or rule.rule.seats is None or not isinstance(other, str):
        return Refusal(code="unknown", text=f"Nothing called {name!r} is shared.", pointer="/type")
    seated: tuple[str, ...] = tuple(c.marks.get(SEATS + name, ()))
    if event.first == "unshare":
        if other not in seated:
            return rule.refusal("not_held")
        c.mark(SEATS + name, tuple(one for one in seated if one != other) or None)
        tell(c, "unshared", name, other)
        return None
    refusal = perks.gate(c, rule, request=False)
    if refusal is not None:
        return refusal
    if other == c.member.id or (other not in seated and len(seated) >= rule.rule.seats):
        return rule.refusal("no_seat")
    if other not in seated:
        seat(c, rule, other)
    return None


def seat(c: Context, rule: RuleMachine, other: str) -> None:
    """Gives a seat, and tells who has it."""
    name = rule.name.partition(".")[2]
    c.mark(SEATS + name, (*c.marks.get(SEATS + name, ()), other))
    tell(c, "shared", name, other)


def told(c: Context) -> None:
    """Another member shares a benefit with this one, or does so no longer."""
    event = c.event
    assert event is not None
    key, giver = SHARED + event.kind.partition(".")[2], str(event.body.get("by"))
    givers = tuple(one for one in c.marks.get(key, ()) if one != giver)
    c.mark(key, ((*givers, giver) if event.first == "shared" else givers) or None)


def review(c: Context) -> None:
    """When a giver gains or loses a benefit, those with a seat are told."""
    for name in c.machine.shared:
        seated = c.marks.get(SEATS + name)
        if not seated:
            continue
        c.levels = c.machine.snapshot(c)
        holds = perks.entitled(c, c.machine.named[f"benefits.{name}"]) is None
        if holds == (LENT + name in c.marks):
            c.mark(LENT + name, None if holds else 1)
            for other in seated:
                tell(c, "shared" if holds else "unshared", name, other)


def tell(c: Context, kind: str, name: str, other: str) -> None:
    """The derived event for who has a seat."""
    event = c.real or c.event
    assert event is not None
    made = Told(derived(event.id, f"{kind}.{name}/{other}"), f"{kind}.{name}", other, event.at, {"by": c.member.id})
    c.told = (*c.told, made)
