"""Webhooks over HTTP: set up, looked at, tried out, sent again; secrets are shown once."""

from __future__ import annotations

from standardwebhooks.webhooks import Webhook
from tests.http_factory import TENANT, Asking, purchase, run
from tests.webhook_receiver import receiving


def test_a_webhook_is_set_up_and_gets_what_happens(database: str) -> None:
    async def story(door: Asking) -> None:
        with receiving() as receiver:
            made = await door.post("/v1/webhooks", {"url": receiver.url, "types": ["points.earned"], "label": "shop"})
            await door.post("/v1/events", purchase())
            telling = await door.app.door.rooms.telling(TENANT)
            assert await telling.gather() == 1
            await telling.deliver()
            for headers, body in receiver.came:
                Webhook(made["secret"]).verify(body.decode(), headers)
            assert len(receiver.came) == 2
        page = await door.get(f"/v1/webhooks/{made['id']}/messages", params={"limit": "1"})
        (message,) = page["items"]
        assert (message["type"], message["state"]) == ("points.earned", "delivered")
        rest = await door.get(f"/v1/webhooks/{made['id']}/messages", params={"cursor": page["next"]})
        assert len(rest["items"]) == 1
        tried = await door.get(f"/v1/webhooks/{made['id']}/messages/{message['id']}")
        assert [one["status"] for one in tried["items"]] == [204]
        (shown,) = (await door.get("/v1/webhooks"))["items"]
        assert (shown["state"], "secret" in shown) == ("open", False)

    run(database, story)


def test_a_webhook_is_changed_tried_out_and_taken_away(database: str) -> None:
    async def story(door: Asking) -> None:
        with receiving() as receiver:
            made = await door.post("/v1/webhooks", {"url": receiver.url})
            path = f"/v1/webhooks/{made['id']}"
            changed = await door.ask(
                "PUT", path, json={"url": receiver.url, "types": ["tier.upgraded"], "label": "tiers"}
            )
            assert changed.json()["types"] == ["tier.upgraded"]
            await door.post(f"{path}/test")
            telling = await door.app.door.rooms.telling(TENANT)
            assert await telling.deliver() == 1
            assert b"webhook.test" in receiver.came[0][1]
            secret = (await door.post(f"{path}/secret"))["secret"]
            assert secret != made["secret"]
        assert (await door.post(f"{path}/disable"))["id"] == made["id"]
        assert [one["state"] for one in (await door.get("/v1/webhooks"))["items"]] == ["disabled"]
        await door.post(f"{path}/enable")
        assert (await door.ask("DELETE", path)).status_code == 200
        assert await door.code("DELETE", path) == (404, "webhook.unknown")

    run(database, story)


def test_messages_do_not_go_inside_and_nobody_sees_another_tenants(database: str) -> None:
    async def story(door: Asking) -> None:
        bad = {"url": "https://10.0.0.1/hook"}
        assert await door.code("POST", "/v1/webhooks", json=bad) == (422, "webhook.private_address")
        assert await door.code("POST", "/v1/webhooks", json={"url": "ftp://x"}) == (422, "webhook.bad_url")
        wrong = {"url": "https://example.org/", "types": ["points.eaten"]}
        assert await door.code("POST", "/v1/webhooks", json=wrong) == (422, "webhook.unknown_type")
        made = await door.post("/v1/webhooks", {"url": "https://example.org/"})
        assert (await door.get("/v1/webhooks", key="elsewhere"))["items"] == []
        path = f"/v1/webhooks/{made['id']}"
        assert await door.code("GET", f"{path}/messages", key="elsewhere") == (404, "webhook.unknown")
        assert await door.code("POST", f"{path}/secret", key="elsewhere") == (404, "webhook.unknown")

    run(database, story)
