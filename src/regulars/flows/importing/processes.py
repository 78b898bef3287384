"""The processes of an import: started, listened to, and ended when one of them cannot go on."""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import os
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

from regulars.flows.importing.model import ImportFailed, Progress, Task
from regulars.postgres.unavailable import DatabaseUnavailable

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

log = logging.getLogger(__name__)
GO_ON = "Start the same command again: it goes on from here, and nothing goes in twice."
Report = Callable[[Progress], None]


async def run_parts(tasks: Sequence[Task], report: Report) -> None:
    """Returns when all parts are done; raises `ImportFailed` or `DatabaseUnavailable` when one cannot go on.

    A single part is done in this process.
    """
    if len(tasks) == 1:
        from regulars.flows.importing.part import import_part

        try:
            await import_part(tasks[0], report)
        except ExceptionGroup as group:
            raise _told(group.exceptions[0]) from group
        except Exception as error:
            raise _told(error) from error
        return
    spawn = multiprocessing.get_context("spawn")
    running: dict[Connection, SpawnProcess] = {}
    try:
        for task in tasks:
            ours, theirs = spawn.Pipe(duplex=False)
            process = spawn.Process(target=run_part, args=(task, theirs), daemon=True)
            process.start()
            theirs.close()
            running[ours] = process
        await asyncio.to_thread(_listen, list(running), report)
    finally:
        for process in running.values():
            process.terminate()
        for process in running.values():
            process.join()


def _listen(connections: list[Connection], report: Report) -> None:
    while connections:
        for ready in wait(connections):
            assert isinstance(ready, Connection), "only connections were given"
            try:
                said = ready.recv()
            except (EOFError, OSError):
                raise ImportFailed("A process of the import was killed.", GO_ON) from None
            if isinstance(said, Exception):
                raise said
            report(said)
            if said.done:
                connections.remove(ready)


def run_part(task: Task, connection: Connection) -> None:
    """What a process of its own does: its part, telling how far it is; ends when nobody listens any more."""
    # There are as many processes as cores already; threads of the table reader would only take memory.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    # Almost nothing here is part of a cycle, and there is much of it.
    gc.set_threshold(100_000, 20, 20)
    from regulars.flows.importing.part import import_part

    try:
        connection.send(asyncio.run(import_part(task, connection.send)))
    except (KeyboardInterrupt, BrokenPipeError):
        return
    except ExceptionGroup as group:
        if not group.subgroup(BrokenPipeError):
            connection.send(_told(group.exceptions[0]))
    except Exception as error:
        connection.send(_told(error))


def _told(error: BaseException) -> Exception:
    """The error as another process can be told it, with the way on."""
    if isinstance(error, DatabaseUnavailable):
        return DatabaseGone(error.problem)
    if isinstance(error, ImportFailed):
        return error
    log.debug("the import stopped", exc_info=error)
    return ImportFailed(f"The import stopped: {type(error).__name__}: {error}.", GO_ON)


class DatabaseGone(DatabaseUnavailable):
    """The database went away in the middle."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem, f"Once the database is back: {GO_ON[0].lower()}{GO_ON[1:]}")

    def __reduce__(self) -> tuple[type[DatabaseGone], tuple[str]]:
        return DatabaseGone, (self.problem,)
