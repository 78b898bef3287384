"""Disk for one purchase of three lines: event, receipt, movements and every index of them, after a day's vacuum.

`python -m bench.disk [--json]`: bytes a purchase, from the sizes of the tables before and after 20,000 purchases by 2,000
members. Members' snapshots are not in it: they are rewritten in place and do not grow with purchases. There is no peer.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from bench.common import report, wants_json
from bench.posting import BATCH, made, program
from bench.programs import purchase
from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.ledger.poster import Poster
from regulars.ledger.programs import publish
from regulars.postgres.connect import Pool, connect, pool
from regulars.postgres.embedded import start
from regulars.postgres.migrate import migrate, migrations

MEMBERS, PURCHASES = 2_000, 20_000
TABLES = ("events", "movements", "refs", "outbox")


async def sizes(connections: Pool) -> dict[str, int]:
    """Bytes of each table and each of its indexes."""
    found = {}
    for table in TABLES:
        rows = await connections.fetch(
            "select $1::text as name, pg_table_size($1::text::regclass) as size "
            "union all select indexrelid::regclass::text, pg_relation_size(indexrelid) "
            "from pg_index where indrelid = $1::text::regclass",
            table,
        )
        found.update({row["name"]: row["size"] for row in rows})
    return found


async def measure(dsn: str) -> tuple[dict[str, float], int]:
    """Bytes a purchase by table and index, and how many movements a purchase made, in hundredths."""
    connection = await connect(dsn)
    await migrate(connection, migrations())
    await connection.close()
    async with pool(dsn, size=1) as connections:
        await publish(connections, "bench", program())
        poster = Poster(connections, Book([program()]), "bench")
        before = await sizes(connections)
        for begin in range(0, PURCHASES, BATCH):
            events = [poster.book.read(purchase(number, MEMBERS)) for number in range(begin, begin + BATCH)]
            await poster.post([event for event in events if isinstance(event, Event)])
        await connections.execute("vacuum analyze")
        after = await sizes(connections)
        movements = await connections.fetchval("select count(*) * 100 / $1 from movements", PURCHASES)
    return {name: (after[name] - before[name]) / PURCHASES for name in after}, movements


def main() -> None:
    """Prints the figure."""
    with tempfile.TemporaryDirectory() as folder, start(Path(folder) / "data") as server:
        sizes_, movements = asyncio.run(measure(asyncio.run(made(server.dsn(), "disk"))))
    parts = ", ".join(f"{name} {size:.0f}" for name, size in sizes_.items() if size >= 1)
    told = f"bytes a purchase with {movements / 100:g} movements: {parts}"
    reached = report(
        "disk", sum(sizes_.values()), "bytes", told, 1500, 800, 1, wants_json(sys.argv), lower_is_better=True
    )
    sys.exit(not reached)


if __name__ == "__main__":
    main()
