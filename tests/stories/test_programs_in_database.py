"""The gallery's scenarios through PostgreSQL: what holds in memory holds in the ledger."""

from __future__ import annotations

import pytest
from tests.stories.test_programs_in_memory import SCENARIOS, book_of, told

from regulars.scenarios import ScenarioResult, run_file
from regulars.scenarios.through_ledger import ThroughLedger


@pytest.fixture
def through(database: str):
    def made(slug: str) -> tuple:
        book = book_of(slug)
        return book, ThroughLedger(database, book)

    return made


def test_what_holds_in_memory_holds_in_the_ledger(through) -> None:
    failed = []
    for scenarios in SCENARIOS:
        slug = scenarios.name.removesuffix(".scenarios.yaml")
        book, posters = through(slug)
        with posters:
            results = run_file(book, scenarios, posters)
        assert results, slug
        # A file that cannot be read gives problems, not results, and is no file that passed.
        assert [one for one in results if not isinstance(one, ScenarioResult)] == [], slug
        failed += [told(result) for result in results if isinstance(result, ScenarioResult) and not result.ok]
    assert failed == []
