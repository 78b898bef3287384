"""Kills the server, and the processes that post to it, at random moments under load; then proves that nothing was lost.

The tests make twenty rounds, `make faults` two hundred. A killed process is started again and sends again what it had
not been told was recorded, as a till does.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from time import monotonic

from tests.ledger_factory import Shop, program, run, shop

from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.ledger.poster import Poster
from regulars.postgres.connect import connect, pool
from regulars.postgres.embedded import EmbeddedServer, start
from regulars.postgres.migrate import migrate, migrations
from regulars.postgres.unavailable import DatabaseUnavailable

TENANT = "shop"
PROCESSES, LANES = 2, 2
BATCH = 12
MEMBERS = 23
MOST_BATCHES = 6
"""Batches that are acknowledged between two kills, at most."""
LATEST = 0.08
"""Seconds between an acknowledgement and the kill, at most: about the time of a few batches."""
PATIENCE = 120
"""Seconds without any acknowledgement after which the load is held for dead."""
SETTINGS = {"max_connections": "40", "shared_buffers": "32MB"}

Lane = tuple[int, int]


@dataclass
class Figures:
    """What a run did and found; `repeated` counts acknowledged events that were sent again, `recoveries` are in seconds, and `faults`
    must be empty.
    """

    seed: int
    killed: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    repeated: int = 0
    derived: int = 0
    recoveries: list[float] = field(default_factory=list)
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The figures, for a person."""
        kills = ", ".join(f"{number} of a {victim}" for victim, number in sorted(self.killed.items()))
        yield f"{self.killed.total()} kills ({kills}) in {self.seconds:.0f} s, seed {self.seed}"
        if self.recoveries:
            middle = sorted(self.recoveries)[len(self.recoveries) // 2]
            yield f"the server was back after {middle:.2f} s (median), {max(self.recoveries):.2f} s at most"
        yield f"{self.acknowledged:,} events acknowledged, {self.repeated:,} of them sent again and found recorded"
        yield f"{self.derived:,} events that they caused for other members"
        yield from (f"FAULT: {fault}" for fault in self.faults)
        if not self.faults:
            yield "every acknowledged event is there once, and all laws hold"


def batch_of(book: Book, lane: Lane, number: int) -> list[Event]:
    """The batch of a lane: purchases of members whom all lanes share, and the first purchase of somebody's friend."""
    process, place = lane
    name = f"p{process}.{place}.{number}"
    raw = [
        {"id": f"{name}.{n}", "member": f"m{(process + place * 5 + number + n) % MEMBERS}", "tags": ["fund"]}
        for n in range(BATCH - 1)
    ]
    raw.append({"id": f"{name}.friend", "member": f"f{name}", "referred_by": f"m{number % MEMBERS}", "tags": []})
    same = {"type": "purchase", "happened_at": "2026-03-02T10:00", "lines": [{"amount": "23.50", "kind": "drink"}]}
    read = [book.read({**same, **one}) for one in raw]
    return [event for event in read if isinstance(event, Event)]


def pour(dsn: str, begin: dict[Lane, int], told: Connection) -> None:
    """Posts the lanes' batches one after the other until it is killed, and tells of each that was acknowledged."""
    # The driver complains of a server that is away; here it is away on purpose.
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)
    # Whoever started this may be gone: nobody listens any more.
    with suppress(BrokenPipeError):
        asyncio.run(_pour(dsn, begin, told))


async def _pour(dsn: str, begin: dict[Lane, int], told: Connection) -> None:
    book = Book([program()])

    async def lane(name: Lane, poster: Poster) -> None:
        while True:
            batch = batch_of(book, name, begin[name])
            outcomes = await poster.post(batch)
            refused = [outcome.refusal.code for outcome in outcomes if outcome.refusal is not None]
            begin[name] += 1
            told.send((name, len(outcomes), sum(outcome.repeated for outcome in outcomes), refused))

    parent = multiprocessing.parent_process()
    while parent is not None and parent.is_alive():
        # What was not acknowledged is posted again: `begin` says where each lane is.
        try:
            async with pool(dsn, size=LANES) as connections, asyncio.TaskGroup() as lanes:
                poster = Poster(connections, book, TENANT)
                for name in begin:
                    lanes.create_task(lane(name, poster))
        except* DatabaseUnavailable:
            pass


