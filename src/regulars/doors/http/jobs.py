"""Imports and exports as jobs: asked for here, done by workers."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from typing import Any, Final, Literal

from msgspec import Struct

from regulars.doors.http.answers import Answer, Stream
from regulars.doors.http.asked import Asked, Gone
from regulars.doors.http.bodies import converted, parsed_object
from regulars.doors.http.paging import CURSOR, LIMIT, Page, cursor_of, limit_of, page_of
from regulars.doors.http.problems import Refused, refuse
from regulars.doors.http.routes import ok, route
from regulars.flows.jobs import jobs_of
from regulars.flows.programs import checked_mapping
from regulars.jobs.model import ENDS, Job, Role
from regulars.jobs.store import FIRST, Jobs
from regulars.words.moments import Zone

UTC: Final = Zone("UTC")
MOST_BYTES: Final = 2**31
"""The largest file that is taken in one piece."""
TAG: Final[dict[str, Any]] = {"tag": "jobs"}
OF_PROGRAMS: Final = ("program.ambiguous", "program.unknown", "program.unreadable", "access.other_program")
MEDIA: Final = {"csv": b"text/csv", "jsonl": b"application/jsonl"}


class Importing(Struct, frozen=True, forbid_unknown_fields=True):
    """A file of events to be brought in: its form, and, where its columns are not named as the program's fields, a mapping."""

    form: Literal["csv", "jsonl", "parquet", "csv.gz", "jsonl.gz"]
    mapping: str = ""


class Exporting(Struct, frozen=True, forbid_unknown_fields=True):
    """What is taken out: `members` with all that they have, or `events` as they were sent; events go as JSON Lines."""

    what: Literal["members", "events"] = "members"
    form: Literal["csv", "jsonl"] = "jsonl"


class JobShown(Struct, frozen=True, omit_defaults=True):
    """A job: what it is, how it stands, how far it is, and what came of it (`error` when it failed)."""

    id: str
    kind: str
    state: str
    program: str
    author: str
    made_at: str
    request: dict[str, Any]
    done: int = 0
    refused: int = 0
    outcome: dict[str, Any] = {}
    started_at: str | None = None
    ended_at: str | None = None


JOB: Final = {
    "id": "j_4q1k", "kind": "import", "state": "open", "program": "corner-card", "author": "key:k1",
    "made_at": "2026-03-02T09:00:00+00:00", "request": {"form": "csv"},
}  # fmt: skip


@route(
    "POST", "/v1/imports", "imports:write", "Begin an import of events.", takes=Importing, gives=JobShown, status=201,
    codes=("request.bad_key", "import.bad_mapping", *OF_PROGRAMS), key=True, example={"form": "csv"}, answer=JOB, **TAG,
)  # fmt: skip
async def begin_import(asked: Asked) -> Answer:
    """Then its file is sent; a worker brings it in. What is refused can be fetched, mended and imported again."""
    body = converted(parsed_object(await asked.whole()), Importing)
    wrong = checked_mapping(body.mapping)
    if wrong is not None:
        raise Refused(wrong)
    request = {"form": body.form, **({"mapping": body.mapping} if body.mapping else {})}
    return await _begin(asked, "import", request)


@route(
    "PUT", "/v1/imports/{job:str}/file", "imports:write", "Send the file of an import.", takes=bytes, gives=JobShown,
    takes_media=("application/octet-stream", "text/csv", "application/jsonl"), status=202,
    codes=("job.unknown", "job.done"), answer=JOB | {"state": "waiting"}, **TAG,
)  # fmt: skip
async def send_file(asked: Asked) -> Answer:
    """In one piece, of up to two gigabytes. Who is cut short sends it again."""
    jobs, job = await _job(asked)
    if job.kind != "import" or job.state != "open":
        raise refuse("job.done", "The file of this job is there already.")
    if not await jobs.put_input(job.id, _parts(asked)):
        raise refuse("job.done", "The file of this job is there already.")
    return ok(_shown((await _job(asked))[1]), 202)


@route(
    "POST", "/v1/exports", "exports:write", "Begin an export of members or events.", takes=Exporting, gives=JobShown,
    status=201, codes=("request.bad_key", *OF_PROGRAMS), key=True, example={"what": "members", "form": "csv"},
    answer=JOB | {"kind": "export", "state": "waiting", "request": {"what": "members", "form": "csv"}}, **TAG,
)  # fmt: skip
async def begin_export(asked: Asked) -> Answer:
    """A worker writes the file; fetch it when the job is done."""
    body = converted(parsed_object(await asked.whole()), Exporting)
    if body.what == "events" and body.form != "jsonl":
        raise refuse("request.bad_field", "Events are taken out as JSON Lines.", pointer="/form")
    return await _begin(asked, "export", {"what": body.what, "form": body.form})


