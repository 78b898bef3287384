"""Until when something is not available: a WAIT, or a table of them, compiled."""

from __future__ import annotations

from typing import Any

from regulars.engine.calendar import Calendar, LifeOf
from regulars.engine.tables import choose
from regulars.program.forms.tree import Wait
from regulars.words.days import NEVER, Day


class WaitOf:
    """A wait as a function of the context: the day on which it is over, and the event that ends it."""

    __slots__ = ("_pick",)

    def __init__(self, cell: Any, calendar: Calendar) -> None:
        def make(wait: Wait) -> tuple[str, LifeOf | None]:
            return wait.until or "", None if wait.life is None else calendar.life(wait.life)

        self._pick = choose(cell, make)

    def opens(self, c: Any, day: Day) -> Day:
        """The first day on which what is given on `day` is available: NEVER when an event must say, 0 at once."""
        found = self._pick(c, None)
        if found is None:
            return 0
        until, life = found
        return NEVER if until else 0 if life is None else life(c, day)

    def until(self, c: Any) -> str:
        """The kind of event that ends the wait; empty where the calendar does."""
        found = self._pick(c, None)
        return "" if found is None else str(found[0])
