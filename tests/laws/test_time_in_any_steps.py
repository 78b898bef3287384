"""Advancing in one step or in many gives the same state, and looking at the clock changes nothing."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.laws.histories import History, histories, samples
from tests.laws.law import Law, catches, hold, members, played, steps

from regulars.engine import decide as deciding
from regulars.engine import timing
from regulars.engine.context import begun
from regulars.engine.events import Event
from regulars.engine.model import NO_FACTS, Member, pack_member
from regulars.simulation.memory import Memory
from regulars.words.days import NEVER

MANY = (1, 2, 27, 31, 60, 92, 120, 250, 366)


def same(one: Member, other: Member) -> bool:
    return pack_member(one) == pack_member(other)


def time_runs_alike_in_any_steps(history: History, apart: tuple[int, ...] = MANY) -> None:
    """By reading and by writing, in steps and in one, day after day of what falls due."""
    memory, book = played(history), history.shop.book
    for member in members(memory):
        end = member.day + sum(apart)
        at_once = book.advance(member, end)
        walked = ticked = member
        for step in apart:
            walked = book.advance(walked, walked.day + step)
            ticked = book.decide(ticked, book.tick(ticked, ticked.day + step)).member
        hold(same(walked, at_once), member.id, apart, walked, at_once)
        hold(same(ticked, at_once), member.id, apart, ticked, at_once)
        due = member
        while due.due <= end:
            hold(due.due > due.day, member.id, "is due in the past", due)
            due = book.advance(due, due.due)
        hold(same(book.advance(due, end), at_once), member.id, "from due day to due day", due, at_once)


def nothing_outlives_its_day(history: History) -> None:
    """Whenever a member is looked at, what should have opened is open, and what should have lapsed is gone."""
    memory, book = played(history), history.shop.book
    for member in members(memory):
        for step in MANY:
            member = book.advance(member, member.day + step)
            lots = [lot for held in member.holdings.values() for lot in held.lots]
            waiting = [one for held in member.holdings.values() for one in held.waiting]
            hold(all(lot.gone > member.day for lot in lots) and all(one.opens > member.day for one in waiting), member)
            hold(all(voucher.gone > member.day for voucher in member.vouchers), member)
            hold(member.due > member.day, member)


def the_next_due_day_is_known(history: History) -> None:
    """After each event the day that a member waits for is what the whole member says, by the version of that day."""
    for body, decision, _ in steps(history):
        member = decision.member
        if not member.events:
            continue
        c = begun(history.shop.book.at(member.day), member, None, NO_FACTS)
        due = _next_due(c, member.day)
        hold(member.due == due, body["id"], member.due, due, member)


def a_look_at_the_clock_changes_nothing(history: History) -> None:
    """The history with ticks on the way to every event, and without any tick at all."""
    bare = history.without("tick")
    plain, ticking = played(bare), Memory(history.shop.book)
    for body in bare.events:
        event = history.shop.book.read(body)
        member = ticking.member(body["member"])
        if isinstance(event, Event) and event.day > member.day and member.events:
            for part in (1, 2, 3):
                ticking.advance(event.member, member.day + (event.day - member.day) * part // 3)
        ticking.post(body)
    for member in members(plain):
        hold(same(member, ticking.member(member.id)), member, ticking.member(member.id))


LAWS = (
    time_runs_alike_in_any_steps,
    nothing_outlives_its_day,
    the_next_due_day_is_known,
    a_look_at_the_clock_changes_nothing,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_it_holds_in_the_sample(law: Law) -> None:
    for history in samples():
        law(history)


@given(histories(), st.lists(st.sampled_from(MANY), min_size=1, max_size=8).map(tuple))
def test_advancing_in_one_step_or_in_many_gives_the_same_state(history: History, apart: tuple[int, ...]) -> None:
    time_runs_alike_in_any_steps(history, apart)
    nothing_outlives_its_day(history)
    the_next_due_day_is_known(history)
    a_look_at_the_clock_changes_nothing(history)


_next_due, _due_of = timing.next_due, timing.due_of


def forgets_vouchers(c: Any, day: int) -> int:
    """What lapses of vouchers is not looked for."""
    held, c.vouchers = c.vouchers, ()
    try:
        return _next_due(c, day)
    finally:
        c.vouchers = held


def forgets_openings(c: Any, day: int) -> int:
    """What opens is not looked for."""
    held = dict(c.holdings)
    for name, one in held.items():
        c.holdings[name] = msgspec.structs.replace(
            one, waiting=tuple(msgspec.structs.replace(waiting, opens=NEVER) for waiting in one.waiting)
        )
    try:
        return _next_due(c, day)
    finally:
        c.holdings.update(held)


def only_once(c: Any, book: Any, until: int) -> None:
    """Of all that falls due, only the first day is done."""
    due = c.member.due if c.member.events else NEVER
    if due <= until:
        real = c.event, c.facts, c.lines
        c.lines, c.today, c.event, c.facts = [], due, timing.calendar_event(c, due), c.machine.reader.unsaid
        timing.run_day(c, due)
        c.event, c.facts, c.lines = real
    c.today = until


def keeps_the_day(c: Any, day: int) -> int:
    """The day that was known before is taken for good."""
    return c.member.due if c.member.due > day else _due_of(c, day)


@pytest.mark.parametrize(
    ("law", "where", "name", "slip"),
    [
        (nothing_outlives_its_day, timing, "next_due", forgets_vouchers),
        (nothing_outlives_its_day, timing, "next_due", forgets_openings),
        (time_runs_alike_in_any_steps, deciding, "advance", only_once),
        (the_next_due_day_is_known, deciding, "due_of", keeps_the_day),
        (a_look_at_the_clock_changes_nothing, deciding, "advance", only_once),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_the_law_catches_a_slip(law: Law, where: Any, name: str, slip: object, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "next_due":
        monkeypatch.setattr(deciding, "due_of", slip)
    assert catches(law, monkeypatch, where, name, slip)
