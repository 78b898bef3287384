"""Bodies that are not what they should be, in drawn programs: a refusal with a code, nothing raised, and nothing half applied."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.laws.customers import histories, samples
from tests.laws.drafting import Choose
from tests.laws.histories import Body, History
from tests.laws.law import Broken, hold
from tests.laws.shops import book

from regulars.engine import decide as deciding
from regulars.engine.events import Event
from regulars.engine.model import Member, pack_member
from regulars.simulation.memory import Memory
from regulars.words.refusals import Refusal

NOTHING_LIKE_IT: tuple[Any, ...] = (
    None, True, -1, 0, 10**30, "", "x", [], {}, ["x"], [{}], [None], {"x": 1}, "2026-13-45", "9" * 600, "\0", "-5.00",
    {"a": {"b": [1]}}, Decimal("1.005"), [["x"]], "2026-02-30T99:99", 1.5,
)  # fmt: skip
KEYS = tuple(
    """
    of lines plan with to add add_once remove option offers use pay last orders levels vouchers lots used shared rates referred_by birthday
    market place by cost item amount choose until balances facts ever
    """.split()
)


def spoilt(value: Any, choose: Choose) -> Any:
    """The value with something missing, on top, or nothing like what it should be."""
    if isinstance(value, dict) and value and choose((True, True, True, False)):
        key, how = choose(sorted(value)), choose(("other", "other", "other", "less", "more"))
        if how == "less":
            return {name: one for name, one in value.items() if name != key}
        if how == "more":
            return value | {choose(KEYS): choose(NOTHING_LIKE_IT)}
        return value | {key: spoilt(value[key], choose)}
    if isinstance(value, list) and value and choose((True, False)):
        place = choose(tuple(range(len(value))))
        return [*value[:place], spoilt(value[place], choose), *value[place + 1 :]]
    return choose(NOTHING_LIKE_IT)


def plain(member: Member) -> bytes:
    """The member but for how many events there were, and when something falls due."""
    return pack_member(replace(member, events=0, due=0))


def refused_whole(history: History, choose: Choose) -> None:
    """Before each event a spoilt one is sent: it is decided or refused; when refused, the member only has what time brought."""
    shop, memory = history.shop, Memory(history.shop.book)
    for number, body in enumerate(history.events):
        bad: Body = spoilt(body, choose)
        if isinstance(bad, dict) and bad.get("id") == body["id"]:
            bad = bad | {"id": f"bad{number}"}
        before = {name: memory.member(name) for name in memory.members}
        answer = memory.post(bad)
        if isinstance(answer, Refusal):
            hold(bool(answer.code) and before == {name: memory.member(name) for name in memory.members}, bad, answer)
        elif answer.refusal is not None:
            read = shop.book.read(bad)
            assert isinstance(read, Event)
            was = before.get(read.member, shop.book.blank(read.member))
            now = memory.member(read.member)
            if was.events and not shop.shared:
                hold(plain(shop.book.advance(was, now.day)) == plain(now), bad, answer.refusal)
        memory.post(body)


@given(histories(most=14), st.data())
def test_a_spoilt_body_is_refused_whole_in_any_program(history: History, data: st.DataObject) -> None:
    def choose(options: Sequence[Any]) -> Any:
        return data.draw(st.sampled_from(list(options)))

    refused_whole(history, choose)


def in_the_sample() -> None:
    for number, history in enumerate(samples(60, 30)):
        refused_whole(history, Random(number).choice)


def test_it_holds_in_the_sample() -> None:
    in_the_sample()


def keeps_what_was_begun(c: Any, given_: Any) -> Any:
    """What a request changed before it was refused is kept."""
    refusal = _judge(c, given_)
    if refusal is not None:
        KEPT.append(c)
    return refusal


def goes_on(book_: Any, member: Any, event: Any, given_: Any, refusal: Any) -> Any:
    return (
        deciding.finish(KEPT.pop(), False, None, refusal) if KEPT else _refused(book_, member, event, given_, refusal)
    )


KEPT: list[Any] = []
_judge, _refused = deciding.judge, deciding.refused


def test_the_law_catches_a_slip(monkeypatch: pytest.MonkeyPatch) -> None:
    told = samples(60, 30)
    monkeypatch.setattr(deciding, "judge", keeps_what_was_begun)
    monkeypatch.setattr(deciding, "refused", goes_on)
    book.cache_clear()
    try:
        with pytest.raises(Broken):
            for number, history in enumerate(told):
                refused_whole(history, Random(number).choice)
    finally:
        KEPT.clear()
        book.cache_clear()
