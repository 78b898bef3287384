"""What an event causes for other members: read from the outbox as events, and marked once they are posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.engine.model import Told
from regulars.engine.outside import caused
from regulars.ledger.batch import Notice
from regulars.ledger.programs import Scope
from regulars.ledger.statements import sql
from regulars.ledger.stored import Row, unpack_details
from regulars.postgres.connect import Pool
from regulars.words.refusals import Refusal


def notices_of(rows: Sequence[Row]) -> list[Notice]:
    """The notices of rows of the outbox."""
    return [
        Notice(
            row["member"],
            row["event_no"],
            row["n"],
            Told(row["id"], row["type"], row["target"], row["at"], unpack_details(row["details"])),
            row["details"],
        )
        for row in rows
    ]


def read_notices(book: Book, notices: Sequence[Notice]) -> tuple[list[Event], dict[str, Refusal]]:
    """The events of the notices, and by id why one of them is no event of this program."""
    events: list[Event] = []
    unread: dict[str, Refusal] = {}
    for notice in notices:
        told = notice.told
        event = book.read(caused(told))
        if isinstance(event, Refusal):
            unread[told.id] = event
        else:
            events.append(event)
    return events, unread


async def mark(pool: Pool, place: Scope, notices: Sequence[Notice], unread: Mapping[str, Refusal]) -> None:
    """Marks the notices as delivered; those that could not be read with the code that says why."""
    await pool.execute(
        sql.delivered,
        place.tenant,
        place.program,
        [notice.member for notice in notices],
        [notice.event_no for notice in notices],
        [notice.n for notice in notices],
        [unread[n.told.id].code if n.told.id in unread else None for n in notices],
    )
