"""The service on a real socket: it stops without losing an answer, and outlives clients and databases that go away."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

from tests.http_factory import TENANT, purchase
from tests.served import KEY, Served, served

from regulars.ledger.verify import verify
from regulars.postgres.connect import connect
from regulars.postgres.embedded import start


async def recorded(dsn: str) -> set[str]:
    """The ids of all events that are recorded."""
    connection = await connect(dsn)
    rows = await connection.fetch("select id from events where type = 'purchase'")
    await connection.close()
    return {row["id"] for row in rows}


async def broken(dsn: str) -> set[str]:
    """The laws that do not hold."""
    return {law.name async for law in verify(dsn, TENANT, "ledger-shop") if not law.holds}


class Till:
    """Sends purchases one after the other, and keeps what was answered."""

    def __init__(self, service: Served, name: str, ended: Event) -> None:
        self.service, self.name, self.ended = service, name, ended
        self.known: list[str] = []
        self.others: list[tuple[int, Any, dict[str, str]]] = []

    def sell(self) -> None:
        """Sells until told to end, or until nobody answers any more."""
        for number in count():
            if self.ended.is_set():
                return
            id = f"{self.name}.{number}"
            try:
                status, body, headers = self.service.ask("POST", "/v1/events", purchase(id, self.name))
            except (OSError, http.client.HTTPException):
                return
            if status == 200:
                self.known.append(id)
            else:
                self.others.append((status, body, headers))


def test_who_stops_the_service_loses_no_answer(database: str) -> None:
    ended = Event()
    with served(database, "--processes", "2") as service, ThreadPoolExecutor(8) as threads:
        tills = [Till(service, f"till-{n}", ended) for n in range(8)]
        selling = [threads.submit(till.sell) for till in tills]
        while sum(len(till.known) for till in tills) < 100:
            Event().wait(0.01)
        assert service.stop() == 0
        ended.set()
        for one in selling:
            one.result()
    known = {id for till in tills for id in till.known}
    assert known <= asyncio.run(recorded(database))
    assert {status for till in tills for status, _, _ in till.others} <= {503}
    assert asyncio.run(broken(database)) == set()


def test_a_client_that_hangs_up_takes_nobody_along_and_leaves_nothing_half(database: str) -> None:
    head = f"POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\ncontent-type: application/json\r\n"
    with served(database) as service:
        for number in range(40):
            said = json.dumps(purchase(f"gone.{number}")).encode()
            whole = f"{head}content-length: {len(said)}\r\n\r\n".encode() + said
            with socket.create_connection(("127.0.0.1", service.port)) as client:
                client.sendall(whole[: len(whole) - (number % 4) * 20])
        status, told, _ = service.ask("POST", "/v1/events", purchase("here"))
        assert (status, told["status"]) == (200, "recorded")
        assert service.stop() == 0
    there = asyncio.run(recorded(database))
    assert there >= {"here"}
    assert {f"gone.{number}" for number in range(40) if number % 4} & there == set()
    assert asyncio.run(broken(database)) == set()


def test_a_database_that_is_restarted_is_a_problem_that_goes_away(data_folder: Path) -> None:
    ended = Event()
    with start(data_folder, {"fsync": "off"}) as first:
        dsn = first.dsn()
        with served(dsn) as service, ThreadPoolExecutor(4) as threads:
            tills = [Till(service, f"till-{n}", ended) for n in range(4)]
            selling = [threads.submit(till.sell) for till in tills]
            while sum(len(till.known) for till in tills) < 20:
                Event().wait(0.01)
            asyncio.run(cut(dsn))
            before = sum(len(till.known) for till in tills)
            while sum(len(till.known) for till in tills) < before + 20:
                Event().wait(0.01)
            ended.set()
            for one in selling:
                one.result()
            assert service.stop() == 0
        others = [other for till in tills for other in till.others]
        assert {(status, body["code"]) for status, body, _ in others} <= {(503, "service.database")}
        assert all(headers["retry-after"] for _, _, headers in others)
        assert {id for till in tills for id in till.known} <= asyncio.run(recorded(dsn))
        assert asyncio.run(broken(dsn)) == set()


async def cut(dsn: str) -> None:
    """Ends every other connection, as a server that is restarted does."""
    connection = await connect(dsn)
    await connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname is not null"
    )
    await connection.close()
