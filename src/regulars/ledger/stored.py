"""How events are kept: their bodies and hashes as bytes, and the way back.

Lines of one shape are kept as a list of names and then one list of values a line, which takes half the room. What comes
back is equal to what went in; the order of names inside an object is not kept, and does not count in the hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from operator import itemgetter
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.engine.model import Receipt
from regulars.words.moments import Moment
from regulars.words.refusals import Refusal

LONGEST_SOURCE: Final = 200
_TABLE: Final = ""
"""The name under which lines of one shape are kept; no field of an event has it."""

_encode: Final = msgspec.msgpack.Encoder(order="deterministic").encode
_decode: Final = msgspec.msgpack.Decoder().decode


class Row(Protocol):
    """A row by the names of its columns."""

    def __getitem__(self, column: str, /) -> Any: ...


class Prepared(NamedTuple):
    """An event with the bytes of its body, the hash that tells it from another event under the same id, and the shared
    budgets that it could touch.
    """

    event: Event
    body: bytes
    hash: bytes
    budgets: tuple[tuple[str, int | None], ...]


def prepare(book: Book, event: Event) -> Prepared | Refusal:
    """The event, ready to be compared and stored, or why it cannot be: `event.bad_text`, `event.out_of_range`."""
    if not (event.kind.isprintable() and event.source.isprintable()) or len(event.source) > LONGEST_SOURCE:
        return Refusal("event.bad_text", f"Type and source are printable texts of at most {LONGEST_SOURCE} characters.")
    try:
        body = pack_body(event.body)
    except UnicodeEncodeError:
        return Refusal("event.bad_text", "A text in the event is not valid Unicode.")
    except (OverflowError, RecursionError, ValueError):
        return Refusal("event.out_of_range", "A number in the event is too large, or its parts are nested too deeply.")
    return Prepared(event, body, digest(event.kind, event.at, body), book.asks_budgets(event))


def digest(kind: str, at: Moment, body: bytes) -> bytes:
    """The hash of an event: of everything that its id, source and member do not say."""
    return blake2b(f"{kind}\n{at}\n".encode() + body, digest_size=16).digest()


def pack_body(body: Mapping[str, Any]) -> bytes:
    """The body's bytes: the same for equal bodies."""
    lines = body.get("lines")
    if isinstance(lines, list) and len(lines) > 1 and isinstance(lines[0], dict):
        keys = lines[0].keys()
        if len(keys) > 1 and all(isinstance(line, dict) and line.keys() == keys for line in lines):
            names = sorted(keys)
            body = {key: value for key, value in body.items() if key != "lines"}
            body[_TABLE] = [names, *map(itemgetter(*names), lines)]
    return _encode(body)


def unpack_body(data: bytes) -> dict[str, Any]:
    """The body of its bytes."""
    body: dict[str, Any] = _decode(data)
    table = body.pop(_TABLE, None)
    if table is not None:
        names = table[0]
        body["lines"] = [dict(zip(names, values, strict=True)) for values in table[1:]]
    return body


def pack_details(details: Mapping[str, Any]) -> bytes:
    """The bytes of a derived event's details."""
    return _encode(details)


def unpack_details(data: bytes) -> dict[str, Any]:
    """The details of their bytes."""
    details: dict[str, Any] = _decode(data)
    return details


def raw_event(row: Row) -> dict[str, Any]:
    """The event of a stored row as it could be sent again: what a book reads."""
    raw = unpack_body(row["body"])
    raw["id"], raw["type"], raw["member"] = row["id"], row["type"], row["member"]
    raw["source"], raw["happened_at"] = row["source"], row["at"]
    return raw


def refusal_of(receipt: Receipt) -> Refusal | None:
    """The refusal that a receipt records, or None."""
    if receipt.refused is None:
        return None
    code, rule, values = receipt.refused
    return Refusal(code, rule=rule, values=tuple(values.items()))
