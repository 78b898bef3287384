"""Programs over HTTP: checked, kept as drafts, published by somebody else, compared in words."""

from __future__ import annotations

from tests.http_factory import LASTING, Asking, purchase, run

YAML = {"content-type": "application/yaml"}
LATER = LASTING.replace("from: 2026-01-01", "from: 2026-06-01").replace("1 per 1.00", "2 per 1.00")
DRAFT = "/v1/programs/ledger-shop/draft"
PUBLISH = "/v1/programs/ledger-shop/publish"


async def put(door: Asking, text: str, key: str = "all", etag: str = "") -> str:
    """The ETag of the draft that was written."""
    headers = YAML | ({"if-match": etag} if etag else {})
    response = await door.ask("PUT", DRAFT, key, content=text, headers=headers)
    assert response.status_code in {200, 201}, response.text
    return response.headers["etag"]


def test_a_text_is_checked_as_a_whole_and_each_mistake_has_its_place(database: str) -> None:
    async def story(door: Asking) -> None:
        said = await door.post("/v1/programs/check", content=LASTING, headers=YAML)
        assert (said["program"], said["first_day"]) == ("ledger-shop", "2026-01-01")
        assert said["words"]
        broken = LASTING.replace("stamps: 1 per", "stmps: 1 per").replace("EUR", "EURO")
        response = await door.ask("POST", "/v1/programs/check", content=broken, headers=YAML)
        problem = response.json()
        assert (response.status_code, problem["code"]) == (422, "program.invalid")
        assert len(problem["mistakes"]) >= 2
        assert all(one["line"] > 1 and one["message"] for one in problem["mistakes"])
        bad = await door.code("POST", "/v1/programs/check", content=b"\xff\xfe", headers=YAML)
        assert bad == (400, "request.bad_text")

    run(database, story)


def test_who_wrote_a_draft_does_not_publish_it_and_somebody_else_does(database: str) -> None:
    async def story(door: Asking) -> None:
        etag = await put(door, LATER)
        match = {"if-match": etag}
        assert await door.code("POST", PUBLISH, headers=match) == (403, "four_eyes.same_person")
        response = await door.ask("POST", PUBLISH, "second", headers=match)
        assert response.status_code == 201, response.text
        assert response.json()["version"] == 1
        assert await door.code("GET", DRAFT) == (404, "program.no_draft")
        versions = (await door.get("/v1/programs/ledger-shop/versions"))["items"]
        assert [one["first_day"] for one in versions] == ["2026-01-01", "2026-06-01"]
        assert (await door.get("/v1/programs/ledger-shop/versions/1"))["text"] == LATER
        later = await door.post("/v1/events", purchase(at="2026-06-02T10:00"))
        assert later["given"]["points"] == "47"
        log = await door.app.door.serving.pool.fetch("select action, actor from audit_log order by n")
        assert [tuple(row) for row in log] == [("draft.written", "key:all"), ("program.published", "key:second")]

    run(database, story)


def test_a_draft_is_changed_and_published_only_by_who_saw_it(database: str) -> None:
    async def story(door: Asking) -> None:
        first = await put(door, LATER)
        other = LATER.replace("2 per 1.00", "3 per 1.00")
        assert await door.code("PUT", DRAFT, content=other, headers=YAML) == (428, "program.if_match")
        second = await put(door, other, etag=first)
        assert second != first
        stale = YAML | {"if-match": first}
        assert await door.code("PUT", DRAFT, content=LATER, headers=stale) == (412, "program.changed")
        assert await door.code("POST", PUBLISH, "second", headers=stale) == (412, "program.changed")
        assert await door.code("POST", PUBLISH, "second") == (428, "program.if_match")
        assert await door.code("DELETE", DRAFT, headers={"if-match": '"nix"'}) == (412, "program.changed")
        assert (await door.ask("DELETE", DRAFT, headers={"if-match": second})).status_code == 204
        assert await door.code("GET", DRAFT) == (404, "program.no_draft")

    run(database, story)


def test_a_draft_that_is_broken_or_of_another_name_is_not_kept(database: str) -> None:
    async def story(door: Asking) -> None:
        assert await door.code("PUT", DRAFT, content="program: [", headers=YAML) == (422, "program.invalid")
        elsewhere = "/v1/programs/another/draft"
        assert await door.code("PUT", elsewhere, content=LATER, headers=YAML) == (422, "program.other_name")
        assert (await door.get("/v1/programs"))["items"] == [{"program": "ledger-shop", "versions": 1, "draft": False}]

    run(database, story)


def test_what_changes_is_said_in_words(database: str) -> None:
    async def story(door: Asking) -> None:
        await put(door, LATER)
        said = await door.get("/v1/programs/ledger-shop/diff")
        spoken = await door.get("/v1/programs/ledger-shop/diff", headers={"accept-language": "es"})
        assert any("2 points" in line for line in said["changes"])
        assert spoken != said
        nothing = await door.get("/v1/programs/ledger-shop/diff?old=0&new=0")
        assert len(nothing["changes"]) == 1
        assert await door.code("GET", "/v1/programs/ledger-shop/diff?old=7") == (404, "version.unknown")
        assert await door.code("GET", "/v1/programs/nix/diff") == (404, "program.unknown")

    run(database, story)


def test_a_version_that_would_change_what_was_judged_is_refused(database: str) -> None:
    async def story(door: Asking) -> None:
        await door.post("/v1/events", purchase(at="2026-07-01T10:00"))
        etag = await put(door, LATER)
        assert await door.code("POST", PUBLISH, "second", headers={"if-match": etag}) == (409, "version.judged")

    run(database, story)


def test_a_tenant_without_a_program_publishes_its_first(database: str) -> None:
    async def story(door: Asking) -> None:
        assert await door.code("POST", "/v1/events", json=purchase()) == (404, "program.unknown")
        etag = await put(door, LASTING)
        response = await door.ask("POST", PUBLISH, "second", headers={"if-match": etag})
        assert response.status_code == 201
        assert (await door.post("/v1/events", purchase()))["status"] == "recorded"

    run(database, story, text=None)
