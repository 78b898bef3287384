"""What an event gives to tell: pure, from its receipt and its movements, so that telling it again is the same message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any, Final

from regulars.engine.book import Book
from regulars.engine.machine import Machine
from regulars.engine.model import (
    ACTIVE,
    ADJUSTED,
    EXPIRED,
    IN_TRANSIT,
    ISSUED,
    PENDING,
    REDEEMED,
    RESERVED,
    RETURNED,
    Movement,
    Receipt,
)
from regulars.webhooks.model import Message
from regulars.words.days import NEVER, iso
from regulars.words.moments import Moment

KINDS: Final = {
    (ISSUED, ACTIVE): "points.earned", (ISSUED, PENDING): "points.promised", (PENDING, ACTIVE): "points.released",
    (ACTIVE, REDEEMED): "points.redeemed", (RESERVED, REDEEMED): "points.redeemed", (ACTIVE, RESERVED): "points.reserved",
    (REDEEMED, ACTIVE): "points.refunded", (RESERVED, ACTIVE): "points.refunded", (ACTIVE, EXPIRED): "points.expired",
    (PENDING, EXPIRED): "points.expired", (ACTIVE, RETURNED): "points.returned", (PENDING, RETURNED): "points.returned",
    (ADJUSTED, ACTIVE): "points.adjusted", (ACTIVE, ADJUSTED): "points.adjusted",
    (ACTIVE, IN_TRANSIT): "points.sent", (IN_TRANSIT, ACTIVE): "points.received",
}  # fmt: skip
"""What a movement from one account to another is called; what is not here moves within the books only."""


def messages(
    book: Book, tenant: str, member: str, event_no: int, event: tuple[str, str, Moment], receipt: Receipt,
    movements: Sequence[Movement],
) -> list[Message]:  # fmt: skip
    """What a recorded event gives to tell; `event` is its id, type and moment."""
    name, kind, at = event
    machine = book.at_version(receipt.version)
    about = {"member": member, "event": name, "event_type": kind, "program": book.slug}
    told = [
        *_moved(machine, movements),
        *_levels(machine, receipt),
        *_vouchers(machine, receipt),
        *_charges(machine, receipt),
    ]
    if receipt.refused is not None:
        told.append(("event.refused", {"code": receipt.refused[0], "rule": receipt.refused[1]}))
    return [
        Message(_id(tenant, book.slug, member, event_no, n), type, at, {**about, **data})
        for n, (type, data) in enumerate(told)
    ]


def _id(tenant: str, slug: str, member: str, event_no: int, n: int) -> str:
    of = f"{tenant}\0{slug}\0{member}\0{event_no}\0{n}".encode()
    return f"msg_{blake2b(of, digest_size=16).hexdigest()}"


def _moved(machine: Machine, movements: Sequence[Movement]) -> Iterator[tuple[str, dict[str, Any]]]:
    sums: dict[tuple[str, str], int] = {}
    for movement in movements:
        kind = KINDS.get((movement.source, movement.target))
        if kind is not None:
            key = kind, movement.wallet
            # What staff takes away is told as less than nothing.
            sign = -1 if movement.target == ADJUSTED else 1
            sums[key] = sums.get(key, 0) + sign * movement.amount
    for (kind, wallet), units in sums.items():
        found = machine.wallets.get(wallet)
        yield kind, {"wallet": wallet, "units": str(units) if found is None else found.text(units)}


def _levels(machine: Machine, receipt: Receipt) -> Iterator[tuple[str, dict[str, Any]]]:
    for ladder, was, now in receipt.levels:
        names = machine.ladders[ladder].names
        yield (
            "tier.upgraded" if now > was else "tier.downgraded",
            {"tier": ladder, "from": names[was], "to": names[now]},
        )


def _vouchers(machine: Machine, receipt: Receipt) -> Iterator[tuple[str, dict[str, Any]]]:
    for issue in receipt.issued:
        worth = None if issue.worth is None else machine.money_text(issue.worth)
        last = iso(issue.gone - 1) if 0 < issue.gone < NEVER else None
        yield "voucher.issued", {"voucher": issue.serial, "kind": issue.name, "worth": worth, "last_day": last}
    for use in receipt.used:
        if use.voucher:
            yield "voucher.used", {"voucher": use.voucher, "off": machine.money_text(use.off)}
    for serial in receipt.gone:
        yield "voucher.expired", {"voucher": serial}


def _charges(machine: Machine, receipt: Receipt) -> Iterator[tuple[str, dict[str, Any]]]:
    for charge in receipt.charged:
        amount = machine.money_text(charge.amount)
        yield "plan.charged", {"rule": machine.names[charge.rule], "amount": amount, "day": iso(charge.day)}
