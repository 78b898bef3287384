"""`regulars play`: a history of events through a program, in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from regulars.doors.cli.app import app
from regulars.doors.cli.endings import FOUND, OK
from regulars.doors.cli.holdings import print_member
from regulars.doors.cli.moments import moment_of
from regulars.doors.cli.options import AsOf, Json
from regulars.doors.cli.programs import book_of, counted, program_of
from regulars.doors.cli.screen import emit, heading, say

if TYPE_CHECKING:
    from regulars.engine.book import Book
    from regulars.engine.events import Event
    from regulars.simulation.play import Played
    from regulars.words.moments import Moment
    from regulars.words.refusals import Refusal

SHOWN = 50
"""Refused events that are printed; the others are counted. JSON has them all."""


class Refused(NamedTuple):
    """An event that came to nothing: its line in the file, its id, the code, a sentence."""

    line: int
    id: str
    code: str
    text: str


@app.command
def play(program: Path, events: Path, /, *, as_of: AsOf = None, json: Json = False) -> int:
    """Run events through a program in memory and print what every member has then.

    Nothing is kept, and no database is needed. Events that are refused are listed with their lines, and the
    command ends with exit code 1; the others go in.

    Parameters
    ----------
    program
        The program.
    events
        The events as JSON Lines: {"id": .., "type": "purchase", "member": .., "happened_at": .., "lines": [..]}.
    """
    from regulars.simulation.play import play as through

    book = book_of(program_of(program), program)
    until = None if as_of is None else moment_of(as_of, book.zone)
    reading = _Reading(book, events)
    played = through(book, reading)
    refused = sorted([*reading.refused, *reading.refused_later(played)])
    counts = {"decided": played.decided, "repeated": played.repeated, "refused": len(refused)}
    members = played.members
    if until is not None:
        members, counts["later"] = _members_at(book, reading.taken(played), until)
    if json:
        emit({"events": counts, "refused": [one._asdict() for one in refused], "members": list(members.values())})
    else:
        _print(members, refused, counts)
    return FOUND if refused else OK


def _members_at(book: Book, events: list[Event], until: Moment) -> tuple[dict[str, dict[str, Any]], int]:
    """What everybody had at a moment, and how many events happened later."""
    from regulars.engine.view import view
    from regulars.simulation.play import play as through

    before = [event for event in events if event.at <= until]
    memory = through(book, before).memory
    day, minute = book.zone.local(until)
    return {name: view(book, memory.member(name), day, minute) for name in memory.members}, len(events) - len(before)


class _Reading:
    """The events of a file on their way in; keeps what could not be read, and the line of each that could."""

    def __init__(self, book: Book, file: Path) -> None:
        self.book, self.file = book, file
        self.refused: list[Refused] = []
        self.events: list[tuple[int, Event]] = []

    def __iter__(self) -> Iterator[Event]:
        from regulars.doors.cli.events import read_lines
        from regulars.engine.outside import accept
        from regulars.words.refusals import Refusal

        for line, raw in read_lines(self.file):
            read = raw if isinstance(raw, Refusal) else accept(self.book, raw, openings=True)
            if isinstance(read, Refusal):
                name = "" if isinstance(raw, Refusal) else str(raw.get("id", ""))
                self.refused.append(Refused(line, name, *_why(read)))
            else:
                self.events.append((line, read))
                yield read

    def taken(self, played: Played) -> list[Event]:
        """The events that were recorded."""
        out = {one.place for one in played.unread}
        return [event for place, (_, event) in enumerate(self.events, 1) if place not in out]

    def refused_later(self, played: Played) -> Iterator[Refused]:
        """What could be read and was refused all the same: ids used twice, requests that could not be had."""
        from regulars.speech.language import language
        from regulars.speech.refusals import text
        from regulars.words.refusals import Refusal

        for one in played.unread:
            yield Refused(self.events[one.place - 1][0], one.id, *_why(one.refusal))
        english = language("en")
        lines = {id(event): line for line, event in self.events}
        for member in played.memory.members:
            for event, receipt in played.memory.history(member):
                if receipt.refused is not None and id(event) in lines:
                    code, rule, values = receipt.refused
                    program = self.book.at_version(receipt.version).program
                    said = text(program, Refusal(code, rule=rule, values=tuple(values.items())), english)
                    yield Refused(lines[id(event)], event.id, code, said)


def _why(refusal: Refusal) -> tuple[str, str]:
    where = f" ({refusal.pointer})" if refusal.pointer else ""
    return refusal.code, f"{refusal.text}{where}"


def _print(members: dict[str, dict[str, Any]], refused: list[Refused], counts: dict[str, int]) -> None:
    for view in members.values():
        print_member(view)
        say()
    if refused:
        heading("Refused")
        for one in refused[:SHOWN]:
            name = f" {one.id}" if one.id else ""
            say(f"line {one.line}{name}: {one.text}  [{one.code}]", indent=2)
        if len(refused) > SHOWN:
            say(f"and {len(refused) - SHOWN} more; --json has them all", indent=2)
        say()
    said = [counted(counts["decided"], "event"), counted(len(members), "member")]
    said += [f"{counts[key]} {key}" for key in ("refused", "repeated") if counts[key]]
    if counts.get("later"):
        said.append(f"{counts['later']} happened later")
    say(", ".join(said))
