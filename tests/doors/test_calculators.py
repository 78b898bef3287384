"""Reward calculators of one's own: given, or offered by an installed package."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import regulars
from regulars import calculators

PROGRAM = """\
program: fuel-card
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts: {line: {kind: [fuel, shop]}}
wallets: {points: {}}
earn:
  base: {give: {points: {calculator: fuel, times: 3}}}
"""


class Fuel:
    """So many points for each whole euro of fuel."""

    def __init__(self, times: str = "1") -> None:
        self.times = int(times)

    def worth(self, measured: regulars.Measured) -> int:
        paid = sum(amount for line, amount in zip(measured.lines, measured.amounts, strict=True) if line.kind == "fuel")
        return paid // 100 * self.times


def a_third(measured: regulars.Measured, times: str) -> Fraction:
    return Fraction(measured.total, 300) * int(times)


def points(program: regulars.Program) -> int:
    lines = [regulars.Line("10.50", kind="fuel"), regulars.Line("4.00", kind="shop")]
    decision = program.decide(regulars.Member("ana"), regulars.Purchase("ana", "2026-03-02", lines))
    assert decision.refusal is None
    return sum(movement.amount for movement in decision.movements)


def test_a_class_is_made_with_the_settings_of_the_file() -> None:
    assert points(regulars.loads(PROGRAM, {"fuel": Fuel})) == 30


def test_a_function_of_the_measure_will_do() -> None:
    assert points(regulars.loads(PROGRAM, {"fuel": a_third})) == 14


def test_an_object_with_the_method_will_do_where_the_file_sets_nothing() -> None:
    plain = PROGRAM.replace(", times: 3", "")
    assert points(regulars.loads(plain, {"fuel": Fuel("2")})) == 20
    with pytest.raises(regulars.ProgramError, match="fuel"):
        regulars.loads(PROGRAM, {"fuel": Fuel("2")})


def test_an_installed_package_offers_calculators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fuel_shop.py").write_text("def double(measured, times):\n    return measured.total // 100 * 2\n")
    about = tmp_path / "fuel_shop-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: fuel-shop\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[regulars.calculators]\nfuel = fuel_shop:double\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    calculators.installed.cache_clear()
    try:
        assert points(regulars.loads(PROGRAM)) == 28
        assert points(regulars.loads(PROGRAM, {"fuel": Fuel})) == 30, "a given one goes first"
    finally:
        calculators.installed.cache_clear()
        sys.modules.pop("fuel_shop", None)


@pytest.mark.parametrize("answer", [1.5, "3", None, True, (1, 0, None), (1, 2)], ids=repr)
def test_a_worth_that_is_not_exact_is_an_error_of_the_calculator(answer: Any) -> None:
    program = regulars.loads(PROGRAM, {"fuel": lambda measured, times: answer})
    with pytest.raises(TypeError, match="'fuel'"):
        points(program)


@pytest.mark.parametrize(
    ("own", "said"),
    [({}, "no calculator `fuel`"), ({"fuel": object}, "has no method `worth`"), ({"fuel": 7}, "is no class"),
     ({"fuel": lambda measured: 1}, "times"), ({"fule": Fuel}, "did you mean `fule`?")],
    ids=["none", "a class without worth", "a number", "another setting", "misspelt"],
)  # fmt: skip
def test_a_calculator_that_will_not_do_is_a_mistake_at_its_place(own: dict[str, Any], said: str) -> None:
    with pytest.raises(regulars.ProgramError) as caught:
        regulars.loads(PROGRAM, own)
    (problem,) = caught.value.problems
    assert said in problem.text
    assert (problem.line, problem.column) == (8, 38)


def test_a_fact_that_is_called_calculator_is_not_taken_for_one() -> None:
    text = PROGRAM.replace(
        "facts: {line: {kind: [fuel, shop]}}", "facts: {line: {kind: [fuel, shop], calculator: text?}}"
    )
    assert points(regulars.loads(text, {"fuel": Fuel})) == 30
