"""Purchases that a member had made before the first step and that a step brings back.

A case says of such a purchase only what it gave; what was bought is read from what comes back. It is posted as brought in, and then the
balance set to what is given, since some of what it gave may have been spent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from regulars.scenarios.model import Step
from regulars.words.days import Day, iso


def purchases(
    given: Mapping[str, Any], steps: Sequence[Step], day: Day, line_facts: frozenset[str]
) -> Iterator[dict[str, Any]]:
    """The purchases of `past`, each with the lines that the steps bring back."""
    for past in given.get("past") or ():
        back = [step.details for step in steps if step.do == "return" and step.details.get("of") == past["id"]]
        lines = [line for details in back for line in details.get("lines") or ()]
        if lines:
            yield {
                "id": past["id"],
                "type": "purchase.brought_in",
                "member": str(given["who"]),
                "happened_at": iso(day),
                "lines": [{key: value for key, value in line.items() if key in line_facts} for line in lines],
                "gave": {name: value for name, value in past.items() if name != "id"},
            }


def corrections(who: str, wanted: Mapping[str, Any], held: Mapping[str, str], day: Day) -> Iterator[dict[str, Any]]:
    """Events that bring each wallet from what the past left to what is given."""
    for wallet, amount in wanted.items():
        difference = Decimal(str(amount)) - Decimal(held.get(wallet, "0"))
        if difference:
            yield {
                "id": f"given/{who}/{wallet}",
                "type": "goodwill",
                "member": who,
                "happened_at": iso(day),
                "wallet": wallet,
                "amount": str(difference),
                "reason": "as given",
            }
