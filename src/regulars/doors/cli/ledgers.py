"""What the commands need of a database, as whoever starts the command line provides it."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from regulars.flows.opened import Opened


T = TypeVar("T")


class Ledgers(Protocol):
    """Opens databases: the one that a person works on, and empty ones to try things in."""

    def open(
        self, data: Path | None = None, tenant: str | None = None, *, make: bool = False
    ) -> AbstractAsyncContextManager[Opened]:
        """The ledger under a data folder (None: where the environment says), migrated, for the block; with `make` it is
        made when it is not there. Raises `DatabaseUnavailable`.
        """
        ...

    def scratch(self) -> AbstractContextManager[str]:
        """The address of an empty, migrated database that is gone after the block. Raises `DatabaseUnavailable`."""
        ...


_serving: ContextVar[Ledgers] = ContextVar("ledgers")


def ledgers() -> Ledgers:
    """The databases of this command line."""
    return _serving.get()


@contextmanager
def serving(given: Ledgers) -> Iterator[None]:
    """Lets the commands of the block open these databases."""
    token = _serving.set(given)
    try:
        yield
    finally:
        _serving.reset(token)


def run(work: Coroutine[Any, Any, T]) -> T:
    """What the work returns, done in a loop of its own."""
    import asyncio

    return asyncio.run(work)
