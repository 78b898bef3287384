"""Moments as a person writes them on the command line, and the clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from regulars.doors.cli.endings import Stop

if TYPE_CHECKING:
    from regulars.words.moments import Moment, Zone


def now() -> Moment:
    """This moment."""
    return time.time_ns() // 1_000


def moment_of(text: str, zone: Zone) -> Moment:
    """The moment of a text, local to the program where it names no offset."""
    at = zone.parse(text.strip())
    if not isinstance(at, int):
        raise Stop(f"--as-of: {text!r} is no moment.", "Write 2026-03-02T09:00, or 2026-03-02 for its start.")
    return at
