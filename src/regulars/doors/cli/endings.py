"""How a command ends when it does not end well: an exit code, and a sentence with a hint instead of a traceback."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from regulars.doors.cli.screen import complain, emit, problem_lines

if TYPE_CHECKING:
    from regulars.program.problems import Problem

OK: Final = 0
FOUND: Final = 1
"""The command did its work and found something: a mistake in a program, a scenario that fails, a law that is broken."""
USAGE: Final = 2
"""The command was not understood, or names what is not there."""
UNREACHABLE: Final = 3
"""There is no database to work on."""
DEFECT: Final = 4
"""Regulars itself has made a mistake."""
STOPPED: Final = 130
"""Stopped from the keyboard, as shells say it."""


class Stop(Exception):
    """Ends a command with a sentence, a hint and an exit code."""

    def __init__(self, problem: str, hint: str = "", code: int = USAGE) -> None:
        super().__init__(problem)
        self.problem, self.hint, self.code = problem, hint, code


class Mistaken(Exception):
    """Ends a command because a file has mistakes, each with its place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} mistakes")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Ending:
    """An exit code with what to say."""

    code: int
    problem: str = ""
    hint: str = ""
    problems: tuple[Problem, ...] = field(default=())


def ending(error: BaseException) -> Ending:
    """What a person is told about an exception, whatever it is."""
    if isinstance(error, SystemExit):
        return Ending(error.code if isinstance(error.code, int) else OK)
    if isinstance(error, KeyboardInterrupt):
        return Ending(STOPPED, "Stopped.")
    if isinstance(error, Mistaken):
        return Ending(FOUND, problems=error.problems)
    if isinstance(error, Stop):
        return Ending(error.code, error.problem, error.hint)
    if isinstance(error, OSError):
        return _of_the_system(error)
    if isinstance(error, ExceptionGroup):
        return ending(error.exceptions[0])
    return _of_the_command_line(error) or _of_the_database(error) or _defect(error)


def farewell(end: Ending, as_json: bool) -> int:
    """Prints an ending, and gives its code. As JSON it goes to standard output, where the answer would have been."""
    if as_json and end.problems:
        emit({"ok": False, "problems": [plain_problem(one) for one in end.problems]})
    elif as_json and end.problem:
        emit({"ok": False, "error": end.problem, "hint": end.hint})
    elif end.problems:
        problem_lines(end.problems)
    elif end.problem:
        complain(end.problem, end.hint)
    return end.code


def plain_problem(problem: Problem) -> dict[str, object]:
    """A located mistake as JSON has it."""
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }


def _of_the_system(error: OSError) -> Ending:
    if isinstance(error, BrokenPipeError):
        # Whoever read us has seen enough; what Python still holds back must not be written to them either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Ending(OK)
    name = error.filename if isinstance(error.filename, str | os.PathLike) else ""
    what = f"{os.fspath(name)}: " if name else ""
    hints = {
        errno.ENOENT: "Is the name right, and is this the folder you mean?",
        errno.EACCES: "You have no right to this file or folder.",
        errno.EPERM: "You have no right to this file or folder.",
        errno.EISDIR: "This is a folder; name a file.",
        errno.ENOTDIR: "Part of the path is a file; name a folder.",
        errno.ENOSPC: "Make room and repeat the command; nothing is half written to the ledger.",
    }
    reason = (error.strerror or str(error) or type(error).__name__).lower()
    return Ending(USAGE, f"{what}{reason}", hints.get(error.errno or 0, ""))


def _of_the_command_line(error: BaseException) -> Ending | None:
    from cyclopts import CycloptsError

    if not isinstance(error, CycloptsError):
        return None
    command = " ".join(("regulars", *(error.command_chain or ())))
    return Ending(USAGE, " ".join(str(error).split()), f"`{command} --help` says what there is.")


def _of_the_database(error: BaseException) -> Ending | None:
    from regulars.postgres.unavailable import DatabaseUnavailable

    if isinstance(error, DatabaseUnavailable):
        return Ending(UNREACHABLE, error.problem, error.hint)
    if "asyncpg" not in sys.modules:
        return None
    import asyncpg

    from regulars.flows.master_key import MasterKeyBad
    from regulars.flows.opened import BookUnreadable, ProgramUnclear, TenantUnknown
    from regulars.ledger.programs import ProgramUnknown
    from regulars.postgres.migrate import MigrationRefused

    said = f"{str(error)[:1].upper()}{str(error)[1:]}."
    if isinstance(error, MigrationRefused):
        return Ending(UNREACHABLE, said, "This database belongs to another release of Regulars.")
    if isinstance(error, asyncpg.InsufficientPrivilegeError | asyncpg.InsufficientResourcesError):
        return Ending(
            UNREACHABLE, said, "The database would not do it: look at its rights, its disk and its connections."
        )
    if isinstance(error, ProgramUnknown):
        return Ending(USAGE, said, "`regulars import` publishes a program with its events.")
    if isinstance(error, MasterKeyBad):
        return Ending(
            USAGE, said, "What was sealed opens with the key alone that it was sealed with: put that one back."
        )
    if isinstance(error, TenantUnknown):
        return Ending(USAGE, said, "Is --tenant right? `regulars import` and `regulars keys make` make a tenant.")
    if isinstance(error, ProgramUnclear):
        return Ending(USAGE, said, "Say which with --program.")
    if isinstance(error, BookUnreadable):
        return Ending(USAGE, said)
    return None


def _defect(error: BaseException) -> Ending:
    said = " ".join(str(error).split())[:300]
    kind = type(error).__name__
    return Ending(
        DEFECT,
        f"Regulars has made a mistake: {kind}{': ' if said else ''}{said}",
        "Please report it on the project's page. The same command with --debug shows where it happened.",
    )
