"""Imports and exports over HTTP, done by workers; a killed one's work is taken up by another."""

from __future__ import annotations

import json
from typing import Any

from tests.http_factory import TENANT, Asking, purchase, run

from regulars.flows.jobs import jobs_of, work
from regulars.flows.working import Worker

RAW = {"content-type": "application/octet-stream"}


def lines(events: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


async def begun(door: Asking, data: bytes, form: str = "jsonl") -> str:
    """The id of an import whose file is there."""
    job = await door.post("/v1/imports", {"form": form})
    response = await door.ask("PUT", f"/v1/imports/{job['id']}/file", content=data, headers=RAW)
    assert (response.status_code, response.json()["state"]) == (202, "waiting")
    return str(job["id"])


async def worked(door: Asking) -> int:
    return await work(await door.app.door.serving.tenant(TENANT))


def test_a_file_is_brought_in_and_what_is_refused_can_be_fetched_and_mended(database: str) -> None:
    async def story(door: Asking) -> None:
        events = [purchase(f"e{n}", f"m{n % 5}") for n in range(20)]
        events[7]["lines"] = []
        job = await begun(door, lines(events))
        assert await worked(door) == 1
        done = await door.get(f"/v1/jobs/{job}")
        assert (done["state"], done["outcome"]["recorded"], done["outcome"]["refused"]) == ("done", 19, 1)
        rejects = await door.ask("GET", f"/v1/jobs/{job}/rejects")
        rejected = json.loads(rejects.content)
        assert rejected["id"] == "e7"
        assert (await door.get("/v1/members/m0/wallets"))["wallets"]["points"]["available"] == "92"
        assert await worked(door) == 0

    run(database, story)


def test_a_csv_with_a_mapping_that_is_wrong_is_told_at_once(database: str) -> None:
    async def story(door: Asking) -> None:
        body = {"form": "csv", "mapping": "nix: ["}
        assert await door.code("POST", "/v1/imports", json=body) == (422, "import.bad_mapping")
        assert await door.code("POST", "/v1/imports", json={"form": "xls"}) == (400, "request.bad_field")

    run(database, story)


def test_a_file_that_is_none_fails_with_a_sentence(database: str) -> None:
    async def story(door: Asking) -> None:
        job = await begun(door, b"", "parquet")
        assert await worked(door) == 1
        failed = await door.get(f"/v1/jobs/{job}")
        assert failed["state"] == "failed"
        assert failed["outcome"]["error"]

    run(database, story)


def test_what_is_asked_for_under_one_key_is_one_job(database: str) -> None:
    async def story(door: Asking) -> None:
        key = {"idempotency-key": "k1"}
        first = await door.ask("POST", "/v1/exports", json={"what": "members"}, headers=key)
        again = await door.ask("POST", "/v1/exports", json={"what": "members"}, headers=key)
        assert (first.status_code, again.status_code) == (201, 200)
        assert again.json() == first.json()
        other = await door.code("POST", "/v1/exports", json={"what": "events"}, headers=key)
        assert other == (409, "event.id_reused")

    run(database, story)


def test_members_and_events_are_taken_out_whole(database: str) -> None:
    async def story(door: Asking) -> None:
        sent = [purchase(f"e{n}", f"m{n % 5}") for n in range(12)]
        await door.post("/v1/events", sent)
        jobs = [
            (await door.post("/v1/exports", body))["id"]
            for body in ({"what": "members", "form": "csv"}, {"what": "members"}, {"what": "events"})
        ]
        while await worked(door):
            pass
        table, members, events = [(await door.ask("GET", f"/v1/jobs/{job}/result")).content for job in jobs]
        assert table.decode().splitlines()[:2] == ["member,events,points,stamps", "m0,3,69,3"]
        assert [json.loads(line)["member"] for line in members.splitlines()] == [f"m{n}" for n in range(5)]
        taken_out = [json.loads(line) for line in events.splitlines()]
        assert len(taken_out) == 12
        # What was taken out is the same events: brought in again, nothing is recorded twice.
        job = await begun(door, events)
        await worked(door)
        outcome = (await door.get(f"/v1/jobs/{job}"))["outcome"]
        assert (outcome["recorded"], outcome["repeated"], outcome["refused"]) == (0, 12, 0)

    run(database, story)


def test_the_work_of_a_killed_worker_is_taken_up_and_nothing_goes_in_twice(database: str) -> None:
    async def story(door: Asking) -> None:
        job = await begun(door, lines([purchase(f"e{n}") for n in range(9)]))
        opened = await door.app.door.serving.tenant(TENANT)
        jobs = await jobs_of(opened)
        killed = await jobs.lease()
        assert killed is not None
        assert await worked(door) == 0, "it is another's while its lease runs"
        await opened.pool.execute("update jobs set leased_until = now() - interval '1 second'")
        assert await worked(door) == 1
        assert not await jobs.end(killed, "failed", {}), "who comes back late has nothing to say any more"
        done = await door.get(f"/v1/jobs/{job}")
        assert (done["state"], done["outcome"]["recorded"]) == ("done", 9)

    run(database, story)


def test_a_job_is_cancelled_once_and_unknown_ones_are_not_found(database: str) -> None:
    async def story(door: Asking) -> None:
        job = (await door.post("/v1/imports", {"form": "csv"}))["id"]
        assert (await door.ask("DELETE", f"/v1/jobs/{job}")).json()["state"] == "cancelled"
        assert await door.code("DELETE", f"/v1/jobs/{job}") == (409, "job.done")
        assert await door.code("PUT", f"/v1/imports/{job}/file", content=b"x", headers=RAW) == (409, "job.done")
        assert await door.code("GET", "/v1/jobs/nix") == (404, "job.unknown")
        assert [one["id"] for one in (await door.get("/v1/jobs?limit=1"))["items"]] == [job]
        assert await door.code("GET", f"/v1/jobs/{job}/result") == (422, "job.no_result")

    run(database, story)


def test_a_worker_does_what_is_due_of_everything(database: str) -> None:
    async def story(door: Asking) -> None:
        await door.post("/v1/events", purchase())
        job = (await door.post("/v1/exports", {}))["id"]
        worker = Worker(door.app.door.serving)
        assert await worker.once() >= 1
        assert (await door.get(f"/v1/jobs/{job}"))["state"] == "done"

    run(database, story)
