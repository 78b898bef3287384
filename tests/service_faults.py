"""Kills the service, its processes, its worker and its database at random moments under load; then proves that nothing was lost.

Clients send again, with the same ids, what was not acknowledged, as tills do. The tests make twenty rounds, `make faults`
two hundred.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import psutil
from tests.http_factory import LASTING
from tests.service import TENANT, Command, Service, published
from tests.wire import Cut, Inbox, Line, Reply, inbox

from regulars.ledger.verify import verify
from regulars.postgres.connect import Connection, connect
from regulars.postgres.embedded import EmbeddedServer, start

SETTINGS = {"max_connections": "60", "shared_buffers": "32MB", "fsync": "off", "full_page_writes": "off"}
"""Nobody pulls the plug of the machine here: what the killed server has written, the machine keeps."""
LANES = 8
MEMBERS = 29
MOST_ANSWERS = 60
"""Acknowledgements between two kills, at most."""
LATEST = 0.08
"""Seconds between an acknowledgement and the kill, at most."""
PAUSE = 0.05
"""Seconds before a client tries again."""
PATIENCE = 120
"""Seconds without any acknowledgement after which the load is held for dead."""
RETRYABLE = {"service.database", "service.stopping", "request.busy"}
REFUSALS = {"not_enough"}
"""What a redemption may be answered by rights."""
WAITING = """
select (select count(*) from feed) + (select count(*) from webhook_deliveries where next_at is not null)
       + (select count(*) from outbox where delivered_at is null)
