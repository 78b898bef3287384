"""Places at an event, and who waits for one.

How many places are taken is a tally that everybody shares. Who waits is kept by an account of the event's own, to which members' events
are told: a place given back goes to whoever waits first, whatever happens at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.engine.limits import Bound
from regulars.engine.model import Told
from regulars.words.ids import derived
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regulars.engine.context import Context
    from regulars.engine.events import Event
    from regulars.engine.machine import Machine
    from regulars.engine.rules import RuleMachine

TOLD = frozenset({"waits", "freed", "placed"})
QUEUE, PLACE = "queue", "place:"
HELD, WAITS = "held", "waits"
ACCOUNT = "~"
"""How the id of an account begins that keeps who waits at an event; no member's id does."""


def paths(rule: RuleMachine) -> tuple[str, ...]:
    """The facts that tell events apart: those that the benefit's `at_most` is per."""
    found: dict[str, None] = {}
    for bound_of in rule.bounds:
        bound = getattr(bound_of, "bound", None)
        if isinstance(bound, Bound):
            found.update({path: None for path in bound.paths if path is not None})
    return tuple(found)


def key_of(c: Context, rule: RuleMachine) -> str:
    """The name under which the places of one event are counted."""
    return "|".join((f"places:{rule.name}", *(str(c.path(path)) for path in paths(rule))))


def budgets(machine: Machine, event: Event, c: Context) -> Iterator[tuple[str, int | None]]:
    """The places that an event could touch, with how many there are where it says so."""
    if event.first in {"waits", "freed"}:
        ceiling = event.body.get("places")
        yield str(event.body.get("place")), ceiling if isinstance(ceiling, int) else None
        return
    rule = machine.named.get(f"benefits.{event.kind.partition('.')[2]}")
    if rule is not None and rule.index in machine.places and event.first in {"use_perk", "cancel"}:
        yield key_of(c, rule), machine.places[rule.index](c, None) if event.first == "use_perk" else None


def take(c: Context, rule: RuleMachine) -> Refusal | None:
    """Takes a place, or waits for one; refused when it is full and nobody may wait."""
    key, count = key_of(c, rule), c.machine.places[rule.index](c, None)
    if c.left_of.get(key, count) > 0:
        claim(c, key, 1, count)
        c.mark(PLACE + key, HELD)
        return None
    if rule.rule.when_full == "refuse":
        return rule.refusal("sold_out")
    c.mark(PLACE + key, WAITS)
    tell(c, f"waits.{rule.name.partition('.')[2]}", queue_of(key), {"place": key, "by": c.member.id, "places": count})
    return None


def give_up(c: Context, rule: RuleMachine) -> Refusal | None:
    """Gives a place back, or waits no longer."""
    key = key_of(c, rule)
    if PLACE + key not in c.marks:
        return rule.refusal("not_held")
    c.mark(PLACE + key, None)
    for bound, _ in rule.limits(c):
        if bound is not None:
            bound.use(c, -1)
    tell(c, f"freed.{rule.name.partition('.')[2]}", queue_of(key), {"place": key, "by": c.member.id})
    return None


def told(c: Context) -> None:
    """What the account of an event is told, and what it tells."""
    event = c.event
    assert event is not None
    key, who, name = str(event.body.get("place")), str(event.body.get("by")), event.kind.partition(".")[2]
    waiting: tuple[str, ...] = tuple(c.marks.get(QUEUE, ()))
    if event.first == "placed":
        if c.marks.get(PLACE + key) == WAITS:
            c.mark(PLACE + key, HELD)
        else:
            # Who waited has given up meanwhile: the place goes on.
            tell(c, f"freed.{name}", queue_of(key), {"place": key, "by": c.member.id})
    elif event.first == "waits":
        if not waiting and c.left_of.get(key, 0) > 0:
            claim(c, key, 1, 0)
            tell(c, f"placed.{name}", who, {"place": key})
        else:
            c.mark(QUEUE, (*waiting, who))
    elif who in waiting:
        c.mark(QUEUE, tuple(one for one in waiting if one != who) or None)
    elif waiting:
        c.mark(QUEUE, waiting[1:] or None)
        tell(c, f"placed.{name}", waiting[0], {"place": key})
    else:
        claim(c, key, -1, 0)


def claim(c: Context, key: str, n: int, count: int) -> None:
    """Takes so many places, or gives them back."""
    c.left_of[key] = c.left_of.get(key, count) - n
    c.claimed[key] = c.claimed.get(key, 0) + n


def queue_of(key: str) -> str:
    """The account of an event, which keeps who waits."""
    return f"{ACCOUNT}{key}"


def tell(c: Context, kind: str, member: str, details: dict[str, Any]) -> None:
    """A derived event."""
    event = c.event
    assert event is not None
    c.told = (*c.told, Told(derived(event.id, f"{kind}/{member}"[-120:]), kind, member, event.at, details))
