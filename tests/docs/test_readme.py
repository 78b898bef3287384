"""The README: its example is run, its program loads, the files and commands it names are there."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from regulars.engine.book import Book
from regulars.program.load import load
from regulars.program.model import Program

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text()


def test_the_example_prints_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    ran = doctest.testfile(str(ROOT / "README.md"), module_relative=False, encoding="utf-8")
    assert ran.attempted >= 5
    assert ran.failed == 0


def test_the_smallest_program_loads_and_compiles() -> None:
    text = re.search(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert text is not None
    program = load(text[1], "README.md")
    assert isinstance(program, Program), program
    assert Book([program]).slug == "nine-and-one"


def test_the_files_and_folders_it_links_to_are_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", TEXT)
    assert len(links) > 8
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_code_it_walks_through_is_there() -> None:
    named = set(re.findall(r"`((?:[a-z]+/)?[a-z_]+\.py)`", TEXT))
    assert len(named) > 5
    source = ROOT / "src" / "regulars"
    missing = [name for name in named if not ((source / name).exists() or (source / "engine" / name).exists())]
    assert missing == []
