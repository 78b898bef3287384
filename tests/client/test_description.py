"""The OpenAPI document keeps its word: it is valid, says everything, and its examples are sent to a service that runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

import httpx2
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from tests.service_factory import PROGRAM, SLUG, Service

from regulars.client import Client
from regulars.doors.http.app import routes
from regulars.doors.http.openapi import document
from regulars.doors.http.problems import encode

DOCUMENT: dict[str, Any] = json.loads(encode(document(routes())))
OPERATIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    told["operationId"]: (method.upper(), path, told)
    for path, own in DOCUMENT["paths"].items()
    for method, told in own.items()
}
LINES = [{"amount": "3.50", "kind": "drink"}]
PASSWORD = "four words of mine"


def test_it_is_valid_openapi() -> None:
    assert [str(error)[:300] for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_says_everything(name: str) -> None:
    method, path, told = OPERATIONS[name]
    assert told["summary"].endswith(".")
    assert told["description"]
    assert {tag["name"] for tag in DOCUMENT["tags"]} >= set(told["tags"]) != set()
    assert any(status.startswith("2") for status in told["responses"])
    problems = [answer for status, answer in told["responses"].items() if status >= "4"]
    assert all("`" in answer["description"] and "application/problem+json" in answer["content"] for answer in problems)
    assert ("security" in told) is ("401" in told["responses"]) or told["tags"] == ["sign-in"]
    named = {one["name"] for one in told["parameters"] if one["in"] == "path"}
    assert named == {part[1:-1] for part in path.split("/") if part.startswith("{")}
    if "requestBody" in told and name != "send_file":
        assert all("example" in content for content in told["requestBody"]["content"].values()), (method, path)


def shown_in(name: str) -> list[tuple[Any, Any]]:
    """Schema and example of every body that an operation shows."""
    told = OPERATIONS[name][2]
    parts = [*told["responses"].values(), *([told["requestBody"]] if "requestBody" in told else [])]
    contents = [
        content for part in parts for media, content in part.get("content", {}).items() if media.endswith("json")
    ]
    return [(content["schema"], content["example"]) for content in contents if "example" in content]


@pytest.mark.parametrize("name", [name for name in OPERATIONS if shown_in(name)])
def test_an_example_has_the_shape_that_is_documented(name: str) -> None:
    for schema, example in shown_in(name):
        assert faults(schema, example) == []


def faults(schema: Mapping[str, Any], value: Any) -> list[str]:
    whole = {**schema, "components": DOCUMENT["components"]}
    return [f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(whole).iter_errors(value)]


@dataclass
class Asked:
    """What an operation is asked: values of its path, words of its example that only a running service knows, headers, query."""

    path: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    key: str | None = None
    code: str | None = None
    """The problem with which it ends: what would end well needs more than this service."""


def reserved(shop: Client) -> Asked:
    return Asked({"member": rich(shop), "redemption": shop.reserve("ann", "mug").id})


def rich(shop: Client) -> str:
    shop.goodwill("ann", "points", 100, "for the test")
    return "ann"


def somebody(shop: Client) -> Asked:
    member = f"m_{token_hex(8)}"
    shop.purchase(member, LINES, id=f"{member}-1")
    return Asked({"member": member, "event_id": f"{member}-1"})


def enrolled(shop: Client) -> Asked:
    return Asked({"member": shop.enrol().member})


def planned(shop: Client) -> Asked:
    member = somebody(shop).path["member"]
    shop.plan(member, "monthly", "subscribe")
    return Asked({"member": member, "name": "monthly"})


def ordering(shop: Client) -> Asked:
    member = somebody(shop).path["member"]
    shop.plan(member, "beans", "subscribe")
    shop.subscription(member, "beans", "reschedule", add=LINES[0])
    return Asked({"member": member, "name": "beans"})


def draft(shop: Client) -> Asked:
    slug = f"p{token_hex(4)}"
    seen = shop.upload(slug, PROGRAM.replace(SLUG, slug)).sha256
    return Asked({"slug": slug}, headers={"if-match": f'"{seen}"'})


def published(shop: Client) -> Asked:
    asked = draft(shop)
    shop.publish(asked.path["slug"], asked.headers["if-match"].strip('"'))
    shop.upload(asked.path["slug"], PROGRAM.replace(SLUG, asked.path["slug"]) + "\n")
    return Asked({**asked.path, "version": "0"})


def coded(shop: Client) -> Asked:
    batch = f"b{token_hex(4)}"
    shop.make_batch(batch, 3, kind="ten_off", pattern="####-####-####-C")
    code = shop.print_code(batch)
    shop.hold_code(code, "till-3")
    return Asked({"batch": batch, "code": code}, {"SUMMER-7K2M-9QXD-R": code, "till-3.2026-03-02.118": batch})


def printed(shop: Client) -> Asked:
    asked = coded(shop)
    shop.release_code(asked.path["code"], "till-3")
    return asked


def hooked(shop: Client) -> Asked:
    webhook = shop.make_webhook("https://shop.example.org/hooks").id
    shop.test_webhook(webhook)
    return Asked({"webhook": webhook, "message": shop.webhook_messages(webhook).items[0].id})


def imported(shop: Client) -> Asked:
    return Asked({"job": shop.begin_import("csv").id}, body=b"id,type,member,happened_at\n")


def keyed(shop: Client) -> Asked:
    return Asked({"key": shop.make_key("till 3", ["members:read"]).key.id})


def hired(shop: Client) -> Asked:
    added = shop.add_staff(f"{token_hex(6)}@shop.example", "support")
    return Asked({"staff": added.staff.id}, {"regulars_invitation_1_…": added.invitation})


def signed_in(shop: Client, path: str = "/v1/sign-in") -> Asked:
    mail = f"{token_hex(6)}@shop.example"
    told = shop.add_staff(mail, "support")
    url = str(shop._http.base_url)
    accept = {"invitation": told.invitation, "password": PASSWORD}
    assert httpx2.post(f"{url}/v1/invitations/accept", json=accept).status_code == 200
    session = httpx2.post(f"{url}{path}", json={"tenant": "main", "email": mail, "password": PASSWORD}).json()
    return Asked(words={"ana@shop.example": mail}, key=session["token"])


def named(name: str) -> Callable[[Client], Asked]:
    return lambda shop: Asked({"member": rich(shop), "name": name})


def ends(code: str, **path: str) -> Callable[[Client], Asked]:
    return lambda _: Asked(path, code=code)


PREPARED: dict[str, Callable[[Client], Asked]] = {
    **dict.fromkeys(("receipt", "close_member", "export_member"), somebody),
    **dict.fromkeys(("person", "change_member", "erase_member"), enrolled),
    "merge_member": lambda shop: Asked({"member": somebody(shop).path["member"]}),
    "use_benefit": lambda shop: Asked({"member": somebody(shop).path["member"], "name": "birthday_drink"}),
    "convert": named("coupon"), "choose": named("day"), "set_level": named("status"), "redeem": named(""),
    "subscribe": lambda shop: Asked({"member": somebody(shop).path["member"], "name": "monthly"}),
    **dict.fromkeys(("renew_plan", "cancel_plan", "charge_failed"), planned),
    "upgrade_plan": lambda shop: Asked({**planned(shop).path, "name": "yearly"}),
    "downgrade_plan": lambda shop: Asked({**planned(shop).path, "name": "monthly"}, code="not_held"),
    **dict.fromkeys(("skip_order", "reschedule_order", "ship_order"), ordering),
    "reverse": lambda shop: Asked({"member": shop.purchase("eve", LINES, id="e1").member}),
    **dict.fromkeys(("confirm_redemption", "release_redemption"), reserved),
    **dict.fromkeys(("get_draft", "delete_draft", "publish_program"), draft),
    "put_draft": lambda _: Asked({"slug": "corner-card"}),
    **dict.fromkeys(("list_versions", "get_version", "diff_program"), published),
    **dict.fromkeys(("get_job", "cancel_job", "send_file"), imported),
    "get_result": lambda shop: Asked(imported(shop).path, code="job.unfinished"),
    "get_rejects": lambda shop: Asked(imported(shop).path, code="job.unfinished"),
    **dict.fromkeys(("batch_codes", "print_code", "qualify", "code", "hold_code", "release_code", "use_code"), coded),
    "claim_code": printed,
    **dict.fromkeys((
        "change_webhook", "drop_webhook", "rotate_webhook", "enable_webhook", "disable_webhook", "test_webhook", "webhook_messages",
        "webhook_attempts", "resend_message", "resend_failed",
    ), hooked),
    **dict.fromkeys(("rotate_key", "revoke_key"), keyed),
    **dict.fromkeys(("invite_staff", "set_role", "disable_staff", "drop_second_factor", "accept_invitation"), hired),
    "put_provider": lambda _: Asked({"provider": "sso"}),
    **dict.fromkeys(("sign_in", "sign_out", "begin_second_factor"), signed_in),
    "begin_sign_in": ends("access.unknown_provider", provider="nowhere"),
    "finish_sign_in": ends("access.unknown_sign_in"),
    "explain_code": lambda _: Asked({"code": "event.id_reused"}),
}  # fmt: skip


def second_factor(shop: Client) -> Asked:
    """An authenticator that was begun, and a code that is not the one it shows."""
    asked = signed_in(shop)
    url = str(shop._http.base_url)
    httpx2.post(f"{url}/v1/second-factor", headers={"authorization": f"Bearer {asked.key}"})
    asked.code = "access.wrong_code"
    return asked


PREPARED["confirm_second_factor"] = second_factor


@pytest.fixture
def shop(running: Service) -> Any:
    with Client(running.url, running.key, program=SLUG) as client:
        client.send({"id": "ann-joins", "type": "join", "member": "ann", "happened_at": "2026-01-02T10:00"})
        yield client


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_an_example_asks_is_answered_as_documented(name: str, shop: Client, running: Service) -> None:
    method, path, told = OPERATIONS[name]
    asked = PREPARED.get(name, lambda _: Asked({"member": "ann"}))(shop)
    headers = {"authorization": f"Bearer {asked.key or running.key}", "regulars-program": SLUG, **asked.headers}
    contents = told.get("requestBody", {}).get("content", {})
    for media, content in contents.items() or [(None, {})]:
        body = asked.body
        if "example" in content:
            example = content["example"]
            text = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False)
            for word, known in asked.words.items():
                text = text.replace(word, known)
            body = text.encode()
        more = {} if media is None else {"content-type": media}
        response = httpx2.request(method, running.url + path.format(**asked.path), headers=headers | more, content=body)
        answered = told["responses"].get(str(response.status_code))
        assert answered is not None, f"{response.status_code} is not documented: {response.text}"
        if asked.code is None:
            assert response.status_code < 300, response.text
        else:
            assert response.json()["code"] == asked.code, response.text
        if "content" in answered:
            kind = response.headers["content-type"].partition(";")[0]
            schema = answered["content"][kind]["schema"]
            assert faults(schema, response.json() if kind.endswith("json") else response.text) == []
        if name not in {"send_events", "check_program"}:
            break
