"""What no HTTP library would send, over a bare socket to a service that runs: a problem or a closed line, and the next is served."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.http_factory import purchase
from tests.served import KEY, Served, served

from regulars.doors.http.bodies import MOST_BYTES
from regulars.postgres.clusters import create_database, drop_database
from regulars.postgres.connect import connect, with_database

DOCUMENTED = Path(__file__).parents[3] / "docs" / "look-up" / "refusals.md"
HEAD = f"host: x\r\nconnection: close\r\nauthorization: Bearer {KEY}\r\ncontent-type: application/json\r\n"
SECONDS = 20


def request(body: bytes, start: str = "POST /v1/events", head: str = HEAD, length: int | None = None) -> bytes:
    told = len(body) if length is None else length
    return f"{start} HTTP/1.1\r\n{head}content-length: {told}\r\n\r\n".encode() + body


def chunked(*parts: bytes) -> bytes:
    sent = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return f"POST /v1/events HTTP/1.1\r\n{HEAD}transfer-encoding: chunked\r\n\r\n".encode() + sent + b"0\r\n\r\n"


def event(**more: object) -> bytes:
    return json.dumps(purchase("bad", "bea") | more).encode()


GOOD = event()
FORM = HEAD.replace("json", "x-www-form-urlencoded")
WRONG = {
    "no json": (request(b"nix"), 400, "request.not_json"),
    "nothing": (request(b""), 400, "request.not_json"),
    "cut short": (request(GOOD[:-1]), 400, "request.not_json"),
    "a byte order mark": (request(b"\xef\xbb\xbf" + GOOD), 400, "request.not_json"),
    "in another encoding": (request(GOOD.decode().encode("utf-16")), 400, ""),
    "of another kind": (request(b"a=1", head=FORM), 415, "request.media_type"),
    "said to be too large": (request(b"", length=MOST_BYTES + 1), 413, "request.too_large"),
    "too large by parts": (chunked(*[b" " * 2**20] * 9), 413, "request.too_large"),
    "too deep": (request(b"[" * 50_000), 400, "request.too_deep"),
    "deep and whole": (request(b"[" * 5_000 + b"]" * 5_000), 400, "request.too_deep"),
    "a name twice": (request(GOOD[:-1] + b', "id": "other"}'), 400, "request.repeated_name"),
    "a name twice, escaped": (request(GOOD[:-1] + b', "\\u0069d": "other"}'), 400, "request.repeated_name"),
    "no number": (request(event(qty=1).replace(b'"qty": 1', b'"qty": NaN')), 400, "request.bad_number"),
    "endless": (request(event(qty=1).replace(b'"qty": 1', b'"qty": -Infinity')), 400, "request.bad_number"),
    "a huge number": (request(event(qty=1).replace(b'"qty": 1', b'"qty": 1e99999')), 400, "request.bad_number"),
    "a long number": (request(event(qty=1).replace(b'"qty": 1', b'"qty": ' + b"9" * 9_000)), 400, "request.bad_number"),
    "half a character": (request(GOOD.replace(b'"bea"', b'"\\ud83d"')), 400, "request.bad_text"),
    "no character": (request(GOOD.replace(b'"bea"', b'"\xc3\x28"')), 400, "request.bad_text"),
    "a null inside": (request(event(member="be\0a")), 422, "event.bad_id"),
    "no object": (request(b'"purchase"'), 400, "event.not_an_object"),
    "no events": (request(b"[]"), 400, "request.no_events"),
    "too many events": (request(b"[" + b",".join([b"{}"] * 1_001) + b"]"), 400, "request.too_many_events"),
    "a parameter too many": (request(GOOD, "POST /v1/events?dryrun=true"), 400, "request.bad_parameter"),
    "a parameter that is no text": (request(GOOD, "POST /v1/events?dry_run=%ff"), 400, "request.bad_parameter"),
    "a path that is no text": (request(b"", "GET /v1/members/%ff%fe/wallets"), 404, "member.unknown"),
    "a path with a null": (request(b"", "GET /v1/members/a%00b/wallets"), 400, "request.bad_parameter"),
    "a path with an escaped slash": (request(b"", "GET /v1/members/a%2fb/wallets"), 404, "request.not_found"),
    "a path that climbs": (request(b"", "GET /v1/members/../../healthz/wallets"), 404, "request.not_found"),
    "a long path": (request(b"", f"GET /v1/members/{'a' * 4_000}/wallets"), 400, "request.bad_parameter"),
    "nowhere": (request(b"", "GET /v2/events"), 404, "request.not_found"),
    "another method": (request(b"", "DELETE /v1/events"), 405, "request.method"),
    "no key": (
        request(GOOD, head="host: x\r\nconnection: close\r\ncontent-type: application/json\r\n"),
        401,
        "access.missing",
    ),
    "a key of bytes": (
        request(GOOD, head="host: x\r\nconnection: close\r\nauthorization: Bearer é\xff\r\n"),
        401,
        "access.unknown_key",
    ),
    "an endless key": (request(GOOD, head=HEAD.replace(KEY, "k" * 9_000)), 401, "access.unknown_key"),
    "an id that is none": (request(GOOD, head=HEAD + f"idempotency-key: {'k' * 300}\r\n"), 400, "request.bad_key"),
}
"""Requests with the status and code of their answers."""

NO_HTTP = {
    "noise": bytes(range(256)) * 4,
    "a greeting of another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
    "two lengths": request(GOOD, head=HEAD + "content-length: 3\r\n"),
    "a length below nothing": request(GOOD, length=-1),
    "a length and parts": request(GOOD, head=HEAD + "transfer-encoding: chunked\r\n"),
    "a part without an end": chunked(GOOD)[:-9],
    "a header without an end": b"GET /healthz HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 2**20,
    "ten thousand headers": b"GET /healthz HTTP/1.1\r\n" + b"x: y\r\n" * 10_000 + b"\r\n",
    "a version to come": b"GET /healthz HTTP/9.9\r\nhost: x\r\n\r\n",
    "half a head": b"POST /v1/events HTTP/1.1\r\nhost: x\r\n",
    "half a body": request(GOOD, length=len(GOOD) + 10),
}
"""What is hardly HTTP."""


@dataclass
class Raw:
    status: int
    headers: str
    body: bytes

    @property
    def code(self) -> str:
        return str(json.loads(self.body)["code"]) if "application/problem+json" in self.headers else ""


def raw(service: Served, sent: bytes, whole: bool = True) -> Raw | None:
    """The answer to these bytes, or None when the line was closed without one. What is not `whole` is hung up on."""
    with socket.create_connection(("127.0.0.1", service.port), SECONDS) as line:
        # Refused before it was read to its end: the answer may be there all the same.
        with suppress(OSError):
            line.sendall(sent)
            if not whole:
                line.shutdown(socket.SHUT_WR)
        parts = []
        with suppress(ConnectionError):
            while part := line.recv(65_536):
                parts.append(part)
    head, _, body = b"".join(parts).partition(b"\r\n\r\n")
    return Raw(int(head.split()[1]), head.decode("latin-1").lower(), body) if head else None


@pytest.fixture(scope="module")
def service(server: str, template: str) -> Iterator[Served]:
    """One service for all that is wrong: what one request breaks, the next would notice."""
    name = f"regulars_bad_input_{os.getpid()}"

    async def made(gone: bool) -> None:
        connection = await connect(server)
        await (drop_database(connection, name) if gone else create_database(connection, name, template))
        await connection.close()

    asyncio.run(made(gone=False))
    with served(with_database(server, name)) as running:
        yield running
    asyncio.run(made(gone=True))


def lives(service: Served) -> None:
    status, told, _ = service.ask("GET", "/healthz")
    assert (status, told["status"]) == (200, "ok")


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_a_problem_with_a_code(service: Served, name: str) -> None:
    sent, status, code = WRONG[name]
    answer = raw(service, sent)
    assert answer is not None
    assert (answer.status, answer.code if code else "") == (status, code), answer.body[:300]
    assert answer.code
    lives(service)


@pytest.mark.parametrize("name", NO_HTTP)
def test_what_is_hardly_http_ends_without_a_fault(service: Served, name: str) -> None:
    answer = raw(service, NO_HTTP[name], whole=False)
    assert answer is None or answer.status < 500, answer
    lives(service)


def test_nothing_of_all_that_was_recorded(service: Served) -> None:
    for sent, _, _ in WRONG.values():
        raw(service, sent)
    for sent in NO_HTTP.values():
        raw(service, sent, whole=False)
    assert service.ask("GET", "/v1/members/bea/activity")[1]["code"] == "member.unknown"


def test_every_code_of_these_has_its_line_in_the_docs() -> None:
    page = DOCUMENTED.read_text(encoding="utf-8")
    codes = {code for _, _, code in WRONG.values() if code}
    assert {code for code in codes if not re.search(rf"^\| `{re.escape(code)}` \|", page, re.MULTILINE)} == set()


def test_a_key_whose_time_is_over_opens_nothing(service: Served) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    status, made, _ = service.ask("POST", "/v1/keys", {"label": "x", "scopes": ["members:read"], "expires_at": soon})
    assert status == 201, made
    head = HEAD.replace(KEY, made["token"])
    until = datetime.now(UTC) + timedelta(seconds=SECONDS)
    while (answer := raw(service, request(b"", "GET /v1/members/ann/wallets", head))) and answer.status != 401:
        assert datetime.now(UTC) < until
    assert answer is not None
    assert answer.code == "access.expired"


def test_requests_that_come_twice_or_in_another_order_say_so_and_change_nothing(service: Served) -> None:
    bought = purchase("o1", "oda")
    back = {"id": "o2", "type": "return", "member": "oda", "happened_at": "2026-03-03T10:00", "of": "o1"}
    early = service.ask("POST", "/v1/events", back)
    assert early[0] == 422
    assert service.ask("POST", "/v1/members/oda/redemptions/r9/confirm", {})[1]["code"] == "redemption.unknown"
    answers = [service.ask("POST", "/v1/events", bought)[1] for _ in range(3)]
    assert [one["status"] for one in answers] == ["recorded", "repeated", "repeated"]
    assert {json.dumps(one["given"]) for one in answers} == {json.dumps(answers[0]["given"])}
    # What was refused under an id stays refused under it, in the same words; a new request has a new id.
    again = service.ask("POST", "/v1/events", back)
    assert (again[0], again[1]["code"]) == (422, early[1]["code"])
    assert service.ask("POST", "/v1/events", back | {"id": "o3"})[1]["status"] == "recorded"
    assert (
        service.ask("POST", "/v1/events", bought | {"happened_at": "2026-03-01T10:00"})[1]["code"] == "event.id_reused"
    )
    late = service.ask("POST", "/v1/events", purchase("o4", "oda", "2026-02-01T10:00"))
    assert late[1]["status"] == "recorded", late
