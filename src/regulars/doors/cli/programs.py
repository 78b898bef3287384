"""Program files as a command names them: read, checked, compiled; what is wrong ends the command with its places."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from regulars.doors.cli.endings import Mistaken, Stop

if TYPE_CHECKING:
    from regulars.engine.book import Book
    from regulars.program.model import Program
    from regulars.program.problems import Problem
    from regulars.speech.language import Language


def text_of(file: Path) -> str:
    """The text of a file; one that is no text is a mistake at the place where it stops being one."""
    data = file.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        from regulars.program.problems import Problem

        before = data[: error.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        message = "the file is no text in UTF-8"
        hint = "save it as UTF-8 in your editor"
        raise Mistaken([Problem(line, column, "encoding", message, hint, str(file))]) from None


def program_of(file: Path) -> Program:
    """The program of a file, checked."""
    from regulars.program.load import load
    from regulars.program.model import Program

    read = load(text_of(file), str(file))
    if not isinstance(read, Program):
        raise Mistaken(read)
    return read


def book_of(program: Program, file: Path) -> Book:
    """The program, compiled with the calculators that are installed."""
    from regulars.calculators import compiled
    from regulars.engine.book import Book

    book = compiled([program], str(file))
    if not isinstance(book, Book):
        raise Mistaken(book)
    return book


def mistakes_of(file: Path) -> tuple[Program | None, list[Problem]]:
    """The program of a file with everything that is wrong with it: one of the two."""
    try:
        program = program_of(file)
        book_of(program, file)
    except Mistaken as mistaken:
        return None, list(mistaken.problems)
    return program, []


def tongue(tag: str) -> Language:
    """The language of a tag."""
    from regulars.speech.language import language

    try:
        return language(tag)
    except ValueError as error:
        raise Stop(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None


def counted(number: int, one: str, many: str = "") -> str:
    """So many things: `1 rule`, `14 rules`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(words: Iterable[str]) -> str:
    """Words with commas between them; a dash when there is none."""
    return ", ".join(words) or "-"
