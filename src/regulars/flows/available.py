"""What a member can have now: each reward asked for in thought, by the same judgement as when it is asked for at the till."""

from __future__ import annotations

from typing import Final, NamedTuple

from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.engine.model import MEMBER_ACCOUNTS, Decision, Facts, Member
from regulars.ledger.dry import left_of
from regulars.ledger.poster import Poster
from regulars.words.moments import Moment
from regulars.words.refusals import Refusal

SECTION: Final = "rewards."
ASKING: Final = "asking"
"""The id of an event that is only thought of."""


class Offered(NamedTuple):
    """A reward: whether it can be had now; what it costs by wallet, as the program writes units; else why not."""

    name: str
    can: bool
    cost: dict[str, str]
    pay: str | None
    refusal: Refusal | None


async def rewards(poster: Poster, member: Member, now: Moment) -> list[Offered]:
    """The rewards of the program in force, each with whether the member can have it at this moment.

    Where a reward asks for more than its name (goods, an amount), the refusal names the field: then it depends on that.
    """
    book = poster.book
    day, _ = book.zone.local(now)
    machine = book.at(day)
    names = [name.removeprefix(SECTION) for name in machine.named if name.startswith(SECTION) and name.count(".") == 1]
    asked = [(name, _asking(book, member, name, now)) for name in names]
    events = [event for _, event in asked if isinstance(event, Event)]
    left = await left_of(poster, {key for event in events for key in book.asks_budgets(event)})
    found = []
    for name, event in asked:
        if isinstance(event, Refusal):
            if event.code != "event.unknown_type":
                found.append(Offered(name, False, {}, None, event))
            continue
        found.append(_offered(book, name, book.decide(member, event, Facts(None, left))))
    return found


def _asking(book: Book, member: Member, name: str, now: Moment) -> Event | Refusal:
    return book.read({"id": ASKING, "type": f"redeem.{name}", "member": member.id, "happened_at": now})


def _offered(book: Book, name: str, decision: Decision) -> Offered:
    machine = book.at_version(decision.receipt.version)
    taken: dict[str, int] = {}
    for movement in decision.movements:
        if movement.source == "active" and movement.target not in MEMBER_ACCOUNTS - {"reserved"}:
            taken[movement.wallet] = taken.get(movement.wallet, 0) + movement.amount
    cost = {wallet: machine.wallets[wallet].text(units) for wallet, units in taken.items() if wallet in machine.wallets}
    pay = None if not decision.receipt.pay else machine.money_text(decision.receipt.pay)
    refusal = decision.refusal
    if refusal is not None:
        return Offered(name, False, {}, None, refusal)
    return Offered(name, True, cost, pay, None)
