"""Events over HTTP: one or many, each with its own receipt or refusal; the same one twice is one."""

from __future__ import annotations

from tests.http_factory import Asking, purchase, run


def test_a_purchase_is_answered_with_what_it_gave_and_what_the_member_has(database: str) -> None:
    async def story(door: Asking) -> None:
        told = await door.post("/v1/events", purchase())
        assert told == {
            "id": "e1",
            "member": "ann",
            "status": "recorded",
            "number": 1,
            "given": {"points": "23", "stamps": "1"},
            "wallets": {"points": {"available": "23"}, "stamps": {"available": "1"}},
            "pay": "23.50",
        }

    run(database, story)


def test_the_same_event_twice_is_one_event(database: str) -> None:
    async def story(door: Asking) -> None:
        first = await door.ask("POST", "/v1/events", json=purchase())
        again = await door.ask("POST", "/v1/events", json=purchase())
        assert again.json() == first.json() | {"status": "repeated"}
        assert again.headers["idempotency-replayed"] == "true"
        assert (await door.get("/v1/members/ann/wallets"))["wallets"]["points"]["available"] == "23"

    run(database, story)


def test_another_event_under_the_same_id_is_refused_and_changes_nothing(database: str) -> None:
    async def story(door: Asking) -> None:
        await door.post("/v1/events", purchase())
        other = purchase(at="2026-03-02T11:00")
        assert await door.code("POST", "/v1/events", json=other) == (409, "event.id_reused")

    run(database, story)


def test_an_idempotency_key_is_the_id_of_an_event_that_has_none(database: str) -> None:
    async def story(door: Asking) -> None:
        body = purchase()
        del body["id"]
        headers = {"idempotency-key": "key-1"}
        told = [(await door.ask("POST", "/v1/events", json=body, headers=headers)).json() for _ in range(2)]
        assert [one["id"] for one in told] == ["key-1", "key-1"]
        assert [one["status"] for one in told] == ["recorded", "repeated"]
        assert await door.code("POST", "/v1/events", json=body) == (422, "event.missing_field")

    run(database, story)


def test_of_a_thousand_events_with_one_bad_one_every_other_is_recorded(database: str) -> None:
    async def story(door: Asking) -> None:
        events = [purchase(f"e{n}", f"m{n % 50}") for n in range(1000)]
        events[417]["lines"] = []
        told = await door.post("/v1/events", events)
        assert (told["recorded"], told["repeated"], told["refused"]) == (999, 0, 1)
        assert [one["id"] for one in told["results"]] == [one["id"] for one in events]
        assert told["results"][417]["problem"]["code"] == "event.bad_lines"
        assert (await door.get("/v1/members/m0/wallets"))["wallets"]["points"]["available"] == str(23 * 20)

    run(database, story)


def test_more_than_a_thousand_events_and_none_at_all_are_refused(database: str) -> None:
    async def story(door: Asking) -> None:
        many = [purchase(f"e{n}") for n in range(1001)]
        assert await door.code("POST", "/v1/events", json=many) == (400, "request.too_many_events")
        assert await door.code("POST", "/v1/events", json=[]) == (400, "request.no_events")

    run(database, story)


def test_events_of_one_member_are_decided_in_the_order_in_which_they_stand(database: str) -> None:
    async def story(door: Asking) -> None:
        events = [purchase(f"e{n}") for n in range(300)]
        told = await door.post("/v1/events", events)
        assert [one["number"] for one in told["results"]] == list(range(1, 301))

    run(database, story)


def test_a_dry_run_says_what_would_become_of_an_event_and_records_nothing(database: str) -> None:
    async def story(door: Asking) -> None:
        would = await door.post("/v1/events?dry_run=true", [purchase("a"), purchase("b")])
        assert [one["status"] for one in would["results"]] == ["decided", "decided"]
        assert would["results"][1]["wallets"]["points"] == {"available": "46"}
        assert await door.code("GET", "/v1/members/ann/wallets") == (404, "member.unknown")
        did = await door.post("/v1/events", [purchase("a"), purchase("b")])
        assert [one["given"] for one in did["results"]] == [one["given"] for one in would["results"]]

    run(database, story)


