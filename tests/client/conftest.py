"""A service for the tests of clients: one for each worker, before a database of its own, with the program published."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.service_factory import PROGRAM, SLUG, Service, service

from regulars.client import AsyncClient, Client
from regulars.postgres.clusters import create_database, drop_database
from regulars.postgres.connect import connect, with_database


@pytest.fixture(scope="session")
def running(server: str, template: str) -> Iterator[Service]:
    """The service."""
    name = f"regulars_service_{os.getpid()}"

    async def make(gone: bool) -> None:
        connection = await connect(server)
        await (drop_database(connection, name) if gone else create_database(connection, name, template))
        await connection.close()

    asyncio.run(make(gone=False))
    with service(with_database(server, name)) as there:
        with Client(there.url, there.key) as owner:
            owner.publish(SLUG, owner.upload(SLUG, PROGRAM).sha256)
        yield there
    asyncio.run(make(gone=True))


class Driven:
    """An asynchronous client whose methods are waited for, so that one story can be told with either."""

    def __init__(self, client: AsyncClient, runner: asyncio.Runner) -> None:
        self._client, self._runner = client, runner

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        async def awaited(*given: Any, **named: Any) -> Any:
            return await method(*given, **named)

        return lambda *given, **named: self._runner.run(awaited(*given, **named))


@pytest.fixture(params=[Client, AsyncClient], ids=["sync", "async"])
def opened(request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Opens clients of one kind: told a service and more words of their constructor."""
    runner, open_ones = asyncio.Runner(), []

    def make(there: Service, key: str | None = None, **more: Any) -> Any:
        # Named, since there are tests that publish another program.
        words = {"url": there.url, "key": key or there.key, "program": SLUG} | more
        client: Any = Client(**words) if request.param is Client else Driven(AsyncClient(**words), runner)
        open_ones.append(client)
        return client

    yield make
    for client in open_ones:
        client.close()
    runner.close()


@pytest.fixture
def shop(running: Service, opened: Callable[..., Any]) -> Any:
    """A client with every right."""
    return opened(running)
