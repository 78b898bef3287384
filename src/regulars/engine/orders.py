"""Recurring orders: begun, shipped on their day, skipped, moved, changed, given up. What an order costs is priced as any basket is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from regulars.engine.fields import Bad
from regulars.engine.model import Order, Told
from regulars.engine.perks import not_open
from regulars.engine.pricing import price
from regulars.words.days import NEVER, Day, add_span, day_of, iso
from regulars.words.ids import derived
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.rules import RuleMachine
    from regulars.program.forms.tree import Span
    from regulars.program.paid import Cycle

EVENTS = frozenset({"subscribe", "cancel", "skip", "reschedule", "ship"})
ORDER = "subscription.order"


def cycle_of(c: Context) -> Cycle | None:
    """The recurring order that an event names, or the only one of the program."""
    event = c.event
    assert event is not None
    cycles, name = c.machine.program.subscriptions, event.kind.partition(".")[2]
    if name:
        return cycles.get(name)
    return next(iter(cycles.values())) if len(cycles) == 1 else None


def ask(c: Context, cycle: Cycle) -> Refusal | None:
    """Judges an event about a recurring order."""
    event = c.event
    assert event is not None
    rule = c.machine.rules[cycle.rule]
    c.order = next((order for order in c.orders if order.name == cycle.name), None)
    if event.first == "subscribe":
        return begin(c, cycle, rule)
    if event.first == "ship":
        return ship(c, cycle, rule)
    if c.order is None:
        return rule.refusal("not_held")
    if event.first == "cancel":
        keep(c, cycle.name, None)
        return None
    closed = not_open(c, rule)
    if closed is not None:
        return closed
    try:
        keep(c, cycle.name, skipped(cycle, c.order) if event.first == "skip" else changed(c, cycle, c.order))
    except Bad as bad:
        return Refusal(code=bad.code, text=bad.text, rule=rule.name, pointer=bad.pointer)
    return None


def begin(c: Context, cycle: Cycle, rule: RuleMachine) -> Refusal | None:
    """A recurring order is begun: its first order is placed now, where it has lines."""
    event = c.event
    assert event is not None
    if c.order is not None:
        return rule.refusal("held")
    for code, condition in rule.needs:
        if not condition(c, None):
            return rule.refusal(code)
    c.days.setdefault("joined", c.today)
    every = interval(c, cycle)
    order = Order(
        cycle.name, later(cycle, c.today, every), event.minute, every, lines=tuple(event.body.get("lines") or ())
    )
    keep(c, cycle.name, order)
    return place(c) if event.lines else None


def ship(c: Context, cycle: Cycle, rule: RuleMachine) -> Refusal | None:
    """An order ships: what the event says, else what the member has in it; the next one comes an interval later."""
    event, order = c.event, c.order
    assert event is not None
    if "lines" not in event.body:
        if order is None or not (order.lines or order.once):
            return rule.refusal("not_held")
        raw = [*order.lines, *order.once]
        read = c.machine.reader.basket(raw)
        if isinstance(read, Refusal):
            return read
        c.lines = event.lines = read
    if order is not None:
        every = order.after or order.every
        # One that is shipped early starts the interval anew.
        keep(
            c,
            cycle.name,
            replace(order, next=later(cycle, min(order.next, c.today), every), every=every, after=0, once=()),
        )
    return place(c)


def place(c: Context) -> Refusal | None:
    """Prices an order and gives what it earns."""
    event = c.event
    assert event is not None
    machine = c.machine
    for plan in (machine.plan(event.kind), machine.plan(ORDER)):
        if plan.prices:
            refusal = price(c, plan)
            if refusal is not None:
                return refusal
        if plan.earn:
            plan.walk(c.today)(c)
    return None


def skipped(cycle: Cycle, order: Order) -> Order:
    """The order with its next date one interval later."""
    return replace(order, next=later(cycle, order.next, order.after or order.every))


def changed(c: Context, cycle: Cycle, order: Order) -> Order:
    """The order with another cadence from the order after the next, another date, things added or taken out."""
    event = c.event
    assert event is not None
    body = event.body
    name = cycle.every.n.rpartition(".")[2] if cycle.every is not None and isinstance(cycle.every.n, str) else ""
    if body.get(name):
        order = replace(order, after=int(body[name]))
    if body.get("to"):
        moved = day_of(str(body["to"])[:10])
        if moved < c.today:
            raise Bad("event.out_of_range", "An order cannot be moved into the past.", "/to")
        order = replace(order, next=moved)
    if body.get("add"):
        order = replace(order, lines=(*order.lines, dict(body["add"])))
    if body.get("add_once"):
        order = replace(order, once=(*order.once, dict(body["add_once"])))
    if body.get("remove"):
        order = replace(order, lines=without(order.lines, body["remove"]))
    return order


def without(lines: tuple[dict[str, Any], ...], gone: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """The lines without the first that has everything that a description says."""
    for place_, line in enumerate(lines):
        if all(str(line.get(key)) == str(value) for key, value in gone.items()):
            return (*lines[:place_], *lines[place_ + 1 :])
    raise Bad("event.unknown_value", "Nothing in the order is so.", "/remove")


def keep(c: Context, name: str, order: Order | None) -> None:
    """Keeps a recurring order as it now is; None where it was given up."""
    others = tuple(other for other in c.orders if other.name != name)
    c.orders = others if order is None else (*others, order)


def interval(c: Context, cycle: Cycle) -> int:
    """How many units of the cycle lie between two orders: the program's number, or the one that the event says."""
    if cycle.every is None:
        return 0
    return (
        cycle.every.n
        if isinstance(cycle.every.n, int)
        else int(getattr(c.facts, cycle.every.n.rpartition(".")[2], 0) or 0)
    )


