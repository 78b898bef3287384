"""Replaying a member's events gives the stored snapshot, byte for byte, through storage or not."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from tests.laws.histories import History, histories, samples
from tests.laws.law import Law, catches, hold, members, played

from regulars.engine import decide as deciding
from regulars.engine import earning, model
from regulars.engine.book import Book
from regulars.engine.events import ABOUT, SPOKEN_OF, Event
from regulars.engine.model import (
    NO_FACTS,
    Facts,
    Member,
    Receipt,
    Sale,
    pack_member,
    pack_receipt,
    unpack_member,
    unpack_receipt,
)  # fmt: skip
from regulars.simulation.memory import Memory

Said = tuple[str, str, str]
"""An event by its id, its source, and the first word of its kind."""
store = msgspec.msgpack.Encoder(order="deterministic").encode
fetch = msgspec.msgpack.Decoder().decode


def stored(book: Book, event: Event) -> Event:
    """The event as it comes back from where events are kept."""
    found = book.read(fetch(store(event.raw)))
    assert isinstance(found, Event), found
    return found


def facts_again(memory: Memory, event: Event, receipt: Receipt, sales: dict[Said, Sale]) -> Facts:
    """What the event was told from outside, from where it was kept: earlier events, and its own receipt."""
    asks = memory.book.asks(memory.member(event.member), event)
    key = None if asks.sale is None else about(event, sales)
    return (
        NO_FACTS if key is None and not receipt.left else Facts(None if key is None else sales[key], dict(receipt.left))
    )


def about(event: Event, sales: dict[Said, Sale]) -> Said | None:
    """The earlier event that an event is about: of its own source, or the oldest of that id."""
    found = [key for key in sales if key[0] == event.of and key[2] in ABOUT.get(event.first, ())]
    return next(iter([key for key in found if key[1] == event.source] or found), None)


def replay_gives_the_snapshot(history: History, through_storage: bool = False) -> None:
    """Member by member, from the events and receipts alone; nobody else's events are needed."""
    memory = played(history)
    for member in members(memory):
        again: Member = memory.book.blank(member.id)
        sales: dict[Said, Sale] = {}
        for event, receipt in memory.history(member.id):
            if through_storage:
                event, receipt, again = (
                    stored(memory.book, event),
                    unpack_receipt(pack_receipt(receipt)),
                    unpack_member(pack_member(again)),
                )
            decision = memory.book.decide(again, event, facts_again(memory, event, receipt, sales))
            hold(
                pack_receipt(decision.receipt) == pack_receipt(receipt), member.id, event.id, receipt, decision.receipt
            )
            again = decision.member
            if decision.refusal is not None:
                continue
            if event.first in SPOKEN_OF:
                sales[event.id, event.source, event.first] = Sale(event.raw, receipt)
            key = about(event, sales) if event.first in ABOUT else None
            if key is not None:
                sale = sales[key]
                sales[key] = Sale(sale.body, sale.receipt, (*sale.taken, *receipt.taken))
        hold(pack_member(again) == pack_member(member), member.id, again, member)


def storage_changes_nothing(history: History) -> None:
    """The same, when everything is written and read back before each event."""
    replay_gives_the_snapshot(history, through_storage=True)


def a_snapshot_is_the_same_after_it_was_stored(history: History) -> None:
    """What is packed, unpacked and packed again is the same bytes."""
    for member in members(played(history)):
        hold(pack_member(unpack_member(pack_member(member))) == pack_member(member), member)


LAWS = (replay_gives_the_snapshot, storage_changes_nothing, a_snapshot_is_the_same_after_it_was_stored)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_it_holds_in_the_sample(law: Law) -> None:
    for history in samples():
        law(history)


@given(histories())
def test_replaying_events_gives_the_stored_snapshot(history: History) -> None:
    for law in LAWS:
        law(history)


class Dice:
    """Something that is not the same twice: a number that grows from call to call."""

    def __init__(self) -> None:
        self.rolled = 0

    def credit(self, c, wallet, units, gone) -> None:
        self.rolled += 1
        _credit(c, wallet, units, gone - self.rolled % 2)


_credit = earning.credit
_finish = deciding.finish


def keeps_a_secret(c, late, pay, refusal):
    """What a budget had left is not kept on the receipt."""
    return msgspec.structs.replace(
        decision := _finish(c, late, pay, refusal), receipt=msgspec.structs.replace(decision.receipt, left={})
    )


def forgets_tallies(data: bytes) -> Member:
    """The snapshot comes back without what limits counted."""
    return msgspec.structs.replace(model._member(data), tallies={})


@pytest.mark.parametrize(
    ("law", "where", "name", "slip"),
    [
        (replay_gives_the_snapshot, earning, "credit", Dice().credit),
        (replay_gives_the_snapshot, deciding, "finish", keeps_a_secret),
        (storage_changes_nothing, globals(), "unpack_member", forgets_tallies),
        (a_snapshot_is_the_same_after_it_was_stored, globals(), "unpack_member", forgets_tallies),
    ],
    ids=["a different answer each time", "a receipt without what was left", "limits forgotten", "limits lost"],
)
def test_the_law_catches_a_slip(law: Law, where: Any, name: str, slip: object, monkeypatch: pytest.MonkeyPatch) -> None:
    assert catches(law, monkeypatch, where, name, slip)
