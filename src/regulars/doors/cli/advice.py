"""Advice on a program as a command prints it: from the file, and from a history of events where one is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from regulars.doors.cli.endings import Mistaken, Stop
from regulars.doors.cli.programs import book_of, counted, text_of, tongue
from regulars.doors.cli.screen import problem_lines

if TYPE_CHECKING:
    from regulars.flows.importing.mapping import Mapped
    from regulars.program.advice import Advice
    from regulars.program.model import Program
    from regulars.simulation.advice import Heard


class Piece(NamedTuple):
    """A piece of advice with what it says."""

    advice: Advice
    sentence: str
    hint: str


@dataclass(frozen=True, slots=True)
class Advised:
    """The advice on a file, in its order, and what the history was (nothing where none was given)."""

    pieces: tuple[Piece, ...]
    history: str


def advised(
    program: Program, file: Path, given: tuple[Path | None, Path | None], language: str, quiet: bool
) -> Advised:
    """The advice on a program, said in a language; `given` are the events and their mapping."""
    from regulars.program.advice import advise
    from regulars.speech.advice import advice_text

    speaking = tongue(language)
    found = advise(program, str(file))
    events, mapping = given
    history = ""
    if events is not None:
        heard = _heard(program, file, (events, mapping), found, quiet)
        found = sorted([*found, *heard.advice])
        history = f"{events.name}: {counted(heard.events, 'event')} of {counted(heard.members, 'member')}"
        if heard.unread:
            first = heard.unread[0]
            history += (
                f"; {counted(len(heard.unread), 'event')} could not be read, first because: {first.text or first.code}"
            )
    elif mapping is not None:
        raise Stop("--mapping says which columns of the events are what.", "Name the events with --events.")
    return Advised(tuple(Piece(one, *advice_text(program, one, speaking)) for one in found), history)


def _heard(program: Program, file: Path, given: tuple[Path, Path | None], known: list[Advice], quiet: bool) -> Heard:
    from regulars.doors.cli.import_ import bar
    from regulars.flows.advise import advise_from
    from regulars.flows.importing.opening import FileUnreadable, MappingWrong

    events, mapping = given
    for one in (events, mapping):
        if one is not None and not one.is_file():
            raise Stop(f"{one}: there is no such file.", "Is the name right, and is this the folder you mean?")
    mapped = None if mapping is None else _mapping(mapping)
    try:
        with bar(events.name, quiet=quiet) as moved:
            return advise_from(book_of(program, file), events, mapped, known, str(file), moved)
    except MappingWrong as wrong:
        raise Mistaken(wrong.problems) from None
    except FileUnreadable as unreadable:
        raise Stop(unreadable.problem, unreadable.hint) from None


def _mapping(mapping: Path) -> Mapped:
    from regulars.flows.importing.mapping import read_mapping

    mapped = read_mapping(text_of(mapping), str(mapping))
    if isinstance(mapped, list):
        raise Mistaken(mapped)
    return mapped


def advice_lines(pieces: Iterable[Piece]) -> None:
    """Prints advice, a line each, `file:line:column` first."""
    from regulars.program.problems import Problem

    problem_lines(
        Problem(one.line, one.column, one.code, f"advice: {sentence}", hint, one.file) for one, sentence, hint in pieces
    )


def plain_advice(piece: Piece) -> dict[str, object]:
    """A piece of advice as JSON has it."""
    advice = piece.advice
    return {
        "file": advice.file,
        "line": advice.line,
        "column": advice.column,
        "code": advice.code,
        "message": piece.sentence,
        "hint": piece.hint,
    }
