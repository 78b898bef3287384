"""How long a grocer's real year takes from Parquet to a verified ledger, and how much memory all processes need at most.

155,848 baskets with 1,469,307 lines of 2,469 households, on a fresh embedded server. Memory is that of the import's and
verification's processes and of PostgreSQL together, what they share counted once (PSS), looked at twice a second.
"""

from __future__ import annotations

import asyncio
import io
import json
import sys
import tempfile
import threading
from contextlib import redirect_stdout, suppress
from pathlib import Path
from time import perf_counter

import psutil

from bench.common import report, wants_json
from regulars.doors.cli.gallery import gallery
from regulars.engine.book import Book
from regulars.flows.demo import PROGRAM, purchases, wish
from regulars.flows.import_events import import_events
from regulars.flows.opened import Opened
from regulars.ledger.programs import publish
from regulars.postgres.connect import connect, pool
from regulars.postgres.embedded import start
from regulars.postgres.migrate import migrate, migrations
from regulars.program.load import load
from regulars.program.model import Program

MEGABYTE = 1_000_000


class Memory(threading.Thread):
    """Watches these processes with all that they start; `peak` is the most bytes they had together."""

    def __init__(self, pids: list[int]) -> None:
        super().__init__(daemon=True)
        self._pids, self._ended = pids, threading.Event()
        self.peak = 0
        self.parts: dict[str, int] = {}

    def run(self) -> None:
        while not self._ended.wait(0.5):
            parts = self._look()
            if sum(parts.values()) > self.peak:
                self.peak, self.parts = sum(parts.values()), parts

    def _look(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for pid in self._pids:
            with suppress(psutil.Error):
                for process in (root := psutil.Process(pid), *root.children(recursive=True)):
                    with suppress(psutil.Error):
                        name = process.name().split()[0]
                        found[name] = found.get(name, 0) + process.memory_full_info().pss
        return found

    def end(self) -> None:
        """Stops watching."""
        self._ended.set()
        self.join()


async def year(dsn: str, folder: Path) -> dict[str, float]:
    """Seconds by phase."""
    connection = await connect(dsn)
    await migrate(connection, migrations())
    await connection.close()
    text = (gallery() / f"{PROGRAM}.yaml").read_text(encoding="utf-8")
    program = load(text, PROGRAM)
    assert isinstance(program, Program), program
    async with pool(dsn, size=8) as connections:
        ledger = Opened(dsn, connections, "bench")
        with purchases(small=False) as events:
            begun = perf_counter()
            await publish(connections, ledger.tenant, program)
            book = Book([program])
            imported = await import_events(ledger, book, wish(events, folder / "rejects.csv"))
            there = perf_counter()
            laws = [law async for law in ledger.verify(book)]
            ended = perf_counter()
    assert imported.recorded == 155_848, imported
    assert not imported.refused, imported
    assert all(law.holds for law in laws), laws
    return {"import": there - begun, "verify": ended - there}


def main() -> None:
    """Prints both figures."""
    with tempfile.TemporaryDirectory() as folder, start(Path(folder) / "data") as server:
        assert server.pid is not None, "it was started"
        memory = Memory([psutil.Process().pid, server.pid])
        memory.start()
        seconds = asyncio.run(year(server.dsn(), Path(folder)))
        memory.end()
    as_json = wants_json(sys.argv)
    said = io.StringIO()
    with redirect_stdout(said):
        told = ", ".join(f"{name} {one:.1f} s" for name, one in seconds.items())
        reached = report("year", sum(seconds.values()), "s", told, 60, 20, 1, as_json, lower_is_better=True)
        told = ", ".join(f"{name} {size / MEGABYTE:.0f}" for name, size in memory.parts.items())
        reached &= report(
            "year memory", memory.peak / MEGABYTE, "MB", told, 600, None, 1, as_json, lower_is_better=True
        )
    lines = said.getvalue()
    print(
        json.dumps([json.loads(line) for line in lines.splitlines()]) if as_json else lines, end="\n" if as_json else ""
    )
    sys.exit(not reached)


if __name__ == "__main__":
    main()
