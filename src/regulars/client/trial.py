"""How often a call is tried, and how long is waited in between: the same for both clients, which differ in how they wait."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, Final, Generic, TypeVar

import httpx2
import msgspec

from regulars.client.answers import Refused, ServiceAway
from regulars.client.call import Call

T = TypeVar("T")

AGAIN: Final = frozenset({429, 502, 503, 504})
"""Statuses after which the same call may well succeed."""
UNDONE: Final = frozenset({"rate.exceeded", "request.busy", "service.stopping"})
"""Codes that say that nothing was done."""
UNSENT: Final = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
"""Faults after which nothing can have arrived."""
LONGEST_WAIT: Final = 60.0


class Trial(Generic[T]):
    """The tries of a call. What it sends is the same in each."""

    def __init__(self, call: Call[T], most: int) -> None:
        self.call = call
        self.most = most
        self.tried = 0

    def request(self) -> dict[str, Any]:
        """What goes out."""
        self.tried += 1
        call = self.call
        return {
            "method": call.method,
            "url": call.path,
            "params": call.query,
            "content": call.body,
            "headers": call.all_headers(),
        }

    def is_over(self, answer: httpx2.Response) -> bool:
        """Whether an answer is the last word."""
        return answer.status_code not in AGAIN

    def after(self, answer: httpx2.Response) -> float:
        """Seconds to wait after an answer that asks to come again; raises `ServiceAway` when it was tried often enough."""
        code = _problem(answer).get("code")
        said = f"it answered {answer.status_code}" + (f" ({code})" if code else "")
        return self._next(said, answer.headers.get("retry-after"), undone=code in UNDONE)

    def after_none(self, error: httpx2.TransportError) -> float:
        """Seconds to wait after no answer; raises `ServiceAway` when it was tried often enough."""
        return self._next(f"{type(error).__name__} {error}".strip(), None, undone=isinstance(error, UNSENT))

    def result(self, answer: httpx2.Response) -> T:
        """The value of the last word; raises `Refused`."""
        if answer.status_code >= 300:
            problem = _problem(answer) or {
                "code": "service.unreadable",
                "detail": f"The service answered {answer.status_code} without a problem.",
            }
            raise Refused(problem, answer.status_code)
        return self.call.read(answer.content)

    def _next(self, why: str, retry_after: str | None, *, undone: bool) -> float:
        if self.tried >= self.most or not (undone or self.call.repeatable):
            raise ServiceAway(f"{self.call.method} {self.call.path}", self.tried, why)
        return wait_before(self.tried, retry_after, random.random())


def wait_before(tried: int, retry_after: str | None, chance: float) -> float:
    """Seconds to wait after so many tries: what the service asks for, else twice as long each time; `chance` (0 to 1) spreads them."""
    if retry_after is not None and retry_after.isascii() and retry_after.isdigit():
        return min(float(retry_after), LONGEST_WAIT)
    return min(0.1 * 2.0 ** (tried - 1), 10.0) * (0.5 + chance / 2)


def headers(key: str, program: str | None, language: str) -> Mapping[str, str]:
    """The headers of every call."""
    found = {"authorization": f"Bearer {key}", "accept-language": language, "user-agent": "regulars-python/1"}
    return found if program is None else found | {"regulars-program": program}


def _problem(answer: httpx2.Response) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(answer.content)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}
