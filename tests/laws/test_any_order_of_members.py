"""Whatever order the events of different members come in, and in whatever batches, each gets the same receipts."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.laws.histories import History, histories, samples
from tests.laws.law import catches, hold, played
from tests.laws.shops import SHOPS

from regulars.engine import decide
from regulars.engine.context import Context
from regulars.engine.lots import EMPTY
from regulars.engine.model import pack_member, pack_receipt
from regulars.simulation.memory import Memory

ALONE = tuple(shop for shop in SHOPS if shop.alone)


def outcome(memory: Memory, member: str) -> tuple[bytes, list[bytes]]:
    return pack_member(memory.member(member)), [pack_receipt(receipt) for receipt in memory.receipts(member)]


def mixed(history: History, seed: int) -> History:
    """The same events in another order, in which each member's own keep theirs."""
    rows = {name: list(history.of(name)) for name in sorted({event["member"] for event in history.events})}
    dice, events = Random(seed), []
    while any(rows.values()):
        events.append(rows[dice.choice([name for name, row in rows.items() if row])].pop(0))
    return replace(history, events=tuple(events))


def any_order_gives_the_same(history: History, seed: int = 7) -> None:
    """As told, member after member, and shuffled."""
    told = played(history)
    in_turn = replace(history, events=tuple(sorted(history.events, key=lambda event: str(event["member"]))))
    for other in (in_turn, mixed(history, seed)):
        memory = played(other)
        for member in told.members:
            hold(outcome(told, member) == outcome(memory, member), member)


@given(histories(ALONE), st.integers(0, 1_000))
def test_events_of_different_members_may_come_in_any_order(history: History, seed: int) -> None:
    any_order_gives_the_same(history, seed)


def test_it_holds_in_the_sample() -> None:
    alone = [history for history in samples() if history.shop.alone]
    assert alone
    for history in alone:
        any_order_gives_the_same(history)


_begun = decide.begun
SHARED: dict[str, Any] = {}


def remembers_tallies(*args: Any) -> Context:
    """What one member used up of a limit is used up for the next one as well."""
    c = _begun(*args)
    SHARED.update(c.tallies)
    c.tallies = SHARED
    return c


def spends_from_a_pot(self: Context, wallet: str) -> int:
    """What is available is read from whoever was looked at last."""
    held = self.holdings.get(wallet, EMPTY).active
    SHARED[wallet], last = held, SHARED.get(wallet, held)
    return int(last)


@pytest.mark.parametrize(
    ("where", "name", "slip"),
    [(decide, "begun", remembers_tallies), (Context, "available", spends_from_a_pot)],
    ids=["tallies are shared", "wallets are shared"],
)
def test_the_law_catches_a_slip(where: Any, name: str, slip: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def law(history: History) -> None:
        SHARED.clear()
        if history.shop.alone:
            any_order_gives_the_same(history)

    assert catches(law, monkeypatch, where, name, slip)
