"""The ledger in memory keeps the promises of the real one."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from regulars.engine.book import Book
from regulars.engine.model import Decision
from regulars.program.load import load
from regulars.program.model import Program
from regulars.simulation import Memory, Repeated
from regulars.words.days import day_of
from regulars.words.refusals import Refusal

PROGRAM = """
program: small-shop
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts:
  line: {kind: [drink, food], qty: count = 1}
wallets:
  points: {lasts: 6 months after earned, may_owe: true}
earn:
  base: {give: {points: 1 per 1.00}}
  first_come: {give: {points: 5}, at_most: 12 points per everybody}
rewards:
  mug: {cost: 10 points, item: mug, stock: operator}
referrals:
  friend: {pays_on: first purchase, referee: {points: 10}, referrer: {points: 20}}
"""


def book() -> Book:
    program = load(PROGRAM)
    assert isinstance(program, Program), program
    return Book([program])


def purchase(
    id: str = "e1", member: str = "ann", amount: str = "20.00", at: str = "2026-03-02T10:00", **more: Any
) -> dict:
    lines = [{"kind": "drink", "amount": amount}]
    return {"id": id, "type": "purchase", "member": member, "happened_at": at, "lines": lines, **more}


def points(memory: Memory, member: str = "ann") -> int:
    found = memory.member(member).holdings.get("points")
    return 0 if found is None else found.active


def test_the_same_event_again_gives_the_same_decision_and_changes_nothing() -> None:
    memory = Memory(book())
    first = memory.post(purchase())
    before = points(memory)
    again = memory.post(purchase())
    assert isinstance(first, Decision)
    assert not isinstance(first, Repeated)
    assert isinstance(again, Repeated)
    assert again.receipt == first.receipt
    assert points(memory) == before
    assert len(memory.receipts("ann")) == 1


def test_another_event_under_the_same_id_is_refused() -> None:
    memory = Memory(book())
    memory.post(purchase(amount="20.00"))
    refusal = memory.post(purchase(amount="21.00"))
    assert isinstance(refusal, Refusal)
    assert refusal.code == "event.id_reused"
    assert len(memory.receipts("ann")) == 1


def test_the_same_id_from_another_source_is_another_event() -> None:
    memory = Memory(book())
    memory.post(purchase(source="till"))
    memory.post(purchase(source="web"))
    assert len(memory.receipts("ann")) == 2


def test_what_cannot_be_read_is_refused_and_not_kept() -> None:
    memory = Memory(book())
    refusal = memory.post({"id": "e1", "type": "purchase", "member": "ann", "happened_at": "soon"})
    assert isinstance(refusal, Refusal)
    assert memory.members == ()


def test_a_budget_is_shared_by_everybody_and_runs_out_exactly() -> None:
    memory = Memory(book())
    for number, member in enumerate(("ann", "bob", "cyd", "dia")):
        memory.post(purchase(f"e{number}", member))
    assert [points(memory, member) - 20 for member in ("ann", "bob", "cyd", "dia")] == [5, 5, 2, 0]


def test_a_stock_of_one_is_had_once() -> None:
    memory = Memory(book())
    memory.put_stock("stock:rewards.mug", 1)
    asked = {"type": "redeem.mug", "happened_at": "2026-03-03T10:00"}
    for member in ("ann", "bob"):
        memory.post(purchase(f"p-{member}", member))
    had = memory.post({"id": "r1", "member": "ann", **asked})
    late = memory.post({"id": "r2", "member": "bob", **asked})
    assert isinstance(had, Decision)
    assert isinstance(late, Decision)
    assert had.refusal is None
    assert late.refusal is not None
    assert late.refusal.code == "sold_out"
    assert memory.left("stock:rewards.mug") == 0


def test_a_friends_first_purchase_pays_the_one_who_sent_them_at_once() -> None:
    memory = Memory(book())
    memory.post({"id": "j", "type": "join", "member": "gus", "happened_at": "2026-03-01", "referred_by": "fio"})
    memory.post(purchase(member="gus"))
    assert points(memory, "fio") == 20
    (event, receipt) = memory.history("fio")[0]
    assert (event.source, event.kind) == ("derived", "friend.friend")
    assert memory.receipt(event.id, "fio") == receipt


def test_two_returns_of_one_purchase_take_back_no_more_than_it_gave() -> None:
    memory = Memory(book())
    memory.post(purchase(amount="20.00"))
    gave = points(memory)
    for number in range(2):
        back = {"id": f"r{number}", "type": "return", "of": "e1", "lines": [{"line": 0, "refund": "10.00"}]}
        memory.post({**back, "member": "ann", "happened_at": "2026-03-05T10:00"})
    third = memory.post({"id": "r3", "type": "return", "of": "e1", "member": "ann", "happened_at": "2026-03-06"})
    assert isinstance(third, Decision)
    assert third.refusal is not None
    assert gave > 0
    assert points(memory) == 0


def test_looking_at_a_later_day_writes_nothing() -> None:
    memory = Memory(book())
    memory.post(purchase(amount="20.00"))
    later = memory.member("ann", day_of("2026-12-31"))
    assert later.holdings["points"].active == 0
    assert points(memory) > 0


def test_advancing_keeps_what_fell_due() -> None:
    memory = Memory(book())
    memory.post(purchase(amount="20.00"))
    decision = memory.advance("ann", day_of("2026-12-31"))
    assert isinstance(decision, Decision)
    assert [entry.given for entry in decision.receipt.dues] == [-25]
    assert points(memory) == 0


@given(
    amounts=st.lists(st.integers(1, 50_000), min_size=1, max_size=8), repeats=st.lists(st.integers(0, 7), max_size=8)
)
def test_sending_events_again_in_any_order_changes_nothing(amounts: list[int], repeats: list[int]) -> None:
    events = [purchase(f"e{n}", amount=f"{cents // 100}.{cents % 100:02d}") for n, cents in enumerate(amounts)]
    memory = Memory(book())
    for event in events:
        memory.post(event)
    before = memory.member("ann"), list(memory.movements)
    for place in repeats:
        assert isinstance(memory.post(events[place % len(events)]), Repeated)
    assert (memory.member("ann"), memory.movements) == before
