"""The walk that is written out for a program's rules gives what the rules give when each is asked in the general way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from tests.laws.histories import History, histories, samples
from tests.laws.law import catches, hold, played
from tests.laws.shops import book

from regulars.engine import walk, walk_text
from regulars.engine.model import Receipt
from regulars.simulation.memory import Memory


def told(memory: Memory, member: str) -> tuple[Any, ...]:
    """What a member has and why, whatever the numbers of lots and the order in which wallets were credited."""
    state = memory.member(member)
    holdings = {
        name: (held.active, held.pending, sorted((lot.gone, lot.earned, lot.left) for lot in held.lots))
        for name, held in state.holdings.items()
    }
    return holdings, state.grants, state.tallies, state.days, state.due, [said(one) for one in memory.receipts(member)]


def said(receipt: Receipt) -> tuple[Any, ...]:
    pairs = sorted(zip(receipt.silent[::2], receipt.silent[1::2], strict=True))
    return (
        receipt.refused,
        sorted(map(repr, receipt.entries)),
        sorted(map(repr, receipt.dues)),
        pairs,
        receipt.pay,
        receipt.levels,
    )


def outcomes(history: History) -> list[tuple[Any, ...]]:
    memory = played(history)
    return [told(memory, member) for member in sorted(memory.members)]


def in_the_general_way(history: History) -> list[tuple[Any, ...]]:
    """The same history with no rule written out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk, "is_simple", lambda _rule: False)
        book.cache_clear()
        try:
            return outcomes(history)
        finally:
            book.cache_clear()


def both_ways_give_the_same(history: History) -> None:
    general = in_the_general_way(history)
    hold(outcomes(history) == general, history)


@given(histories())
def test_a_written_walk_gives_what_its_rules_give(history: History) -> None:
    both_ways_give_the_same(history)


def test_it_holds_in_the_sample() -> None:
    for history in samples(12):
        both_ways_give_the_same(history)


_entry = walk_text.Given.entry


def forgets_the_limit(self: walk_text.Given, wallet: int) -> str:
    """The receipt says what there was before the limit."""
    return _entry(self, wallet).replace(f", {self.left},", f", {self.units},", 1)


def test_the_law_catches_a_slip(monkeypatch: pytest.MonkeyPatch) -> None:
    assert catches(both_ways_give_the_same, monkeypatch, walk_text.Given, "entry", forgets_the_limit)
