"""Who else a receipt concerns: partners who hand something over, in whose books the other side of an exchange stands, or who keep units.

Nothing is moved by it. Whoever settles with partners, and whoever explains a receipt, reads it here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from regulars.engine.model import Entry, Receipt

if TYPE_CHECKING:
    from regulars.engine.book import Book
    from regulars.engine.machine import Machine

Role = Literal["hands_over", "settles", "keeps"]


class Side(NamedTuple):
    """A partner's part in what a rule did. `units` are smallest units of the `wallet` that were taken (hands_over, settles) or that the
    partner now keeps (negative: no longer); without a wallet minor units of money that came off a price.
    """

    partner: str
    role: Role
    rule: str
    wallet: str | None
    units: int


def sides(book: Book, receipt: Receipt) -> tuple[Side, ...]:
    """Every partner's part in a receipt, what fell due before the event first."""
    machine = book.at_version(receipt.version)
    found = [side for entry in (*receipt.dues, *receipt.entries) for side in _of_entry(machine, entry)]
    for use in receipt.used:
        rule = machine.program.rules[use.rule]
        if rule.partner is not None and use.off > 0:
            found.append(Side(rule.partner, "hands_over", rule.name, None, use.off))
        if rule.settle_with is not None and use.off > 0:
            found.append(Side(rule.settle_with, "settles", rule.name, None, use.off))
    return tuple(found)


def _of_entry(machine: Machine, entry: Entry) -> Iterator[Side]:
    if entry.wallet < 0 or not entry.given:
        return
    rule, wallet = machine.program.rules[entry.rule], machine.by_place[entry.wallet].wallet
    if wallet.held_at is not None:
        yield Side(wallet.held_at, "keeps", rule.name, wallet.name, entry.given)
    taken = entry.given < 0 or not (rule.cost or rule.every)
    if rule.partner is not None and taken:
        yield Side(rule.partner, "hands_over", rule.name, wallet.name, abs(entry.given))
    if rule.settle_with is not None and taken:
        yield Side(rule.settle_with, "settles", rule.name, wallet.name, abs(entry.given))
