"""The page of a code: what it means and what to do. The `type` of a problem leads there."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from regulars.doors.http.answers import Answer
from regulars.doors.http.asked import Asked
from regulars.doors.http.problems import refuse
from regulars.doors.http.routes import ok, route
from regulars.doors.http.status import status_of


class Explained(Struct, frozen=True):
    """A code with its status, one sentence for people and one hint for whoever sends requests."""

    code: str
    status: int
    title: str
    hint: str


@route(
    "GET", "/problems/{code:str}", None, "What a code of a problem means, and what to do.", tag="service",
    gives=Explained, codes=("request.not_found",),
    answer={"code": "event.id_reused", "status": 409, "title": "Another event had this id.",
            "hint": "An id names one event for good; send a correction under a new one."},
)  # fmt: skip
async def explain_code(asked: Asked) -> Answer:
    """In the language that `Accept-Language` asks for."""
    code = asked.scope["path_params"]["code"]
    found = asked.tongue.codes.get(code)
    if found is None:
        raise refuse("request.not_found", "There is no such code; a program's own codes stand under its `needs`.")
    return ok(Explained(code, status_of(code), *found))


ROUTES: Final = (explain_code,)
