"""Codes in bulk: 100,000 unique codes with a check character, made and stored in PostgreSQL, each once.

`python -m bench.codes [--json]`: seconds a batch, the middle of three, each of a batch of its own beside those before it, in
one process over one connection, synchronous commits on. What is counted afterwards is what the database has. There is no peer.
"""

from __future__ import annotations

import asyncio
import secrets
import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from bench.common import report, wants_json
from bench.posting import made
from regulars.engine.book import Book
from regulars.flows.voucher_batches import make_codes
from regulars.ledger.poster import Poster
from regulars.ledger.programs import publish
from regulars.postgres.connect import connect, pool
from regulars.postgres.embedded import start
from regulars.postgres.migrate import migrate, migrations
from regulars.program.load import load
from regulars.program.model import Program
from regulars.vouchers.model import Batch, Terms

CODES, RUNS = 100_000, 3
PROGRAM = """
program: codes
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
wallets: {points: {lasts: never}}
earn: {base: {give: {points: 1 per 1.00}}}
vouchers: {summer: {off: 5.00, issued: operator}}
"""


async def measure(dsn: str) -> list[float]:
    """Seconds of each batch."""
    connection = await connect(dsn)
    await migrate(connection, migrations())
    await connection.close()
    program = load(PROGRAM, "codes.yaml")
    assert isinstance(program, Program), program
    took = []
    async with pool(dsn, size=1) as connections:
        await publish(connections, "bench", program)
        poster = Poster(connections, Book([program]), "bench")
        await poster.ready()
        for run in range(RUNS):
            begun = perf_counter()
            batch = await make_codes(
                poster, f"batch-{run}", Terms("summer", "SUMMER-####-####-C"), CODES, secrets.token_bytes
            )
            took.append(perf_counter() - begun)
            assert isinstance(batch, Batch), batch
        assert await connections.fetchval("select count(distinct key) from codes") == CODES * RUNS
    return took


def main() -> None:
    """Prints the figure."""
    with tempfile.TemporaryDirectory() as folder, start(Path(folder) / "data") as server:
        took = asyncio.run(measure(asyncio.run(made(server.dsn(), "codes"))))
    told = f"for {CODES:,} unique codes made and stored"
    middle = statistics.median(took)
    reached = report("codes", middle, "s", told, 5, 2, took, wants_json(sys.argv), lower_is_better=True)
    sys.exit(not reached)


if __name__ == "__main__":
    main()
