"""Granting: vouchers issued and levels granted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from regulars.engine.model import Entry, Grant, Issue, Voucher
from regulars.words.days import NEVER, Day

if TYPE_CHECKING:
    from regulars.engine.context import Context


def issue(c: Context, rule: int, name: str, amount: int, worth: int | None = None, earned: Entry | None = None) -> None:
    """Issues vouchers of a kind: one worth `amount` where the kind's worth is given, else `amount` of them; `earned` is what goods did."""
    if amount <= 0 and worth is None:
        return
    kind = c.machine.vouchers[name]
    count, value = (1, amount if worth is None else worth) if kind.given else (amount, kind.worth)
    for _ in range(count):
        first, gone = kind.life(c, c.today)
        if kind.kind.claim is not None:
            # It waits until the member clips or prints it.
            first = NEVER
        serial = c.next_serial()
        source = "" if c.event is None else c.event.id
        c.vouchers = (
            *c.vouchers,
            Voucher(serial, name, c.today, gone, value if kind.given else None, None, source, first),
        )
        c.issued = (*c.issued, Issue(rule, serial, name, value, 0 if gone >= NEVER else gone, earned))
        earned = None
    c.changed.add(f"voucher:{name}")


def grant(
    c: Context,
    ladder: str,
    level: str,
    cause: str,
    first: Day | None = None,
    gone: Day | None = None,
    window: Day = NEVER,
) -> None:
    """Grants a level of a ladder: from `first` (today) until `gone` (the ladder's life)."""
    machine = c.machine.ladders[ladder]
    place = machine.places[level]
    start = c.today if first is None else first
    end = machine.life(c, c.today) if gone is None else gone
    held = c.grants.get(ladder, ())
    for other in held:
        if other.level == place and other.cause == cause and other.gone >= end and other.first <= start:
            return
    # A return may undo what was reached again: then what was reached before it holds as long as it did.
    undone = machine.ladder.on_return == "undo"
    kept = tuple(
        other
        for other in held
        if not (other.level == place and other.cause == cause and other.window == window)
        or (undone and other.first < start < other.gone < end)
    )
    c.regrant(ladder, (*kept, Grant(place, start, end, cause, window)))
    c.changed.add(f"standing:{ladder}")


def level_now(c: Context, ladder: str) -> int:
    """The level held today: the highest live grant, else the lowest level."""
    return level_on(c, ladder, c.today)


def level_on(c: Context, ladder: str, day: Day) -> int:
    """The level held on a day, as far as its grants are remembered."""
    return highest(c.grants.get(ladder, ()), day)


def highest(grants: Sequence[Grant], day: Day) -> int:
    """The highest level of grants that hold on a day, else the lowest there is."""
    level = 0
    for held in grants:
        if held.level > level and held.first <= day < held.gone:
            level = held.level
    return level
