"""Whether the service lives, whether it can work, and its figures."""

from __future__ import annotations

import asyncio
from typing import Final

from msgspec import Struct

from regulars.doors.http.answers import Answer
from regulars.doors.http.asked import Asked
from regulars.doors.http.problems import refuse
from regulars.doors.http.routes import ok, route
from regulars.postgres.second_lock import standing

PATIENCE: Final = 2.0
"""Seconds within which a database that is there answers."""


class Health(Struct, frozen=True):
    """`ok`, and how many events wait for their commit. `second_lock` is `held`, or says what is missing for the database
    itself to keep tenants apart.
    """

    status: str
    waiting: int = 0
    second_lock: str = "held"


@route(
    "GET", "/healthz", None, "Whether the process lives.", tag="service", gives=Health,
    answer={"status": "ok", "waiting": 0},
)  # fmt: skip
async def healthz(asked: Asked) -> Answer:
    """Always well while it can answer at all; looks at nothing else."""
    return ok(Health("ok", asked.door.serving.waiting()))


@route(
    "GET", "/readyz", None, "Whether requests can be served: the database answers and the process is not stopping.",
    tag="service", gives=Health, answer={"status": "ok", "waiting": 0},
)  # fmt: skip
async def readyz(asked: Asked) -> Answer:
    """A load balancer sends requests only while this is well."""
    if asked.door.stopping:
        raise refuse("service.stopping", "This process is stopping.")
    async with asyncio.timeout(PATIENCE):
        async with asked.door.serving.pool.acquire() as connection:
            found = await standing(connection, owner=True)
    return ok(Health("ok", asked.door.serving.waiting(), "held" if found.locked else found.hint))


@route(
    "GET", "/metrics", None, "The figures of this process for Prometheus.", tag="service",
    gives_media="text/plain",
)  # fmt: skip
async def metrics(asked: Asked) -> Answer:
    """Counts and times since the process started; where many processes run, each has its own."""
    door = asked.door
    waiting, lag = await door.outbox()
    return Answer(door.metrics.text(door.serving.waiting(), waiting, lag), media=b"text/plain; version=0.0.4")


ROUTES: Final = (healthz, readyz, metrics)