class Load:
    """The processes that post, and what they were told."""

    def __init__(self, dsn: str, figures: Figures) -> None:
        self.dsn, self.figures = dsn, figures
        self.next: dict[Lane, int] = {(process, lane): 0 for process in range(PROCESSES) for lane in range(LANES)}
        # A forked child would share what its parent holds open; a fresh process a second would take all the load.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([__name__])
        self._pipes: dict[int, Connection] = {}
        self._running = {process: self._start(process) for process in range(PROCESSES)}

    def _start(self, process: int) -> multiprocessing.process.BaseProcess:
        ours, theirs = self._context.Pipe(duplex=False)
        begin = {name: number for name, number in self.next.items() if name[0] == process}
        made = self._context.Process(target=pour, args=(self.dsn, begin, theirs), daemon=True)
        made.start()
        theirs.close()
        self._pipes[process] = ours
        return made

    def more(self, batches: int, seconds: float) -> None:
        """Returns some seconds after so many more batches were acknowledged."""
        heard, patience = 0, monotonic() + PATIENCE
        while heard < batches:
            heard += (found := self._listen(patience))
            assert found or monotonic() < patience, "nothing is acknowledged any more"
        until = monotonic() + seconds
        while monotonic() < until:
            self._listen(until)

    def _listen(self, until: float) -> int:
        """How many acknowledgements there were; waits for one until a moment."""
        ready = wait(list(self._pipes.values()), max(until - monotonic(), 0))
        for pipe in ready:
            assert isinstance(pipe, Connection)
            self._take(pipe)
        return len(ready)

    def _take(self, pipe: Connection) -> None:
        try:
            name, events, repeated, refused = pipe.recv()
        except EOFError:
            raise AssertionError("a process that posts has ended by itself") from None
        self.next[name] += 1
        self.figures.acknowledged += events
        self.figures.repeated += repeated
        if refused and (said := f"refused: {sorted(set(refused))}") not in self.figures.faults:
            self.figures.faults.append(said)

    def kill(self, process: int) -> None:
        """Kills a process, hears what it had still said, and starts it again where it was."""
        self.stop(process)
        self._running[process] = self._start(process)

    def stop(self, process: int) -> None:
        """Kills a process and hears what it had still said."""
        self._running[process].kill()
        self._running[process].join()
        pipe = self._pipes.pop(process)
        # What was cut off in the middle of its last word was not acknowledged.
        with suppress(EOFError, OSError, AssertionError):
            while pipe.poll():
                self._take(pipe)
        pipe.close()


def faults(folder: Path, rounds: int, seed: int, say: Callable[[str], None] = lambda _: None) -> Figures:
    """What came of so many kills of a server in this folder and of the processes that post to it."""
    begun = monotonic()
    figures = Figures(seed)
    chance = random.Random(seed)
    with _held(folder) as held:
        dsn = held[0].dsn()
        asyncio.run(_prepared(dsn))
        load = Load(dsn, figures)
        victims = ["server" if n % 2 else "process" for n in range(rounds)]
        chance.shuffle(victims)
        try:
            for number, victim in enumerate(victims, 1):
                load.more(chance.randint(1, MOST_BATCHES), chance.uniform(0, LATEST))
                took = _kill(victim, held, folder, load, chance)
                figures.killed[victim] += 1
                if took is not None:
                    figures.recoveries.append(took)
                back = "started again" if took is None else f"back in {took:.2f} s"
                say(f"{number}/{rounds}: a {victim} killed, {back}; {figures.acknowledged:,} events acknowledged")
            load.more(1, 0)
        finally:
            for process in range(PROCESSES):
                load.stop(process)
        run(dsn, lambda open_one: _proved(open_one, load, figures), tenant=TENANT)
    figures.seconds = monotonic() - begun
    return figures


@contextmanager
def _held(folder: Path) -> Iterator[list[EmbeddedServer]]:
    """The server of a folder, in a list in which whoever starts it again puts the new one."""
    held = [start(folder, SETTINGS)]
    try:
        yield held
    finally:
        held[0].close()


def _kill(victim: str, held: list[EmbeddedServer], folder: Path, load: Load, chance: random.Random) -> float | None:
    """Seconds until the server was back, None where a process was killed."""
    if victim == "process":
        load.kill(chance.randrange(PROCESSES))
        return None
    pid = held[0].pid
    assert pid is not None, "the server runs"
    begun = monotonic()
    os.kill(pid, signal.SIGKILL)
    killed, held[0] = held[0], start(folder)
    killed.close()
    return monotonic() - begun


async def _prepared(dsn: str) -> None:
    connection = await connect(dsn)
    await migrate(connection, migrations())
    await connection.close()
    async with shop(dsn, TENANT):
        pass


async def _proved(open_one: Shop, load: Load, figures: Figures) -> None:
    """Sends again what was under way when the load was stopped, and compares what is recorded with what was sent."""
    sent: set[str] = set()
    for lane, following in load.next.items():
        for number in range(following + 1):
            sent.update(event.id for event in batch_of(open_one.book, lane, number))
        outcomes = await open_one.poster.post(batch_of(open_one.book, lane, following))
        figures.acknowledged += len(outcomes)
        figures.repeated += sum(outcome.repeated for outcome in outcomes)
    await open_one.poster.deliver_pending()
    recorded = Counter(row["id"] for row in await open_one.pool.fetch("select id from events where source = 'api'"))
    derived = Counter(row["id"] for row in await open_one.pool.fetch("select id from events where source = 'derived'"))
    figures.derived = len(derived)
    figures.faults += compared(sent, recorded, derived)
    if broken := await open_one.broken():
        figures.faults.append(f"laws that do not hold: {', '.join(sorted(broken))}")
    if await open_one.poster.deliver_pending():
        figures.faults.append("derived events were left in the outbox")


def compared(sent: set[str], recorded: Counter[str], derived: Counter[str]) -> list[str]:
    """What is wrong with the events that are recorded: sentences, none when each is there once with what it caused."""
    told = {f"{event}/friend" for event in sent if event.endswith(".friend")}
    found = {
        "acknowledged and not recorded": sent - recorded.keys(),
        "recorded and never sent": recorded.keys() - sent,
        "recorded more than once": {name for name, times in (recorded + derived).items() if times > 1},
        "told to nobody": told - derived.keys(),
        "told by nobody": derived.keys() - told,
    }
    return [f"{what}: {', '.join(sorted(names)[:5])}" for what, names in found.items() if names]
