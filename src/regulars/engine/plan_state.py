"""What is known of the plans that a member holds: facts for conditions, cycles, and whether a benefit of theirs was used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from regulars.engine.model import PlanHeld
from regulars.words.days import NEVER, Day, add_span

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.program.forms.tree import Span

START = "plan.start"
"""The day's name from which plan months are counted."""


def start_of(ladder: str | None = None) -> str:
    """The day's name from which the months are counted of the plan to a standing, or of the newest plan."""
    return START if ladder is None else f"plan.{ladder}.start"


def plan_fact(c: Context, name: str, ladder: str | None = None) -> Any:
    """A fact of the plan held, the newest where there are several, or of the one to a standing; None without one."""
    held = next((one for one in reversed(c.plans) if ladder is None or ladder in ladders_of(c, one)), None)
    if name == "cancelled":
        return held is not None and held.state == "ending"
    if held is None:
        return None
    if name == "end":
        return held.until - 1 if held.until < NEVER else None
    return getattr(held, name) or None


def use_plans(c: Context, benefit: str) -> None:
    """Notes on the plans that bring a benefit that it was used."""
    bring = c.machine.brought_by.get(benefit)
    if bring and any(held.name in bring and not held.used for held in c.plans):
        c.plans = tuple(replace(held, used=True) if held.name in bring else held for held in c.plans)


def put(c: Context, held: PlanHeld) -> None:
    """Keeps a plan as it now is, in the place of the one of its name."""
    known = any(other.name == held.name for other in c.plans)
    c.plans = tuple(held if other.name == held.name else other for other in c.plans) if known else (*c.plans, held)
    if held.state != "bought":
        remember(c, held)


def remember(c: Context, held: PlanHeld) -> None:
    """Remembers from when months of a plan are counted; by standing only where there are several to which plans lead."""
    c.days[START] = held.start
    if len(c.machine.paid_for) > 1:
        c.days.update((start_of(ladder), held.start) for ladder in ladders_of(c, held))


def ladders_of(c: Context, held: PlanHeld) -> frozenset[str]:
    """The ladders on which a plan held grants something; none of one that the version does not know."""
    plan = c.machine.paid.get(held.name)
    return frozenset() if plan is None else frozenset(ladder for ladder, _ in plan.grants)


def drop(c: Context, name: str) -> None:
    """Forgets a plan that is over."""
    c.plans = tuple(other for other in c.plans if other.name != name)
    for key in (START, *(start_of(ladder) for ladder in c.machine.paid_for)):
        c.days.pop(key, None)
    for other in c.plans:
        if other.state != "bought":
            remember(c, other)


def cycle_end(anchor: Day, span: Span | None, day: Day) -> Day:
    """The first day after the cycle that holds a day, cycles being counted from an anchor: the 31st returns after February."""
    if span is None:
        return NEVER
    assert isinstance(span.n, int)
    count = 1
    while (end := add_span(anchor, count * span.n, span.unit)) <= day:  # type: ignore[arg-type]
        count += 1
    return end


def cycle_start(anchor: Day, span: Span | None, day: Day) -> Day:
    """The first day of the cycle that holds a day; the anchor before the second one."""
    if span is None:
        return anchor
    assert isinstance(span.n, int)
    count = 0
    while add_span(anchor, (count + 1) * span.n, span.unit) <= day:  # type: ignore[arg-type]
        count += 1
    return add_span(anchor, count * span.n, span.unit)  # type: ignore[arg-type]


def full_months(day: Day, until: Day) -> int:
    """How many whole months lie between a day and the first day no longer covered."""
    if until >= NEVER:
        return 0
    count = 0
    while add_span(day, count + 1, "month") <= until:
        count += 1
    return count


def months_of(span: Span | None) -> int:
    """The months of a cycle; none for one that is no number of months."""
    if span is None or not isinstance(span.n, int):
        return 0
    return span.n * 12 if span.unit == "year" else span.n if span.unit == "month" else 0
