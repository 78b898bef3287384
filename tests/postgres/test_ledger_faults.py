"""Connections cut and servers killed under load: every acknowledged event is there once, and the laws hold."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from tests.faults import BATCH, compared, faults
from tests.ledger_factory import Shop, run

from regulars.postgres.connect import connect
from regulars.postgres.unavailable import DatabaseUnavailable

CUTS = 20
KILLS = 20


class Acknowledged:
    """The ids of events whose post returned; whoever waits for more of them is woken."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self._more = asyncio.Condition()

    async def add(self, ids: list[str]) -> None:
        async with self._more:
            self.ids += ids
            self._more.notify_all()

    async def more(self, number: int) -> None:
        """Returns when so many more were acknowledged."""
        wanted = len(self.ids) + number
        async with self._more:
            await self._more.wait_for(lambda: len(self.ids) >= wanted)


async def post_for_ever(shop: Shop, task: int, acknowledged: Acknowledged, stop: asyncio.Event) -> None:
    """Posts batch after batch, again when a batch was not acknowledged."""
    number = 0
    while not stop.is_set():
        number += 1
        batch = [
            shop.event(f"t{task}.{number}.{n}", member=f"m{(task + number + n) % 23}", tags=["fund"]) for n in range(12)
        ]
        while True:
            try:
                outcomes = await shop.poster.post(batch)
            except DatabaseUnavailable:
                continue
            assert all(o.refusal is None for o in outcomes)
            await acknowledged.add([o.event_id for o in outcomes])
            break


async def all_there_once(shop: Shop, acknowledged: Acknowledged) -> None:
    recorded = Counter(row["id"] for row in await shop.pool.fetch("select id from events where source = 'api'"))
    assert set(recorded.values()) == {1}
    assert set(acknowledged.ids) == set(recorded)
    assert await shop.broken() == set()


def test_connections_cut_under_load_lose_nothing_and_repeat_nothing(database: str) -> None:
    async def story(shop: Shop) -> None:
        acknowledged = Acknowledged()
        stop = asyncio.Event()
        posts = [asyncio.create_task(post_for_ever(shop, task, acknowledged, stop)) for task in range(4)]
        surgeon = await connect(database)
        for _ in range(CUTS):
            await acknowledged.more(30)
            await surgeon.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() "
                "and datname = current_database()"
            )
        stop.set()
        await asyncio.gather(*posts)
        await surgeon.close()
        await all_there_once(shop, acknowledged)

    run(database, story)


def test_servers_and_processes_killed_under_load_lose_nothing_that_was_acknowledged(data_folder: Path) -> None:
    figures = faults(data_folder, KILLS, seed=7)
    assert figures.faults == []
    assert figures.killed == {"server": KILLS // 2, "process": KILLS // 2}
    assert figures.acknowledged >= KILLS * BATCH
    assert figures.derived >= KILLS


@pytest.mark.parametrize(
    ("recorded", "derived", "fault"),
    [
        (["a.0"], ["a.friend/friend"], "acknowledged and not recorded: a.friend"),
        (["a.0", "a.friend", "b.0"], ["a.friend/friend"], "recorded and never sent: b.0"),
        (["a.0", "a.0", "a.friend"], ["a.friend/friend"], "recorded more than once: a.0"),
        (["a.0", "a.friend"], [], "told to nobody: a.friend/friend"),
        (["a.0", "a.friend"], ["a.friend/friend", "b.friend/friend"], "told by nobody: b.friend/friend"),
    ],
)
def test_what_is_lost_or_there_twice_is_found(recorded: list[str], derived: list[str], fault: str) -> None:
    assert compared({"a.0", "a.friend"}, Counter(recorded), Counter(derived)) == [fault]
