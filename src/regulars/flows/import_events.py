"""Imports a file of events: every event goes in once or is refused, however often the import is cut short.

How far each process has come is kept in the database. Which members a process takes never changes for a file, so a
run that goes on does what was left.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, time_ns
from typing import Any, Final

from regulars.engine.book import Book
from regulars.flows.importing import opening
from regulars.flows.importing.frames import Position
from regulars.flows.importing.mapping import Mapped
from regulars.flows.importing.model import BATCH, Imported, ImportFailed, Progress, Task
from regulars.flows.importing.processes import run_parts
from regulars.flows.importing.rejects import join, part_path
from regulars.flows.opened import Opened
from regulars.ledger.programs import scope
from regulars.postgres import queries
from regulars.postgres.connect import connect
from regulars.words.moments import DAY

ask: Final = queries.load("regulars.flows.importing")

MOST_PROCESSES: Final = 4
LARGE: Final = {"parquet": 200_000, "csv": 8_000_000, "jsonl": 8_000_000}
"""From which length on (rows or bytes) further processes are worth their start."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be imported, and how; `again` forgets that it was before. `processes` None: as many as are worth it."""

    events: Path
    mapped: Mapped | None = None
    mapping: str = ""
    rejects: Path | None = None
    batch: int = BATCH
    processes: int | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an import is: `part` of the whole, as a share of 1 (None: not known), rows passed, and events."""

    share: float | None
    rows: int
    events: int
    refused: int


async def import_events(
    ledger: Opened, book: Book, wish: Wish, progress: Callable[[Standing], None] = lambda _: None
) -> Imported:
    """What came of the file. The book's program is published already.

    Raises `FileUnreadable` and `MappingWrong` before anything is done; `ImportFailed` and `DatabaseUnavailable` when it
    stopped in the middle: what was committed stays, and the same call goes on.
    """
    begun = perf_counter()
    mapped = opening.fitted(wish.events, wish.mapped)
    fingerprint = opening.fingerprint(wish.events, wish.mapping)
    rejects = wish.rejects or default_rejects(wish.events)
    if rejects.resolve() == wish.events.resolve():
        raise opening.FileUnreadable(f"{rejects}: the rejects would overwrite the events.", "Name another file.")
    place = await scope(ledger.pool, ledger.tenant, book.slug)
    key = (place.tenant, place.program, fingerprint)
    async with _alone(ledger, fingerprint):
        if wish.again:
            await ledger.pool.execute(ask.forget_import, *key)
        rows = await ledger.pool.fetch(ask.import_of, *key)
        continued = bool(rows)
        if not rows:
            parts = wish.processes or _worth(wish.events)
            await ledger.pool.execute(ask.begin_import, *key, parts, wish.events.name, str(rejects.resolve()))
            rows = await ledger.pool.fetch(ask.import_of, *key)
            for row in rows:
                part_path(Path(row["rejects"]), row["part"]).unlink(missing_ok=True)
        before = {row["part"]: _before(row) for row in rows}
        tasks = [_task(ledger, book, wish, mapped, fingerprint, row, len(rows)) for row in rows if not row["done"]]
        said = dict(before)
        listen = _listener(opening.length(wish.events), said, progress, wish.events.suffix)
        if tasks:
            await run_parts(tasks, listen)
        paths = [part_path(Path(row["rejects"]), row["part"]) for row in rows]
        if any(path.exists() for path in paths):
            _join(wish.events, rejects, paths)
    events, refused = sum(one.events for one in said.values()), sum(one.refused for one in said.values())
    repeated = sum(said[task.part].repeated for task in tasks)
    return Imported(
        wish.events,
        events,
        events - sum(one.events for one in before.values()) - repeated,
        repeated,
        refused,
        rejects if refused else None,
        any(one.cut for one in said.values()),
        known=not tasks,
        continued=continued and bool(tasks),
        seconds=perf_counter() - begun,
    )


def default_rejects(events: Path) -> Path:
    """Where refused events go: beside the events, in a text that the same command reads."""
    name = events.name.removesuffix(".gz")
    stem, _, ending = name.rpartition(".")
    return events.with_name(f"{stem}.rejects.{'csv' if ending in {'parquet', 'pq'} else ending}")


def _before(row: Any) -> Progress:
    position = Position(row["row_no"], row["byte_no"])
    return Progress(row["part"], position, row["events"], 0, row["refused"], row["cut"], row["done"])


def _task(
    ledger: Opened, book: Book, wish: Wish, mapped: Mapped | None, fingerprint: bytes, row: Any, parts: int
) -> Task:
    return Task(
        ledger.dsn,
        ledger.tenant,
        book.slug,
        wish.events,
        mapped,
        fingerprint,
        row["part"],
        parts,
        Position(row["row_no"], row["byte_no"]),
        (row["events"], row["refused"]),
        Path(row["rejects"]),
        wish.batch,
        time_ns() // 1_000 + DAY,
    )


def _worth(events: Path) -> int:
    size = opening.length(events) or events.stat().st_size
    return min(os.cpu_count() or 1, MOST_PROCESSES) if size >= LARGE[opening.form_of(events)] else 1


def _listener(
    length: int, said: dict[int, Progress], progress: Callable[[Standing], None], ending: str
) -> Callable[[Progress], None]:
    by_rows = ending in {".parquet", ".pq"}

    def listen(one: Progress) -> None:
        said[one.part] = one
        positions = [each.position for each in said.values()]
        passed = sum(at.row if by_rows else at.byte for at in positions) / len(positions)
        progress(
            Standing(
                passed / length if length else None,
                sum(at.row for at in positions) // len(positions),
                sum(each.events for each in said.values()),
                sum(each.refused for each in said.values()),
            )
        )

    return listen


def _join(events: Path, rejects: Path, paths: list[Path]) -> None:
    from regulars.flows.importing.bytelines import first_line
    from regulars.flows.importing.csv_rows import header_of
    from regulars.flows.importing.csv_source import WHY

    names = opening.header(events)
    delimiter = header_of(first_line(events))[1] if opening.form_of(events) == "csv" else ","
    join(rejects, paths, None if names is None else [name for name in names if name not in WHY], delimiter)


@asynccontextmanager
async def _alone(ledger: Opened, fingerprint: bytes) -> AsyncIterator[None]:
    """Keeps others from importing the same file at once: they would do the same work."""
    key = int.from_bytes(fingerprint[:8], "big", signed=True)
    # A connection of its own: the lock ends with it, however this process ends.
    connection = await connect(ledger.dsn)
    try:
        if not await connection.fetchval(ask.alone, key):
            raise ImportFailed("This file is being imported already.", "Wait for the other import, or stop it.")
        yield
    finally:
        await connection.close()
