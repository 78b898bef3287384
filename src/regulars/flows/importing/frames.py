"""Pieces of a file: some rows with what they are grouped into, so that a file of any length passes through little memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol

from regulars.words.refusals import Refusal

ROWS: Final = 32_768
"""Rows of a frame, more or less."""
MOST_ROWS: Final = 20_000
"""Rows of one event; of one that has more nothing is read."""

CUT: Final = Refusal("import.cut_file", "The file ends here in the middle; this event may not be whole.")
TOO_LONG: Final = Refusal("event.too_many_lines", f"More than {MOST_ROWS:,} rows for one event.")


class Position(NamedTuple):
    """A place between two events of a file: the rows and bytes before it."""

    row: int = 0
    byte: int = 0


MIXED: Final = Refusal("import.mixed_rows", "Rows of one event name different members.")


@dataclass(frozen=True, slots=True)
class Rejected:
    """An event that was refused: its first row, why, and what stood there (cells of rows, or one text)."""

    row: int
    code: str
    text: str
    original: list[list[str]] | str


class Item(Protocol):
    """One event of a file, on its way in."""

    row: int
    member: str

    def raw(self) -> dict[str, Any] | Refusal:
        """The event's body, or why the rows make none."""
        ...

    def original(self) -> list[list[str]] | str:
        """What stands in the file."""
        ...


class Frame(NamedTuple):
    """Events in the order of the file: those of the members asked for, and the place after all of them."""

    items: list[Item]
    after: Position


class Source(Protocol):
    """A file of events. `cut` becomes true when it is found to end in the middle."""

    cut: bool

    def frames(self, begin: Position) -> Iterator[Frame]:
        """The frames from a position on."""
        ...


class Share:
    """Which members are a process's own: one of so many parts, the same on every machine and in every run."""

    def __init__(self, part: int, parts: int) -> None:
        self.part, self.parts = part, parts
        self._known: dict[Any, bool] = {}

    def owns(self, member: Any) -> bool:
        """Whether a member's events are this process's."""
        if self.parts == 1:
            return True
        found = self._known.get(member)
        if found is None:
            if len(self._known) > 200_000:
                self._known.clear()
            found = self._known[member] = number_of(str(member).strip()) % self.parts == self.part
        return found


def number_of(member: str) -> int:
    """A number that scatters members."""
    return zlib.crc32(member.encode("utf-8", "surrogateescape"))


class Columns(Protocol):
    """The rows of a frame: what their events are, and what stands in the file."""

    def body(self, place: int, start: int, end: int) -> dict[str, Any]:
        """The body of an event: its place among the frame's, and its rows."""
        ...

    def original(self, row: int, start: int, end: int) -> list[list[str]]:
        """The cells of these rows; `row` is the number of the first in the file."""
        ...


class Rows:
    """An event made of rows of a frame."""

    __slots__ = ("_columns", "end", "member", "place", "row", "start", "wrong")

    def __init__(
        self, columns: Columns, row: int, member: str, place: int, span: tuple[int, int], wrong: Refusal | None
    ) -> None:
        self._columns, self.row, self.member, self.place, self.wrong = columns, row, member, place, wrong
        self.start, self.end = span

    def raw(self) -> dict[str, Any] | Refusal:
        return self._columns.body(self.place, self.start, self.end) if self.wrong is None else self.wrong

    def original(self) -> list[list[str]]:
        return self._columns.original(self.row, self.start, self.end)
