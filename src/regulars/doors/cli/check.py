"""`regulars check`: everything that is wrong with program files, or that nothing is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.doors.cli.app import app
from regulars.doors.cli.endings import FOUND, OK, Mistaken, plain_problem
from regulars.doors.cli.gallery import SCENARIOS
from regulars.doors.cli.options import Json
from regulars.doors.cli.programs import counted, mistakes_of, text_of
from regulars.doors.cli.screen import emit, problem_lines, say

if TYPE_CHECKING:
    from regulars.program.model import Program
    from regulars.program.problems import Problem


@app.command
def check(file: Path, /, *more: Path, json: Json = False) -> int:
    """List every mistake of a program, with file:line:column and a hint.

    Parameters
    ----------
    file
        A program, or its scenarios (NAME.scenarios.yaml).
    more
        More of them.
    """
    problems: list[Problem] = []
    sound: list[dict[str, Any]] = []
    for one in (file, *more):
        found, about = _scenarios(one) if one.name.endswith(SCENARIOS) else _program(one)
        problems += found
        if not found:
            sound.append({"file": str(one), **about})
        if json:
            continue
        problem_lines(found)
        if not found:
            name = f"{one}: " if more else ""
            say(f"{name}ok: {', '.join(counted(number, word[:-1]) for word, number in about.items() if number)}")
    if json:
        emit({"ok": not problems, "problems": [plain_problem(one) for one in problems], "sound": sound})
    elif problems:
        say(counted(len(problems), "mistake"))
    return FOUND if problems else OK


def _program(file: Path) -> tuple[list[Problem], dict[str, int]]:
    program, problems = mistakes_of(file)
    return problems, {} if program is None else _counts(program)


def _counts(program: Program) -> dict[str, int]:
    sections = [rule.section for rule in program.rules]
    return {
        "rules": len(sections),
        "wallets": len(program.wallets),
        "ladders": len(program.ladders),
        "rewards": sections.count("rewards"),
        "vouchers": len(program.vouchers),
        "benefits": sections.count("benefits"),
        "limits": len(program.limits),
    }


def _scenarios(file: Path) -> tuple[list[Problem], dict[str, int]]:
    from regulars.program.problems import Problems
    from regulars.scenarios.read import read

    try:
        suite = read(text_of(file), str(file))
    except Mistaken as mistaken:
        return list(mistaken.problems), {}
    if isinstance(suite, Problems):
        return list(suite), {}
    return [], {"scenarios": len(suite.scenarios), "steps": sum(len(one.steps) for one in suite.scenarios)}
