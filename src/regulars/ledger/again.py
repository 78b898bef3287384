"""Tries again what a lost connection or a deadlock has cut short: only for what may happen twice without harm."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import asyncpg

from regulars.postgres.unavailable import DatabaseUnavailable

T = TypeVar("T")

ATTEMPTS: Final = 6
FIRST_PAUSE: Final = 0.05
"""Seconds before the second attempt; doubled each time, so a server that restarts has about two seconds."""

_LOST: Final = (
    DatabaseUnavailable,
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    # What the driver says when a connection is cut between two statements and the news is still on its way.
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
_CROSSED: Final = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.UniqueViolationError)


async def persistently(act: Callable[[], Awaitable[T]]) -> T:
    """What the act gives, at the first attempt that is not cut short.

    Raises `DatabaseUnavailable` when the database stays away, and the driver's exception when transactions keep
    crossing, or for a mistake that no second attempt mends.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await act()
        except (*_LOST, *_CROSSED) as error:
            if isinstance(error, asyncpg.InterfaceError) and "closed" not in str(error):
                raise
            if attempt < ATTEMPTS:
                await asyncio.sleep(FIRST_PAUSE * 2 ** (attempt - 1))
            elif isinstance(error, (DatabaseUnavailable, *_CROSSED)):
                raise
            else:
                hint = "What was sent may or may not be recorded; sending it again is safe."
                raise DatabaseUnavailable(f"The database stays away: {error}.", hint) from error
    raise AssertionError("the last attempt returns or raises")
