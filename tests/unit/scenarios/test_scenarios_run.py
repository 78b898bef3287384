"""Running scenarios: what holds passes, and the first thing that does not is told with the decision behind it."""

from __future__ import annotations

import pytest

from regulars.engine.book import Book
from regulars.program.load import load
from regulars.program.model import Program
from regulars.program.problems import Problems
from regulars.scenarios import Failure, ScenarioResult, run_file

CAFE = """
program: cafe
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts:
  line: {kind: [drink, food], qty: count = 1}
wallets:
  points: {lasts: 6 months after earned, may_owe: true}
earn:
  base: {terms: R1, give: {points: 1 per 1.00}, at_most: 30 points per day}
  drink: {terms: R2, lines: line.kind == 'drink', give: {points: 2}}
rewards:
  mug: {cost: 10 points, item: mug}
vouchers:
  ten: {off: 10.00, lasts: 30 days}
rules:
  hello: {on: join, give: {ten: 1}}
referrals:
  friend: {terms: R3, pays_on: first purchase, referee: {points: 10}, referrer: {points: 20}}
"""
HEAD = """
format: loyalty-case/1
scenarios:
  - id: one
    title: One
    given: [{who: fio, balance: {points: 5}, shoe_size: 38}]
    steps:
"""
BUY = "{kind: drink, amount: 20.00}"


def results(*steps: str) -> list[ScenarioResult]:
    program = load(CAFE)
    assert isinstance(program, Program), program
    found = run_file(Book([program]), HEAD + "".join(f"      - {step}\n" for step in steps))
    assert not isinstance(found, Problems), found
    return found


def result(*steps: str) -> ScenarioResult:
    (found,) = results(*steps)
    return found


def failure(*steps: str) -> Failure:
    found = result(*steps).failure
    assert found is not None
    return found


def buy(then: str, who: str = "ann", at: str = "2026-03-02", lines: str = BUY, more: str = "") -> str:
    return f"{{at: {at}, do: purchase, who: {who}, with: {{lines: [{lines}]{more}}}, then: {then}}}"


LEDGER = "ledger: [{u: points, n: 20, by: R1}, {u: points, n: 2, by: R2}]"


def test_what_holds_passes() -> None:
    assert result(buy(f"{{pay: 20.00, {LEDGER}, balance: {{points: 22}}, coupons: []}}")).ok


def test_entries_may_be_written_in_other_portions_but_by_the_clause_said() -> None:
    assert result(
        buy("{ledger: [{u: points, n: 2, by: R2}, {u: points, n: 12, by: R1}, {u: points, n: 8, by: R1}]}")
    ).ok
    assert failure(buy("{ledger: [{u: points, n: 22, by: R1}]}")).what == "ledger points"


def test_a_step_without_a_ledger_writes_nothing() -> None:
    found = failure(buy("{pay: 20.00}"))
    assert (found.what, found.expected) == ("ledger points", "nothing")


