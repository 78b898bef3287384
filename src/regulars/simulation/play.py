"""Plays a history of events against a program in memory, and says what every member has at its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.engine.view import view
from regulars.simulation.memory import Memory, Repeated
from regulars.words.days import Day
from regulars.words.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Unread:
    """An event that was not recorded: its place among the events (from 1), its id as given, and why."""

    place: int
    id: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a history.

    `memory` holds everything; `members` what each has at the end, as plain data (see `regulars.engine.view`), by id;
    `decided` counts events, `repeated` those that had come before, `refused` requests that could not be had; `unread`
    lists what was no event at all.
    """

    memory: Memory
    members: dict[str, dict[str, Any]]
    decided: int
    repeated: int
    refused: int
    unread: tuple[Unread, ...]

    def plain(self) -> dict[str, Any]:
        """All of it but the memory, as JSON has it."""
        return {
            "events": {
                "decided": self.decided,
                "repeated": self.repeated,
                "refused": self.refused,
                "unread": len(self.unread),
            },
            "unread": [
                {
                    "place": one.place,
                    "id": one.id,
                    "code": one.refusal.code,
                    "text": one.refusal.text,
                    "pointer": one.refusal.pointer,
                }
                for one in self.unread
            ],
            "members": list(self.members.values()),
        }


def play(book: Book, events: Iterable[Event | Mapping[str, Any]], as_of: Day | None = None) -> Played:
    """What comes of the events, posted in the order given; members are shown at the start of `as_of`, or when the last
    event happened.
    """
    memory = Memory(book)
    decided = repeated = refused = 0
    latest = (0, 0)
    unread: list[Unread] = []
    for place, event in enumerate(events, 1):
        read = event if isinstance(event, Event) else book.read(event)
        answer = read if isinstance(read, Refusal) else memory.post(read)
        if isinstance(answer, Refusal):
            unread.append(Unread(place, _id_of(event), answer))
            continue
        assert isinstance(read, Event)
        latest = max(latest, (read.day, read.minute))
        if isinstance(answer, Repeated):
            repeated += 1
            continue
        decided += 1
        refused += answer.refusal is not None
    day, minute = latest if as_of is None else (as_of, 0)
    members = {name: view(book, memory.member(name), day, minute) for name in memory.members}
    return Played(memory, members, decided, repeated, refused, tuple(unread))


def _id_of(event: Event | Mapping[str, Any]) -> str:
    if isinstance(event, Event):
        return event.id
    return str(event.get("id", "")) if isinstance(event, Mapping) else ""
