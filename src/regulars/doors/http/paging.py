"""Pages: so many at a time, and an opaque cursor to where the last one ended."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, Final

from msgspec import Struct

from regulars.doors.http.problems import refuse
from regulars.doors.http.routes import Query

MOST: Final = 500
LIMIT: Final = Query(
    "How many at most.", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 50}
)  # fmt: skip
CURSOR: Final = Query("`next` of the page before; without it the first page.")


class Page(Struct, frozen=True):
    """A page; `next` is the cursor of the one that follows, null when there is none."""

    items: list[Any]
    next: str | None = None


def limit_of(limit: str) -> int:
    """The number that a `limit` says."""
    if not (limit.isascii() and limit.isdigit() and len(limit) <= 4 and 1 <= int(limit) <= MOST):
        raise refuse("request.bad_parameter", f"limit is a whole number from 1 to {MOST}.", name="limit")
    return int(limit)


def cursor_of(cursor: str | None) -> str | None:
    """What a cursor says, None where there is none; one that was not given by us is refused."""
    if not cursor:
        return None
    try:
        said = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode()
    except (ValueError, binascii.Error):
        raise refuse("request.bad_cursor", "The cursor is not one of ours.") from None
    if made_cursor(said) != cursor or "\0" in said:
        raise refuse("request.bad_cursor", "The cursor is not one of ours.")
    return said


def made_cursor(said: str) -> str:
    """The cursor that says it."""
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def page_of(found: Sequence[Any], most: int, key: Callable[[Any], str]) -> Page:
    """The page of what was found when one more than `most` was asked for; `key` says where an item stands."""
    items = list(found[:most])
    return Page(items, made_cursor(key(items[-1])) if len(found) > most else None)


def number_of(cursor: str | None) -> int | None:
    """The number that a cursor says; None where there is none."""
    said = cursor_of(cursor)
    if said is None:
        return None
    if not (said.isascii() and said.isdigit() and len(said) <= 10):
        raise refuse("request.bad_cursor", "The cursor is not one of ours.")
    return min(int(said), 2**31 - 1)
