"""How often a caller may ask: the generic cell rate algorithm, in the memory of each process.

Two processes let through twice as much: the limit keeps one caller from taking the service from others, it is no price
list.
"""

from __future__ import annotations

from typing import Final, NamedTuple

USUAL: Final = 600_000
"""Requests a minute, where a caller has no limit of its own."""

BURST: Final = 10.0
"""Seconds' worth of requests that may come at once."""

MOST_KEPT: Final = 10_000
"""Callers whose pace is remembered; when there are more, those that have rested are forgotten."""


class Pace(NamedTuple):
    """Whether a request may go on; how many more could at once; in how many seconds all could again, or the next one."""

    allowed: bool
    limit: int
    left: int
    reset: float


class Limits:
    """The pace of each caller: the moment until which its requests are spoken for."""

    def __init__(self, usual: int = USUAL) -> None:
        self.usual = usual
        self._spoken_for: dict[str, float] = {}

    def take(self, who: str, now: float, limit: int | None = None) -> Pace:
        """Counts one request of a caller at a moment (seconds); `limit` is its own, a minute."""
        limit = limit or self.usual
        apart = 60.0 / limit
        tolerance = max(BURST, apart)
        until = max(self._spoken_for.get(who, 0.0), now) + apart
        ahead = until - now
        if ahead > tolerance:
            return Pace(False, limit, 0, ahead - tolerance)
        if len(self._spoken_for) >= MOST_KEPT:
            self._spoken_for = {one: moment for one, moment in self._spoken_for.items() if moment > now}
        self._spoken_for[who] = until
        return Pace(True, limit, int((tolerance - ahead) / apart), ahead)