def later(cycle: Cycle, day: Day, every: int) -> Day:
    """The day an interval later; never where the shop keeps the cadence."""
    return NEVER if cycle.every is None or not every else add_span(day, every, cycle.every.unit)  # type: ignore[arg-type]


# Reminders.


def next_reminder(c: Context, day: Day) -> Day:
    """The next day, after `day`, on which a member is reminded of an order."""
    found = [reminder(c, order) for order in c.orders]
    return min((one for one in found if one > day), default=NEVER)


def reminder(c: Context, order: Order) -> Day:
    """The day on which a member is reminded of the next order."""
    cycle = c.machine.program.subscriptions.get(order.name)
    if cycle is None or cycle.remind is None or order.next >= NEVER:
        return NEVER
    span: Span | None = cycle.remind.span
    assert span is not None
    assert isinstance(span.n, int)
    return add_span(order.next, -span.n, span.unit)  # type: ignore[arg-type]


def remind(c: Context, day: Day) -> None:
    """Tells members of the orders of which they are to be reminded today."""
    for order in c.orders:
        if reminder(c, order) == day:
            at = c.real or c.event
            assert at is not None
            kind, details = f"remind.{order.name}", {"next": iso(order.next)}
            c.told = (*c.told, Told(derived(f"due/{iso(day)}", kind), kind, c.member.id, at.at, details))


def bring_in(c: Context, given: Mapping[str, Any]) -> None:
    """Recurring orders that a member brings: `every`, `next` (a day or a moment), `lines`."""
    for name, raw in given.items():
        cycle = c.machine.program.subscriptions.get(name)
        if cycle is None:
            raise Bad("event.unknown_value", f"There is no recurring order {name!r}.", "/orders")
        text = str(raw.get("next", ""))
        minute = int(text[11:13]) * 60 + int(text[14:16]) if len(text) >= 16 else 0
        day = day_of(text[:10]) if text else NEVER
        keep(c, name, Order(name, day, minute, int(raw.get("every") or 0), lines=tuple(raw.get("lines") or ())))
