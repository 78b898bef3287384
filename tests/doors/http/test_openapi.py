"""The OpenAPI document: whole, valid as far as it can be told, and its examples are run."""

from __future__ import annotations

from typing import Any

import pytest
from tests.http_factory import Asking, purchase, run

from regulars.doors.http.app import routes
from regulars.doors.http.openapi import document


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(one) for one in value.values()))
    return set().union(*(references(one) for one in value)) if isinstance(value, list) else set()


def test_the_document_is_served_to_anybody_and_describes_every_route(database: str) -> None:
    async def story(door: Asking) -> None:
        served = await door.get("/openapi.json", key=None)
        assert served["openapi"] == "3.1.0"
        described = {(path, method) for path, own in served["paths"].items() for method in own}
        assert len(described) == len(routes())
        operations = [one for own in served["paths"].values() for one in own.values()]
        assert len({one["operationId"] for one in operations}) == len(operations)
        assert all(one["description"] and one["summary"] and one["responses"] for one in operations)

    run(database, story)


def test_everything_that_the_document_refers_to_stands_in_it() -> None:
    made = document(routes())
    wanted = {name.removeprefix("#/components/schemas/") for name in references(made)}
    assert wanted <= made["components"]["schemas"].keys()


OF_MEMBERS = [one.name for one in routes() if one.tag in {"members", "acts", "redemptions", "events"}]


@pytest.mark.parametrize("name", OF_MEMBERS)
def test_an_example_ends_as_its_route_says(database: str, name: str) -> None:
    (one,) = (one for one in routes() if one.name == name)
    path = one.path.replace("{member:str}", "ann").replace("{event_id:path}", "e1").replace("{redemption:str}", "e1")

    async def story(door: Asking) -> None:
        await door.post("/v1/events", [purchase("e1"), purchase("e2")])
        body = {} if one.example is None else {"json": one.example}
        response = await door.ask(one.method, path.replace("{name:str}", "mug"), **body)
        documented = {one.status, 200} | {int(status) for status in _statuses(one.name)}
        assert response.status_code in documented, response.text
        if response.status_code >= 400:
            assert response.json()["code"] in one.all_codes or "." not in response.json()["code"], response.text

    run(database, story)


def _statuses(name: str) -> list[str]:
    paths = document(routes())["paths"]
    return [
        status
        for own in paths.values()
        for one in own.values()
        if one["operationId"] == name
        for status in one["responses"]
    ]
