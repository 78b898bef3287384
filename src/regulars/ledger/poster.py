"""The posting path: events in, receipts out, everything of a batch in one commit.

Lock the members in id order, look first whether an event is known, decide each in order, write with one statement a
table. What a batch needs that is not there yet (rows of new members, budgets, names) is made in a transaction of its
own, and the batch starts again: so rows are always locked in one order, and two batches never wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.ledger.again import persistently
from regulars.ledger.batch import Batch, Notice, Outcome, failed
from regulars.ledger.names import Names
from regulars.ledger.opening import Lacking, open_batch
from regulars.ledger.outbox import mark, notices_of, read_notices
from regulars.ledger.programs import Scope, scope
from regulars.ledger.shards import CitusShards, OneShard, Shards, split
from regulars.ledger.statements import sql
from regulars.ledger.stored import Prepared, prepare
from regulars.ledger.write import write
from regulars.postgres.connect import Connection, Pool, transaction
from regulars.words.refusals import Refusal

MAKINGS: Final = 8
"""How often a batch may find that something must be made first: members, budgets, then names that its decisions need."""

PAGE: Final = 500
"""Derived events posted together."""


class Poster:
    """Posts events of a tenant's program; safe to share between tasks.

    Of two batches that touch the same member one waits for the other. After a lost connection a batch is sent again, so
    a commit whose answer was lost is reported as `repeated`; nothing is ever recorded twice.
    """

    def __init__(self, pool: Pool, book: Book, tenant: str, shards: Shards | None = None) -> None:
        self.pool = pool
        self.book = book
        self.tenant = tenant
        self._shards = shards
        self._ready: tuple[Scope, Names] | None = None

    async def ready(self) -> tuple[Scope, Names]:
        """The numbers of the program and of its names, read once; raises `ProgramUnknown`."""
        if self._ready is None:
            found = await scope(self.pool, self.tenant, self.book.slug)
            if self._shards is None:
                self._shards = CitusShards(self.pool) if found.spread else OneShard()
            names = Names(found.tenant)
            await names.read(self.pool)
            # Another task may have been quicker, and its names are in use.
            self._ready = self._ready or (found, names)
        return self._ready

    async def shards(self) -> Shards:
        """Who knows the shards of this database; raises `ProgramUnknown`."""
        if self._shards is None:
            await self.ready()
        assert self._shards is not None, "who is ready knows it"
        return self._shards

    async def post(self, events: Sequence[Event]) -> list[Outcome]:
        """What became of each event, in the order given, after its commit and that of what it caused elsewhere.

        Events of one member are decided in the order given. Raises `DatabaseUnavailable` when the database stays away:
        then each event may or may not be recorded, and sending them again is safe.
        """
        outcomes, notices = await self._commit(events)
        await self.deliver(notices)
        return outcomes

    async def deliver(self, notices: Sequence[Notice]) -> None:
        """Posts what was to be told, and what that causes in turn, until nothing is left; marks what is recorded.

        A derived event that could not be decided stays in the outbox, for `deliver_pending` to try again.
        """
        place, _ = await self.ready()

        async def marked() -> None:
            await mark(self.pool, place, told, unread)

        while notices:
            derived, unread = read_notices(self.book, notices)
            outcomes, more = await self._commit(derived)
            failed = {outcome.event_id for outcome in outcomes if outcome.event_no == 0}
            told = [notice for notice in notices if notice.told.id not in failed]
            await persistently(marked)
            notices = more

    async def deliver_pending(self) -> int:
        """How many derived events were found waiting, left by a process that ended between commits, and were posted."""
        found = 0
        place, _ = await self.ready()
        after: tuple[str, int, int] = ("", 0, 0)
        while rows := await self.pool.fetch(sql.waiting, place.tenant, place.program, *after, PAGE):
            notices = notices_of(rows)
            await self.deliver(notices)
            found += len(notices)
            after = (notices[-1].member, notices[-1].event_no, notices[-1].n)
        return found

    async def post_locked(self, connection: Connection, events: Sequence[Event]) -> tuple[list[Outcome], list[Notice]]:
        """Decides and writes within the caller's transaction; what must be told is left in the outbox, and returned.

        For a caller that holds the members' locks already. Raises `Lacking` when something must be made first.
        """
        place, names = await self.ready()
        prepared = [self._prepare(event) for event in events]
        await connection.execute(place.sql.by_keys)
        return await self._within(connection, place, names, events, prepared)

    async def make(self, lacking: Lacking) -> None:
        """Makes what a batch lacked, in transactions of its own."""
        place, names = await self.ready()
        if lacking.members:
            await self.pool.execute(sql.create_members, place.tenant, place.program, sorted(lacking.members))
        if lacking.budgets:
            await self.pool.execute(sql.create_budgets, place.tenant, place.program, sorted(lacking.budgets))
        if lacking.names:
            await names.give(self.pool, lacking.names)

    async def _commit(self, events: Sequence[Event]) -> tuple[list[Outcome], list[Notice]]:
        parts = await split(events, await self.shards())
        if len(parts) == 1:
            return await self._commit_shard(events)
        outcomes: list[Outcome | None] = [None] * len(events)
        notices: list[Notice] = []
        for places in parts:
            done, told = await self._commit_shard([events[place] for place in places])
            notices += told
            for place, outcome in zip(places, done, strict=True):
                outcomes[place] = outcome
        return [outcome for outcome in outcomes if outcome is not None], notices

    async def _commit_shard(self, events: Sequence[Event]) -> tuple[list[Outcome], list[Notice]]:
        if not events:
            return [], []
        prepared = [self._prepare(event) for event in events]

        async def attempt() -> tuple[list[Outcome], list[Notice]]:
            place, names = await self.ready()
            for _ in range(MAKINGS):
                try:
                    async with transaction(self.pool, settings=place.sql.by_keys) as connection:
                        return await self._within(connection, place, names, events, prepared)
                except Lacking as lacking:
                    await self.make(lacking)
            raise AssertionError("what a batch lacks is there once it was made")

        return await persistently(attempt)

    def _prepare(self, event: Event) -> Prepared | Refusal:
        try:
            return prepare(self.book, event)
        except Exception as error:
            return failed(event, error)

    async def _within(
        self,
        connection: Connection,
        place: Scope,
        names: Names,
        events: Sequence[Event],
        prepared: Sequence[Prepared | Refusal],
    ) -> tuple[list[Outcome], list[Notice]]:
        readable = [item for item in prepared if isinstance(item, Prepared)]
        if not readable:
            return [_unstored(event, item) for event, item in zip(events, prepared, strict=True)], []
        opening = await open_batch(connection, place, readable, self.book)
        batch = Batch(self.book, opening)
        outcomes = [
            batch.decide(item) if isinstance(item, Prepared) else _unstored(event, item)
            for event, item in zip(events, prepared, strict=True)
        ]
        if batch.events:
            await write(connection, place, names, batch)
        return outcomes, batch.notices


def _unstored(event: Event, refusal: Prepared | Refusal) -> Outcome:
    assert isinstance(refusal, Refusal), "what could be prepared is decided"
    return Outcome(event.id, event.member, refusal=refusal)
