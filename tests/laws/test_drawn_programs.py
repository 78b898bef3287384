"""Programs that are drawn load, whatever is drawn; and between them they say nearly everything that the language can say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from hypothesis import given
from tests.laws.programs import draft, programs, texts_of

from regulars.program.keys import BLOCKS
from regulars.program.load import load
from regulars.program.model import Program
from regulars.program.problems import show_all

DRAWN = 250
NOT_DRAWN: dict[tuple[str, str], str] = {}
"""Keys that no drawn program has, and why."""


@given(programs())
def test_what_is_drawn_loads(texts: tuple[str, ...]) -> None:
    for text in texts:
        found = load(text)
        assert isinstance(found, Program), f"{show_all(found)}\n{text}"


def reached(block: str, entries: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every key of a block that is written, with the block that it is of; what any rule may have is of the rule."""
    for name, value in entries.items():
        key = BLOCKS[block].get(name)
        if key is None:
            continue
        yield ("RULE" if BLOCKS["RULE"].get(name) is key else block), name
        inside = re.search(r"[A-Z]+(?=\W*\Z)", key.type)
        within = inside.group() if inside and inside.group() in BLOCKS else None
        if within is None or not isinstance(value, Mapping):
            continue
        for one in value.values() if "{" in key.type else (value,):
            if isinstance(one, Mapping):
                yield from reached(within, one)


def test_every_key_of_the_language_is_drawn_or_listed_with_a_reason() -> None:
    every = {
        ("RULE" if BLOCKS["RULE"].get(name) is key else block, name)
        for block in BLOCKS
        for name, key in BLOCKS[block].items()
    }
    found: set[tuple[str, str]] = set()
    for seed in range(DRAWN):
        drawn = draft(Random(seed).choice)
        texts_of(drawn)
        found.update(reached("PROGRAM", drawn.top))
    assert sorted(every - found) == sorted(NOT_DRAWN)
