"""`regulars check`: everything that is wrong with program files, or that nothing is, and what to look at again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from regulars.doors.cli.advice import advice_lines, advised, plain_advice
from regulars.doors.cli.app import app
from regulars.doors.cli.endings import FOUND, OK, Mistaken, plain_problem
from regulars.doors.cli.gallery import SCENARIOS
from regulars.doors.cli.options import Json, Language
from regulars.doors.cli.programs import counted, mistakes_of, text_of, tongue
from regulars.doors.cli.screen import emit, problem_lines, say

if TYPE_CHECKING:
    from regulars.doors.cli.advice import Advised
    from regulars.program.model import Program
    from regulars.program.problems import Problem


@app.command
def check(
    file: Path,
    /,
    *more: Path,
    events: Annotated[
        Path | None, Parameter(help="A history to try it with: .csv, .jsonl, .parquet, .csv.gz or .jsonl.gz.")
    ] = None,
    mapping: Annotated[
        Path | None, Parameter(help="Which columns of the events are what (YAML), as for import.")
    ] = None,
    language: Language = "en",
    json: Json = False,
) -> int:
    """List every mistake of a program, with file:line:column and a hint, and give advice on what is none.

    Advice never fails: rules that can never fire, promises without an end, things that nobody can reach. With a history
    of events it also says what is too dear for a typical member, what lapses too soon and which rules never fired; the
    history is run in memory, and nothing is kept.

    Parameters
    ----------
    file
        A program, or its scenarios (NAME.scenarios.yaml).
    more
        More of them.
    """
    tongue(language)
    problems: list[Problem] = []
    sound: list[dict[str, Any]] = []
    advice: list[dict[str, object]] = []
    for one in (file, *more):
        scenarios = one.name.endswith(SCENARIOS)
        program, found, about = (None, *_scenarios(one)) if scenarios else _program(one)
        problems += found
        if not found:
            sound.append({"file": str(one), **about})
        told = None if program is None else advised(program, one, (events, mapping), language, quiet=json)
        if told is not None:
            advice += [plain_advice(piece) for piece in told.pieces]
        if json:
            continue
        problem_lines(found)
        if not found:
            name = f"{one}: " if more else ""
            say(f"{name}ok: {', '.join(counted(number, word[:-1]) for word, number in about.items() if number)}")
        _tell(told)
    if json:
        plain = [plain_problem(one) for one in problems]
        emit({"ok": not problems, "problems": plain, "sound": sound, "advice": advice})
    elif problems:
        say(counted(len(problems), "mistake"))
    return FOUND if problems else OK


def _tell(told: Advised | None) -> None:
    if told is None:
        return
    if told.history:
        say(told.history)
    advice_lines(told.pieces)
    if told.pieces:
        say(counted(len(told.pieces), "piece of advice", "pieces of advice"))


def _program(file: Path) -> tuple[Program | None, list[Problem], dict[str, int]]:
    program, problems = mistakes_of(file)
    return program, problems, {} if program is None else _counts(program)


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
