"""What happens around every route: who calls, whether they may, how often; and every ending is an answer."""

from __future__ import annotations

import math
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from regulars.doors.http.answers import Answer, Headers
from regulars.doors.http.asked import Asked, Gone
from regulars.doors.http.caller import Credentials
from regulars.doors.http.limits import Pace
from regulars.doors.http.problems import MEDIA, Place, Refused, encode, problem_of, refuse, retry_headers
from regulars.flows.opened import BookUnreadable
from regulars.ledger.gather import GathererClosed
from regulars.postgres.connect import is_away
from regulars.program.model import Program
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.doors.http.routes import Route

DEEP: Final = 8
"""Frames of a traceback that are logged."""

log: Final = structlog.get_logger("regulars.http")


async def answered(asked: Asked, route: Route, known: frozenset[str]) -> Answer:
    """The answer of a route, whatever happens in it."""
    pace: Pace | None = None
    try:
        if route.scope is not None:
            pace = await _admit(asked, route)
        answer = await route.act(asked, **asked.given(known))
    except Exception as error:
        answer = ending(asked, error, route.name)
    if pace is not None:
        answer.headers = (*answer.headers, *_told(pace))
    asked.door.metrics.answered(route.name, answer.status)
    return answer


async def _admit(asked: Asked, route: Route) -> Pace:
    caller = await asked.door.access.caller(_credentials(asked))
    if isinstance(caller, Refusal):
        raise Refused(caller, headers=((b"www-authenticate", b"Bearer"),))
    assert route.scope is not None, "who needs no scope is not asked"
    if route.scope not in caller.scopes:
        raise refuse("access.scope", f"This needs the scope `{route.scope}`.", scope=route.scope)
    if caller.member is not None and not (
        route.of_member and asked.scope["path_params"].get("member") == caller.member
    ):
        raise refuse("access.other_member", "This token is for one member only.")
    pace = asked.door.limits.take(caller.subject, time.monotonic(), caller.limit)
    if not pace.allowed:
        after = str(math.ceil(pace.reset)).encode()
        refusal = Refusal("rate.exceeded", "There were too many requests.", values=(("limit", pace.limit),))
        raise Refused(refusal, headers=((b"retry-after", after), *_told(pace)))
    asked.scope["caller"] = caller  # type: ignore[typeddict-unknown-key]
    return pace


def _credentials(asked: Asked) -> Credentials:
    client = asked.scope["client"]
    return Credentials(asked.header(b"authorization"), asked.header(b"cookie"), client[0] if client else "")


def _told(pace: Pace) -> Headers:
    """The RateLimit fields: how many may come in the window, how many still, in how many seconds all again."""
    reset = math.ceil(pace.reset)
    return (
        (b"ratelimit-policy", b'"default";q=%d;w=60' % pace.limit),
        (b"ratelimit", b'"default";r=%d;t=%d' % (pace.left, reset)),
    )


def ending(asked: Asked, error: Exception, name: str) -> Answer:
    """The problem that an exception is for the caller. What is our fault is logged, without what was sent."""
    program: Program | None = None
    mistakes: tuple[Place, ...] = ()
    headers: Headers = ()
    if isinstance(error, Refused):
        refusal, program, mistakes, headers = error.refusal, error.program, error.mistakes, error.headers
    elif isinstance(error, Gone):
        refusal = Refusal("request.cut", "The request ended before its body did.")
    elif isinstance(error, GathererClosed):
        refusal = Refusal("service.stopping", "This process is stopping; another one will take the request.")
    elif isinstance(error, BookUnreadable):
        refusal = Refusal("program.unreadable", "The program needs a calculator that is not installed here.")
    elif is_away(error):
        text = "The database is away; what was sent may or may not be recorded, and sending it again is safe."
        refusal = Refusal("service.database", text)
        log.warning("database away", route=name, error=type(error).__name__)
    else:
        refusal = Refusal("service.failed", "Something is wrong here, not with the request.")
        log.error("failed", route=name, error=type(error).__name__, where=_where(error))
    asked.door.metrics.refused(refusal.code)
    problem = problem_of(refusal, asked.tongue, program, mistakes)
    given = {key for key, _ in headers}
    retry = retry_headers(refusal.code) if b"retry-after" not in given else ()
    return Answer(encode(problem), problem.status, MEDIA, (*headers, *retry))


def _where(error: BaseException) -> list[str]:
    """Where an exception came from, line by line; never its text, which may hold what was sent."""
    frames = traceback.extract_tb(error.__traceback__)[-DEEP:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
