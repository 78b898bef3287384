"""Budgets of the windows that time passes on its way to an event: what rules of the calendar may draw there.

Which they are hangs on how far a member's time has run, so they are known only once the member is. A program without a budget on what
falls due has none, and nothing is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from regulars.engine.budgets import looking, of_everybody
from regulars.words.days import NEVER, Day

if TYPE_CHECKING:
    from regulars.engine.book import Book
    from regulars.engine.events import Event
    from regulars.engine.machine import Machine
    from regulars.engine.rules import RuleMachine

MOST: Final = 400
"""Windows of one budget that are looked at, the latest ones; what falls due before them gives nothing."""


def passing(machine: Machine) -> tuple[RuleMachine, ...]:
    """The rules that may draw, before an event, from another budget than on its day."""
    return tuple(
        rule
        for rule in machine.plans.any_budgets
        if any(bound.tiles or rule.until < NEVER for bound in of_everybody(rule))
    )


def passed(book: Book, since: Day, event: Event) -> dict[str, int | None]:
    """Key and ceiling of every budget of a window between a day and that of the event. The later `since`, the fewer; never others."""
    found: dict[str, int | None] = {}
    for machine, rules in zip(book.machines, book.passing, strict=True):
        c = looking(machine, event) if rules else None
        for rule in rules:
            assert c is not None
            first, last = max(since, rule.first), min(event.day, rule.until - 1, (machine.next_version or NEVER) - 1)
            for bound in of_everybody(rule):
                day = last
                for _ in range(MOST):
                    if day < first:
                        break
                    c.today = day
                    found[bound.budget_key(c)] = bound.budget
                    start = bound.window(c, day)
                    if not start:
                        break
                    day = (start if start > 0 else day) - 1
    return found
