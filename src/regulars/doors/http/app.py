"""The application: all routes behind one door.

A new capability is a file of routes here and its name in `ROUTES`.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from litestar import Litestar
from litestar.exceptions import MethodNotAllowedException, NotFoundException

from regulars.access.four_eyes import FourEyes
from regulars.doors.http import (
    acts,
    audit,
    codes,
    events,
    explained,
    health,
    jobs,
    keys,
    members,
    openapi,
    people,
    programs,
    redemptions,
    signin,
    staff,
    webhooks,
)
from regulars.doors.http.answers import Answer
from regulars.doors.http.asked import Asked
from regulars.doors.http.caller import Access
from regulars.doors.http.guard import ending
from regulars.doors.http.limits import Limits
from regulars.doors.http.metrics import Metrics
from regulars.doors.http.problems import refuse
from regulars.doors.http.routes import Route, Shortcut, handler_of, route_of, shortcut_of
from regulars.flows.opened import ask
from regulars.flows.rooms import Rooms
from regulars.flows.serving import Serving

ROUTES: Final = (
    *events.ROUTES,
    *members.ROUTES,
    *acts.ROUTES,
    *redemptions.ROUTES,
    *programs.ROUTES,
    *jobs.ROUTES,
    *people.ROUTES,
    *webhooks.ROUTES,
    *codes.ROUTES,
    *health.ROUTES,
    *openapi.ROUTES,
    *explained.ROUTES,
    *keys.ROUTES,
    *staff.ROUTES,
    *signin.ROUTES,
    *audit.ROUTES,
)
"""Every route of the door; each is made by `routes.route`."""


SHORTCUTS: Final = tuple(shortcut_of(route_of(act)) for act in ROUTES if route_of(act).often)


@dataclass(frozen=True, slots=True)
class Behind:
    """What a door stands before: the programs in service, who knows the keys, other rooms, and what takes two people."""

    serving: Serving
    access: Access
    rooms: Rooms | None = None
    four_eyes: FourEyes = field(default_factory=FourEyes)


class Door:
    """What the routes work with: the programs in service, who knows the keys, limits and figures."""

    def __init__(self, behind: Behind, metrics: Metrics, limits: Limits) -> None:
        self.serving = behind.serving
        self.access = behind.access
        self.four_eyes = behind.four_eyes
        self.metrics = metrics
        self.limits = limits
        self.stopping = False
        self._rooms = behind.rooms

    @property
    def rooms(self) -> Rooms:
        """The rooms beside the ledger."""
        assert self._rooms is not None, "whoever opens the door with their routes gives the rooms"
        return self._rooms

    async def outbox(self) -> tuple[int, float]:
        """How many notices wait to be delivered, and for how many seconds the oldest has."""
        row = await self.serving.pool.fetchrow(ask.outbox_lag)
        assert row is not None, "an aggregate has one row"
        return row["waiting"], float(row["lag"] or 0.0)


Opening = Callable[[Metrics], AbstractAsyncContextManager[Behind]]
"""Opens what a door stands before."""


class App(Litestar):
    """Litestar with a door. `door` is there from the start of the lifespan on."""

    __slots__ = ("door",)
    door: Door

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers a request: those that come most often without the framework's routing, all others by it."""
        if scope["type"] == "http":
            act = self._shortcut(scope)
            if act is not None:
                scope["litestar_app"] = self
                answer = await act(Asked(scope, receive, send))
                await answer(scope, receive, send)
                return
        await super().__call__(scope, receive, send)

    def _shortcut(self, scope: Any) -> Shortcut | None:
        method, path = scope["method"], scope["path"]
        for wanted, begin, end, act in SHORTCUTS:
            if method == wanted and path.startswith(begin) and path.endswith(end):
                middle = path[len(begin) : len(path) - len(end)]
                if end and middle and "/" not in middle:
                    scope["path_params"] = {"member": middle}
                    return act
                if not end and not middle:
                    scope["path_params"] = {}
                    return act
        return None


def routes() -> tuple[Route, ...]:
    """Every route that the door has."""
    return tuple(route_of(act) for act in ROUTES)


def make_app(opening: Opening, limits: Limits | None = None) -> App:
    """The ASGI application. `opening` is entered when it starts and left when it stops, after all that was taken is answered."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        assert isinstance(app, App)
        metrics = Metrics()
        async with opening(metrics) as behind:
            app.door = Door(behind, metrics, limits or Limits())
            behind.serving.watch_for_news()
            try:
                yield
            finally:
                app.door.stopping = True
                await behind.serving.close()

    return App(
        [handler_of(one) for one in routes()],
        request_class=Asked,
        lifespan=[lifespan],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,
        exception_handlers={
            NotFoundException: _not_found,
            MethodNotAllowedException: _wrong_method,
            Exception: _broken,
        },
    )


def _not_found(request: Any, _: Exception) -> Any:
    return _ended(request, refuse("request.not_found", "There is nothing at this address."))


def _wrong_method(request: Any, _: Exception) -> Any:
    found = refuse("request.method", "This address does not take this method.")
    found.headers = ((b"allow", ", ".join(methods_of(request.scope["path"])).encode()),)
    return _ended(request, found)


def methods_of(path: str) -> list[str]:
    """The methods that an address takes."""
    return sorted({one.method for one in routes() if re.fullmatch(_pattern(one.path), path.rstrip("/"))})


def _pattern(template: str) -> str:
    parts = (
        ".+" if part.endswith(":path}") else "[^/]+" if part.startswith("{") else re.escape(part)
        for part in template.split("/")
    )
    return "/".join(parts)


def _broken(request: Any, error: Exception) -> Any:
    return _ended(request, error)


def _ended(request: Any, error: Exception) -> Answer:
    return ending(Asked(request.scope), error, "none")


assert len({one.name for one in routes()}) == len(ROUTES), "two routes have one name"
