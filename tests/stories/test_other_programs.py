"""Programs that are no part of the gallery: mechanics in combinations that none of its programs has, in memory and in PostgreSQL."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from regulars.engine.book import Book
from regulars.ledger.verify import verify
from regulars.program.load import load
from regulars.program.model import Program
from regulars.scenarios import ScenarioResult, run_file
from regulars.scenarios.through_ledger import ThroughLedger

PROGRAMS = sorted(Path(__file__).with_name("programs").glob("*.scenarios.yaml"))


def book_of(scenarios: Path) -> Book:
    path = scenarios.with_name(scenarios.name.replace(".scenarios", ""))
    program = load(path.read_text(encoding="utf-8"), path.name)
    assert isinstance(program, Program), list(program)
    return Book([program])


def failed(results: object) -> list[str]:
    assert isinstance(results, list), results
    assert results, "a file of scenarios has some"
    return [str(one.failure) for one in results if isinstance(one, ScenarioResult) and not one.ok]


@pytest.mark.parametrize("scenarios", PROGRAMS, ids=lambda path: path.name.split(".")[0])
def test_a_program_of_its_own_making_keeps_what_its_scenarios_promise(scenarios: Path) -> None:
    assert failed(run_file(book_of(scenarios), scenarios)) == []


async def offences(database: str, name: str, slug: str, scenarios: int) -> list[str]:
    return [
        f"{name}/{number}: {law.says}: {law.first}"
        for number in range(1, scenarios + 1)
        async for law in verify(database, f"{name}/{number}", slug, 1)
        if not law.holds
    ]


def test_they_keep_it_in_the_ledger_too_and_every_law_holds_there(database: str) -> None:
    found = {}
    for scenarios in PROGRAMS:
        book = book_of(scenarios)
        with ThroughLedger(database, book, scenarios.stem) as posters:
            results = run_file(book, scenarios, posters)
        found[scenarios.name] = failed(results)
        found[scenarios.name] += asyncio.run(offences(database, scenarios.stem, book.program.slug, len(results)))
    assert len(found) == 5
    assert not any(found.values()), found
