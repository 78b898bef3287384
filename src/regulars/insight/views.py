"""Tables and entries, read from the ledger without waiting for anybody."""

from __future__ import annotations

from typing import Final

from regulars.engine.book import Book
from regulars.engine.lots import EMPTY
from regulars.engine.model import ACTIVE, ISSUED, PENDING, RETURNED, unpack_member
from regulars.engine.rankings import Gain, Place, ranked
from regulars.ledger.names import Names
from regulars.ledger.programs import scope
from regulars.ledger.reads import Reads
from regulars.postgres import queries
from regulars.postgres.connect import Pool
from regulars.words.moments import Moment

ask: Final = queries.load("regulars.insight")
PAGE: Final = 1_000
ABSENT: Final = -1
"""The number of a name that nothing was ever written under."""


class Insight:
    """Views over all members of a tenant's program. Raises `ProgramUnknown` when nothing was published."""

    def __init__(self, pool: Pool, book: Book, tenant: str) -> None:
        self.pool, self.book, self.tenant = pool, book, tenant

    async def table(self, wallet: str, since: Moment, until: Moment, most: int = 100) -> tuple[Place, ...]:
        """The first `most` members by what they gained of a wallet from `since` up to `until`, by when it happened."""
        place = await scope(self.pool, self.tenant, self.book.slug)
        number = await self._numbers(place.tenant)
        no = {name: number.get(name, ABSENT) for name in (wallet, ACTIVE, ISSUED, PENDING, RETURNED)}
        rows = await self.pool.fetch(
            ask.gains, place.tenant, place.program, no[wallet], no[ACTIVE], [no[ISSUED], no[PENDING]], no[RETURNED],
            since, until, most,
        )  # fmt: skip
        return ranked(Gain(row["member"], row["units"], row["reached_at"]) for row in rows)

    async def entries(self, wallet: str, at: Moment) -> dict[str, int]:
        """What each member could use of a wallet at a moment, in whole units; who had none is left out.

        Of members who had events since, their history is judged again up to the moment.
        """
        place = await scope(self.pool, self.tenant, self.book.slug)
        no = (await self._numbers(place.tenant)).get(wallet, ABSENT)
        reads, after, found = Reads(self.pool, self.book, self.tenant), "", dict[str, int]()
        day = self.book.zone.local(at)[0]
        scale = self.book.at(day).wallets[wallet].scale
        while rows := await self.pool.fetch(ask.holders, place.tenant, place.program, no, after, PAGE):
            for row in rows:
                member = unpack_member(row["state"])
                known = member if member.day < day else await reads.member_as_of(member.id, at)
                if known is not None:
                    held = self.book.advance(known, day).holdings.get(wallet, EMPTY).active // scale
                    found |= {member.id: held} if held > 0 else {}
            after = rows[-1]["member"]
        return found

    async def _numbers(self, tenant: int) -> dict[str, int]:
        names = Names(tenant)
        await names.read(self.pool)
        return dict(names.numbers)