"""
LEASED = """
update webhook_deliveries set next_at = now()
where ctid in (select ctid from webhook_deliveries where next_at > now() for update skip locked)
"""
"""What a minute later would be: deliveries that a killed worker had in hand are due again."""
VICTIMS = ("service", "process", "worker", "database")


@dataclass
class Figures:
    """What a run did and found; `faults` must be empty."""

    seed: int
    killed: Counter[str] = field(default_factory=Counter)
    acknowledged: dict[str, str] = field(default_factory=dict)
    """Ids of events, with their kinds."""
    sent: set[str] = field(default_factory=set)
    repeated: int = 0
    cut: int = 0
    ended: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    doubled: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def fault(self, said: str) -> None:
        """Notes what is wrong, once."""
        if said not in self.faults and len(self.faults) < 20:
            self.faults.append(said)

    def lines(self) -> list[str]:
        """The figures, for a person."""
        kills = ", ".join(f"{number} of a {victim}" for victim, number in sorted(self.killed.items()))
        said = ", ".join(f"{number:,} x {code}" for code, number in sorted(self.problems.items()))
        return [
            f"{self.killed.total()} kills ({kills}) in {self.seconds:.0f} s, seed {self.seed}",
            f"{len(self.acknowledged):,} events acknowledged, {self.repeated:,} of them sent again and found recorded",
            f"{self.cut:,} requests were cut off; problems: {said or 'none'}; {self.ended} times it ended by itself",
            f"{self.messages:,} webhooks arrived, {self.doubled:,} of them more than once",
            *(f"FAULT: {fault}" for fault in self.faults or []),
            *(
                ["every acknowledged event is there once, no webhook was lost, all laws hold"]
                if not self.faults
                else []
            ),
        ]


@dataclass
class World:
    """Everything that runs: a database, a service with its worker, clients and a receiver."""

    folder: Path
    server: EmbeddedServer
    service: Service
    worker: Command
    figures: Figures
    more: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def answers(self, number: int) -> None:
        """Returns when so many more events were acknowledged."""
        wanted = len(self.figures.acknowledged) + number
        async with asyncio.timeout(PATIENCE), self.more:
            await self.more.wait_for(lambda: len(self.figures.acknowledged) >= wanted)

    async def told(self, code: str) -> None:
        """Returns when a client was told of a problem."""
        async with asyncio.timeout(PATIENCE), self.more:
            await self.more.wait_for(lambda: self.figures.problems[code])

    async def say(self, reply: Reply, events: dict[str, str]) -> bool:
        """Whether these events were acknowledged; what may not be answered is noted."""
        figures = self.figures
        if reply.status == 200:
            figures.repeated += sum(one["status"] == "repeated" for one in reply.json.get("results", [reply.json]))
        elif reply.code not in REFUSALS:
            figures.problems[reply.code] += 1
            if reply.code in RETRYABLE and reply.status == 503 and "retry-after" in reply.headers:
                async with self.more:
                    self.more.notify_all()
                return False
            figures.fault(f"answered {reply.status} {reply.body[:200]!r}")
        async with self.more:
            if reply.status == 200:
                figures.acknowledged.update(events)
            self.more.notify_all()
        return True


@asynccontextmanager
async def world(
    folder: Path, seed: int, *more: str, module: str = "regulars", worker: str = "regulars"
) -> AsyncIterator[World]:
    """The service on a database of its own, ready; `module` and `worker` are what Python runs as them."""
    server = start(folder / "database", SETTINGS)
    await published(server.dsn(), LASTING)
    made = World(
        folder, server, Service(folder, server.dsn(), *more, module=module), Command(folder, server.dsn(), "worker", module=worker),
        Figures(seed),
    )  # fmt: skip
    try:
        made.service.start()
        made.worker.start()
        await asyncio.to_thread(made.service.ready)
        yield made
    finally:
        made.service.kill()
        made.worker.kill()
        made.server.close()


async def keeping(world: World) -> None:
    """Starts again what has ended by itself, as whoever keeps services on a machine does.

    A server whose processes die twice within seconds ends, so that it is seen.
    """
    while True:
        for command in (world.service, world.worker):
            if command.ended:
                world.figures.ended += 1
                command.start()
        await asyncio.sleep(PAUSE)


async def sending(world: World, lane: int, stop: asyncio.Event) -> None:
    """A client that sends one thing after the other until it is stopped; what it began it ends."""
    number = 0
    with Line(world.service.port) as line:
        while not stop.is_set():
            number += 1
            path, body, events = thing(lane, number)
            world.figures.sent.update(events)
            while not await tried(world, line, path, body, events):
                pass


async def tried(world: World, line: Line, path: str, body: Any, events: dict[str, str]) -> bool:
    """Whether a request was answered for good; after a pause, where it was not."""
    try:
        if await world.say(await line.ask("POST", path, body), events):
            return True
    except Cut:
        world.figures.cut += 1
    await asyncio.sleep(PAUSE)
    return False


def thing(lane: int, number: int) -> tuple[str, dict[str, Any] | list[dict[str, Any]], dict[str, str]]:
    """Where a client sends its number-th request, what, and the events in it by id with their kinds."""
    name, member = f"c{lane}.{number}", f"m{(lane * 7 + number) % MEMBERS}"
    if number % 5 == 0:
        body = {"id": name, "reward": "cup", "happened_at": "2026-03-02T10:00"}
        return f"/v1/members/{member}/redemptions", body, {name: "redeem"}
    several = [
        {
            "id": f"{name}.{n}",
            "type": "purchase",
            "member": f"m{(lane * 7 + number + n) % MEMBERS}",
            "happened_at": "2026-03-02T10:00",
            "lines": [{"amount": "23.50", "kind": "drink"}],
            "tags": [],
        }
        for n in range(4 if number % 4 == 0 else 1)
    ]
    return "/v1/events", several if len(several) > 1 else several[0], {str(one["id"]): "purchase" for one in several}


def faults(
    folder: Path, rounds: int, seed: int, tell: Callable[[str], None] = lambda _: None, **options: Any
) -> Figures:
    """What came of so many kills."""
    return asyncio.run(_faults(folder, rounds, seed, tell, **options))


async def _faults(
    folder: Path, rounds: int, seed: int, tell: Callable[[str], None], victims: tuple[str, ...] = VICTIMS,
    wait_for_leases: bool = False, **options: Any,
) -> Figures:  # fmt: skip
    begun, chance = monotonic(), random.Random(seed)
    async with inbox() as box, world(folder, seed, **options) as made:
        figures, stop = made.figures, asyncio.Event()
        await listened(made, box)
        lanes = [asyncio.create_task(sending(made, lane, stop)) for lane in range(LANES)]
        keeper = asyncio.create_task(keeping(made))
        order = [victims[n % len(victims)] for n in range(rounds)]
        chance.shuffle(order)
        for number, victim in enumerate(order, 1):
            await made.answers(chance.randint(1, MOST_ANSWERS))
            await asyncio.sleep(chance.uniform(0, LATEST))
            if victim == "database":
                # Beside the clients, which are to notice.
                await asyncio.to_thread(kill, victim, made, chance)
            else:
                kill(victim, made, chance)
            figures.killed[victim] += 1
            tell(f"{number}/{rounds}: a {victim} killed; {len(figures.acknowledged):,} events acknowledged")
        await made.answers(1)
        stop.set()
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*lanes)
        await proved(made, box, wait_for_leases)
        keeper.cancel()
        figures.seconds = monotonic() - begun
        return figures


def kill(victim: str, world: World, chance: random.Random) -> None:
    """Kills somebody, and starts again what nobody else would."""
    if victim == "service":
        world.service.kill()
        world.service.start()
    elif victim == "process":
        with suppress(psutil.NoSuchProcess):
            chance.choice(world.service.children()).kill()
    elif victim == "worker":
        world.worker.kill()
        world.worker.start()
    else:
        pid = world.server.pid
        assert pid is not None, "the database runs"
        os.kill(pid, signal.SIGKILL)
        killed, world.server = world.server, start(world.folder / "database")
        killed.close()


async def listened(world: World, box: Inbox) -> None:
    """Sets the receiver up as a webhook of the service."""
    with Line(world.service.port) as line:
        answer = await line.ask("POST", "/v1/webhooks", {"url": box.url})
    assert answer.status == 201, answer


async def proved(world: World, box: Inbox, wait_for_leases: bool = False) -> None:
    """Waits until everything is told, and compares what was acknowledged, what is recorded and what arrived."""
    figures, connection = world.figures, await connect(world.server.dsn())
    try:
        await _told(connection, wait_for_leases)
        rows = await connection.fetch("select id from events where source = 'api'")
        told = {row["id"] for row in await connection.fetch("select id from webhook_deliveries")}
    finally:
        await connection.close()
    figures.messages, figures.doubled = len(box.times), sum(times > 1 for times in box.times.values())
    figures.faults += compared(figures, Counter(row["id"] for row in rows), told, box)
    broken = [law.name async for law in verify(world.server.dsn(), TENANT, "ledger-shop") if not law.holds]
    if broken:
        figures.fault(f"laws that do not hold: {', '.join(broken)}")


async def _told(connection: Connection, wait_for_leases: bool) -> None:
    async with asyncio.timeout(PATIENCE):
        while await connection.fetchval(WAITING):
            if not wait_for_leases:
                await connection.execute(LEASED)
            await asyncio.sleep(0.5)


def compared(figures: Figures, recorded: Counter[str], told: set[str], box: Inbox) -> list[str]:
    """What is wrong: sentences, none when each acknowledged event is there once, and all that is to be told has arrived."""
    bought = {id for id, kind in figures.acknowledged.items() if kind == "purchase"}
    wrong = {
        "acknowledged and not recorded": figures.acknowledged.keys() - recorded.keys(),
        "recorded and never sent": recorded.keys() - figures.sent,
        "recorded more than once": {id for id, times in recorded.items() if times > 1},
        "acknowledged, and no webhook said that points were earned": {
            id for id in bought if "points.earned" not in box.types.get(id, set())
        },
        "messages that never arrived": told - box.times.keys(),
        "messages that nobody wrote": box.times.keys() - told,
    }
    return [f"{what}: {len(ids)}, as {', '.join(sorted(ids)[:4])}" for what, ids in wrong.items() if ids]
