"""The OpenAPI 3.1 document, made of what every route says of itself."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any, Final

import msgspec
from msgspec import Struct

from regulars.doors.http.answers import Answer
from regulars.doors.http.asked import Asked
from regulars.doors.http.caller import SCOPES
from regulars.doors.http.events import EventBody
from regulars.doors.http.problems import Problem, encode
from regulars.doors.http.receipts import EventReceipt, EventRefused
from regulars.doors.http.routes import Route, ok, route
from regulars.doors.http.status import RETRY, status_of

Schema = dict[str, Any]
PARTS: Final = "#/components/schemas/{name}"
KEY: Final = "Idempotency-Key"
TAGS: Final = {
    "events": "What happened, as it is reported: one or many, each answered for itself.",
    "members": "What a member has.",
    "people": "Who a member is.",
    "acts": "What members ask for and what staff does, each recorded as an event.",
    "redemptions": "Rewards, at once or reserved first.",
    "programs": "Programs: drafts, versions, what changes.",
    "jobs": "Imports and exports.",
    "service": "The service itself.",
}
"""What the routes are sorted by; a tag that is not here speaks for itself."""


def _ref(shape: type) -> Schema:
    return {"$ref": PARTS.format(name=shape.__name__)}


SEVERAL: Final[Schema] = {
    "title": "Several",
    "description": "What became of several events, each in its place, and how many of each.",
    "type": "object",
    "required": ["results", "recorded", "repeated", "refused"],
    "properties": {
        "results": {"type": "array", "items": {"anyOf": [_ref(EventReceipt), _ref(EventRefused)]}},
        **{name: {"type": "integer"} for name in ("recorded", "repeated", "refused")},
    },
}
"""Written by hand, since its results are of two shapes that no tag tells apart."""


@route(
    "GET", "/openapi.json", None, "This description.", tag="service", answer={"openapi": "3.1.0"},
)  # fmt: skip
async def openapi(asked: Asked) -> Answer:
    """As OpenAPI 3.1."""
    del asked
    return ok(msgspec.Raw(_encoded()))


@cache
def _encoded() -> bytes:
    from regulars.doors.http.app import routes

    return encode(document(routes()))


def document(routes: tuple[Route, ...]) -> Schema:
    """The description of some routes."""
    named = (shape for one in routes for shape in (one.takes, one.gives, one.items))
    shapes = {Problem, EventRefused, *(shape for shape in named if shape is not None and _is_struct(shape))}
    assert len({shape.__name__ for shape in shapes}) == len(shapes), "two shapes have one name"
    _, parts = msgspec.json.schema_components(sorted(shapes, key=lambda shape: shape.__name__), ref_template=PARTS)
    _open_up(parts)
    parts[SEVERAL["title"]] = SEVERAL
    paths: dict[str, Schema] = {}
    for one in routes:
        paths.setdefault(_path(one), {})[one.method.lower()] = _operation(one)
    tags = dict.fromkeys(one.tag for one in routes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Regulars",
            "version": version("regulars"),
            "description": "A customer-loyalty service. Problems are those of RFC 9457, each with a stable code.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag, "description": TAGS.get(tag, tag.capitalize() + ".")} for tag in tags],
        "paths": paths,
        "components": {
            "schemas": parts,
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key, a session or a member's token. Scopes: "
                    + "; ".join(f"`{scope}`: {meaning}" for scope, meaning in SCOPES.items())
                    + ".",
                }
            },
        },
    }


def _open_up(value: Any) -> None:
    """Says of objects whose names are not listed that they may have any: a generated client would let them have none."""
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(one, dict) and one.get("type") == "object" and "properties" not in one:
            one.setdefault("additionalProperties", True)
        if isinstance(one, dict) and one.get("title") == EventBody.__name__:
            one["additionalProperties"] = True
        _open_up(one)


def _is_struct(shape: Any) -> bool:
    return isinstance(shape, type) and issubclass(shape, Struct)


def _path(one: Route) -> str:
    return "/".join(
        f"{{{part[1:-1].partition(':')[0]}}}" if part.startswith("{") else part for part in one.path.split("/")
    )


def _operation(one: Route) -> Schema:
    found: Schema = {
        "operationId": one.name,
        "summary": one.summary,
        "description": " ".join((one.act.__doc__ or "").split()),
        "tags": [one.tag],
        "parameters": _parameters(one),
        "responses": _responses(one),
    }
    if one.scope is not None:
        found["security"] = [{"key": []}]
        found["x-scope"] = one.scope
    if one.takes is not None:
        found["requestBody"] = _body(one)
    return found


def _parameters(one: Route) -> list[Schema]:
    names = [part[1:-1].partition(":")[0] for part in one.path.split("/") if part.startswith("{")]
    text = {"type": "string", "minLength": 1, "maxLength": 200}
    found: list[Schema] = [{"name": name, "in": "path", "required": True, "schema": text} for name in names]
    for name, query in one.query.items():
        asked: Schema = {"name": name, "in": "query", "description": query.about, "schema": query.schema}
        found.append(asked | ({} if query.example is None else {"example": query.example}))
    headers = dict(one.headers)
    if one.key:
        headers[KEY] = "An id of yours for this request: sent again with the same body it is done once."
    if one.scope is not None and one.tag not in {"keys", "staff", "audit", "service"}:
        headers["Regulars-Program"] = "Which program is meant, where there are several."
    headers["Accept-Language"] = "The language of texts: en, es."
    for name, about in headers.items():
        found.append({"name": name, "in": "header", "description": about, "schema": {"type": "string"}})
    return found


def _body(one: Route) -> Schema:
    if _is_struct(one.takes):
        assert one.takes is not None, "it is a struct"
        schema: Schema = {"$ref": PARTS.format(name=one.takes.__name__)}
        if one.name == "send_events":
            schema = {
                "anyOf": [schema, {"type": "array", "items": schema, "minItems": 1, "maxItems": 1_000}],
                "description": "One event, or up to a thousand.",
            }
    else:
        schema = {"type": "string"}
    content: Schema = {"schema": schema}
    if one.example is not None:
        content["example"] = one.example
    required = one.method == "PUT" or one.name in {"send_events", "check_program"}
    return {"required": required, "content": dict.fromkeys(one.takes_media, content)}


def _responses(one: Route) -> Schema:
    found: Schema = {str(one.status): _good(one)}
    if one.status != 200 and (one.key or one.method == "PUT"):
        found["200"] = _good(one)
    codes: dict[int, list[str]] = {}
    for code in one.all_codes:
        codes.setdefault(status_of(code), []).append(code)
    for status, names in sorted(codes.items()):
        told: Schema = {
            "description": "A problem: " + ", ".join(f"`{name}`" for name in names) + ".",
            "content": {"application/problem+json": {"schema": {"$ref": PARTS.format(name="Problem")}}},
        }
        if RETRY & set(names):
            told["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
        found[str(status)] = told
    return found


def _good(one: Route) -> Schema:
    told: Schema = {"description": one.summary}
    if one.status == 204:
        return told
    schema: Schema = {"type": "object", "additionalProperties": True}
    if not one.gives_media.endswith("json"):
        schema = {"type": "string"}
    elif one.items is not None:
        schema = {
            "type": "object",
            "required": ["items"],
            "properties": {
                "items": {"type": "array", "items": _ref(one.items)},
                "next": {"type": ["string", "null"], "description": "The cursor of the page that follows."},
            },
        }
    elif one.gives is not None and _is_struct(one.gives):
        schema = _ref(one.gives)
        if one.name == "send_events":
            schema = {"anyOf": [schema, {"$ref": PARTS.format(name=SEVERAL["title"])}]}
    content: Schema = {"schema": schema}
    if one.answer is not None:
        content["example"] = one.answer
    return told | {"content": {one.gives_media: content}}


ROUTES: Final = (openapi,)
