"""Every program of the gallery keeps what its scenarios promise, run in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from regulars.engine.book import Book
from regulars.program.load import load
from regulars.program.model import Program
from regulars.scenarios import ScenarioResult, run_file

ROOT = Path(__file__).parents[2]
GALLERY = ROOT / "programs"
CASES = ROOT.parent / "shared" / "cases" / "programs"
SCENARIOS = sorted(GALLERY.glob("*.scenarios.yaml"))
DESCRIBED = [case for one in SCENARIOS if (case := CASES / f"{one.name.removesuffix('.scenarios.yaml')}.yaml").exists()]
"""The public cases that stand beside the project, of programs of the gallery."""


def book_of(slug: str) -> Book:
    path = GALLERY / f"{slug}.yaml"
    program = load(path.read_text(encoding="utf-8"), path.name)
    assert isinstance(program, Program), program
    return Book([program])


def told(result: ScenarioResult) -> str:
    failure = result.failure
    if failure is None:
        return f"{result.id}: ok"
    where = f"{result.id}, step {failure.step}, line {failure.line}: {failure.what}"
    head = f"{where}: expected {failure.expected}, came {failure.came}"
    return "\n    ".join((head, *failure.explanation))


def failures(slug: str, scenarios: Path) -> list[str]:
    results = run_file(book_of(slug), scenarios)
    assert all(isinstance(result, ScenarioResult) for result in results), results
    assert results, "a file of scenarios has some"
    return [told(result) for result in results if isinstance(result, ScenarioResult) and not result.ok]


@pytest.mark.parametrize("scenarios", SCENARIOS, ids=lambda path: path.name.split(".")[0])
def test_a_program_of_the_gallery_keeps_what_its_scenarios_promise(scenarios: Path) -> None:
    assert failures(scenarios.name.removesuffix(".scenarios.yaml"), scenarios) == []


def test_the_gallery_has_scenarios() -> None:
    assert len(SCENARIOS) >= 6


@pytest.mark.parametrize("case", DESCRIBED, ids=lambda path: path.stem)
def test_a_program_passes_the_public_case_that_describes_it(case: Path) -> None:
    assert failures(case.stem, case) == []
