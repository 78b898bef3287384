"""A draw that anybody can check: a function of a seed and of the entries that everybody had.

Each entry is a ticket, numbered from 0 in the order of the members' ids. The n-th ticket drawn is the SHA-256 of
`FINGERPRINT:SEED:n`, read as a number, modulo the tickets that are left; who is drawn leaves with all of theirs. The
fingerprint is the SHA-256 of the entries, a line `ID UNITS` for each member with some, in the order of ids. So whoever
publishes the fingerprint before the seed is known (a number that is drawn in public on a later day) cannot choose who wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256


def fingerprint(entries: Mapping[str, int]) -> str:
    """The fingerprint of the entries, 64 hexadecimal digits: another one for every other set of entries."""
    lines = "".join(f"{member} {units}\n" for member, units in _tickets(entries))
    return sha256(lines.encode()).hexdigest()


def draw(seed: str, entries: Mapping[str, int], winners: int = 1) -> tuple[str, ...]:
    """The members drawn, first prize first; each at most once, and no more than have entries."""
    left = _tickets(entries)
    mark = fingerprint(entries)
    drawn: list[str] = []
    for number in range(min(winners, len(left))):
        total = sum(units for _, units in left)
        ticket = int.from_bytes(sha256(f"{mark}:{seed}:{number}".encode()).digest(), "big") % total
        place = _holder(left, ticket)
        drawn.append(left.pop(place)[0])
    return tuple(drawn)


def _tickets(entries: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted((member, units) for member, units in entries.items() if units > 0)


def _holder(left: list[tuple[str, int]], ticket: int) -> int:
    for place, (_, units) in enumerate(left):
        if ticket < units:
            return place
        ticket -= units
    raise AssertionError("a ticket below the total has a holder")
