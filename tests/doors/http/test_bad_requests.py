"""What is sent wrongly is told so, by a code that is documented, and never breaks anything."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.http_factory import Asking, purchase, run

from regulars.doors.http.app import routes
from regulars.doors.http.bodies import MOST_BYTES, parsed
from regulars.doors.http.problems import Refused
from regulars.doors.http.status import BY_CODE, status_of
from regulars.speech.language import LANGUAGES, language

JSON = {"content-type": "application/json"}
GOOD = json.dumps(purchase())

BROKEN = {
    b"": "request.not_json",
    b"nix": "request.not_json",
    b"{": "request.not_json",
    b'{"a": 1,}': "request.not_json",
    GOOD.encode() + b" x": "request.not_json",
    b'{"a": NaN}': "request.bad_number",
    b'{"a": -Infinity}': "request.bad_number",
    b'{"a": 1e999999999}': "request.bad_number",
    b'{"a": ' + b"9" * 5000 + b"}": "request.bad_number",
    b'{"a": 1, "a": 1}': "request.repeated_name",
    b'{"a": {"b" : 1, "c": 2, "b"\n:3}}': "request.repeated_name",
    b'[{"a": [{"b": 1, "b": 2}]}]': "request.repeated_name",
    b'{"a": "\\ud800"}': "request.bad_text",
    b'{"a": "\xff"}': "request.bad_text",
    b"[" * 100_000: "request.too_deep",
    b'{"a":' * 100 + b"1" + b"}" * 100: "request.too_deep",
    b'"a text"': "event.not_an_object",
    b"17": "event.not_an_object",
}


@pytest.mark.parametrize("body", BROKEN, ids=lambda body: body[:24].decode("latin-1"))
def test_a_body_that_is_broken_is_told_how(database: str, body: bytes) -> None:
    async def story(door: Asking) -> None:
        status, code = await door.code("POST", "/v1/events", content=body, headers=JSON)
        assert code == BROKEN[body]
        assert status == 400

    run(database, story)


def test_an_escaped_quote_before_a_colon_is_no_name() -> None:
    assert parsed(rb'{"a": "b\": c", "d\":": "\":"}') == {"a": 'b": c', 'd":': '":'}


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(values, st.sampled_from([None, 1]))
def test_whatever_json_says_is_read_as_it_is(value: Any, indent: int | None) -> None:
    assert parsed(json.dumps(value, indent=indent).encode()) == value


@given(st.binary(max_size=60) | st.text(alphabet='{}[]":,0123456789eE.-+ \\ud8nNaIft', max_size=60).map(str.encode))
def test_bytes_of_any_kind_are_read_or_refused(body: bytes) -> None:
    code = None
    try:
        parsed(body)
    except Refused as refused:
        code = refused.refusal.code
    assert code is None or (status_of(code) == 400 and code in language("en").codes)


def test_a_body_that_is_too_large_is_refused_before_it_is_read(database: str) -> None:
    async def story(door: Asking) -> None:
        headers = JSON | {"content-length": str(MOST_BYTES + 1)}
        assert await door.code("POST", "/v1/events", content=b"", headers=headers) == (413, "request.too_large")
        large = b" " * (MOST_BYTES + 1)
        assert await door.code("POST", "/v1/events", content=large, headers=JSON) == (413, "request.too_large")

    run(database, story)


def test_other_kinds_of_content_and_unknown_addresses_and_methods_are_problems(database: str) -> None:
    async def story(door: Asking) -> None:
        form = {"content-type": "application/x-www-form-urlencoded"}
        assert await door.code("POST", "/v1/events", content=b"a=1", headers=form) == (415, "request.media_type")
        assert await door.code("GET", "/v1/nix") == (404, "request.not_found")
        response = await door.ask("DELETE", "/v1/events")
        assert (response.status_code, response.json()["code"]) == (405, "request.method")
        assert "POST" in response.headers["allow"]

    run(database, story)


def test_a_parameter_that_is_not_known_or_is_given_twice_is_refused(database: str) -> None:
    async def story(door: Asking) -> None:
        for query in ("asof=1", "as_of=2026-01-01&as_of=2026-01-02", "as_of=%ff", "%C3%A9=1"):
            assert await door.code("GET", f"/v1/members/ann/wallets?{query}") == (400, "request.bad_parameter"), query
        assert await door.code("POST", "/v1/events?dry_run=yes", json=purchase()) == (400, "request.bad_parameter")
        key = {"idempotency-key": "x" * 201}
        assert await door.code("POST", "/v1/events", json=purchase(), headers=key) == (400, "request.bad_key")

    run(database, story)


def test_a_problem_says_what_is_wrong_where_and_what_to_do_in_the_language_of_the_caller(database: str) -> None:
    async def story(door: Asking) -> None:
        body = purchase()
        body["lines"][1]["amount"] = "-1"
        response = await door.ask("POST", "/v1/events", json=body)
        problem = response.json()
        assert response.status_code == 422
        assert response.headers["content-type"] == "application/problem+json"
        assert (problem["code"], problem["pointer"]) == ("event.out_of_range", "/lines/1/amount")
        spanish = (await door.ask("POST", "/v1/events", json=body, headers={"accept-language": "es"})).json()
        assert spanish["title"] != problem["title"]
        page = await door.get(problem["type"], key=None)
        assert page == {"code": problem["code"], "status": 422, "title": problem["title"], "hint": problem["hint"]}

    run(database, story)


def test_every_code_that_a_route_may_end_with_is_explained_in_every_language() -> None:
    codes = {code for route in routes() for code in route.all_codes} | set(BY_CODE)
    for tag in LANGUAGES:
        assert sorted(codes - language(tag).codes.keys()) == []


def test_an_amount_with_a_point_is_taken_exactly(database: str) -> None:
    async def story(door: Asking) -> None:
        body = json.dumps(purchase()).replace('"3.50"', "3.50").replace('"20.00"', "20.10")
        told = (await door.ask("POST", "/v1/events", content=body, headers=JSON)).json()
        assert told["pay"] == "23.60"

    run(database, story)
