"""An hour of mixed load on a real service, and what became of its memory, its lag and its answers.

`make soak` runs it, `make soak MINUTES=10` for a short one. A `regulars serve` and a `regulars worker` on an embedded server,
with members loaded; of a hundred requests seventy are reads, twenty-five purchases and five redemptions; a receiver of
webhooks stands on a socket. Exits 1 unless memory stays flat, nothing waits for two seconds, every answer is one that is
documented, and `verify` is clean.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import sys
import tempfile
import time
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import linear_regression, median
from typing import Any

from tests.http_factory import LASTING
from tests.service import TENANT, Command, Service, published, running
from tests.wire import Cut, Inbox, Line, Reply, inbox

from regulars.ledger.verify import verify
from regulars.postgres.connect import Connection, connect
from regulars.postgres.embedded import start
from regulars.speech.language import language

KINDS = ("read", "purchase", "redemption")
WEIGHTS = (70, 25, 5)
LINES = 32
"""Connections of the load."""
LOADED_AT_ONCE = 1_000
EVERY = 2.0
"""Seconds between two samples."""
TOLD = 10.0
"""Seconds between two live lines."""
WARM = 0.25
"""The share of the run after which memory is to be flat."""
SLOPE = 0.05
"""How much of its size memory may grow in the second half, by its slope."""
GROWTH = 0.15
"""How much above its size after the warm-up memory may be at any time."""
MOST_LAG = 2.0
DRAINED = 60
LAG = """
select greatest(
    (select extract(epoch from now() - min(made_at)) from feed),
    (select extract(epoch from now() - min(next_at)) from webhook_deliveries where next_at <= now()),
    (select extract(epoch from now() - min(e.recorded_at))
     from outbox o join events e using (tenant, member, program, event_no) where o.delivered_at is null),
    0
)::float8
"""
"""How long the oldest waits of what is to be told: commits, messages, events for other members."""
WAITING = "select (select count(*) from feed) + (select count(*) from webhook_deliveries where next_at is not null)"


@dataclass
class Arrivals(Inbox):
    """A receiver that keeps no messages, only how long after its event each came."""

    count: int = 0
    late: array[float] = field(default_factory=lambda: array("d"))

    def take(self, id: str, body: bytes) -> None:
        """Notes when a message came."""
        del id
        message = json.loads(body)
        self.count += 1
        self.late.append(time.time() - datetime.fromisoformat(message["timestamp"]).timestamp())


@dataclass
class Sample:
    """What was seen at a moment: seconds since the load began, bytes of the service and of the worker, seconds of lag."""

    at: float
    service: int
    worker: int
    lag: float


@dataclass
class Soak:
    """What a run does, and what it has seen."""

    minutes: float
    rate: float
    members: int
    seed: int
    times: dict[str, array[float]] = field(default_factory=lambda: {kind: array("d") for kind in KINDS})
    codes: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)
    began: float = 0.0
    gone: bool = False
    """Whether the service or its worker has ended: then there is nothing more to see."""

    def say(self, kind: str, reply: Reply, seconds: float) -> None:
        """Notes an answer: good, a documented problem, or an error."""
        self.times[kind].append(seconds)
        if reply.status >= 500 or (reply.status != 200 and reply.code not in language("en").codes):
            self.errors[f"{reply.status} {reply.code}"] += 1
        elif reply.status != 200:
            self.codes[reply.code] += 1


def main() -> int:
    """0 when all verdicts are good, else 1."""
    asked = argparse.ArgumentParser(prog="make soak", description=__doc__)
    asked.add_argument("--minutes", type=float, default=60.0, help="how long; an hour unless said")
    asked.add_argument("--rate", type=float, default=200.0, help="requests a second")
    asked.add_argument("--members", type=int, default=30_000, help="members that are loaded first")
    asked.add_argument("--seed", type=int, default=1, help="who does what")
    given = asked.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    soak = Soak(given.minutes, given.rate, given.members, given.seed)
    with tempfile.TemporaryDirectory(prefix="regulars-soak-") as folder:
        return asyncio.run(_run(soak, Path(folder)))


async def _run(soak: Soak, folder: Path) -> int:
    with start(folder / "database") as server:
        dsn = server.dsn()
        await published(dsn, LASTING)
        service = Service(folder, dsn)
        worker = Command(folder, dsn, "worker")
        with running(service, worker):
            async with inbox(Arrivals()) as box:
                assert isinstance(box, Arrivals), "it was given"
                await _loaded(soak, service.port)
                with Line(service.port) as line:
                    made = await line.ask("POST", "/v1/webhooks", {"url": box.url})
                assert made.status == 201, made
                connection = await connect(dsn)
                await _load(soak, service, worker, box, connection)
                drained = await _drained(connection)
                await connection.close()
            codes = {command.log.stem: await asyncio.to_thread(command.stop) for command in (service, worker)}
        broken = [law.name async for law in verify(dsn, TENANT, "ledger-shop") if not law.holds]
        verdicts = list(_verdicts(soak, box, drained, codes, broken))
    _table(soak, box, verdicts)
    return 0 if all(good for good, _ in verdicts) else 1


async def _loaded(soak: Soak, port: int) -> None:
    """Loads the members, each by two purchases."""
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    begun = time.monotonic()
    with Line(port) as line:
        for first in range(0, soak.members, LOADED_AT_ONCE // 2):
            last = min(first + LOADED_AT_ONCE // 2, soak.members)
            body = [_purchase(f"load.{n}.{k}", n, yesterday) for n in range(first, last) for k in range(2)]
            reply = await line.ask("POST", "/v1/events", body)
            assert reply.status == 200, reply
            assert reply.json["refused"] == 0, reply
    print(f"{soak.members:,} members loaded in {time.monotonic() - begun:.0f} s", flush=True)


async def _load(soak: Soak, service: Service, worker: Command, box: Arrivals, connection: Connection) -> None:
    soak.began = time.monotonic()
    end = soak.began + soak.minutes * 60
    due = iter(_moments(soak, end))
    beside = [
        asyncio.create_task(_sampling(soak, service, worker, connection)),
        asyncio.create_task(_telling(soak, box)),
    ]
    lines = [asyncio.create_task(_line(soak, service.port, due, lane)) for lane in range(LINES)]
    await asyncio.gather(*lines)
    for task in beside:
        task.cancel()
    await asyncio.gather(*beside, return_exceptions=True)


def _moments(soak: Soak, end: float) -> Iterator[float]:
    """When each request is due."""
    number = 0
    while (at := soak.began + number / soak.rate) < end:
        number += 1
        yield at


async def _line(soak: Soak, port: int, due: Iterator[float], lane: int) -> None:
    """Sends what is due over one connection. A request that waited for a free connection has waited, too: it is timed from then."""
    chance, number = random.Random(f"{soak.seed}.{lane}"), 0
    with Line(port) as line:
        for at in due:
            await asyncio.sleep(max(at - time.monotonic(), 0))
            if soak.gone:
                return
            number += 1
            (kind,) = chance.choices(KINDS, WEIGHTS)
            member, name = chance.randrange(soak.members), f"s{lane}.{number}"
            try:
                soak.say(kind, await line.ask(*_request(kind, name, member)), time.monotonic() - at)
            except Cut as cut:
                soak.errors[f"cut off: {cut}"] += 1


def _request(kind: str, name: str, member: int) -> tuple[str, str, Any]:
    if kind == "read":
        return "GET", f"/v1/members/m{member}/wallets", None
    now = datetime.now(UTC).isoformat()
    if kind == "purchase":
        return "POST", "/v1/events", _purchase(name, member, now)
    return "POST", f"/v1/members/m{member}/redemptions", {"id": name, "reward": "mug", "happened_at": now}


def _purchase(name: str, member: int, at: str) -> dict[str, Any]:
    lines = [{"amount": "3.50", "kind": "drink"}, {"amount": "20.00", "kind": "food"}]
    return {"id": name, "type": "purchase", "member": f"m{member}", "happened_at": at, "lines": lines}


async def _sampling(soak: Soak, service: Service, worker: Command, connection: Connection) -> None:
    while True:
        for who, command in (("service", service), ("worker", worker)):
            if command.ended:
                soak.errors[f"the {who} has ended, with exit code {command.wait()}"] += 1
                soak.gone = True
                return
        lag = await connection.fetchval(LAG)
        # Looking takes a while, and must not hold up the load.
        held = await asyncio.to_thread(lambda: (service.memory(), worker.memory()))
        soak.samples.append(Sample(time.monotonic() - soak.began, *held, lag))
        await asyncio.sleep(EVERY)


async def _telling(soak: Soak, box: Arrivals) -> None:
    done = 0
    while True:
        await asyncio.sleep(TOLD)
        now = soak.samples[-1]
        total = sum(map(len, soak.times.values()))
        reads, bought = (list(soak.times[kind][-2_000:]) for kind in KINDS[:2])
        print(
            f"{now.at / 60:5.1f} min  {(total - done) / TOLD:5.0f}/s  read {_ms(reads, 0.5)}/{_ms(reads, 0.99)} ms  "
            f"purchase {_ms(bought, 0.5)}/{_ms(bought, 0.99)} ms  service {_mb(now.service)} MB  worker {_mb(now.worker)} MB  "
            f"lag {now.lag:.2f} s  webhooks {box.count:,}  errors {soak.errors.total()}",
            flush=True,
        )
        done = total


async def _drained(connection: Connection) -> bool:
    """Whether all that was to be told is told a while after the load has ended."""
    until = time.monotonic() + DRAINED
    while await connection.fetchval(WAITING):
        if time.monotonic() > until:
            return False
        await asyncio.sleep(EVERY)
    return True


def _verdicts(
    soak: Soak, box: Arrivals, drained: bool, codes: dict[str, int], broken: list[str]
) -> Iterator[tuple[bool, str]]:
    """Each verdict: whether it is good, and in words."""
    for who in ("service", "worker"):
        yield _flat(who, [(sample.at, getattr(sample, who)) for sample in soak.samples])
    lag = max(sample.lag for sample in soak.samples)
    yield lag < MOST_LAG, f"what was to be told waited {lag:.2f} s at most (under {MOST_LAG:g} s)"
    yield drained and box.count > 0, f"{box.count:,} webhooks arrived; {'none was' if drained else 'some were'} left"
    said = ", ".join(f"{number:,} x {what}" for what, number in soak.errors.items())
    yield not soak.errors, f"errors: {said or 'none'}"
    yield not any(codes.values()), f"it stopped when asked to, with exit codes {codes['serve']} and {codes['worker']}"
    yield not broken, f"verify: {'clean' if not broken else ', '.join(broken)}"


def _flat(who: str, seen: list[tuple[float, int]]) -> tuple[bool, str]:
    """Whether memory is flat: the slope of its second half, and its largest against what it was after the warm-up."""
    whole = seen[-1][0]
    warm = [held for at, held in seen if at >= whole * WARM]
    later = [(at, held) for at, held in seen if at >= whole / 2]
    base = median(warm[: max(len(warm) // 6, 1)])
    slope = linear_regression([at for at, _ in later], [held for _, held in later]).slope if len(later) > 1 else 0.0
    grows, most = slope * (whole / 2) / base, max(warm) / base - 1
    said = (
        f"memory of the {who}: {_mb(base)} MB after the warm-up, {grows:+.1%} in the second half by its slope, "
        f"{most:+.1%} at most"
    )
    return grows <= SLOPE and most <= GROWTH, said


def _table(soak: Soak, box: Arrivals, verdicts: list[tuple[bool, str]]) -> None:
    total = sum(map(len, soak.times.values()))
    print(f"\n{total:,} requests in {soak.minutes:g} minutes, {soak.rate:g} a second, {soak.members:,} members")
    print(f"{'kind':<14}{'requests':>10}{'p50 ms':>10}{'p99 ms':>10}{'most ms':>10}")
    for kind, times in soak.times.items():
        print(f"{kind:<14}{len(times):>10,}{_ms(times, 0.5):>10}{_ms(times, 0.99):>10}{_ms(times, 1):>10}")
    print(
        f"{'to a receiver':<14}{box.count:>10,}{_ms(box.late, 0.5):>10}{_ms(box.late, 0.99):>10}{_ms(box.late, 1):>10}"
    )
    print(f"problems by rights: {', '.join(f'{number:,} x {code}' for code, number in soak.codes.items()) or 'none'}\n")
    for good, said in verdicts:
        print(f"{'good' if good else 'BAD ':<5}{said}")


def _ms(times: array[float] | list[float], share: float) -> str:
    """The time within which that share came, in milliseconds."""
    ordered = sorted(times)
    return f"{ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1_000:,.1f}" if ordered else "-"


def _mb(size: float) -> str:
    return f"{size / 1e6:,.0f}"


if __name__ == "__main__":
    sys.exit(main())
