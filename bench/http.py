"""The service over HTTP: single purchases against pgbench's TPC-B, balance reads a core, batches of 500.

`python -m bench.http [--json] [--loud]`: a service on a server of its own with durable commits, 64 connections from one client,
10,000 members. Purchases are served by two processes; pgbench runs in turn, 32 clients on the same server. Reads and batches
are served by one process. `--loud` shows what the service logs.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from bench import http_load
from bench.common import in_turn, report, wants_json
from bench.posting import made, pgbench, program
from bench.programs import purchase
from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.flows.entering import enter
from regulars.ledger.poster import Poster
from regulars.ledger.programs import publish
from regulars.postgres.connect import pool
from regulars.postgres.embedded import start

MEMBERS, CONNECTIONS, PURCHASES, READS, BATCHES, RUNS = 10_000, 64, 20_000, 20_000, 40, 3
CLIENTS, SCALE, SECONDS = 32, 10, 8
KEY = "bench"

numbers = itertools.count()


@contextmanager
def served(dsn: str, processes: int) -> Iterator[int]:
    """The port of a service on a database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "regulars", "serve", "--port", str(port), "--processes", str(processes)]
    environment = {**os.environ, "REGULARS_DATABASE_URL": dsn, "REGULARS_API_KEY": KEY, "REGULARS_TENANT": "bench"}
    service = subprocess.Popen(words, env=environment, stderr=None if "--loud" in sys.argv else subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz").read()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait()


async def published(dsn: str) -> None:
    """Publishes the program of all benches."""
    async with pool(await enter(dsn, "bench", make=True), size=1) as connections:
        await publish(connections, "bench", program())


def past(number: int) -> dict[str, Any]:
    """The number-th purchase, a year earlier: what has not happened yet is refused at the door."""
    body = purchase(number, MEMBERS)
    return body | {"happened_at": body["happened_at"].replace("2026", "2025")}


def purchases(count: int) -> Iterator[bytes]:
    """Requests of one purchase each."""
    for number in itertools.islice(numbers, count):
        yield http_load.request("POST", "/v1/events", KEY, msgspec.json.encode(past(number)))


def batches(count: int, size: int = 500) -> Iterator[bytes]:
    """Requests of 500 purchases each."""
    for _ in range(count):
        body = [past(number) for number in itertools.islice(numbers, size)]
        yield http_load.request("POST", "/v1/events", KEY, msgspec.json.encode(body))


async def directly(dsn: str, count: int) -> float:
    """Events a second posted by this process as the service does it, without HTTP: two batches of 500 in flight."""
    async with pool(await enter(dsn, "bench"), size=2) as connections:
        poster = Poster(connections, Book([program()]), "bench")
        await poster.ready()
        bodies = [[past(next(numbers)) for _ in range(500)] for _ in range(count)]
        begun = time.perf_counter()
        for pair in zip(bodies[::2], bodies[1::2], strict=True):
            read = [[poster.book.read(body) for body in part] for part in pair]
            await asyncio.gather(*(poster.post([event for event in part if isinstance(event, Event)]) for part in read))
        return count * 500 / (time.perf_counter() - begun)


def reads(count: int) -> Iterator[bytes]:
    """Requests for the wallets of members."""
    for number in range(count):
        yield http_load.request("GET", f"/v1/members/member-{number * 7919 % MEMBERS}/wallets", KEY)


def loaded(port: int, requests: Iterator[bytes]) -> http_load.Load:
    """What came of the requests, which were all answered well."""
    load = http_load.run(port, iter(list(requests)), CONNECTIONS)
    assert set(load.statuses) == {200}, load.statuses
    return load


def main() -> None:
    """Prints the figures."""
    as_json = wants_json(sys.argv)
    with tempfile.TemporaryDirectory() as folder, start(Path(folder) / "data") as server:
        dsn = asyncio.run(made(server.dsn(), "served"))
        peer = asyncio.run(made(server.dsn(), "tpcb"))
        pgbench(peer, "-i", "-q", "-s", str(SCALE))
        asyncio.run(published(dsn))
        with served(dsn, 2) as port:
            loaded(port, purchases(MEMBERS))
            slow: list[float] = []

            def ours() -> float:
                load = loaded(port, purchases(PURCHASES))
                slow.append(load.quantile(0.99))
                return load.rate

            def theirs() -> float:
                printed = pgbench(peer, "-n", "-c", str(CLIENTS), "-j", "2", "-T", str(SECONDS))
                return float(printed.split("tps = ")[1].split()[0])

            figures = in_turn(ours, theirs, RUNS)
            value = statistics.median(one / other for one, other in figures)
            p99 = statistics.median(slow) * 1000
            told = f"{figures[0][0]:,.0f}/s against {figures[0][1]:,.0f} TPC-B transactions/s ({CLIENTS} clients)"
            runs = [[round(one), round(other)] for one, other in figures]
            done = [report("http_purchase", value, "times", told, 1.0, 2.0, runs, as_json)]
            done.append(report("http_p99", p99, "ms", "99 in 100 purchases", 100, None, len(slow), as_json, True))
        with served(dsn, 1) as port:
            rates = [loaded(port, reads(READS)).rate for _ in range(RUNS)]
            done.append(
                report(
                    "http_read", statistics.median(rates), "a second", "one process", 3_000, 6_000, len(rates), as_json
                )
            )
            pairs = in_turn(
                lambda: loaded(port, batches(BATCHES)).rate * 500, lambda: asyncio.run(directly(dsn, BATCHES)), RUNS
            )
            value = statistics.median(one / other for one, other in pairs)
            told = f"{pairs[0][0]:,.0f} events/s of 500 a request against {pairs[0][1]:,.0f} posted directly, one process each"
            shown = [[round(one), round(other)] for one, other in pairs]
            done.append(report("http_batch", value, "times", told, 0.8, None, shown, as_json))
    sys.exit(not all(done))


if __name__ == "__main__":
    main()
