"""The chain itself: what is hashed, and whether rows follow from one another. No store, no clock."""

from __future__ import annotations

import hashlib
import ipaddress
import json
from typing import Final

from regulars.audit.model import Entry, Facts, Fault, Head, Recorded, Verdict
from regulars.words.moments import Moment

FIRST: Final = 10
"""Faults that are named; the rest are counted."""

PERSONAL: Final = frozenset(
    "email mail name first_name last_name phone address street city postcode birthday birth_date born "
    "password secret token code hash gender".split()
)
"""Names that a fact of the log must not have."""


def genesis(tenant: int) -> Head:
    """Where the chain of a tenant begins: before its first row."""
    return Head(0, hashlib.sha256(f"regulars audit {tenant}".encode()).digest())


def written(facts: Facts) -> str:
    """The one text of facts, whatever order they came in."""
    personal = PERSONAL.intersection(facts)
    assert not personal, f"personal data does not belong in the audit log: {sorted(personal)}"
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def chained(before: Head, at: Moment, entry: Entry, was: str, became: str) -> Head:
    """The chain with one more row; `was` and `became` are the written facts before and after."""
    n = before.n + 1
    row = [n, at, entry.actor, entry.action, entry.subject, entry.place, was, became]
    text = json.dumps(row, separators=(",", ":"), ensure_ascii=True)
    return Head(n, hashlib.sha256(before.hash + text.encode()).digest())


def network(address: str) -> str:
    """The network of an address, which says from where and not who: /24 of IPv4, /48 of IPv6; '' for what is no address."""
    try:
        read = ipaddress.ip_address(address.strip())
    except ValueError:
        return ""
    mapped = getattr(read, "ipv4_mapped", None)
    read = mapped or read
    return str(ipaddress.ip_network((read, 24 if read.version == 4 else 48), strict=False))


class Checker:
    """Looks at the rows of a chain in order, and says what is wrong with them."""

    def __init__(self, tenant: int, noted: Head | None = None) -> None:
        """`noted` is where the chain once ended, as somebody has kept it elsewhere."""
        self._at = genesis(tenant)
        self._noted = noted
        self._found_noted = noted is None or noted == self._at
        self._rows = 0
        self._faults = 0
        self._first: list[Fault] = []

    def look(self, row: Recorded, was: str, became: str) -> None:
        """Takes in the next row; `was` and `became` are its facts as they are stored."""
        self._rows += 1
        if row.n != self._at.n + 1:
            missing = f"{self._at.n + 1}" if row.n == self._at.n + 2 else f"{self._at.n + 1} to {row.n - 1}"
            self._fault(row.n, f"row {missing} is missing before it")
        expected = chained(Head(row.n - 1, self._at.hash), row.at, row.entry, was, became)
        if expected.hash != row.hash:
            self._fault(row.n, "the row, or what stands before it, is not what was written")
        self._at = Head(row.n, row.hash)
        self._found_noted = self._found_noted or self._at == self._noted

    def verdict(self, kept: Head | None) -> Verdict:
        """What came of it, with the end of the chain as it is kept beside the rows (None: nothing is kept)."""
        if self._at.n and kept is None:
            self._fault(self._at.n, "the end of the chain is not kept any more")
        elif kept is not None and kept != self._at:
            self._fault(kept.n, f"the chain should end with this row, and ends with row {self._at.n}")
        if not self._found_noted and self._noted is not None:
            self._fault(self._noted.n, "the row that was noted is not in the chain")
        return Verdict(self._rows, self._at, self._faults, tuple(self._first))

    def _fault(self, n: int, says: str) -> None:
        self._faults += 1
        if len(self._first) < FIRST:
            self._first.append(Fault(n, says))
