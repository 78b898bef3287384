"""How a route is declared: one decorator that names its scope, its parameters, what it takes and gives, and how it may end.

From the same words come the guard, the parsing of the query and the OpenAPI document.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Literal

from litestar.handlers import HTTPRouteHandler
from msgspec import Struct, field

from regulars.doors.http.answers import Answer
from regulars.doors.http.asked import Asked
from regulars.doors.http.guard import answered
from regulars.doors.http.problems import encode

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Act = Callable[..., Awaitable[Answer]]

ALWAYS: Final = ("request.bad_parameter", "service.failed", "service.database", "service.stopping")
OF_CALLERS: Final = (
    "access.missing",
    "access.unknown_key",
    "access.expired",
    "access.revoked",
    "access.scope",
    "rate.exceeded",
)
OF_BODIES: Final = (
    "request.not_json",
    "request.not_an_object",
    "request.too_large",
    "request.too_deep",
    "request.repeated_name",
    "request.bad_number",
    "request.bad_text",
    "request.bad_field",
    "request.media_type",
)


class Query(Struct, frozen=True):
    """A parameter of a query: what it means, its schema, and an example."""

    about: str
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "string"})
    example: Any = None


class Route(Struct, frozen=True):
    """What is known of a route. `scope` None: anybody may call it."""

    method: Method
    path: str
    scope: str | None
    summary: str
    act: Act
    tag: str
    takes: type | None = None
    takes_media: tuple[str, ...] = ("application/json",)
    gives: type | None = None
    items: type | None = None
    """What the `items` of a page are."""
    gives_media: str = "application/json"
    status: int = 200
    query: Mapping[str, Query] = {}
    codes: tuple[str, ...] = ()
    example: Any = None
    answer: Any = None
    key: bool = False
    """Whether it takes an `Idempotency-Key`."""
    of_member: bool = False
    """Whether a member's own token may call it, for that member."""
    often: bool = False
    """Whether it is asked so often that it goes past the framework's own work: its path has one parameter at most."""
    headers: Mapping[str, str] = {}
    """Headers that it reads, with what they mean."""

    @property
    def name(self) -> str:
        """Its name in the OpenAPI document."""
        return self.act.__name__

    @property
    def all_codes(self) -> tuple[str, ...]:
        """Every code with which it may end."""
        of_callers = OF_CALLERS if self.scope is not None else ()
        of_bodies = OF_BODIES if self.takes is not None else ()
        of_members = ("access.other_member",) if self.of_member else ()
        return tuple(dict.fromkeys((*self.codes, *of_bodies, *of_callers, *of_members, *ALWAYS)))


def route(method: Method, path: str, scope: str | None, summary: str, *, tag: str, **more: Any) -> Callable[[Act], Act]:
    """Makes a route of a function that takes the request and the parameters of its query, and gives an `Answer`.

    `more` are the other fields of `Route`. The function's `route` is what the door registers.
    """

    def made(act: Act) -> Act:
        act.route = Route(method, path, scope, summary, act, tag, **more)  # type: ignore[attr-defined]
        return act

    return made


def route_of(act: Act) -> Route:
    """The route that was made of a function."""
    found = act.route  # type: ignore[attr-defined]
    assert isinstance(found, Route), "it was made by `route`"
    return found


Shortcut = Callable[[Asked], Awaitable[Answer]]


def shortcut_of(route: Route) -> tuple[str, str, str, Shortcut]:
    """Of a route that is asked often: its method, what its path begins and ends with, and who answers."""
    begin, _, rest = route.path.partition("{")
    known = frozenset(route.query)
    return route.method, begin, rest.partition("}")[2], lambda asked: answered(asked, route, known)


def handler_of(route: Route) -> HTTPRouteHandler:
    """The handler that Litestar calls for a route."""
    known = frozenset(route.query)

    async def handle(request: Asked) -> Answer:
        return await answered(request, route, known)

    handle.__name__ = route.name
    return HTTPRouteHandler(
        route.path, http_method=[route.method], status_code=200, opt={"route": route}, name=route.name
    )(handle)


def ok(value: Any, status: int = 200, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Answer:
    """The answer that holds a value as JSON."""
    return Answer(encode(value), status, headers=headers)
