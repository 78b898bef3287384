"""What the commands need of a database, as whoever starts the command line provides it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from regulars.flows.opened import Opened


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Service:
    """A service as a command wants it: where its data is, whose a first key is, where it listens and how.

    `made_key` is told the first key when one had to be made.
    """

    data: Path | None
    tenant: str | None
    host: str
    port: int
    processes: int
    limit: int
    with_worker: bool
    log_as_json: bool
    made_key: Callable[[str], None]


class Ledgers(Protocol):
    """Opens databases: the one that a person works on, and empty ones to try things in."""

    def open(
        self, data: Path | None = None, tenant: str | None = None, *, make: bool = False
    ) -> AbstractAsyncContextManager[Opened]:
        """The ledger under a data folder (None: where the environment says), migrated, for the block; with `make` it is
        made when it is not there. Raises `DatabaseUnavailable`.
        """
        ...

    def folder(self, data: Path | None = None) -> Path | None:
        """The folder of the embedded database; None where a server of one's own is meant."""
        ...

    def address(self, data: Path | None = None, *, make: bool = False) -> AbstractContextManager[str]:
        """The address of the database as it is, not migrated, for the block; with `make` it is made when it is not there.
        Raises `DatabaseUnavailable`.
        """
        ...

    def scratch(self) -> AbstractContextManager[str]:
        """The address of an empty, migrated database that is gone after the block. Raises `DatabaseUnavailable`."""
        ...

    def work(self, data: Path | None, log_as_json: bool) -> None:
        """Does what is due until a signal stops it. Raises `DatabaseUnavailable` when it cannot begin."""
        ...

    def serve(self, service: Service) -> None:
        """Serves HTTP until a signal stops it. Raises `DatabaseUnavailable` when it cannot begin."""
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
