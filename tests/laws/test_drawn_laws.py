"""The laws, in programs drawn from the whole language: each program has a history that fits it, nonsense included.

The laws are those that hold in the shops; what is said there of one shop's own words (its limits, written down a second time) is not asked
here.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws.customers import histories, samples
from tests.laws.histories import History
from tests.laws.law import Law, breaks
from tests.laws.shops import book
from tests.laws.test_any_order_of_members import any_order_gives_the_same
from tests.laws.test_full_returns_undo import a_full_return_undoes, all_but_one
from tests.laws.test_limits_and_budgets_hold import clips_in_silence, what_was_clipped_is_on_the_receipt
from tests.laws.test_one_event_once import one_event_once
from tests.laws.test_points_are_conserved import (
    credits_unsaid,
    drops_a_unit,
    lots_are_what_is_held,
    never_lapses,
    no_account_goes_below_its_floor,
    opens_unmoved,
    owes_always,
    points_are_conserved,
    receipts_explain_holdings,
)
from tests.laws.test_replay_gives_the_snapshot import (
    Dice,
    a_snapshot_is_the_same_after_it_was_stored,
    replay_gives_the_snapshot,
    storage_changes_nothing,
)
from tests.laws.test_time_in_any_steps import (
    MANY,
    a_look_at_the_clock_changes_nothing,
    forgets_vouchers,
    keeps_the_day,
    nothing_outlives_its_day,
    only_once,
    the_next_due_day_is_known,
    time_runs_alike_in_any_steps,
)

from regulars.engine import decide as deciding
from regulars.engine import earning, lots, timing
from regulars.engine import kept as keeping
from regulars.simulation import memory as ledger

few = settings(max_examples=max(settings().max_examples // 2, 1))


def clock(history: History) -> None:
    """Time in any steps, where nobody shares: what a budget has left, and whom a seat was taken from, is looked up event by event."""
    if not history.shop.shared:
        a_look_at_the_clock_changes_nothing(history)


BALANCE = (points_are_conserved, lots_are_what_is_held, receipts_explain_holdings, no_account_goes_below_its_floor)
AGAIN = (replay_gives_the_snapshot, storage_changes_nothing, a_snapshot_is_the_same_after_it_was_stored, one_event_once)
TIME = (time_runs_alike_in_any_steps, nothing_outlives_its_day, the_next_due_day_is_known, clock)
LAWS = (*BALANCE, what_was_clipped_is_on_the_receipt, *AGAIN, *TIME)


@few
@given(histories())
def test_points_are_conserved_and_what_was_clipped_is_said_in_any_program(history: History) -> None:
    for law in (*BALANCE, what_was_clipped_is_on_the_receipt):
        law(history)


@few
@given(histories())
def test_replay_and_repetition_change_nothing_in_any_program(history: History) -> None:
    for law in AGAIN:
        law(history)


@few
@given(histories(), st.lists(st.sampled_from(MANY), min_size=1, max_size=6).map(tuple))
def test_time_runs_alike_in_any_steps_in_any_program(history: History, apart: tuple[int, ...]) -> None:
    time_runs_alike_in_any_steps(history, apart)
    for law in TIME[1:]:
        law(history)


@few
@given(histories(undo=True))
def test_a_full_return_undoes_the_purchase_in_any_program_that_takes_all_back(history: History) -> None:
    if not history.shop.shared:
        a_full_return_undoes(history)


@few
@given(histories(), st.integers(0, 1_000))
def test_events_of_members_who_share_nothing_may_come_in_any_order_in_any_program(history: History, seed: int) -> None:
    if not history.shop.shared:
        any_order_gives_the_same(history, seed)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_it_holds_in_the_sample(law: Law) -> None:
    for history in samples():
        law(history)


def test_full_returns_undo_and_members_come_in_any_order_in_the_sample() -> None:
    undone = [history for history in samples(undo=True) if not history.shop.shared]
    assert len(undone) > 5
    for history in undone:
        a_full_return_undoes(history)
        any_order_gives_the_same(history)


def forgets_ids(self: Any, *args: Any) -> Any:
    """Nothing is known of an event that came before."""
    self._known.clear()
    return _decide(self, *args)


_decide = ledger.Memory._decide


@pytest.mark.parametrize(
    ("law", "where", "name", "slip"),
    [
        (points_are_conserved, lots, "take", drops_a_unit),
        (points_are_conserved, lots, "release", opens_unmoved),
        (lots_are_what_is_held, timing, "mature_and_lapse", never_lapses),
        (receipts_explain_holdings, earning, "credit", credits_unsaid),
        (no_account_goes_below_its_floor, lots, "give_back", owes_always),
        (what_was_clipped_is_on_the_receipt, earning, "keep", clips_in_silence),
        (replay_gives_the_snapshot, earning, "credit", Dice().credit),
        (one_event_once, ledger.Memory, "_decide", forgets_ids),
        (time_runs_alike_in_any_steps, deciding, "advance", only_once),
        (nothing_outlives_its_day, deciding, "due_of", forgets_vouchers),
        (the_next_due_day_is_known, deciding, "due_of", keeps_the_day),
        (clock, deciding, "advance", only_once),
        (a_full_return_undoes, keeping, "shared", all_but_one),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_the_law_catches_a_slip(law: Law, where: Any, name: str, slip: object, monkeypatch: pytest.MonkeyPatch) -> None:
    told = samples(undo=law is a_full_return_undoes)
    monkeypatch.setattr(where, name, slip)
    book.cache_clear()
    try:
        assert any(breaks(law, history) for history in told)
    finally:
        book.cache_clear()
