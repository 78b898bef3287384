"""Members as persons over HTTP: made, found, changed, merged, closed, taken out, erased; nobody sees another tenant's."""

from __future__ import annotations

import io
import zipfile

from tests.http_factory import Asking, purchase, run

ANN = {"member": "ann", "fields": {"name": "Ann"}, "identifiers": [{"kind": "email", "value": "Ann@Example.org"}]}


def test_a_member_is_made_and_found_by_what_they_show(database: str) -> None:
    async def story(door: Asking) -> None:
        made = await door.ask("POST", "/v1/members", json=ANN)
        assert (made.status_code, made.headers["etag"]) == (201, '"1"')
        found = await door.get("/v1/members", params={"email": "ann@example.org"})
        assert [one["member"] for one in found["items"]] == ["ann"]
        assert (await door.get("/v1/members", params={"email": "bob@example.org"}))["items"] == []
        assert (await door.get("/v1/members/ann/person"))["fields"] == {"name": "Ann"}
        # Made again it is the same one, and another person under the id is refused.
        assert (await door.ask("POST", "/v1/members", json=ANN)).status_code == 201
        assert await door.code("POST", "/v1/members", json=ANN | {"fields": {}}) == (409, "person.exists")
        assert await door.code("POST", "/v1/members", json=ANN | {"member": "bob"}) == (409, "identifier.taken")
        assert await door.code("POST", "/v1/members", json={"member": "ann@example.org"}) == (422, "member.personal_id")

    run(database, story)


def test_a_change_is_made_on_the_version_that_was_read(database: str) -> None:
    async def story(door: Asking) -> None:
        await door.post("/v1/members", ANN)
        change = {"fields": {"city": "Cádiz"}}
        changed = await door.ask("PATCH", "/v1/members/ann", json=change, headers={"if-match": '"1"'})
        assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
        stale = await door.code("PATCH", "/v1/members/ann", json=change, headers={"if-match": '"1"'})
        assert stale == (412, "person.changed")
        assert await door.code("PATCH", "/v1/members/ann", json={"fields": {"shoe": "42"}}) == (
            422,
            "person.unknown_field",
        )
        assert await door.code("PATCH", "/v1/members/bob", json=change) == (404, "person.unknown")

    run(database, story)


def test_two_records_become_one_with_all_that_both_had(database: str) -> None:
    async def story(door: Asking) -> None:
        await door.post("/v1/members", ANN)
        await door.post("/v1/members", {"member": "annie", "identifiers": [{"kind": "card", "value": "A1"}]})
        await door.post("/v1/events", purchase("e1", "ann"))
        await door.post("/v1/events", purchase("e2", "annie"))
        body = {"into": "ann", "reason": "joined twice"}
        for _ in range(2):
            merged = await door.ask("POST", "/v1/members/annie/merge", json=body, headers={"idempotency-key": "m1"})
            assert merged.status_code == 200, merged.text
        assert (await door.get("/v1/members/ann/wallets"))["wallets"]["points"]["available"] == "46"
        found = await door.get("/v1/members", params={"card": "a1"})
        assert [one["member"] for one in found["items"]] == ["ann"]
        assert await door.code("POST", "/v1/events", json=purchase("e3", "annie")) == (422, "member.merged")

    run(database, story)


def test_a_closed_account_takes_nothing_more(database: str) -> None:
    async def story(door: Asking) -> None:
        await door.post("/v1/members", ANN)
        await door.post("/v1/events", purchase())
        await door.post("/v1/members/ann/close", {"reason": "asked for it"})
        assert (await door.get("/v1/members/ann/person"))["state"] == "closed"
        assert await door.code("POST", "/v1/events", json=purchase("e2")) == (422, "member.closed")

    run(database, story)


def test_a_member_takes_out_what_is_held_of_them_and_is_then_erased(database: str) -> None:
    async def story(door: Asking) -> None:
        await door.post("/v1/members", ANN)
        await door.post("/v1/events", purchase())
        packed = await door.ask("GET", "/v1/members/ann/export", key="of-ann")
        assert packed.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
            assert b"Ann" in archive.read("person.json")
        erased = await door.ask("DELETE", "/v1/members/ann/person")
        assert (erased.status_code, erased.json()["state"]) == (200, "erased")
        assert (await door.get("/v1/members/ann/person"))["fields"] == {}
        assert (await door.get("/v1/members/ann/wallets"))["wallets"]["points"]["available"] == "23"

    run(database, story)


def test_nobody_sees_persons_of_another_tenant_or_another_member(database: str) -> None:
    async def story(door: Asking) -> None:
        await door.post("/v1/members", ANN)
        assert await door.code("GET", "/v1/members/ann/person", key="elsewhere") == (404, "person.unknown")
        assert (await door.get("/v1/members", key="elsewhere"))["items"] == []
        # The same mail address is somebody else there.
        assert (await door.ask("POST", "/v1/members", key="elsewhere", json=ANN)).status_code == 201
        assert await door.code("GET", "/v1/members/bob/person", key="of-ann") == (403, "access.other_member")
        assert await door.code("GET", "/v1/members", key="of-ann") == (403, "access.other_member")

    run(database, story)


def test_members_are_listed_page_by_page(database: str) -> None:
    async def story(door: Asking) -> None:
        for n in range(5):
            await door.post("/v1/members", {"member": f"n{n}"})
        seen, cursor = [], ""
        while cursor is not None:
            page = await door.get("/v1/members", params={"limit": "2", "cursor": cursor})
            seen += [one["member"] for one in page["items"]]
            cursor = page["next"]
        assert seen == [f"n{n}" for n in range(5)]
        assert await door.code("GET", "/v1/members", params={"cursor": "??"}) == (400, "request.bad_cursor")
        assert await door.code("GET", "/v1/members", params={"limit": "0"}) == (400, "request.bad_parameter")

    run(database, story)
