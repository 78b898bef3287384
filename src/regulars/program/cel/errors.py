"""What is wrong with a condition, and where in its text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class CelError:
    """One mistake: its offset in the text, counted in characters from 0, a sentence, and a hint where one helps."""

    offset: int
    message: str
    hint: str = ""


class UnreadableCondition(Exception):
    """Raised inside the reader when the text is no expression at all; `check` turns it into its error."""

    def __init__(self, error: CelError) -> None:
        super().__init__(error.message)
        self.error = error


def unreadable(offset: int, message: str, hint: str = "") -> UnreadableCondition:
    """The exception for a text that cannot be read, to be raised."""
    return UnreadableCondition(CelError(offset, message, hint))
