"""Files of scenarios are read exactly: dates stay texts, numbers stay exact, mistakes have a place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from regulars.program.problems import Problems
from regulars.scenarios import Suite, read

FILE = """
format: loyalty-case/1
program: {slug: small-shop}
units: [{id: points, is: currency, decimals: 0}]
scenarios:
  - id: one
    title: A purchase
    tests: [R1]
    given: [{who: ann, birthday: 01-02, balance: {points: 7}}]
    steps:
      - {at: 2026-03-02, do: purchase, who: ann, with: {lines: [{amount: 0.10}]}, then: {pay: 0.10, note: yes}}
"""


def suite(text: str = FILE) -> Suite:
    found = read(text)
    assert isinstance(found, Suite), found
    return found


def test_dates_and_words_stay_texts_and_numbers_stay_exact() -> None:
    (scenario,) = suite().scenarios
    (step,) = scenario.steps
    assert step.at == "2026-03-02"
    assert step.then == {"pay": Decimal("0.10"), "note": "yes"}
    assert scenario.given == ({"who": "ann", "birthday": "01-02", "balance": {"points": 7}},)
    assert step.line == 11


def test_a_file_says_its_program_and_its_units() -> None:
    assert (suite().program, suite().units) == ("small-shop", ("points",))


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ("loyalty-case/1", "loyalty-case/9", 2, "loyalty-case/1"),
        ("do: purchase", "doo: purchase", 11, "doo"),
        ("note: yes", "ballance: yes", 11, "ballance"),
        ("who: ann, with", "with", 11, "who"),
        ("- id: one", "- name: one", 6, "id"),
    ],
)
def test_a_mistake_in_the_form_is_said_with_its_line(old: str, new: str, line: int, word: str) -> None:
    found = read(FILE.replace(old, new))
    assert isinstance(found, Problems)
    assert any(problem.line == line and word in problem.message for problem in found), found


def test_a_text_that_is_no_yaml_is_a_problem_and_no_exception() -> None:
    assert isinstance(read("format: ["), Problems)
    assert isinstance(read(""), Problems)
