"""Redemptions at once, or reserved and then confirmed, released, or over."""

from __future__ import annotations

import asyncio

from tests.http_factory import TENANT, Asking, purchase, run

from regulars.flows.reserving import limits_of, release_overdue


async def rich(door: Asking) -> None:
    await door.post("/v1/events", [purchase(f"e{n}") for n in range(3)])


async def points(door: Asking) -> tuple[str, str]:
    held = (await door.get("/v1/members/ann/wallets"))["wallets"]["points"]
    return held["available"], held.get("reserved", "0")


def test_a_reward_is_redeemed_at_once(database: str) -> None:
    async def story(door: Asking) -> None:
        await rich(door)
        told = await door.post("/v1/members/ann/redemptions", {"reward": "mug", "id": "r1"})
        assert told["given"] == {"points": "-50"}
        again = await door.post("/v1/members/ann/redemptions", {"reward": "mug", "id": "r1"})
        assert (again["status"], again["given"]) == ("repeated", {"points": "-50"})
        assert await door.code("POST", "/v1/members/ann/redemptions", json={"reward": "mug"}) == (422, "too_little")
        assert await door.code("POST", "/v1/members/ann/redemptions", json={"reward": "yacht"}) == (422, "unknown")

    run(database, story)


def test_what_is_reserved_is_spent_when_it_is_confirmed_and_once(database: str) -> None:
    async def story(door: Asking) -> None:
        await rich(door)
        await door.post("/v1/members/ann/redemptions", {"reward": "mug", "id": "r1", "reserve": True})
        assert await points(door) == ("19", "50")
        first = await door.post("/v1/members/ann/redemptions/r1/confirm")
        again = await door.post("/v1/members/ann/redemptions/r1/confirm")
        assert (first["status"], again["status"]) == ("recorded", "repeated")
        assert await points(door) == ("19", "0")
        assert await door.code("POST", "/v1/members/ann/redemptions/r1/release") == (422, "redemption.closed")

    run(database, story)


def test_what_is_released_comes_back_with_its_lots(database: str) -> None:
    async def story(door: Asking) -> None:
        await rich(door)
        before = (await door.get("/v1/members/ann/wallets"))["wallets"]["points"]
        await door.post("/v1/members/ann/redemptions", {"reward": "mug", "id": "r1", "reserve": True})
        told = await door.post("/v1/members/ann/redemptions/r1/release")
        assert told["given"] == {"points": "50"}
        after = (await door.get("/v1/members/ann/wallets"))["wallets"]["points"]
        assert (after["available"], after.get("reserved")) == (before["available"], None)
        assert await door.code("POST", "/v1/members/ann/redemptions/r1/confirm") == (422, "redemption.closed")
        assert (await door.get("/v1/members/ann/wallets"))["wallets"]["points"]["available"] == "69"

    run(database, story)


def test_who_does_not_confirm_in_time_has_released(database: str) -> None:
    async def story(door: Asking) -> None:
        await rich(door)
        await door.post("/v1/members/ann/redemptions", {"reward": "mug", "id": "r1", "reserve": True})
        running = await door.app.door.serving.running(TENANT)
        assert await release_overdue(running) == 0
        limits = await limits_of(running)
        await limits.drop("ann", "r1")
        await limits.add("ann", "r1", "api", -1)
        assert await door.code("POST", "/v1/members/ann/redemptions/r1/confirm") == (422, "redemption.closed")
        assert sum(await asyncio.gather(*(release_overdue(running) for _ in range(3)))) == 1
        assert await points(door) == ("69", "0")
        assert await release_overdue(running) == 0

    run(database, story)


def test_two_who_reserve_at_once_never_set_the_same_points_aside(database: str) -> None:
    async def story(door: Asking) -> None:
        await rich(door)
        asks = [
            door.ask("POST", "/v1/members/ann/redemptions", json={"reward": "mug", "reserve": True}) for _ in range(8)
        ]
        answers = await asyncio.gather(*asks)
        assert sorted(answer.status_code for answer in answers) == [200] + [422] * 7
        assert await points(door) == ("19", "50")

    run(database, story)


def test_a_redemption_that_was_not_reserved_is_neither_confirmed_nor_released(database: str) -> None:
    async def story(door: Asking) -> None:
        await rich(door)
        await door.post("/v1/members/ann/redemptions", {"reward": "cup", "id": "r1"})
        assert await door.code("POST", "/v1/members/ann/redemptions/r1/confirm") == (404, "redemption.unknown")
        assert await door.code("POST", "/v1/members/ann/redemptions/e1/release") == (404, "redemption.unknown")
        assert await door.code("POST", "/v1/members/ann/redemptions/nix/release") == (404, "redemption.unknown")

    run(database, story)


def test_how_long_is_reserved_has_an_end(database: str) -> None:
    async def story(door: Asking) -> None:
        body = {"reward": "mug", "reserve": True, "seconds": 10**7}
        assert await door.code("POST", "/v1/members/ann/redemptions", json=body) == (400, "request.bad_field")

    run(database, story)
