"""What a crossed mark gives, and what becomes of both when goods come back."""

from __future__ import annotations

from typing import Any

from regulars.engine.book import Book
from regulars.engine.model import Decision
from regulars.program.load import load
from regulars.program.model import Program
from regulars.simulation.memory import Memory

PROGRAM = """
program: marks
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts: {line: {kind: [goods]}, activity.visit: {}}
wallets:
  points: {may_owe: true}
  spent: {is: money, lasts: end of year}
earn:
  spend: {give: {spent: 100%}}
  visit: {on: activity.visit, give: {points: 1, note: 1, spent: 1.00}}
milestones:
  bonus: {of: spent, at: [100.00, 200.00], over: year, give: {points: 50}}
vouchers: {note: {off: 5.00, lasts: 60 days}}
"""


class Shop:
    """A member's events in memory, a day apart."""

    def __init__(self, text: str = PROGRAM) -> None:
        program = load(text, "marks.yaml")
        assert isinstance(program, Program), program
        self.memory = Memory(Book([program]))
        self.day = 0

    def post(self, kind: str, day: str | None = None, **body: Any) -> Decision:
        self.day += 1
        happened = day or f"2026-01-{self.day:02d}"
        decision = self.memory.post(
            {"id": f"e{self.day}", "type": kind, "member": "ana", "happened_at": happened, **body}
        )
        assert isinstance(decision, Decision), decision
        assert decision.refusal is None, decision.refusal
        return decision

    def buys(self, *amounts: str) -> str:
        self.post("purchase", lines=[{"kind": "goods", "amount": amount} for amount in amounts])
        return f"e{self.day}"

    @property
    def points(self) -> int:
        held = self.memory.member("ana").holdings.get("points")
        return 0 if held is None else held.active


def test_a_mark_that_a_return_brings_down_again_is_undone_with_what_it_gave() -> None:
    shop = Shop()
    sale = shop.buys("120.00")
    assert shop.points == 50
    shop.post("return", of=sale)
    assert shop.points == 0
    shop.buys("120.00")
    assert shop.points == 50


def test_it_matters_not_whether_the_goods_that_come_back_are_those_that_crossed_it() -> None:
    shop = Shop()
    first = shop.buys("90.00")
    shop.buys("20.00")
    assert shop.points == 50
    shop.post("return", of=first)
    assert shop.points == 0


def test_a_mark_that_still_stands_after_a_return_keeps_what_it_gave() -> None:
    shop = Shop()
    sale = shop.buys("60.00", "60.00", "30.00")
    shop.post("return", of=sale, lines=[{"line": 2}])
    assert shop.points == 50
    shop.post("return", of=sale, lines=[{"line": 1}])
    assert shop.points == 0


def test_several_marks_are_undone_one_by_one_and_by_a_reversal_too() -> None:
    shop = Shop()
    shop.buys("150.00")
    second = shop.buys("100.00")
    assert shop.points == 100
    shop.post("reversal", of=second, reason="rung up twice")
    assert shop.points == 50
    shop.buys("50.00")
    assert shop.points == 100


def test_where_the_program_keeps_what_was_given_the_mark_stays_crossed() -> None:
    for change in (
        ("earn:", "returns: {points: keep}\nearn:"),
        ("give: {points: 50}}", "give: {points: 50}, on_return: keep}"),
    ):
        shop = Shop(PROGRAM.replace(*change))
        sale = shop.buys("120.00")
        shop.post("return", of=sale)
        shop.buys("120.00")
        assert shop.points == 50


def test_an_unused_voucher_goes_with_its_mark_and_a_used_one_keeps_it_crossed() -> None:
    text = PROGRAM.replace("give: {points: 50}", "give: {note: 1}")
    unused = Shop(text)
    sale = unused.buys("120.00")
    unused.post("return", of=sale)
    assert unused.memory.member("ana").vouchers == ()
    unused.buys("120.00")
    assert len(unused.memory.member("ana").vouchers) == 1
    used = Shop(text)
    sale = used.buys("120.00")
    (note,) = used.memory.member("ana").vouchers
    used.post("purchase", lines=[{"kind": "goods", "amount": "9.00"}], use=[{"voucher": note.serial}])
    used.post("return", of=sale)
    used.buys("120.00")
    assert used.memory.member("ana").vouchers == ()


def test_a_mark_of_a_year_that_is_over_stays_crossed() -> None:
    shop = Shop()
    sale = shop.buys("120.00")
    shop.post("return", "2027-01-05", of=sale)
    assert shop.points == 50


def test_what_lapses_undoes_no_mark() -> None:
    shop = Shop(
        PROGRAM.replace(
            "of: spent, at: [100.00, 200.00], over: year, give: {points: 50}",
            "of: points, at: 40, over: year, give: {note: 1}",
        )
        .replace("may_owe: true", "lasts: 10 days")
        .replace("give: {spent: 100%}", "give: {points: 1 per 1.00}")
    )
    sale = shop.buys("50.00")
    shop.post("return", "2026-02-10", of=sale)
    assert len(shop.memory.member("ana").vouchers) == 1
