"""What a member has, as the door shows it."""

from __future__ import annotations

from urllib.parse import quote

from tests.http_factory import Asking, purchase, run


def test_wallets_are_shown_now_and_as_of_any_moment(database: str) -> None:
    async def story(door: Asking) -> None:
        await door.post("/v1/events", [purchase("a", at="2026-03-02T10:00"), purchase("b", at="2026-04-02T10:00")])
        now = await door.get("/v1/members/ann/wallets")
        then = await door.get("/v1/members/ann/wallets?as_of=2026-03-15")
        assert now["wallets"]["points"]["available"] == "46"
        assert then["wallets"]["points"] == {
            "available": "23",
            "pending": "0",
            "lots": [{"amount": "23", "earned": "2026-03-02"}],
        }
        assert then["day"] == "2026-03-15"
        assert await door.code("GET", "/v1/members/ann/wallets?as_of=2025-01-01") == (404, "member.unknown")
        assert await door.code("GET", "/v1/members/ann/wallets?as_of=soon") == (400, "request.bad_parameter")

    run(database, story)


def test_a_member_whom_nobody_knows_is_not_found(database: str) -> None:
    async def story(door: Asking) -> None:
        for part in ("", "/wallets", "/activity", "/tiers", "/rewards", "/vouchers", "/benefits"):
            assert await door.code("GET", f"/v1/members/nobody{part}") == (404, "member.unknown")

    run(database, story)


def test_activity_comes_page_by_page_newest_first_and_every_event_once(database: str) -> None:
    async def story(door: Asking) -> None:
        await door.post("/v1/events", [purchase(f"e{n}") for n in range(25)])
        seen, cursor = [], ""
        while cursor is not None:
            page = await door.get(f"/v1/members/ann/activity?limit=10&cursor={cursor}")
            seen += [one["id"] for one in page["items"]]
            cursor = page["next"]
        assert seen == [f"e{n}" for n in reversed(range(25))]
        for bad in ("x", "MTA", "é", "////"):
            path = f"/v1/members/ann/activity?cursor={quote(bad)}"
            status, code = (await door.ask("GET", path)).status_code, (await door.ask("GET", path)).json().get("code")
            assert (status, code) == ((200, None) if bad == "MTA" else (400, "request.bad_cursor")), bad
        for bad in ("0", "501", "ten", "-1"):
            assert await door.code("GET", f"/v1/members/ann/activity?limit={bad}") == (400, "request.bad_parameter")

    run(database, story)


def test_a_receipt_says_why_in_words_and_as_data(database: str) -> None:
    async def story(door: Asking) -> None:
        await door.post("/v1/events", purchase("till.7"))
        receipt = await door.get("/v1/members/ann/receipts/till.7")
        assert receipt["given"] == {"points": "23", "stamps": "1"}
        assert any("23" in line for line in receipt["because"])
        assert {step["rule"] for step in receipt["steps"]["steps"]} == {"earn.base", "earn.stamp"}
        assert receipt["movements"][0] == {
            "wallet": "points", "from": "issued", "to": "active", "amount": "23", "lot": 1,
        }  # fmt: skip
        spanish = await door.get("/v1/members/ann/receipts/till.7", headers={"accept-language": "es"})
        assert spanish["because"] != receipt["because"]
        assert await door.code("GET", "/v1/members/ann/receipts/nix") == (404, "receipt.unknown")
        assert await door.code("GET", "/v1/members/bob/receipts/till.7") == (404, "receipt.unknown")

    run(database, story)


def test_rewards_say_what_can_be_had_now_and_why_the_others_cannot(database: str) -> None:
    async def story(door: Asking) -> None:
        await door.post("/v1/events", purchase())
        rewards = {one["reward"]: one for one in (await door.get("/v1/members/ann/rewards"))["rewards"]}
        assert rewards["cup"] == {"reward": "cup", "can": True, "cost": {"points": "10"}}
        assert rewards["mug"]["can"] is False
        assert rewards["mug"]["code"] == "too_little"
        assert rewards["mug"]["values"] == {"held": "23", "cost": "50"}

    run(database, story)


def test_tiers_say_how_far_it_is_to_the_next(database: str) -> None:
    text = """
program: ladder
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
wallets:
  spend: {is: money}
tiers:
  status: {of: spend, levels: {member: {}, gold: {at: 50.00}}, lasts: never}
earn:
  spend: {give: {spend: 100%}}
"""

    async def story(door: Asking) -> None:
        body = {
            "id": "a",
            "type": "purchase",
            "member": "ann",
            "happened_at": "2026-03-02T10:00",
            "lines": [{"amount": "20.00"}],
        }
        await door.post("/v1/events", body)
        tier = (await door.get("/v1/members/ann/tiers"))["tiers"]["status"]
        assert (tier["level"], tier["levels"]) == ("member", ["member", "gold"])
        assert tier["next"] == {
            "level": "gold",
            "marks": [{"counter": "spend", "there": "20", "at": "50", "missing": "30"}],
        }
        told = await door.post("/v1/events", body | {"id": "b", "lines": [{"amount": "30.00"}]})
        assert told["levels"] == [{"ladder": "status", "was": "member", "now": "gold"}]
        assert "next" not in (await door.get("/v1/members/ann/tiers"))["tiers"]["status"]

    run(database, story, text=text)


def test_vouchers_and_benefits_are_shown(database: str) -> None:
    async def story(door: Asking) -> None:
        for n in range(9):
            await door.post("/v1/events", purchase(f"e{n}", at=f"2026-03-{n + 1:02d}T10:00"))
        vouchers = await door.get("/v1/members/ann/vouchers?as_of=2026-03-11")
        assert [(one["kind"], one["last_day"]) for one in vouchers["vouchers"]] == [("free_drink", "2026-05-07")]
        assert (await door.get("/v1/members/ann/benefits"))["benefits"] == {}
        whole = await door.get("/v1/members/ann?as_of=2026-03-11")
        assert whole["vouchers"] == vouchers["vouchers"]

    run(database, story)
