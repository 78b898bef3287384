"""What the pages show of the command line is what it prints, in the order of the page, in an empty folder."""

from __future__ import annotations

import pytest
from tools.consoles import FOLDER, pages, written


@pytest.mark.parametrize("page", pages())
def test_the_commands_of_a_page_print_what_it_shows(page: str) -> None:
    assert written(page) == (FOLDER / page).read_text(encoding="utf-8"), "look at it, then run tools/consoles.py"


def test_the_tutorial_is_among_them() -> None:
    assert "learn/first-program.md" in pages()
