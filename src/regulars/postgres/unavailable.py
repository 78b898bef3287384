"""The one exception for a database that cannot be used, and the hint that goes with it."""

from __future__ import annotations


class DatabaseUnavailable(Exception):
    """Raised when no usable PostgreSQL is there; `hint` is a sentence that tells a person what to do.

    Never raised for a statement that is wrong: that stays the driver's own exception.
    """

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(f"{problem} {hint}")
        self.problem = problem
        self.hint = hint
