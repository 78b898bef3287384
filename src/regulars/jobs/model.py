"""The nouns of jobs: a draft, a job, and how it stands."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from regulars.words.moments import Moment

Kind = Literal["import", "export"]
State = Literal["open", "waiting", "running", "done", "failed", "cancelled"]
"""`open` until its file is there, `waiting` for a worker, `running`, and then one of three ends."""
Role = Literal["input", "result", "rejects"]

ENDS: frozenset[State] = frozenset({"done", "failed", "cancelled"})


class Draft(Struct, frozen=True):
    """A version of a program that is not published: its text, its checksum, who wrote it and when."""

    slug: str
    text: str
    sha256: bytes
    author: str
    made_at: Moment


class Job(Struct, frozen=True):
    """A piece of work: what is wanted (`request`), how far it is, and what came of it (`outcome`)."""

    id: str
    kind: Kind
    state: State
    program: str
    author: str
    request: dict[str, Any]
    outcome: dict[str, Any]
    done: int
    refused: int
    attempts: int
    made_at: Moment
    started_at: Moment | None
    ended_at: Moment | None


class Limit(Struct, frozen=True):
    """A reserved redemption whose time is over."""

    program: str
    member: str
    id: str
    source: str
