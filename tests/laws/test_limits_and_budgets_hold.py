"""A budget is never exceeded by one point, no limit is, and what was clipped is on the receipt, with what clipped it.

The limits of the shops are written down here a second time and counted from the receipts alone, with no help of the engine's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from tests.laws.histories import History, histories, samples
from tests.laws.law import Law, catches, hold, played

from regulars.engine import earning
from regulars.engine.limits import Bound
from regulars.engine.model import Entry
from regulars.simulation.memory import Memory
from regulars.words.days import Day, ymd

Window = Callable[[Day], object]
DAY: Window = lambda day: day  # noqa: E731
WEEK: Window = lambda day: (day - 1) // 7  # noqa: E731
MONTH: Window = lambda day: ymd(day)[:2]  # noqa: E731
YEAR: Window = lambda day: ymd(day)[0]  # noqa: E731
EVER: Window = lambda _day: 0  # noqa: E731


@dataclass(frozen=True)
class Said:
    """A limit as the program prints it: at most so many units, or so many times, of these rules together in a window."""

    rules: tuple[str, ...]
    most: int
    window: Window | None
    times: bool = False
    fact: str = ""
    everybody: bool = False


SAID = {
    "corner": (
        Said(("earn.stamp", "earn.early"), 4, None),
        Said(("earn.stamp", "earn.early"), 9, WEEK),
        Said(("earn.base",), 60, WEEK),
        Said(("earn.step",), 30, MONTH),
        Said(("earn.daily",), 1, DAY, times=True),
        Said(("earn.first",), 2, EVER, times=True),
        Said(("rewards.mug",), 1, YEAR, times=True),
        Said(("referrals.friend.referrer",), 2, YEAR, times=True),
    ),
    "grocer": (Said(("earn.double",), 150, MONTH), Said(("earn.spring",), 120, EVER, everybody=True)),
    "hotel": (
        Said(("earn.stay",), 1000, MONTH),
        Said(("earn.spent",), 10, None),
        Said(("rewards.bottle",), 5, EVER, times=True, everybody=True),
    ),
    "dress": (
        Said(("earn.online",), 2, YEAR, times=True),
        Said(("earn.card",), 1, MONTH, times=True, fact="card"),
        Said(("earn.slow",), 1, None, times=True),
    ),
    "dress in two versions": (
        Said(("earn.online",), 2, YEAR, times=True),
        Said(("earn.card",), 1, MONTH, times=True, fact="card"),
    ),
}


def entries(memory: Memory, member: str) -> Iterator[tuple[str, Day, dict[str, object], str, Entry]]:
    """(event id, day, body, rule, entry) of what events did, mirrors left out."""
    book = memory.book
    for event, receipt in memory.history(member):
        machine = book.at_version(receipt.version)
        for entry in receipt.entries:
            if machine.by_place[entry.wallet].wallet.counts is None:
                yield event.id, event.day, event.body, machine.names[entry.rule], entry


def limits_hold(history: History) -> None:
    """Counted from the receipts, nothing gave more or oftener than its limit says."""
    memory = played(history)
    for said in SAID[history.shop.name]:
        used: Counter[object] = Counter()
        for member in memory.members:
            for event, day, body, rule, entry in entries(memory, member):
                if rule in said.rules and entry.given:
                    window = event if said.window is None else said.window(day)
                    key = (None if said.everybody else member, window, body.get(said.fact) if said.fact else None)
                    used[key] += 1 if said.times else entry.given
        for key, count in used.items():
            hold(count <= said.most, said.rules, key, f"{count} of {said.most}")


def what_was_clipped_is_on_the_receipt(history: History) -> None:
    """Less than the rounded amount is given only where the entry names what took it away; nothing is ever given on top."""
    memory = played(history)
    for member in memory.members:
        for event, _, _, rule, entry in entries(memory, member):
            if entry.given >= 0 and entry.rounded >= 0:
                hold(entry.given <= entry.rounded, event, rule, entry)
                hold(
                    entry.given == entry.rounded or bool(entry.shaped),
                    event,
                    rule,
                    "clipped, and nobody says why",
                    entry,
                )


def budgets_run_out_exactly(history: History) -> None:
    """What is left of a budget is what was not given, and nobody is clipped by it while something is left."""
    if history.shop.name != "grocer":
        return
    memory = played(history)
    drawn = [
        entry for member in memory.members for _, _, _, rule, entry in entries(memory, member) if rule == "earn.spring"
    ]
    given_, left = sum(entry.given for entry in drawn), memory.left("earn.spring")
    hold(left is None or left == 120 - given_, left, given_)
    clipped = [entry for entry in drawn if entry.rule in entry.shaped]
    hold(not clipped or left == 0, left, clipped)


def sliding_limits_hold(history: History) -> None:
    """Once in seven days means that two of them are never nearer, whatever came late."""
    if history.shop.name != "dress":
        return
    memory = played(history)
    for member in memory.members:
        at: dict[str, list[int]] = defaultdict(list)
        for event, receipt in memory.history(member):
            names = memory.book.at_version(receipt.version).names
            for entry in receipt.entries:
                if names[entry.rule] == "earn.slow" and entry.given:
                    at["slow"].append(event.day * 1440 + event.minute)
        moments = sorted(at["slow"])
        for one, two in pairwise(moments):
            hold(two - one >= 7 * 1440, member, one, two)


LAWS = (limits_hold, what_was_clipped_is_on_the_receipt, budgets_run_out_exactly, sliding_limits_hold)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_it_holds_in_the_sample(law: Law) -> None:
    for history in samples():
        law(history)


@given(histories())
def test_no_limit_is_exceeded_and_what_was_clipped_is_on_the_receipt(history: History) -> None:
    for law in LAWS:
        law(history)


_take, _use, _keep = Bound._take_in_window, Bound.use, earning.keep


def lets_one_more(self: Bound, c: object, n: int) -> int:
    """A limit has room for one more than it says."""
    self.ceiling += 1
    try:
        return _take(self, c, n)
    finally:
        self.ceiling -= 1


def counts_nothing(self: Bound, c: object, n: int) -> None:
    """What is used is not counted."""


def clips_in_silence(c, kept, *args):
    """What clipped is not named."""
    _keep(c, kept, *args)
    kept[-1] = (*kept[-1][:-1], ())


def forgets_claims(self: Bound, c, n: int) -> None:
    """A budget is drawn in the decision and never claimed."""
    _use(self, c, n)
    c.claimed.clear()


@pytest.mark.parametrize(
    ("law", "where", "name", "slip"),
    [
        (limits_hold, Bound, "_take_in_window", lets_one_more),
        (limits_hold, Bound, "use", counts_nothing),
        (limits_hold, Bound, "use", forgets_claims),
        (what_was_clipped_is_on_the_receipt, earning, "keep", clips_in_silence),
        (budgets_run_out_exactly, Bound, "use", forgets_claims),
        (sliding_limits_hold, Bound, "_since", lambda self, c: self._clock(c) - 1440),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_the_law_catches_a_slip(law: Law, where: Any, name: str, slip: object, monkeypatch: pytest.MonkeyPatch) -> None:
    assert catches(law, monkeypatch, where, name, slip)
