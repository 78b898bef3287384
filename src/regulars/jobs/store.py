"""What jobs keep: drafts, jobs with their files, time limits; all of one tenant."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, Final

from regulars.jobs.model import Draft, Job, Kind, Limit, Role, State
from regulars.jobs.statements import sql
from regulars.postgres.connect import Connection, Pool, transaction

PART: Final = 2**20
"""Bytes of a part of a file."""

LEASE: Final = 60.0
"""Seconds that a job belongs to a worker that is not heard of."""

KEPT: Final = 30
"""Days that a job is kept after its end."""

FIRST: Final = (2**62, "")
"""Where the newest page of jobs begins."""


class Drafts:
    """The drafts of a tenant's programs."""

    def __init__(self, pool: Pool, tenant: int) -> None:
        self._pool, self._tenant = pool, tenant

    async def get(self, slug: str) -> Draft | None:
        """The draft of a program, or None."""
        row = await self._pool.fetchrow(sql.draft, self._tenant, slug)
        return None if row is None else Draft(**dict(row))

    async def all(self) -> list[Draft]:
        """Every draft, by name."""
        return [Draft(**dict(row)) for row in await self._pool.fetch(sql.drafts, self._tenant)]

    async def put(self, slug: str, author: str, sha256: bytes, text: str, seen: bytes | None) -> bool | None:
        """True when the draft is new, False when it took the place of the one with the checksum `seen`; None when another
        stands there.
        """
        row = await self._pool.fetchrow(sql.put_draft, self._tenant, slug, author, sha256, text, seen)
        return None if row is None else bool(row["new"])

    async def drop(self, slug: str, sha256: bytes) -> bool:
        """Whether the draft with this checksum was there; it is gone now."""
        return await self._pool.fetchval(sql.drop_draft, self._tenant, slug, sha256) is not None


class Jobs:
    """The jobs of a tenant."""

    def __init__(self, pool: Pool, tenant: int) -> None:
        self._pool, self._tenant = pool, tenant

    async def add(
        self, id: str, kind: Kind, state: State, program: str, author: str, key: str | None, request: dict[str, Any]
    ) -> str:
        """The id of the job: a new one, or the one that was asked for under the same key before."""
        said = json.dumps(request)
        found = await self._pool.fetchval(sql.add_job, self._tenant, id, kind, state, program, author, key, said)
        return str(found or await self._pool.fetchval(sql.job_of_key, self._tenant, key))

    async def get(self, id: str) -> Job | None:
        """A job, or None."""
        row = await self._pool.fetchrow(sql.job, self._tenant, id)
        return None if row is None else _job(row)

    async def page(self, before: tuple[int, str] = FIRST, limit: int = 50) -> list[Job]:
        """Jobs, newest first, before a moment and an id."""
        return [_job(row) for row in await self._pool.fetch(sql.jobs, self._tenant, *before, limit)]

    async def put_input(self, id: str, parts: AsyncIterator[bytes]) -> bool:
        """Whether the job waited for its file, which it now has: whole, or nothing of it."""
        async with transaction(self._pool) as connection:
            await connection.execute(sql.drop_file, self._tenant, id, "input")
            await self._write(connection, id, "input", parts)
            return await connection.fetchval(sql.close_input, self._tenant, id) is not None

    async def cancel(self, id: str) -> bool:
        """Whether the job had not ended; its worker stops at its next word."""
        return await self._pool.fetchval(sql.cancel_job, self._tenant, id) is not None

    async def lease(self) -> Job | None:
        """The next job, which is now the caller's for `LEASE` seconds; None when there is none."""
        found = await self._pool.fetchval(sql.lease_job, self._tenant, LEASE)
        return None if found is None else await self.get(found)

    async def keep(self, job: Job, done: int, refused: int) -> bool:
        """Whether the job is still the caller's, for another `LEASE` seconds."""
        asked = (self._tenant, job.id, LEASE, job.attempts, done, refused)
        return await self._pool.fetchval(sql.keep_job, *asked) is not None

    async def end(self, job: Job, state: State, outcome: dict[str, Any], done: int = 0, refused: int = 0) -> bool:
        """Whether the job was still the caller's; what came of it is noted."""
        asked = (self._tenant, job.id, state, job.attempts, json.dumps(outcome), done, refused)
        return await self._pool.fetchval(sql.end_job, *asked) is not None

    async def write(self, job: Job, role: Role, parts: AsyncIterator[bytes]) -> int:
        """How many bytes a file of the job has, which takes the place of an earlier attempt's."""
        async with transaction(self._pool) as connection:
            await connection.execute(sql.drop_file, self._tenant, job.id, role)
            return await self._write(connection, job.id, role, parts)

    async def _write(self, connection: Connection, id: str, role: Role, parts: AsyncIterator[bytes]) -> int:
        n = size = 0
        held: list[bytes] = []
        length = 0
        async for part in parts:
            held.append(part)
            length += len(part)
            size += len(part)
            if length >= PART:
                await connection.execute(sql.add_part, self._tenant, id, role, n, b"".join(held))
                held, length, n = [], 0, n + 1
        if held:
            await connection.execute(sql.add_part, self._tenant, id, role, n, b"".join(held))
        return size

    async def has(self, id: str, role: Role) -> bool:
        """Whether the job has a file that is not empty."""
        return await self._pool.fetchval(sql.part, self._tenant, id, role, 0) is not None

    async def read(self, id: str, role: Role) -> AsyncIterator[bytes]:
        """The parts of a file, in order."""
        n = 0
        while (data := await self._pool.fetchval(sql.part, self._tenant, id, role, n)) is not None:
            yield data
            n += 1

    async def forget(self) -> None:
        """Takes away what ended long ago, and what was never sent."""
        await self._pool.execute(sql.forget_jobs, self._tenant, KEPT)
        await self._pool.execute(sql.forget_unsent, self._tenant)


class Limits:
    """The time limits of reserved redemptions of a tenant's program."""

    def __init__(self, pool: Pool, tenant: int, program: str) -> None:
        self._pool, self._tenant, self._program = pool, tenant, program

    async def add(self, member: str, id: str, source: str, seconds: float) -> None:
        """Notes how long a redemption is reserved."""
        await self._pool.execute(sql.add_limit, self._tenant, self._program, member, id, source, seconds)

    async def open(self, member: str, id: str) -> bool | None:
        """Whether its time still runs; None when none is noted."""
        found: bool | None = await self._pool.fetchval(sql.limit_open, self._tenant, self._program, member, id)
        return found

    async def drop(self, member: str, id: str) -> None:
        """Forgets it."""
        await self._pool.execute(sql.drop_limit, self._tenant, self._program, member, id)

    async def over(self, connection: Connection, most: int) -> list[Limit]:
        """Those whose time is over and that nobody else holds; they are the transaction's until it ends."""
        rows = await connection.fetch(sql.limits_over, self._tenant, self._program, most)
        return [Limit(**dict(row)) for row in rows]

    async def drop_within(self, connection: Connection, limit: Limit) -> None:
        """Forgets one within the transaction that holds it."""
        await connection.execute(sql.drop_limit, self._tenant, self._program, limit.member, limit.id)


def _job(row: Any) -> Job:
    found = dict(row)
    found["request"] = json.loads(found["request"])
    found["outcome"] = json.loads(found["outcome"] or "{}")
    return Job(**found)
