"""One process's share of an import: reads its members' events, posts them, keeps what was refused, says how far it is.

Within a frame a member's events are brought together, so that its snapshot is read and written once for many of them;
their order stays. Two lanes post: while one waits for its commit, the other decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.engine.outside import accept
from regulars.flows.importing.frames import Frame, Item, Position, Rejected, Share, number_of
from regulars.flows.importing.model import Progress, Task
from regulars.flows.importing.opening import source
from regulars.flows.importing.rejects import Part, part_path
from regulars.flows.opened import Opened
from regulars.ledger.batch import Outcome
from regulars.ledger.poster import Poster
from regulars.postgres import queries
from regulars.postgres.connect import pool
from regulars.speech.language import language
from regulars.speech.refusals import text
from regulars.words.refusals import Refusal

ask: Final = queries.load("regulars.flows.importing")
LANES: Final = 2
KNOWN: Final = 200_000
"""Members remembered as known."""
LARGE: Final = 4_000
"""Rows after which a batch is closed before it has its number of events."""

FUTURE: Final = Refusal("event.in_the_future", "The moment `happened_at` is still to come.", pointer="/happened_at")

Report = Callable[[Progress], None]


async def import_part(task: Task, report: Report) -> Progress:
    """How far the process came in the end: to the end of the file. Raises `DatabaseUnavailable`."""
    async with pool(task.dsn, size=LANES + 1) as connections:
        ledger = Opened(task.dsn, connections, task.tenant)
        book = await ledger.book(task.slug)
        return await _Part(task, ledger, book, report).run()


class _Part:
    def __init__(self, task: Task, ledger: Opened, book: Book, report: Report) -> None:
        self.task, self.ledger, self.book, self._report = task, ledger, book, report
        self.poster: Poster = ledger.poster(book)
        self._english = language("en")
        self._source = source(task.events, task.mapped, book.program, Share(task.part, task.parts))
        self._joins = task.mapped is not None and task.mapped.joins
        self._known: set[str] = set()
        self.position: Position = task.begin
        self.events, self.refused = task.before
        self.repeated = 0
        self._rejected: list[Rejected] = []

    async def run(self) -> Progress:
        rejects = Part(part_path(self.task.rejects, self.task.part), self.position.row)
        try:
            for frame in self._source.frames(self.position):
                await self._frame(frame)
                rejects.write(sorted(self._rejected, key=lambda one: one.row))
                self._rejected = []
                self.position = frame.after
                await self._come_to(done=False)
            await self._come_to(done=True)
        finally:
            rejects.close()
        return self._progress(done=True)

    async def _frame(self, frame: Frame) -> None:
        lanes: list[list[Item]] = [[] for _ in range(LANES)]
        for item in frame.items:
            lanes[number_of(item.member) // self.task.parts % LANES].append(item)
        async with asyncio.TaskGroup() as group:
            for lane in lanes:
                lane.sort(key=lambda item: item.member)
                group.create_task(self._lane(lane))

    async def _lane(self, items: Sequence[Item]) -> None:
        begin = 0
        while begin < len(items):
            end, size = begin, 0
            while end < len(items) and end - begin < self.task.batch and size < LARGE:
                item = items[end]
                size += getattr(item, "end", 1) - getattr(item, "start", 0)
                end += 1
            await self._batch(items[begin:end])
            begin = end
            self._report(self._progress())

    async def _batch(self, items: Sequence[Item]) -> None:
        events: list[tuple[Item, Event]] = []
        for item in items:
            raw = item.raw()
            read = raw if isinstance(raw, Refusal) else accept(self.book, raw, openings=True)
            if isinstance(read, Refusal):
                self._refuse(item, read, "")
            elif read.at > self.task.latest:
                self._refuse(item, FUTURE, "")
            else:
                events.append((item, read))
        joins = await self._new_members(events) if self._joins else {}
        posted = [event for _, event in events]
        if joins:
            posted = []
            for _, event in events:
                if (first := joins.pop(event.member, None)) is not None:
                    posted.append(first)
                posted.append(event)
        if posted:
            outcomes = await self.poster.post(posted)
            self._count(events, posted, outcomes)

    async def _new_members(self, events: Sequence[tuple[Item, Event]]) -> dict[str, Event]:
        """A `join` for each member of whom nothing is recorded, at the moment of its first event here."""
        first: dict[str, Event] = {}
        for _, event in events:
            if event.member not in self._known:
                first.setdefault(event.member, event)
        if not first:
            return {}
        place, _ = await self.poster.ready()
        rows = await self.ledger.pool.fetch(ask.known, place.tenant, place.program, list(first))
        if len(self._known) > KNOWN:
            self._known.clear()
        self._known.update(first)
        for row in rows:
            del first[row["member"]]
        joins: dict[str, Event] = {}
        for member, event in first.items():
            raw = {
                "id": f"join/{member}",
                "type": "join",
                "member": member,
                "happened_at": event.at,
                "source": event.source,
            }
            made = self.book.read(raw)
            if event.kind != "join" and isinstance(made, Event):
                joins[member] = made
        return joins

    def _count(
        self, events: Sequence[tuple[Item, Event]], posted: Sequence[Event], outcomes: Sequence[Outcome]
    ) -> None:
        known = {id(event): item for item, event in events}
        for event, outcome in zip(posted, outcomes, strict=True):
            item = known.get(id(event))
            if item is None:
                continue
            if outcome.refusal is None:
                self.events += 1
                self.repeated += outcome.repeated
            else:
                recorded = outcome.event_no > 0
                self._refuse(
                    item, outcome.refusal, " It is recorded as refused: mend it under a new id." if recorded else ""
                )

    def _refuse(self, item: Item, refusal: Refusal, more: str) -> None:
        self.refused += 1
        said = text(self.book.program, refusal, self._english)
        where = f" ({refusal.pointer})" if refusal.pointer else ""
        sentence = f"{said.rstrip('.')}{where}.{more}"
        self._rejected.append(Rejected(item.row, refusal.code, sentence, item.original()))

    async def _come_to(self, done: bool) -> None:
        task, (row, byte) = self.task, self.position
        place, _ = await self.poster.ready()
        cut = self._source.cut
        await self.ledger.pool.execute(
            ask.come_to, place.tenant, place.program, task.fingerprint, task.part,
            row, byte, self.events, self.refused, cut, done,
        )  # fmt: skip
        self._report(self._progress())

    def _progress(self, done: bool = False) -> Progress:
        cut = self._source.cut
        return Progress(self.task.part, self.position, self.events, self.repeated, self.refused, cut, done)
