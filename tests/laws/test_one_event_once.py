"""The same event twice is one event; a different body under the same id is refused and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from tests.laws.histories import Body, History, histories
from tests.laws.law import catches, hold

from regulars.engine.model import pack_member, pack_receipt
from regulars.simulation import memory as ledger
from regulars.simulation.memory import Memory, Repeated
from regulars.words.refusals import Refusal


def state(memory: Memory) -> tuple[object, ...]:
    """Everything that an event could change."""
    known = [pack_member(memory.member(name)) for name in memory.members]
    receipts = [pack_receipt(receipt) for name in memory.members for receipt in memory.receipts(name)]
    return known, receipts, list(memory.movements)


def other(body: Body) -> Body:
    """Another event under the same id."""
    return body | {"happened_at": "2031-05-06T07:08"}


def one_event_once(history: History) -> None:
    """Each event is sent again at once, changed once, and once more at the end."""
    memory = Memory(history.shop.book)
    seen: dict[tuple[str, str], bytes] = {}
    for body in history.events:
        first = memory.post(body)
        if isinstance(first, Refusal):
            continue
        before = state(memory)
        again, changed = memory.post(body), memory.post(other(body))
        hold(isinstance(again, Repeated), body, "was decided twice")
        hold(isinstance(again, Repeated) and again.receipt == first.receipt, body, "got another receipt")
        hold(
            isinstance(changed, Refusal) and changed.code == "event.id_reused",
            body,
            "gave way to another body",
            changed,
        )
        hold(state(memory) == before, body, "changed something the second time")
        seen.setdefault((body["member"], body["id"]), pack_receipt(first.receipt))
    before = state(memory)
    for body in history.events:
        answer = memory.post(body)
        if not isinstance(answer, Refusal):
            hold(pack_receipt(answer.receipt) == seen[body["member"], body["id"]], body, "got another receipt later")
    hold(state(memory) == before, "a whole history again changed something")


@given(histories(most=12))
def test_the_same_event_is_decided_once_and_another_under_its_id_is_refused(history: History) -> None:
    one_event_once(history)


def forgets(self: Memory, event: object) -> object:
    """Only the newest event is remembered."""
    read = self.book.read(event) if isinstance(event, dict) else event
    if not isinstance(read, Refusal):
        for key in [key for key in self._known if key[2] != read.id]:
            del self._known[key]
    return _post(self, event)


_post = Memory.post


@pytest.mark.parametrize(
    ("where", "name", "slip"),
    [(ledger, "_canonical", lambda _said: b""), (Memory, "post", forgets)],
    ids=["every body looks the same", "only the newest event is known"],
)
def test_the_law_catches_a_slip(where: Any, name: str, slip: object, monkeypatch: pytest.MonkeyPatch) -> None:
    assert catches(one_event_once, monkeypatch, where, name, slip, 5)
