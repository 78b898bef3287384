"""Jobs at work: a worker takes one, does it, says how far it is, and what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import logging
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from time import time_ns
from typing import Any, Final

import msgspec

from regulars.engine.book import Book
from regulars.engine.model import Member
from regulars.engine.view import view
from regulars.flows.import_events import Standing, Wish, import_events
from regulars.flows.importing.mapping import read_mapping
from regulars.flows.importing.model import ImportFailed
from regulars.flows.importing.opening import FileUnreadable, MappingWrong
from regulars.flows.opened import BookUnreadable, Opened
from regulars.jobs.model import Job
from regulars.jobs.store import LEASE, Jobs
from regulars.ledger.programs import ProgramUnknown
from regulars.ledger.reads import Reads
from regulars.postgres.connect import is_away

log = logging.getLogger(__name__)

MOST_ATTEMPTS: Final = 5
PAGE: Final = 1_000
PART: Final = 2**20

_encode = msgspec.json.Encoder(decimal_format="string", enc_hook=str).encode

Outcome = dict[str, Any]


class _Lost(Exception):
    """Raised when a job is no longer this worker's: it was cancelled, or its lease was over."""


class _Wrong(Exception):
    """Raised when a job cannot be done as it was asked for."""


async def jobs_of(opened: Opened) -> Jobs:
    """The jobs of a tenant."""
    return Jobs(opened.pool, await opened.number())


async def work(opened: Opened) -> int:
    """How many jobs were taken: one or none. A job whose worker was killed is begun anew, and nothing goes in twice."""
    jobs = await jobs_of(opened)
    job = await jobs.lease()
    if job is None:
        return 0
    if job.attempts > MOST_ATTEMPTS:
        await jobs.end(job, "failed", {"error": f"It was begun {MOST_ATTEMPTS} times and never came to its end."})
        return 1
    task = _Task(opened, jobs, job)
    try:
        outcome = await task.done()
    except _Lost:
        return 1
    except (_Wrong, FileUnreadable, ImportFailed, ProgramUnknown, BookUnreadable) as wrong:
        await jobs.end(job, "failed", {"error": str(wrong)}, task.events, task.refused)
    except MappingWrong as wrong:
        mistakes = [f"{one.line}:{one.column} {one.text}" for one in wrong.problems]
        await jobs.end(job, "failed", {"error": "The mapping does not fit the file.", "mistakes": mistakes})
    except Exception as error:
        if is_away(error):
            raise
        log.exception("job %s of kind %s failed", job.id, job.kind)
        await jobs.end(job, "failed", {"error": "Something is wrong in the service; its log says what."})
    else:
        await jobs.end(job, "done", outcome, task.events, task.refused)
    return 1


class _Task:
    """A job in hand: kept while it is worked at."""

    def __init__(self, opened: Opened, jobs: Jobs, job: Job) -> None:
        self.opened, self.jobs, self.job = opened, jobs, job
        self.events = self.refused = 0

    async def done(self) -> Outcome:
        """What came of it; ends early when the job is somebody else's."""
        act = asyncio.create_task(self._import() if self.job.kind == "import" else self._export())
        try:
            while not (await asyncio.wait({act}, timeout=LEASE / 6))[0]:
                if not await self.jobs.keep(self.job, self.events, self.refused):
                    raise _Lost
            return act.result()
        finally:
            if not act.done():
                act.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await act

    async def _import(self) -> Outcome:
        book = await self.opened.book(self.job.program)
        asked = self.job.request
        text = asked.get("mapping") or ""
        mapped = read_mapping(text, "mapping.yaml") if text else None
        if isinstance(mapped, list):
            raise MappingWrong(mapped)
        with tempfile.TemporaryDirectory(prefix="regulars-import-") as folder:
            events = Path(folder) / f"events.{asked['form']}"
            await self._fetch(events)
            rejects = Path(folder) / "rejects"
            # Its folder was another's before: whatever an earlier worker kept beside the file is gone.
            wish = Wish(events, mapped, text, rejects, processes=1, again=True)
            imported = await import_events(self.opened, book, wish, self._stands)
            if imported.rejects is not None:
                await self.jobs.write(self.job, "rejects", _parts_of(imported.rejects))
            self.events, self.refused = imported.events, imported.refused
            return {
                "events": imported.events,
                "recorded": imported.recorded,
                "repeated": imported.repeated,
                "refused": imported.refused,
                "cut": imported.cut,
            }

    async def _fetch(self, file: Path) -> None:
        with await asyncio.to_thread(file.open, "wb") as into:
            async for part in self.jobs.read(self.job.id, "input"):
                await asyncio.to_thread(into.write, part)

    def _stands(self, standing: Standing) -> None:
        self.events, self.refused = standing.events, standing.refused

    async def _export(self) -> Outcome:
        book = await self.opened.book(self.job.program)
        reads = self.opened.reads(book)
        what, form = self.job.request["what"], self.job.request["form"]
        rows = self._members(reads, book, form) if what == "members" else self._events(reads, book)
        size = await self.jobs.write(self.job, "result", _gathered(rows))
        return {"rows": self.events, "bytes": size}

    async def _members(self, reads: Reads, book: Book, form: str) -> AsyncIterator[bytes]:
        now = time_ns() // 1_000
        day, minute = book.zone.local(now)
        wallets = list(book.program.wallets)
        if form == "csv":
            yield _csv(["member", "events", *wallets, *book.program.ladders])
        after = ""
        while page := await reads.members(now, after, PAGE):
            for member in page:
                seen = view(book, member, day, minute)
                self.events += 1
                yield _row(member, seen, wallets) if form == "csv" else _encode(seen) + b"\n"
            after = page[-1].id
            await asyncio.sleep(0)

    async def _events(self, reads: Reads, book: Book) -> AsyncIterator[bytes]:
        after: tuple[str, int] = ("", 0)
        while page := await reads.events_page(after, PAGE):
            for one in page:
                self.events += 1
                head = {"id": one.id, "type": one.type, "member": one.member, "source": one.source}
                moment = {"happened_at": book.zone.text(one.happened_at)}
                yield _encode({**head, **moment, **one.body}) + b"\n"
            after = (page[-1].member, page[-1].event_no)
            await asyncio.sleep(0)


def _row(member: Member, seen: dict[str, Any], wallets: list[str]) -> bytes:
    held = [seen["wallets"].get(name, {}).get("available", "") for name in wallets]
    return _csv([member.id, str(member.events), *held, *(tier["level"] for tier in seen["tiers"].values())])


def _csv(cells: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode()


async def _gathered(rows: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    held: list[bytes] = []
    size = 0
    async for row in rows:
        held.append(row)
        size += len(row)
        if size >= PART:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


async def _parts_of(file: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(file.open, "rb") as source:
        while part := await asyncio.to_thread(source.read, PART):
            yield part


Work = Callable[[Opened], Awaitable[int]]
"""A chore of a worker: does a little of a tenant's work, and says how much."""
