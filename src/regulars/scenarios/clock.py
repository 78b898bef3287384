"""When a step happens: a date with a time, or a date alone, which is some moment of that day in the order written."""

from __future__ import annotations

from collections.abc import Sequence

from regulars.scenarios.model import Step
from regulars.words.days import Day, day_of

NOON = 12 * 60


def times_of(steps: Sequence[Step]) -> list[tuple[Day, int]]:
    """(day, minute) of each step. A tick stands at the start of its day; a bare date after what was written before it
    and, where a time follows on that day, before that. An unreadable date is a ValueError.
    """
    made: list[tuple[Day, int]] = []
    last: dict[Day, int] = {}
    for place, step in enumerate(steps):
        day, minute = _written(step)
        if minute is None:
            following = [
                later
                for one in steps[place + 1 :]
                for on, later in (_written(one),)
                if on == day and later is not None and one.do != "tick"
            ]
            soonest = min([NOON, *(later - len(steps) for later in following)])
            minute = max(soonest, last.get(day, -1) + 1, 0)
        if step.do != "tick":
            last[day] = max(minute, last.get(day, 0))
        made.append((day, minute))
    return made


def _written(step: Step) -> tuple[Day, int | None]:
    day = day_of(step.at[:10])
    rest = step.at[10:]
    if step.do == "tick":
        return day, 0
    if not rest:
        return day, None
    if rest[0] not in "T " or len(rest) != 6 or rest[3] != ":" or not (rest[1:3] + rest[4:]).isdigit():
        raise ValueError(f"a moment is written 2026-04-02 or 2026-04-02T08:15, not {step.at!r}")
    return day, int(rest[1:3]) * 60 + int(rest[4:])
