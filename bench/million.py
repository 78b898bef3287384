"""One million members against ten thousand: balance reads, earning and redeeming, each on a database of its own, in turn.

`python -m bench.million [--json] [--members N]`: members are made by a purchase each, posted by two processes; then the same work is done
before both databases. A figure is the rate before ten thousand members over the rate before a million: 1.3 is the most.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.common import report, wants_json
from bench.posting import made
from bench.programs import PROGRAM, purchase
from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.ledger.poster import Poster
from regulars.ledger.programs import publish
from regulars.ledger.reads import Reads
from regulars.postgres.connect import connect, pool
from regulars.postgres.embedded import start
from regulars.postgres.migrate import migrate, migrations
from regulars.program.load import load
from regulars.program.model import Program

FEW, MANY, BATCH, ROUNDS, RUNS = 10_000, 1_000_000, 400, 4_000, 5
TEXT = PROGRAM + "\nrewards:\n  coffee: {cost: 5 points, item: coffee}\n"
NOW = 1_798_000_000_000_000


def program() -> Program:
    """The program of the benches, with something to redeem."""
    read = load(TEXT, "bench.yaml")
    assert isinstance(read, Program), read
    return read


def first(member: int) -> dict[str, Any]:
    """The purchase that makes a member."""
    return purchase(member, 10**9) | {"id": "first", "member": f"member-{member}", "happened_at": "2026-01-02T10:00"}


async def _fill(dsn: str, begin: int, end: int) -> None:
    async with pool(dsn, size=2) as connections:
        poster = Poster(connections, Book([program()]), "bench")
        for at in range(begin, end, BATCH):
            await post(poster, [first(member) for member in range(at, min(at + BATCH, end))])


def fill(dsn: str, begin: int, end: int) -> None:
    """A process's share of the members."""
    asyncio.run(_fill(dsn, begin, end))


async def post(poster: Poster, bodies: list[dict[str, Any]]) -> None:
    """Posts events, all of which must be recorded."""
    events = [poster.book.read(body) for body in bodies]
    outcomes = await poster.post([event for event in events if isinstance(event, Event)])
    assert len(outcomes) == len(bodies)
    assert all(outcome.refusal is None for outcome in outcomes), next(one.refusal for one in outcomes if one.refusal)


async def ready(dsn: str) -> None:
    """A migrated database with the program."""
    connection = await connect(dsn)
    await migrate(connection, migrations())
    await connection.close()
    async with pool(dsn, size=1) as connections:
        await publish(connections, "bench", program())


async def rates(dsn: str, members: int, run: int) -> tuple[float, float, float]:
    """Reads, purchases and redemptions a second, spread over all members."""
    places = [(number * 7919 + run * 104_729) % members for number in range(ROUNDS)]
    async with pool(dsn, size=2) as connections:
        book = Book([program()])
        poster, reads = Poster(connections, book, "bench"), Reads(connections, book, "bench")
        await poster.ready()
        begun = time.perf_counter()
        for place in places:
            assert await reads.member(f"member-{place}", NOW) is not None
        read = ROUNDS / (time.perf_counter() - begun)
        earn = await _posted(
            poster, places, lambda n, place: {**first(place), "id": f"r{run}/{n}", "happened_at": "2026-01-03T10:00"}
        )
        spend = await _posted(poster, places, lambda n, place: {
            "id": f"s{run}.{n}", "type": "redeem.coffee", "member": f"member-{place}", "happened_at": "2026-01-04T10:00",
        })  # fmt: skip
    return read, earn, spend


async def _posted(poster: Poster, places: list[int], body: Any) -> float:
    bodies = [body(number, place) for number, place in enumerate(places)]
    begun = time.perf_counter()
    for at in range(0, len(bodies), BATCH):
        await post(poster, bodies[at : at + BATCH])
    return len(bodies) / (time.perf_counter() - begun)


def main() -> None:
    """Prints the figures."""
    many = int(sys.argv[sys.argv.index("--members") + 1]) if "--members" in sys.argv else MANY
    with tempfile.TemporaryDirectory() as folder, start(Path(folder) / "data") as server:
        bases = {members: asyncio.run(made(server.dsn(), f"of_{members}")) for members in (FEW, many)}
        spawn = multiprocessing.get_context("spawn")
        for members, dsn in bases.items():
            asyncio.run(ready(dsn))
            half = members // 2
            workers = [spawn.Process(target=fill, args=(dsn, *part)) for part in ((0, half), (half, members))]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            assert all(worker.exitcode == 0 for worker in workers)
        figures = [[asyncio.run(rates(dsn, members, run)) for members, dsn in bases.items()] for run in range(RUNS)]
    as_json, done = wants_json(sys.argv), []
    for place, name in enumerate(("read", "earn", "redeem")):
        value = statistics.median(few[place] / lots[place] for few, lots in figures)
        shown = statistics.median(lots[place] for _, lots in figures)
        told = f"{shown:,.0f}/s before {many:,} members"
        done.append(report(f"million_{name}", value, "times slower", told, 1.3, 1.0, RUNS, as_json, True))
    sys.exit(not all(done))


if __name__ == "__main__":
    main()
