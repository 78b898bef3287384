"""What importing speaks of: a process's task, how far it is, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from regulars.flows.importing.frames import Position
from regulars.flows.importing.mapping import Mapped

BATCH: Final = 400
"""Events of one commit."""


@dataclass(frozen=True, slots=True)
class Task:
    """What one process does: its share of the members of a file, from a position on."""

    dsn: str
    tenant: str
    slug: str
    events: Path
    mapped: Mapped | None
    fingerprint: bytes
    part: int
    parts: int
    begin: Position
    before: tuple[int, int]
    """Events in and refused before `begin`."""
    rejects: Path
    batch: int
    latest: int
    """The last moment an event may have happened at: what is later has not happened."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one process is: the position, events that went in, those of them that were there before, refused ones."""

    part: int
    position: Position
    events: int
    repeated: int
    refused: int
    cut: bool = False
    done: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import.

    `events` went in, by this run and those before it; `recorded` by this one; `repeated` were recorded before and came
    again; `refused` are in the file `rejects`. `known`: the file had been imported already and nothing was done.
    """

    file: Path
    events: int
    recorded: int
    repeated: int
    refused: int
    rejects: Path | None
    cut: bool
    known: bool
    continued: bool
    seconds: float


class ImportFailed(Exception):
    """Raised when an import stopped in the middle; `hint` says how to go on. What was committed stays."""

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(f"{problem} {hint}")
        self.problem, self.hint = problem, hint

    def __reduce__(self) -> tuple[type[ImportFailed], tuple[str, str]]:
        return ImportFailed, (self.problem, self.hint)
