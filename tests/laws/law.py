"""What the laws share: how a law is broken, how a history is played, and how a slip is shown to be caught."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from tests.laws.histories import Body, History, samples
from tests.laws.shops import book

from regulars.engine.model import Decision, Member
from regulars.simulation.memory import Memory, Repeated

Law = Callable[[History], None]


class Broken(AssertionError):
    """A law does not hold."""


def hold(holds: bool, *why: object) -> None:
    """The law goes on, or is broken with what was found."""
    if not holds:
        raise Broken(*why)


def steps(history: History, memory: Memory | None = None) -> Iterator[tuple[Body, Decision, Memory]]:
    """The history's events as they are decided for the first time, each with the ledger right after it."""
    memory = memory or Memory(history.shop.book)
    for body in history.events:
        answer = memory.post(body)
        if isinstance(answer, Decision) and not isinstance(answer, Repeated):
            yield body, answer, memory


def played(history: History) -> Memory:
    """The ledger after the whole history."""
    memory = Memory(history.shop.book)
    for body in history.events:
        memory.post(body)
    return memory


def members(memory: Memory) -> Iterable[Member]:
    """Everybody in the ledger to whom something happened."""
    return [member for name in memory.members if (member := memory.member(name)).events]


def catches(law: Law, monkeypatch: pytest.MonkeyPatch, where: Any, name: str, slip: object, count: int = 60) -> bool:
    """Whether the law breaks on one of the sample's histories once the slip stands in a module, a class or a table.

    The sample is made before, and programs are compiled again after: what a machine is made of may be the slip.
    """
    histories = samples(count)
    (monkeypatch.setitem if isinstance(where, dict) else monkeypatch.setattr)(where, name, slip)
    book.cache_clear()
    try:
        return any(breaks(law, history) for history in histories)
    finally:
        book.cache_clear()


def breaks(law: Law, history: History) -> bool:
    """Whether a history breaks the law."""
    try:
        law(history)
    except Broken:
        return True
    return False
