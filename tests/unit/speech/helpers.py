"""Programs of the gallery, and days in their shops."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from regulars.engine.book import Book
from regulars.engine.model import Decision
from regulars.program.load import load
from regulars.program.model import Program
from regulars.simulation.memory import Memory
from regulars.speech import Explanation, Section, describe, explain, language

PROGRAMS = Path(__file__).parents[3] / "programs"
GALLERY = tuple(sorted(path.stem for path in PROGRAMS.glob("*.yaml") if "." not in path.stem))


@cache
def text_of(name: str) -> str:
    return (PROGRAMS / f"{name}.yaml").read_text(encoding="utf-8")


def program_of(text: str) -> Program:
    found = load(text)
    assert isinstance(found, Program), str(found)
    return found


@cache
def gallery(name: str) -> Program:
    return program_of(text_of(name))


def changed(name: str, *pairs: tuple[str, str]) -> Program:
    """A program of the gallery with some of its text replaced."""
    text = text_of(name)
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return program_of(text)


def said(program: Program, tag: str = "en") -> dict[str, tuple[str, ...]]:
    sections: list[Section] = describe(program, language(tag))
    return {section.title: section.sentences for section in sections}


class Shop:
    """One member's days in a program."""

    def __init__(self, program: Program, tag: str = "en") -> None:
        self.book = Book([program])
        self.memory = Memory(self.book)
        self.tag = tag

    def event(self, kind: str, at: str, **details: Any) -> Explanation:
        body: Mapping[str, Any] = {
            "id": f"{kind}/{at}",
            "type": kind,
            "member": "ana",
            "source": "till",
            "happened_at": at,
            **details,
        }
        decision = self.memory.post(body)
        assert isinstance(decision, Decision), decision
        return explain(self.book, decision.receipt, body, language(self.tag))
