"""The service killed, stopped and left without its database under load: nothing is lost, and clients are told what to do."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from pathlib import Path

import pytest
from tests.service_faults import Figures, World, compared, faults, listened, proved, sending, world
from tests.wire import Cut, Inbox, Line, Reply, inbox

from regulars.postgres.connect import connect
from regulars.postgres.embedded import start

KILLS = 20
SEED = 11
SLIPS = 2
CLIENTS = 24


def test_a_service_killed_under_load_loses_no_event_and_no_webhook(data_folder: Path) -> None:
    figures = faults(data_folder, KILLS, SEED)
    assert figures.faults == []
    assert figures.killed.total() == KILLS
    assert len(figures.acknowledged) >= KILLS
    assert figures.messages >= len(figures.acknowledged) / 2


def test_a_service_that_answers_before_it_has_committed_is_caught(data_folder: Path) -> None:
    figures = faults(data_folder, SLIPS, SEED, victims=("service",), module="tests.slips.early")
    assert any(fault.startswith("acknowledged and not recorded") for fault in figures.faults)


def test_a_worker_that_forgets_a_webhook_is_caught(data_folder: Path) -> None:
    figures = faults(data_folder, 1, SEED, victims=("worker",), worker="tests.slips.forgetful")
    assert any(fault.startswith("messages that never arrived") for fault in figures.faults)


def test_a_database_restarted_under_load_is_a_problem_to_try_again_and_nothing_else(data_folder: Path) -> None:
    async def story() -> Figures:
        async with inbox() as box, world(data_folder, SEED) as made:
            await listened(made, box)
            stop = asyncio.Event()
            lanes = [asyncio.create_task(sending(made, lane, stop)) for lane in range(8)]
            await made.answers(20)
            await asyncio.to_thread(made.server.close)
            await made.told("service.database")
            made.server = await asyncio.to_thread(start, data_folder / "database")
            await made.answers(20)
            stop.set()
            await asyncio.gather(*lanes)
            await proved(made, box)
            return made.figures

    figures = asyncio.run(story())
    assert figures.faults == []
    assert figures.cut == 0
    assert set(figures.problems) == {"service.database"}


def test_a_service_that_is_asked_to_stop_answers_what_it_took(data_folder: Path) -> None:
    async def story() -> None:
        async with world(data_folder, SEED) as made:
            asked = [asyncio.create_task(one(made, client)) for client in range(CLIENTS)]
            with Line(made.service.port) as line:
                while not (await line.ask("GET", "/healthz")).json["waiting"]:
                    assert not all(task.done() for task in asked), "all was answered before it could be stopped"
            code = await asyncio.to_thread(made.service.stop)
            replies = await asyncio.gather(*asked)
            assert code == 0
            assert {reply.status for reply in replies} <= {200, 503}
            assert {reply.code for reply in replies} <= {"", "service.stopping"}
            done = {result["id"] for reply in replies if reply.status == 200 for result in reply.json["results"]}
            assert done
            connection = await connect(made.server.dsn())
            rows = await connection.fetch("select id from events where source = 'api'")
            await connection.close()
            assert {row["id"] for row in rows} == done

    asyncio.run(story())


def test_a_server_that_loses_whoever_started_it_ends_too(data_folder: Path) -> None:
    async def story() -> None:
        async with world(data_folder, SEED) as made:
            (process,) = made.service.children()
            os.kill(made.service.pid, signal.SIGKILL)
            made.service.wait()
            await asyncio.to_thread(process.wait, 30)
            with pytest.raises(Cut), Line(made.service.port) as line:
                await line.ask("GET", "/healthz")

    asyncio.run(story())


async def one(made: World, client: int) -> Reply:
    """The answer to a request that takes a while."""
    body = [
        {"id": f"{client}.{n}", "type": "purchase", "member": f"m{client}.{n}", "happened_at": "2026-03-02T10:00",
         "lines": [{"amount": "23.50", "kind": "drink"}]}
        for n in range(200)
    ]  # fmt: skip
    with Line(made.service.port) as line:
        return await line.ask("POST", "/v1/events", body)


@pytest.mark.parametrize(
    ("recorded", "arrived", "fault"),
    [
        ([], ["1"], "acknowledged and not recorded: 1, as a"),
        (["a", "b"], ["1"], "recorded and never sent: 1, as b"),
        (["a", "a"], ["1"], "recorded more than once: 1, as a"),
        (["a"], [], "messages that never arrived: 1, as 1"),
        (["a"], ["1", "2"], "messages that nobody wrote: 1, as 2"),
    ],
)
def test_what_is_lost_or_too_much_is_found(recorded: list[str], arrived: list[str], fault: str) -> None:
    figures = Figures(0, acknowledged={"a": "purchase"}, sent={"a"})
    box = Inbox(times=dict.fromkeys(arrived, 1), types={"a": {"points.earned"}})
    assert compared(figures, Counter(recorded), {"1"}, box) == [fault]
