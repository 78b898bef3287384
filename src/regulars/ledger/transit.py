"""What events carry from one member to another, and how it is counted that nothing of it is lost on the way. Pure."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any, Final

from regulars.engine.model import unpack_member

SENT: Final = ("sent.", "sent_back.")
MERGED: Final = "merged"


def carries(kind: str) -> bool:
    """Whether events of a kind bring what was in transit."""
    return kind == MERGED or kind.startswith(SENT)


def carried(kind: str, details: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """(wallet, smallest units) that an event of this kind brings out of transit, part by part; negative for a debt."""
    if kind == MERGED:
        for wallet, held in unpack_member(b64decode(details["state"])).holdings.items():
            yield wallet, held.active + held.pending
        return
    for wallet, units, *_ in details["paid"]:
        yield wallet, units
