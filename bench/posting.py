"""Batch posting: purchases of three lines through PostgreSQL, everything written, against pgbench's TPC-B.

`python -m bench.posting [--json]`: both run in turn on one server. A purchase is read from its body, judged under ten
rules, and committed with receipt, movements and the member's snapshot; 10,000 members, batches of 400, two processes on
members of their own, each with two batches in flight. The figure is our purchases a second over pgbench's transactions a
second with 8 clients.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

from bench.common import in_turn, report, wants_json
from bench.programs import PROGRAM, purchase
from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.ledger.poster import Poster
from regulars.ledger.programs import publish
from regulars.postgres import binaries
from regulars.postgres.clusters import create_database
from regulars.postgres.connect import connect, pool, with_database
from regulars.postgres.embedded import start
from regulars.postgres.migrate import migrate, migrations
from regulars.program.load import load
from regulars.program.model import Program

MEMBERS, BATCH, PROCESSES, LANES, PURCHASES, RUNS = 10_000, 400, 2, 2, 30_000, 3
CLIENTS, SCALE, SECONDS = 8, 10, 8


def program() -> Program:
    """The program of all benches."""
    read = load(PROGRAM, "bench.yaml")
    assert isinstance(read, Program), read
    return read


def lane_of(body: dict[str, Any]) -> int:
    """Which of all lanes posts a purchase: members are dealt out, so no lane waits for another's locks."""
    return int(body["member"][7:]) % (PROCESSES * LANES)


def work(dsn: str, process: int, pipe: Pipe) -> None:
    """A posting process: makes the purchases of its members when told their numbers, posts them when told to."""
    asyncio.run(_work(dsn, process, pipe))


async def _work(dsn: str, process: int, pipe: Pipe) -> None:
    lanes = range(process * LANES, (process + 1) * LANES)
    async with pool(dsn, size=LANES) as connections:
        poster = Poster(connections, Book([program()]), "bench")
        await poster.ready()
        while (numbers := pipe.recv()) is not None:
            bodies = [purchase(number, MEMBERS) for number in range(*numbers)]
            mine = [[body for body in bodies if lane_of(body) == lane] for lane in lanes]
            # The bodies lie about only because they were made before the clock; nobody should walk over them again.
            gc.collect()
            gc.freeze()
            pipe.send("ready")
            pipe.recv()
            await asyncio.gather(*(post(poster, bodies) for bodies in mine))
            pipe.send("posted")


async def post(poster: Poster, bodies: list[dict[str, Any]]) -> None:
    """Reads and posts purchases, batch after batch."""
    for begin in range(0, len(bodies), BATCH):
        events = [poster.book.read(body) for body in bodies[begin : begin + BATCH]]
        outcomes = await poster.post([event for event in events if isinstance(event, Event)])
        assert sum(outcome.refusal is None and not outcome.repeated for outcome in outcomes) == len(events)


class Shop:
    """Purchases without end, posted by processes that stay."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.next = 0
        self.pipes: list[Pipe] = []
        asyncio.run(self._open())
        spawn = multiprocessing.get_context("spawn")
        for process in range(PROCESSES):
            ours, theirs = spawn.Pipe()
            spawn.Process(target=work, args=(dsn, process, theirs), daemon=True).start()
            self.pipes.append(ours)
        self.rate(MEMBERS)

    async def _open(self) -> None:
        connection = await connect(self.dsn)
        await migrate(connection, migrations())
        await connection.close()
        async with pool(self.dsn, size=1) as connections:
            await publish(connections, "bench", program())

    def rate(self, number: int = PURCHASES) -> float:
        """Purchases a second over so many, which were made before the clock runs."""
        for pipe in self.pipes:
            pipe.send((self.next, self.next + number))
        self.next += number
        self.await_all()
        started = time.perf_counter()
        for pipe in self.pipes:
            pipe.send("post")
        self.await_all()
        return number / (time.perf_counter() - started)

    def await_all(self) -> None:
        """Waits for every process to say that it is there."""
        for pipe in self.pipes:
            pipe.recv()

    def close(self) -> None:
        """Lets the processes end."""
        for pipe in self.pipes:
            pipe.send(None)


def pgbench(dsn: str, *options: str) -> str:
    """What pgbench prints."""
    run = subprocess.run(
        [binaries.binary("pgbench"), *options, dsn],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PGUSER": "postgres"},
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def transactions(dsn: str) -> float:
    """TPC-B transactions a second."""
    printed = pgbench(dsn, "-n", "-c", str(CLIENTS), "-j", "2", "-T", str(SECONDS))
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
        peer = asyncio.run(made(server.dsn(), "tpcb"))
        pgbench(peer, "-i", "-q", "-s", str(SCALE))
        figures = in_turn(shop.rate, lambda: transactions(peer), RUNS)
        shop.close()
    ours = statistics.median(figure[0] for figure in figures)
    theirs = statistics.median(figure[1] for figure in figures)
    value = statistics.median(ours / theirs for ours, theirs in figures)
    told = f"{ours:,.0f} purchases/s against {theirs:,.0f} TPC-B transactions/s ({CLIENTS} clients)"
    runs = [[round(ours), round(theirs)] for ours, theirs in figures]
    reached = report("posting", value, "times", told, 2.5, 5.0, runs, wants_json(sys.argv))
    sys.exit(not reached)


if __name__ == "__main__":
    main()
