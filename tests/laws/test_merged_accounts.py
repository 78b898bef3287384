"""Accounts that become one, or are closed, keep every law: nothing is lost, nothing is had twice, and all of it can be judged again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.laws.histories import KINDS, Body, History, Story
from tests.laws.law import Law, breaks, hold, members, played
from tests.laws.shops import SHOPS
from tests.laws.test_points_are_conserved import lots_are_what_is_held, points_are_conserved, receipts_explain_holdings
from tests.laws.test_replay_gives_the_snapshot import replay_gives_the_snapshot
from tests.laws.test_time_in_any_steps import time_runs_alike_in_any_steps

from regulars.engine import closing, joining
from regulars.engine.accounts import ASKED, CLOSED
from regulars.engine.model import IN_TRANSIT, Movement

CROWD = ("ann", "bob", "cy", "di")


class Merging(Story):
    """A story in which accounts are merged and closed among all that happens otherwise."""

    steps = (*KINDS, "merge", "merge", "close")

    def step(self, name: str, member: str, kind: str) -> Body | None:
        if kind not in {"merge", "close"}:
            return super().step(name, member, kind)
        choose = self.choose
        head = {"id": name, "type": kind, "member": member, "happened_at": self.moment(), "reason": "asked"}
        return head | ({"into": choose(CROWD)} if kind == "merge" else {})

    def moment(self) -> str:
        """Now, or a while ago."""
        made = super().step("x", self.members[0], self.choose(("tick", "tick", "tick", "late")))
        assert made is not None
        return str(made["happened_at"])


@st.composite
def histories(draw: st.DrawFn, most: int = 30) -> History:
    def choose(options: Sequence[Any]) -> Any:
        return draw(st.sampled_from(options))

    return Merging(choose(SHOPS), choose, CROWD).tell(draw(st.integers(1, most)))


@cache
def samples(count: int = 40, length: int = 60) -> tuple[History, ...]:
    return tuple(Merging(SHOPS[seed % len(SHOPS)], Random(seed).choice, CROWD).tell(length) for seed in range(count))


def nothing_is_left_on_the_way(history: History) -> None:
    """What was taken into transit has arrived, wallet by wallet."""
    on_its_way: Counter[str] = Counter()
    for _, _, movement in played(history).movements:
        on_its_way[movement.wallet] += movement.amount * (
            (movement.target == IN_TRANSIT) - (movement.source == IN_TRANSIT)
        )
    hold(not any(on_its_way.values()), +on_its_way)


def a_closed_account_stays_closed(history: History) -> None:
    """Nothing comes into it, nobody asks for it with success, and one that was merged has nothing."""
    memory = played(history)
    for member in members(memory):
        receipts = memory.history(member.id)
        closed = [n for n, (event, receipt) in enumerate(receipts) if event.first in ASKED and not receipt.refused]
        hold(len(closed) == (CLOSED in member.marks), member.id, closed, member.marks)
        if not closed:
            continue
        for event, receipt in receipts[closed[0] + 1 :]:
            held = receipt.refused is not None or event.source == "derived" or event.first == "tick"
            hold(held and all(entry.given < 0 for entry in (*receipt.entries, *receipt.dues)), member.id, event.id)
        hold(not member.holdings and not member.vouchers and not member.plans, member.id, member)


LAWS = (
    points_are_conserved,
    lots_are_what_is_held,
    receipts_explain_holdings,
    replay_gives_the_snapshot,
    time_runs_alike_in_any_steps,
    nothing_is_left_on_the_way,
    a_closed_account_stays_closed,
)


@pytest.mark.parametrize("law", LAWS)
def test_it_holds_in_the_sample(law: Law) -> None:
    for history in samples():
        law(history)


def test_the_sample_merges_closes_and_refuses() -> None:
    found: Counter[str] = Counter()
    for history in samples():
        memory = played(history)
        for member in memory.members:
            for event, receipt in memory.history(member):
                found[event.first if receipt.refused is None else receipt.refused[0]] += 1
    assert {
        "merge",
        "merged",
        "close",
        "merge.itself",
        "merge.closed",
        "member.merged",
        "member.closed",
    } <= found.keys()


@given(histories())
def test_accounts_are_merged_and_closed_under_every_law(history: History) -> None:
    for law in LAWS:
        law(history)


_put, _empty, _shut = joining.put, closing.empty, closing.shut


def loses_a_lot(c: Any, wallet: Any, rule: int, units: int, earned: int, gone: int) -> None:
    if units > 10:
        _put(c, wallet, rule, units, earned, gone)


def keeps_what_waits(c: Any, account: str, debts: str) -> None:
    _empty(c, account, debts)
    c.moved[:] = [one for one in c.moved if one.source != "pending"]


def stays_open(c: Any, into: str) -> None:
    _shut(c, into)
    c.marks = {}


def gives_twice(c: Any, wallet: Any, rule: int, units: int, earned: int, gone: int) -> None:
    _put(c, wallet, rule, units, earned, gone)
    c.moved.append(Movement(wallet.name, IN_TRANSIT, "redeemed", units, 0))


@pytest.mark.parametrize(
    ("law", "where", "name", "slip"),
    [
        (nothing_is_left_on_the_way, joining, "put", loses_a_lot),
        (points_are_conserved, closing, "empty", keeps_what_waits),
        (a_closed_account_stays_closed, closing, "shut", stays_open),
        (nothing_is_left_on_the_way, joining, "put", gives_twice),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_the_law_catches_a_slip(law: Law, where: Any, name: str, slip: object, monkeypatch: pytest.MonkeyPatch) -> None:
    told = samples()
    monkeypatch.setattr(where, name, slip)
    assert any(breaks(law, history) for history in told)
