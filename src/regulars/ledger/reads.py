"""What the ledger shows: members as of now or of a past moment, receipts by event, activity page by page.

Reads write nothing and wait for nobody. A member is advanced in memory to the moment asked for, so what has lapsed is
lapsed although no sweep has come by.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from regulars.engine.book import Book
from regulars.engine.model import Member, Movement, Receipt, unpack_member, unpack_receipt
from regulars.ledger.names import Names
from regulars.ledger.programs import Scope, scope
from regulars.ledger.replay import Replay
from regulars.ledger.statements import sql
from regulars.ledger.stored import Row, unpack_body
from regulars.postgres.connect import Pool
from regulars.words.moments import Moment

LAST: Final = 2**31 - 1

Clock = Literal["happened_at", "recorded_at"]


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it was recorded, with its receipt."""

    event_no: int
    member: str
    id: str
    source: str
    type: str
    happened_at: Moment
    recorded_at: Moment
    body: dict[str, Any]
    receipt: Receipt


class Reads:
    """Views of a tenant's program. An unknown member is None; raises `ProgramUnknown` when nothing was published."""

    def __init__(self, pool: Pool, book: Book, tenant: str) -> None:
        self.pool = pool
        self.book = book
        self.tenant = tenant
        self._place: tuple[Scope, Names] | None = None

    async def member(self, member_id: str, now: Moment) -> Member | None:
        """The member as of `now`, which is not before its last event; None when nothing of it is recorded."""
        place, _ = await self._ready()
        row = await self.pool.fetchrow(sql.member_state, place.tenant, place.program, member_id)
        if row is None or row["state"] is None:
            return None
        return self._advanced(unpack_member(row["state"]), now)

    async def member_as_of(self, member_id: str, moment: Moment, by: Clock = "happened_at") -> Member | None:
        """The member as of a past moment: wallets, lots, tiers, vouchers; None when nothing of it had come.

        By `happened_at`: what held then, as it is known now, with what was reported late. By `recorded_at`: what was
        shown then. The events are judged again, which gives what was decided when they came.
        """
        place, _ = await self._ready()
        known = by == "recorded_at"
        rows = await self.pool.fetch(sql.member_history, place.tenant, place.program, member_id, moment, known)
        if not rows:
            return None
        replay = Replay(self.book, member_id)
        for row in rows:
            replay.judge(row, unpack_receipt(row["receipt"]))
        return self._advanced(replay.member, moment)

    async def balance_as_of(self, member_id: str, moment: Moment) -> dict[str, dict[str, int]]:
        """The sums of movements by wallet and account of all that had happened by a moment.

        Movements carry the moment of the event that made them: what lapsed without a sweep shows at the next event. For
        what held at the moment itself ask `member_as_of`.
        """
        place, names = await self._ready()
        rows = await self.pool.fetch(sql.member_balance, place.tenant, place.program, member_id, moment)
        found: dict[str, dict[str, int]] = {}
        for wallet, account, amount in rows:
            found.setdefault(await self._name(names, wallet), {})[await self._name(names, account)] = amount
        return found

    async def events(self, event_id: str, member_id: str | None = None) -> list[Entry]:
        """The events under an id, at most 100; without a member the whole table is read."""
        place, _ = await self._ready()
        if member_id is None:
            rows = await self.pool.fetch(sql.event_of_anybody, place.tenant, place.program, event_id)
        else:
            rows = await self.pool.fetch(sql.event_of_member, place.tenant, place.program, member_id, event_id)
        return [_entry(row) for row in rows]

    async def activity(self, member_id: str, before: int = LAST, limit: int = 50) -> list[Entry]:
        """A page of a member's events, newest first, with numbers below `before`."""
        place, _ = await self._ready()
        rows = await self.pool.fetch(sql.activity, place.tenant, place.program, member_id, before, limit)
        return [_entry(row) for row in rows]

    async def events_page(self, after: tuple[str, int] = ("", 0), limit: int = 1000) -> list[Entry]:
        """A page of everybody's events, in order of member and number, after a member's event; ticks are left out."""
        place, _ = await self._ready()
        rows = await self.pool.fetch(sql.events_page, place.tenant, place.program, *after, limit)
        return [_entry(row) for row in rows]

    async def movements(self, member_id: str, event_no: int) -> list[Movement]:
        """The movements of an event, in order."""
        place, names = await self._ready()
        rows = await self.pool.fetch(sql.movements_of_event, place.tenant, place.program, member_id, event_no)
        found = []
        for row in rows:
            wallet, source, target = [await self._name(names, row[column]) for column in ("wallet", "source", "target")]
            found.append(Movement(wallet, source, target, row["amount"], row["lot"]))
        return found

    async def members(self, now: Moment, after: str = "", limit: int = 1000) -> list[Member]:
        """A page of members as of `now`, in id order, after an id."""
        place, _ = await self._ready()
        rows = await self.pool.fetch(sql.members_page, place.tenant, place.program, after, limit)
        return [self._advanced(unpack_member(row["state"]), now) for row in rows]

    def _advanced(self, member: Member, now: Moment) -> Member:
        return self.book.advance(member, self.book.zone.local(now)[0])

    async def _ready(self) -> tuple[Scope, Names]:
        if self._place is None:
            found = await scope(self.pool, self.tenant, self.book.slug)
            self._place = self._place or (found, Names(found.tenant))
        return self._place

    async def _name(self, names: Names, number: int) -> str:
        if number not in names.names:
            await names.read(self.pool)
        return names.names[number]


def _entry(row: Row) -> Entry:
    return Entry(
        row["event_no"],
        row["member"],
        row["id"],
        row["source"],
        row["type"],
        row["at"],
        row["recorded"],
        unpack_body(row["body"]),
        unpack_receipt(row["receipt"]),
    )
