"""Who may do what: every route names its scope, and nobody reaches what is not theirs."""

from __future__ import annotations

import pytest
from tests.http_factory import Asking, purchase, run

from regulars.doors.http.app import routes
from regulars.doors.http.caller import SCOPES
from regulars.doors.http.limits import Limits

OPEN = {"healthz", "readyz", "metrics", "openapi", "explain_code"}
"""What anybody may ask."""
ENTERING = {"accept_invitation"} | {one.name for one in routes() if one.path.startswith("/v1/sign-in")}
"""Whoever enters has no key to show yet."""


def address(path: str) -> str:
    """The path of a route with something in each of its places."""
    parts = [("ann" if "{member" in part else "x") if part.startswith("{") else part for part in path.split("/")]
    return "/".join(parts)


def test_every_route_names_a_scope_that_there_is() -> None:
    unnamed = {one.name for one in routes() if one.scope is None}
    assert unnamed <= OPEN | ENTERING
    assert {one.scope for one in routes() if one.scope is not None} <= SCOPES.keys()


def test_without_a_key_and_with_an_unknown_one_nothing_opens(database: str) -> None:
    async def story(door: Asking) -> None:
        for one in routes():
            if one.scope is None:
                continue
            path = address(one.path)
            assert await door.code(one.method, path, None) == (401, "access.missing"), path
            response = await door.ask(one.method, path, "nobody's")
            assert (response.status_code, response.json()["code"]) == (401, "access.unknown_key"), path
            assert response.headers["www-authenticate"] == "Bearer"

    run(database, story)


def test_a_key_opens_no_route_whose_scope_it_does_not_have(database: str) -> None:
    async def story(door: Asking) -> None:
        for one in routes():
            if one.scope is not None:
                other = next(scope for scope in SCOPES if scope != one.scope)
                assert await door.code(one.method, address(one.path), other) == (403, "access.scope"), one.path

    run(database, story)


def test_another_tenant_sees_nothing_of_this_one(database: str) -> None:
    async def story(door: Asking) -> None:
        await door.post("/v1/events", purchase())
        for one in routes():
            if one.of_member and one.method == "GET":
                response = await door.ask("GET", address(one.path), "elsewhere")
                assert response.status_code == 404 or b"e1" not in response.content, one.path
                assert response.status_code < 500, one.path

    run(database, story)


def test_a_members_own_token_sees_that_member_only(database: str) -> None:
    async def story(door: Asking) -> None:
        await door.post("/v1/events", [purchase("a"), purchase("b", "bob")])
        assert (await door.get("/v1/members/ann/wallets", "of-ann"))["member"] == "ann"
        for path in ("/v1/members/bob/wallets", "/v1/members/bob", "/v1/members/bob/receipts/b"):
            assert await door.code("GET", path, "of-ann") == (403, "access.other_member")
        assert await door.code("POST", "/v1/events", "of-ann", json=purchase("c")) == (403, "access.other_member")

    run(database, story)


def test_a_key_for_one_program_opens_no_other(database: str) -> None:
    async def story(door: Asking) -> None:
        await door.post("/v1/events", purchase())
        assert await door.code("GET", "/v1/members/ann", "narrow") == (404, "program.unknown")
        headers = {"regulars-program": "ledger-shop"}
        answer = await door.code("GET", "/v1/members/ann", "narrow", headers=headers)
        assert answer == (403, "access.other_program")

    run(database, story)


def test_who_asks_too_often_is_told_when_to_come_again(database: str) -> None:
    async def story(door: Asking) -> None:
        await door.post("/v1/events", purchase())
        answers = [await door.ask("GET", "/v1/members/ann/wallets", "slow") for _ in range(3)]
        assert [one.status_code for one in answers] == [200, 429, 429]
        assert answers[1].json()["code"] == "rate.exceeded"
        assert 1 <= int(answers[1].headers["retry-after"]) <= 10
        assert answers[0].headers["ratelimit-policy"] == '"default";q=6;w=60'
        assert (await door.ask("GET", "/v1/members/ann/wallets")).status_code == 200

    run(database, story)


@pytest.mark.parametrize("limit", [6, 60, 6000])
def test_a_pace_is_never_exceeded_and_never_starves(limit: int) -> None:
    limits = Limits()
    allowed = sum(limits.take("ann", step * 0.01, limit).allowed for step in range(60_000))
    assert limit * 10 <= allowed <= limit * 10 + max(limit // 6, 1) + 1