def test_a_dry_run_of_a_return_knows_the_purchase_and_of_a_fund_what_is_left(database: str) -> None:
    async def story(door: Asking) -> None:
        await door.post("/v1/events", purchase(tags=["fund"]))
        back = {"id": "r", "type": "return", "member": "ann", "happened_at": "2026-03-03T10:00", "of": "e1"}
        would = await door.post("/v1/events?dry_run=true", back)
        did = await door.post("/v1/events", back)
        assert would == did | {"status": "decided"}
        assert would["given"]["points"] == "-93"

    run(database, story)


def test_why_is_said_in_the_language_that_is_asked_for(database: str) -> None:
    async def story(door: Asking) -> None:
        told = await door.post("/v1/events?explain=true", purchase())
        assert any("points" in line for line in told["because"])
        dicho = await door.post("/v1/events?explain=true", purchase(), headers={"accept-language": "es-MX, en;q=0.5"})
        assert dicho["because"] != told["because"]
        assert len(dicho["because"]) == len(told["because"])

    run(database, story)


def test_a_cloud_event_is_the_same_event(database: str) -> None:
    async def story(door: Asking) -> None:
        plain = purchase()
        cloud = {
            "specversion": "1.0",
            "id": "e1",
            "source": "api",
            "type": "purchase",
            "subject": "ann",
            "time": "2026-03-02T10:00:00+01:00",
            "datacontenttype": "application/json",
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "data": {"lines": plain["lines"]},
        }
        await door.post("/v1/events", plain)
        headers = {"content-type": "application/cloudevents+json"}
        assert (await door.post("/v1/events", cloud, headers=headers))["status"] == "repeated"
        batch = {"content-type": "application/cloudevents-batch+json"}
        told = await door.post("/v1/events", [cloud, cloud | {"id": "e2"}], headers=batch)
        assert [one["status"] for one in told["results"]] == ["repeated", "recorded"]

    run(database, story)


def test_a_cloud_event_that_lacks_something_is_told_what(database: str) -> None:
    async def story(door: Asking) -> None:
        cloud = {
            "specversion": "1.0",
            "id": "e1",
            "source": "x",
            "type": "visit",
            "subject": "ann",
            "time": "2026-03-02T10:00",
        }
        for change, pointer in (
            ({"specversion": "0.3"}, "/specversion"),
            ({"data_base64": "AA=="}, "/data_base64"),
            ({"data": [1]}, "/data"),
            ({"data": {"member": "bob"}}, "/data/member"),
            ({"subject": None}, "/member"),
        ):
            response = await door.ask("POST", "/v1/events", json=cloud | change)
            assert response.status_code == 422, response.text
            assert response.json()["pointer"] == pointer
        del cloud["subject"]
        assert (await door.ask("POST", "/v1/events", json=cloud)).json()["pointer"] == "/subject"

    run(database, story)


def test_what_the_engine_makes_is_not_taken_from_outside_and_what_staff_does_needs_its_own_scope(database: str) -> None:
    async def story(door: Asking) -> None:
        tick = {"id": "t", "type": "tick", "member": "ann", "happened_at": "2026-03-02T10:00"}
        assert await door.code("POST", "/v1/events", json=tick) == (422, "event.derived")
        assert await door.code("POST", "/v1/events", json=purchase(source="derived")) == (422, "event.derived")
        gift = {
            "id": "g", "type": "goodwill", "member": "ann", "happened_at": "2026-03-02T10:00",
            "wallet": "points", "amount": 5, "reason": "late delivery",
        }  # fmt: skip
        assert await door.code("POST", "/v1/events", "events:write", json=gift) == (403, "access.scope")
        assert (await door.post("/v1/events", gift))["given"] == {"points": "5"}

    run(database, story)


def test_what_has_not_happened_yet_is_refused(database: str) -> None:
    async def story(door: Asking) -> None:
        assert await door.code("POST", "/v1/events", json=purchase(at="2090-01-01")) == (422, "event.in_the_future")

    run(database, story)