@pytest.mark.parametrize(
    ("then", "what"),
    [
        ("{pay: 19.99, " + LEDGER + "}", "pay"),
        ("{" + LEDGER + ", balance: {points: 23}}", "balance points"),
        ("{" + LEDGER + ", balance: {stars: 0}}", "balance stars"),
        ("{" + LEDGER + ", balances: {fio: {points: 6}}}", "balance of fio points"),
        ("{" + LEDGER + ", coupons: [{id: a, worth: 10.00}]}", "coupons"),
        ("{" + LEDGER + ", can: {lounge: true}}", "can lounge"),
        ("{" + LEDGER + ", tier: gold}", "tier"),
        ("{" + LEDGER.replace("20, by: R1", "20, by: R1, last_day: 2026-09-02") + "}", "last_day of points by R1"),
        ("{refused: too dear}", "refused"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_named(then: str, what: str) -> None:
    found = failure(buy(then))
    assert (found.step, found.line, found.what) == (1, 8, what)
    assert any(line.startswith("earn.base: 20 points") for line in found.explanation)


def test_a_refusal_must_be_one_that_a_member_could_get() -> None:
    asked = "{at: 2026-03-02, do: redeem, who: ann, with: {reward: %s}, then: {refused: not enough}}"
    assert result(asked % "mug").ok
    assert failure(asked % "plane").what == "refused"


def test_what_a_friend_causes_is_looked_at_in_the_friends_step() -> None:
    join = "{at: 2026-03-01, do: join, who: gus, with: {referred_by: fio}, then: {}}"
    paid = ", {u: points, n: 10, by: R3}, {u: points, n: 20, by: R3, who: fio}]"
    assert result(join, buy("{" + LEDGER[:-1] + paid + "}", "gus")).ok
    unsaid = failure(join, buy("{" + LEDGER[:-1] + ", {u: points, n: 10, by: R3}]}", "gus"))
    assert unsaid.what == "ledger points of fio"


def test_a_label_stays_with_the_voucher_that_it_stood_for_first() -> None:
    join = "{at: 2026-03-0%s, do: join, who: ann, then: {coupons: [%s]}}"
    a, b = "{id: a, worth: 10.00, last_day: 2026-03-30}", "{id: b, worth: 10.00, last_day: 2026-03-31}"
    use = buy(
        "{pay: 10.00, ledger: [{u: points, n: 10, by: R1}, {u: points, n: 2, by: R2}], coupons: [%s]}",
        "ann",
        "2026-03-03",
        more=", use: [a]",
    )
    again = "{at: 2026-03-04, do: use_coupon, who: ann, with: {coupon: a}, then: {refused: used}}"
    assert result(join % (1, a), join % (2, f"{a}, {b}"), use % b, again).ok
    assert failure(join % (1, a), join % (2, f"{a}, {b}"), use % a).what == "coupons"


def test_what_the_program_has_no_fact_for_is_left_out_and_named() -> None:
    found = result(buy("{" + LEDGER + "}", lines="{kind: drink, amount: 20.00, colour: red}", more=", weather: rain"))
    assert found.ok
    assert found.dropped == ("given: shoe_size", "purchase: lines.colour", "purchase: weather")


def test_time_runs_before_a_step_and_its_lapse_belongs_to_it() -> None:
    late = "{at: 2026-09-02, do: tick, who: ann, then: {balance: {points: 0}%s}}"
    assert failure(buy("{" + LEDGER + "}"), late % "").what == "ledger points"


def test_a_skipped_scenario_is_not_run_and_says_why() -> None:
    text = HEAD.replace("title: One", "title: One\n    skip: not written yet")
    program = load(CAFE)
    assert isinstance(program, Program)
    found = run_file(Book([program]), text + "      - " + buy("{pay: 1.00}"))
    assert [(one.ok, one.skipped) for one in found if isinstance(one, ScenarioResult)] == [(True, "not written yet")]


def test_a_file_that_cannot_be_read_gives_its_problems() -> None:
    program = load(CAFE)
    assert isinstance(program, Program)
    assert isinstance(run_file(Book([program]), "scenarios: none"), Problems)


def test_what_the_program_does_not_have_nobody_has_and_its_name_is_told() -> None:
    found = result(buy("{" + LEDGER + ", can: {lounge: false}}"))
    assert found.ok
    assert "can: lounge" in found.dropped


def test_a_refused_step_says_what_fell_due_before_it_of_what_can_be_spent() -> None:
    asked = "{at: 2026-09-03, do: redeem, who: ann, with: {reward: mug}, then: {refused: not enough%s}}"
    lapsed = ", ledger: [{u: points, n: -22, by: R9}]"
    unsaid = failure(buy("{" + LEDGER + "}"), asked % "")
    assert (unsaid.step, unsaid.what, unsaid.expected) == (2, "ledger points", "nothing")
    assert failure(buy("{" + LEDGER + "}"), asked % lapsed).came.startswith("-22"), "no clause says that points lapse"


def test_a_label_whose_voucher_is_gone_stands_only_for_a_later_one_of_its_kind() -> None:
    text = CAFE.replace("  ten: {", "  other: {off: 10.00, lasts: 30 days, issued: operator}\n  ten: {").replace(
        "{on: join, give: {ten: 1}}", "{on: join, give: {ten: 1}}\n  later: {on: activity.later, give: {%s: 1}}"
    )
    steps = (
        "{at: 2026-03-01, do: join, who: ann, then: {coupons: [{id: a, worth: 10.00}]}}",
        "{at: 2026-06-01, do: activity, who: ann, with: {name: later}, then: {coupons: [{id: a, worth: 10.00}]}}",
    )
    for kind, ok in (("ten", True), ("other", False)):
        program = load(text % kind)
        assert isinstance(program, Program), program
        found = run_file(Book([program]), HEAD + "".join(f"      - {step}\n" for step in steps))
        assert not isinstance(found, Problems)
        assert found[0].ok is ok, kind


def test_a_counter_has_a_last_day_too_unless_it_only_gets_what_another_unit_gets() -> None:
    text = CAFE.replace("  points:", "  counted: {counts: points, lasts: end of year}\n  points:")
    program = load(text)
    assert isinstance(program, Program), program

    def what(*entries: str) -> str:
        found = run_file(Book([program]), HEAD + "      - " + buy(f"{{ledger: [{', '.join(entries)}]}}") + "\n")
        assert not isinstance(found, Problems)
        return "" if found[0].failure is None else found[0].failure.what

    drink, day = "{u: [points, counted], n: 2, by: R2}", "last_day: 2026-09-01"
    assert what(drink, f"{{u: [points, counted], n: 20, by: R1, {day}}}") == ""
    both = f"{{u: points, n: 20, by: R1}}, {{u: counted, n: 20, by: R1, {day}}}"
    assert what(drink, both) == "last_day of counted by R1"
    assert what(drink, both.replace("2026-09-01", "2026-12-31")) == ""
