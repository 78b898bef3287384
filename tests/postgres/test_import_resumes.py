"""Imports cut short: whatever is killed, the same command goes on, and everything is there once."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.import_factory import as_csv, as_parquet, mapping, program, sales

from regulars.engine.book import Book
from regulars.flows.import_events import Wish, import_events
from regulars.flows.importing.frames import Rejected
from regulars.flows.importing.mapping import Mapped, read_mapping
from regulars.flows.importing.model import Imported, ImportFailed
from regulars.flows.importing.processes import DatabaseGone
from regulars.flows.importing.rejects import Part, part_path, read_part
from regulars.flows.opened import Opened
from regulars.ledger.programs import Version, publish
from regulars.postgres.connect import connect, pool
from regulars.postgres.embedded import EmbeddedServer, start
from regulars.postgres.migrate import migrate, migrations
from regulars.program.load import load
from regulars.program.model import Program
from regulars.wiring import DATA, URL

BASKETS = 4_000
PATIENCE = 120


def wish(folder: Path, events: Path, processes: int = 2) -> Wish:
    text = mapping(folder).read_text(encoding="utf-8")
    mapped = read_mapping(text, "mapping.yaml")
    assert isinstance(mapped, Mapped)
    return Wish(events, mapped, text, batch=25, processes=processes)


async def opened(dsn: str, what: Wish) -> Imported:
    connection = await connect(dsn)
    await migrate(connection, migrations())
    await connection.close()
    read = load(program(what.events.parent).read_text(encoding="utf-8"))
    assert isinstance(read, Program)
    async with pool(dsn, size=4) as connections:
        assert isinstance(await publish(connections, "main", read), Version)
        return await import_events(Opened(dsn, connections, "main"), Book([read]), what)


async def recorded(dsn: str) -> int:
    """How many baskets are recorded; 0 before there is a table."""
    connection = await connect(dsn)
    try:
        if await connection.fetchval("select to_regclass('events')") is None:
            return 0
        return int(await connection.fetchval("select count(*) from events where type = 'purchase'"))
    finally:
        await connection.close()


async def proved(dsn: str) -> None:
    """Every basket is there once, every member has joined once, and all laws hold."""
    async with pool(dsn, size=2) as connections:
        ledger = Opened(dsn, connections, "main")
        book = await ledger.book()
        rows = await connections.fetch(
            "select type, count(*) as number, count(distinct id) as ids from events group by type"
        )
        assert {row["type"]: (row["number"], row["ids"]) for row in rows} == {
            "purchase": (BASKETS, BASKETS),
            "join": (7, 7),
        }
        assert [law.name async for law in ledger.verify(book) if not law.holds] == []


def wait_for(met: Callable[[], bool]) -> None:
    """Returns once the condition is met."""
    deadline = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < deadline, "it never came"


def kill_at(process: subprocess.Popen[bytes], dsn: str, baskets: int) -> None:
    """Kills an import with all its processes once so many baskets are recorded."""
    wait_for(lambda: asyncio.run(recorded(dsn)) > baskets or process.poll() is not None)
    assert process.poll() is None, "it was to be killed in the middle"
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def command(folder: Path, data: Path, events: Path) -> subprocess.Popen[bytes]:
    words = [
        "import",
        "shop.yaml",
        "--events",
        str(events),
        "--mapping",
        "mapping.yaml",
        "--processes",
        "2",
        "--batch",
        "25",
    ]
    environment = {name: value for name, value in os.environ.items() if name != URL} | {DATA: str(data)}
    return subprocess.Popen(
        [sys.executable, "-m", "regulars", *words],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_killed_import_goes_on_and_records_everything_once(data_folder: Path, tmp_path: Path, kind: str) -> None:
    make = as_csv if kind == "csv" else as_parquet
    events = make(tmp_path / f"sales.{kind}", sales(BASKETS, lines=1))
    program(tmp_path)
    mapping(tmp_path)
    with start(data_folder) as server:
        dsn = server.dsn()
        for share in (4, 2):
            kill_at(command(tmp_path, data_folder, events), dsn, BASKETS // share)
        last = command(tmp_path, data_folder, events)
        out, _ = last.communicate(timeout=PATIENCE)
        assert last.returncode == 0, out.decode()
        asyncio.run(proved(dsn))
    assert not list(tmp_path.glob("*.part"))


def test_a_killed_server_is_told_in_a_sentence_and_the_import_goes_on(data_folder: Path, tmp_path: Path) -> None:
    events = as_csv(tmp_path / "sales.csv", sales(BASKETS, lines=1))
    what = wish(tmp_path, events)
    held: list[EmbeddedServer] = [start(data_folder)]

    async def kill_in_the_middle() -> None:
        dsn = held[0].dsn()
        running = asyncio.create_task(opened(dsn, what))
        while await recorded(dsn) < BASKETS // 3:
            assert not running.done(), await running
        pid = held[0].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(DatabaseGone, match="goes on from here"):
            await running

    asyncio.run(kill_in_the_middle())
    held.append(start(data_folder))
    found = asyncio.run(opened(held[1].dsn(), what))
    assert (found.continued, found.refused, found.events) == (True, 0, BASKETS)
    asyncio.run(proved(held[1].dsn()))
    for server in held:
        server.close()


def test_a_killed_process_of_an_import_ends_it_and_the_next_run_goes_on(database: str, tmp_path: Path) -> None:
    import psutil

    what = wish(tmp_path, as_csv(tmp_path / "sales.csv", sales(BASKETS, lines=1)))
    me = psutil.Process()

    async def kill_one() -> None:
        running = asyncio.create_task(opened(database, what))
        while await recorded(database) < BASKETS // 3:
            assert not running.done(), await running
        workers = [one for one in me.children() if "spawn_main" in " ".join(one.cmdline())]
        workers[-1].kill()
        with pytest.raises(ImportFailed, match="was killed"):
            await running

    asyncio.run(kill_one())
    found = asyncio.run(opened(database, what))
    assert found.continued
    assert found.events == BASKETS
    asyncio.run(proved(database))


def test_one_file_is_imported_by_one_at_a_time(database: str, tmp_path: Path) -> None:
    what = wish(tmp_path, as_csv(tmp_path / "sales.csv", sales(BASKETS, lines=1)), processes=1)

    async def both() -> list[Imported | BaseException]:
        await opened(database, wish(tmp_path, as_csv(tmp_path / "first.csv", sales(1))))
        return await asyncio.gather(opened(database, what), opened(database, what), return_exceptions=True)

    ends = asyncio.run(both())
    assert sorted(type(end).__name__ for end in ends) == ["ImportFailed", "Imported"]


def test_a_part_forgets_what_was_refused_beyond_its_position_and_a_line_that_was_cut(tmp_path: Path) -> None:
    path = part_path(tmp_path / "bad.csv", 0)
    part = Part(path, 0)
    part.write([Rejected(row, "code", "Text.", [["a", "b"]]) for row in (3, 8, 20)])
    part.close()
    with path.open("a", encoding="ascii") as file:
        file.write('[25, "code", "cut')
    Part(path, 8).close()
    assert [one.row for one in read_part(path)] == [3, 8]