@route(
    "GET", "/v1/jobs", "jobs:read", "Imports and exports, newest first.", gives=Page, items=JobShown,
    query={"limit": LIMIT, "cursor": CURSOR}, codes=("request.bad_cursor",), answer={"items": [JOB], "next": None}, **TAG,
)  # fmt: skip
async def list_jobs(asked: Asked, limit: str = "50", cursor: str = "") -> Answer:
    """A month after its end a job is forgotten."""
    most, said = limit_of(limit), cursor_of(cursor)
    before = FIRST
    if said is not None:
        moment, _, id = said.partition(" ")
        if not (moment.isascii() and moment.isdigit() and len(moment) < 19):
            raise refuse("request.bad_cursor", "The cursor is not one of ours.")
        before = (int(moment), id)
    jobs = await _jobs(asked)
    page = page_of(await jobs.page(before, most + 1), most, lambda one: f"{one.made_at} {one.id}")
    return ok(Page([_shown(one) for one in page.items], page.next))


@route(
    "GET", "/v1/jobs/{job:str}", "jobs:read", "How a job stands.", gives=JobShown, codes=("job.unknown",), answer=JOB, **TAG
)  # fmt: skip
async def get_job(asked: Asked) -> Answer:
    """`state` is `open` until the file is there, `waiting`, `running`, and then `done`, `failed` or `cancelled`."""
    return ok(_shown((await _job(asked))[1]))


@route(
    "DELETE", "/v1/jobs/{job:str}", "imports:write", "Cancel a job.", gives=JobShown, codes=("job.unknown", "job.done"),
    answer=JOB | {"state": "cancelled"}, **TAG,
)  # fmt: skip
async def cancel_job(asked: Asked) -> Answer:
    """Its worker stops soon; what an import has recorded by then stays."""
    jobs, job = await _job(asked)
    if not await jobs.cancel(job.id):
        raise refuse("job.done", "The job has ended already.")
    return ok(_shown((await _job(asked))[1]))


@route(
    "GET", "/v1/jobs/{job:str}/result", "exports:write", "The file that an export has written.",
    gives_media="application/octet-stream", codes=("job.unknown", "job.unfinished", "job.no_result"), **TAG,
)  # fmt: skip
async def get_result(asked: Asked) -> Answer:
    """As CSV or JSON Lines."""
    return await _file(asked, "result")


@route(
    "GET", "/v1/jobs/{job:str}/rejects", "imports:write", "The rows that an import has refused, with why.",
    gives_media="application/octet-stream", codes=("job.unknown", "job.unfinished", "job.no_result"), **TAG,
)  # fmt: skip
async def get_rejects(asked: Asked) -> Answer:
    """In the form of the file that was sent: mend it and import it."""
    return await _file(asked, "rejects")


async def _begin(asked: Asked, kind: Literal["import", "export"], request: dict[str, Any]) -> Answer:
    running, jobs, key = await asked.running(), await _jobs(asked), asked.key()
    state: Literal["open", "waiting"] = "open" if kind == "import" else "waiting"
    id = f"j_{secrets.token_hex(10)}"
    found = await jobs.add(id, kind, state, running.book.slug, asked.caller.subject, key, request)
    job = await jobs.get(found)
    assert job is not None, "it is there, or was"
    if found != id and (job.kind != kind or job.request != request or job.program != running.book.slug):
        raise refuse("event.id_reused", "Under this Idempotency-Key something else was asked for.")
    return ok(_shown(job), 201 if found == id else 200)


async def _parts(asked: Asked) -> AsyncIterator[bytes]:
    size = 0
    while True:
        message: Any = await asked.receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part = message.get("body", b"")
        size += len(part)
        if size > MOST_BYTES:
            raise refuse("request.too_large", f"The file is larger than {MOST_BYTES} bytes.", most=MOST_BYTES)
        if part:
            yield part
        if not message.get("more_body", False):
            return


async def _file(asked: Asked, role: Role) -> Answer:
    jobs, job = await _job(asked)
    if job.state not in ENDS:
        raise refuse("job.unfinished", f"The job is {job.state}.")
    if not await jobs.has(job.id, role):
        raise refuse("job.no_result", "This job has no such file.")
    name = f"{job.id}.{job.request['form']}".encode()
    media = MEDIA.get(job.request["form"], b"application/octet-stream")
    return Stream(jobs.read(job.id, role), media, ((b"content-disposition", b'attachment; filename="%s"' % name),))


async def _jobs(asked: Asked) -> Jobs:
    return await jobs_of(await asked.door.serving.tenant(asked.caller.tenant))


async def _job(asked: Asked) -> tuple[Jobs, Job]:
    jobs = await _jobs(asked)
    found = await jobs.get(asked.path("job"))
    if found is None or asked.caller.program not in {None, found.program}:
        raise refuse("job.unknown", "There is no such job.")
    return jobs, found


def _shown(job: Job) -> JobShown:
    moments = [None if at is None else UTC.text(at) for at in (job.made_at, job.started_at, job.ended_at)]
    return JobShown(
        job.id, job.kind, job.state, job.program, job.author, moments[0] or "", job.request, job.done, job.refused,
        job.outcome, *moments[1:],
    )  # fmt: skip


ROUTES: Final = (
    begin_import, send_file, begin_export, list_jobs, get_job, cancel_job, get_result, get_rejects,
)  # fmt: skip
