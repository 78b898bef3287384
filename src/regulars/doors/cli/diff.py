"""`regulars diff`: what changes from one version of a program to another, in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from regulars.doors.cli.app import app
from regulars.doors.cli.endings import OK, Mistaken
from regulars.doors.cli.options import Json, Language
from regulars.doors.cli.programs import program_of, tongue
from regulars.doors.cli.screen import emit, say

if TYPE_CHECKING:
    from regulars.program.model import Program
    from regulars.program.problems import Problem


@app.command
def diff(old: Path, new: Path, /, *, language: Language = "en", json: Json = False) -> int:
    """Say in words what changes from one version of a program to another.

    Parameters
    ----------
    old
        The program as it was.
    new
        The program as it will be.
    """
    from regulars.speech.diff import changes

    programs: list[Program] = []
    problems: list[Problem] = []
    for file in (old, new):
        try:
            programs.append(program_of(file))
        except Mistaken as mistaken:
            problems += mistaken.problems
    if problems:
        raise Mistaken(problems)
    said = changes(programs[0], programs[1], tongue(language))
    if json:
        emit({"old": str(old), "new": str(new), "changes": said})
        return OK
    for line in said:
        say(line)
    return OK
