"""Advice on a program from a file of events: CSV, JSON Lines or Parquet, read as imports read it, run in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.engine.outside import accept
from regulars.flows.import_events import Standing
from regulars.flows.importing import opening
from regulars.flows.importing.frames import Position, Share
from regulars.flows.importing.mapping import Mapped
from regulars.program.advice import Advice
from regulars.simulation.advice import Heard, hear
from regulars.words.refusals import Refusal


def advise_from(
    book: Book,
    events: Path,
    mapped: Mapped | None = None,
    known: Iterable[Advice] = (),
    file: str = "",
    progress: Callable[[Standing], None] = lambda _: None,
) -> Heard:
    """What the events of a file say about the book's newest version; nothing is kept.

    Raises `FileUnreadable` and `MappingWrong` before anything is read.
    """
    fitted = opening.fitted(events, mapped)
    reading = _Reading(book, events, fitted, progress)
    return hear(book, reading, known, file, reading.done)


class _Reading:
    """The events of a file in its order; a `join` goes before a member's first where the mapping says so."""

    def __init__(self, book: Book, events: Path, mapped: Mapped | None, progress: Callable[[Standing], None]) -> None:
        self._book, self._progress = book, progress
        self._source = opening.source(events, mapped, book.program, Share(0, 1))
        self._joins = mapped is not None and mapped.joins
        self._length = opening.length(events)
        self._by_rows = opening.form_of(events) == "parquet"
        self._known: set[str] = set()
        self._rows = self._refused = 0
        self._share: float | None = 0.0 if self._length else None

    def __iter__(self) -> Iterator[Event | Mapping[str, Any] | Refusal]:
        for frame in self._source.frames(Position()):
            for item in frame.items:
                raw = item.raw()
                read = raw if isinstance(raw, Refusal) else accept(self._book, raw, openings=True)
                self._refused += isinstance(read, Refusal)
                if self._joins and isinstance(read, Event) and read.member not in self._known:
                    self._known.add(read.member)
                    yield from self._join(read)
                yield read
            self._rows = frame.after.row
            if self._length:
                self._share = (frame.after.row if self._by_rows else frame.after.byte) / self._length

    def _join(self, event: Event) -> Iterator[Event]:
        made = self._book.read({
            "id": f"join/{event.member}", "type": "join", "member": event.member, "happened_at": event.at,
            "source": event.source,
        })  # fmt: skip
        if event.kind != "join" and isinstance(made, Event):
            yield made

    def done(self, events: int) -> None:
        """Tells how far it is, now and then."""
        if events % 500 == 0:
            self._progress(Standing(self._share, self._rows, events, self._refused))
