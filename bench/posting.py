"""Batch posting: purchases of three lines through PostgreSQL, everything written, against pgbench's TPC-B.

`python bench/posting.py [--json]`: both run in turn on one server. A purchase is read from its body, judged under ten
rules, and committed with receipt, movements and the member's snapshot; 10,000 members, batches of 400, two posters on
members of their own. The figure is our purchases a second over pgbench's transactions a second with 8 clients.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.common import in_turn, report, wants_json
from bench.programs import PROGRAM, purchase
from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.ledger.poster import Poster
from regulars.ledger.programs import publish
from regulars.ledger.statements import migrations
from regulars.postgres import binaries
from regulars.postgres.clusters import create_database
from regulars.postgres.connect import Pool, connect, pool, with_database
from regulars.postgres.embedded import start
from regulars.postgres.migrate import migrate
from regulars.program.load import load
from regulars.program.model import Program

MEMBERS, BATCH, POSTERS, PURCHASES, RUNS = 10_000, 400, 2, 30_000, 3
CLIENTS, SCALE, SECONDS = 8, 10, 8


class Shop:
    """Purchases without end, posted in batches."""

    def __init__(self, dsn: str) -> None:
        program = load(PROGRAM, "bench.yaml")
        assert isinstance(program, Program), program
        self.dsn = dsn
        self.program = program
        self.book = Book([program])
        self.next = 0

    async def open(self) -> None:
        """Schema and program, and every member's first purchase, which makes their rows."""
        connection = await connect(self.dsn)
        await migrate(connection, migrations())
        await connection.close()
        async with pool(self.dsn, size=POSTERS) as connections:
            await publish(connections, "bench", self.program)
            await self.post(connections, MEMBERS)
            await connections.execute("vacuum analyze")

    async def rate(self) -> float:
        """Purchases a second."""
        async with pool(self.dsn, size=POSTERS) as connections:
            started = time.perf_counter()
            await self.post(connections, PURCHASES)
            return PURCHASES / (time.perf_counter() - started)

    async def post(self, connections: Pool, number: int) -> None:
        """Posts so many purchases."""
        bodies = [purchase(n, MEMBERS) for n in range(self.next, self.next + number)]
        self.next += number
        poster = Poster(connections, self.book, "bench")
        await asyncio.gather(*(self._lane(poster, bodies, lane) for lane in range(POSTERS)))

    async def _lane(self, poster: Poster, bodies: list[dict[str, Any]], lane: int) -> None:
        mine = [body for body in bodies if int(body["member"][7:]) % POSTERS == lane]
        for begin in range(0, len(mine), BATCH):
            events = [self.book.read(body) for body in mine[begin : begin + BATCH]]
            outcomes = await poster.post([event for event in events if isinstance(event, Event)])
            assert sum(outcome.refusal is None and not outcome.repeated for outcome in outcomes) == len(events)


def pgbench(dsn: str, *options: str) -> str:
    """What pgbench prints."""
    run = subprocess.run(
        [binaries.binary("pgbench"), *options, dsn], capture_output=True, text=True, check=False, env={**os.environ, "PGUSER": "postgres"}
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def transactions(dsn: str) -> float:
    """TPC-B transactions a second."""
    printed = pgbench(dsn, "-n", "-c", str(CLIENTS), "-j", "2", "-T", str(SECONDS), "-M", "prepared")
    return float(printed.split("tps = ")[1].split()[0])


async def made(dsn: str, name: str) -> str:
    """A new database."""
    connection = await connect(dsn)
    await create_database(connection, name)
    await connection.close()
    return with_database(dsn, name)


def main() -> None:
    """Prints the figure."""
    with tempfile.TemporaryDirectory() as folder, start(Path(folder) / "data") as server:
        shop = Shop(asyncio.run(made(server.dsn(), "posting")))
        asyncio.run(shop.open())
        peer = asyncio.run(made(server.dsn(), "tpcb"))
        pgbench(peer, "-i", "-q", "-s", str(SCALE))
        figures = in_turn(lambda: asyncio.run(shop.rate()), lambda: transactions(peer), RUNS)
    ours = statistics.median(figure[0] for figure in figures)
    theirs = statistics.median(figure[1] for figure in figures)
    value = statistics.median(ours / theirs for ours, theirs in figures)
    told = f"{ours:,.0f} purchases/s against {theirs:,.0f} TPC-B transactions/s ({CLIENTS} clients)"
    runs = [[round(ours), round(theirs)] for ours, theirs in figures]
    reached = report("posting", value, "times", told, 2.5, 5.0, runs, wants_json(sys.argv))
    sys.exit(not reached)


if __name__ == "__main__":
    main()
