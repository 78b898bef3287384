"""What is wrong with a program file: a place, a stable code and a sentence that says what was expected.

A problem is a value; readers and checkers collect them, so that all are said at once. The module also guesses the word
that was meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, at a line and column counted from 1; problems sort in the order of the file."""

    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    file: str = ""

    @property
    def text(self) -> str:
        """The sentence and, where there is one, the hint after it."""
        return join(self.message, self.hint)


class _Place(Protocol):
    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


class Problems(list[Problem]):
    """The problems found so far in one file."""

    def __init__(self, file: str = "", found: Iterable[Problem] = ()) -> None:
        super().__init__(found)
        self.file = file

    def add(self, mark: _Place, code: str, message: str, hint: str = "") -> None:
        """Notes a problem at a mark."""
        self.append(Problem(mark.line, mark.column, code, message, hint, self.file))


def join(message: str, hint: str) -> str:
    """A message with its hint: after a question or a full stop with a space, otherwise with a semicolon."""
    if not hint:
        return message
    return f"{message} {hint}" if message.endswith(("?", ".")) else f"{message}; {hint}"


def show(problem: Problem, width: int = 0) -> str:
    """A problem as one line, `card.yaml:9:12    unknown key ..`; the place with its spaces is at least `width` wide."""
    place = f"{problem.file}:{problem.line}:{problem.column}" if problem.file else f"{problem.line}:{problem.column}"
    return f"{place}    ".ljust(width) + problem.text


def show_all(problems: Iterable[Problem]) -> str:
    """All problems in the order of the file, a line each, with their texts in one column."""
    ordered = sorted(problems)
    width = max((show(problem).index("    ") + 4 for problem in ordered), default=0)
    return "\n".join(show(problem, width) for problem in ordered)


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was most likely meant by a misspelt word, or None if none is near.

    Distance counts inserted, dropped and changed letters and swapped neighbours as one each (optimal string alignment);
    a third of the word's letters may be wrong, at least one and at most three. Ties go to the shared first letter, then
    to the order given. Beginnings (`sub` of `subscribe`) count as near when nothing else is.
    """
    small = word.lower()
    allowed = min(3, max(1, (len(small) + 1) // 3))
    best: tuple[int, bool] | None = None
    found: str | None = None
    known = [candidate for candidate in dict.fromkeys(candidates) if candidate]
    for candidate in known:
        if abs(len(candidate) - len(small)) > allowed:
            continue
        far = _distance(small, candidate.lower())
        if far > allowed or far >= max(len(small), len(candidate)):
            continue
        rank = (far, candidate[:1].lower() != small[:1])
        if best is None or rank < best:
            best, found = rank, candidate
    if found is None and len(small) >= 3:
        found = next((name for name in known if name.lower().startswith(small)), None)
    return found


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """The question "did you mean `x`?" for the nearest candidate, or nothing."""
    near = nearest(word, candidates)
    return f"did you mean `{near}`?" if near else ""


def _distance(one: str, other: str) -> int:
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        above, row = rows[-1], [i]
        for j, against in enumerate(other, 1):
            least = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                least = min(least, rows[-2][j - 2] + 1)
            row.append(least)
        rows.append(row)
    return rows[-1][-1]
