"""What is worked out once: the values of a pure function of few keys, such as days."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")
MOST = 4_096


class Remembered(dict[K, V]):
    """The value of each key, worked out the first time. When there are too many it begins again, so that nobody can fill the memory."""

    def __init__(self, work: Callable[[K], V]) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, key: K) -> V:
        if len(self) >= MOST:
            self.clear()
        value = self[key] = self._work(key)
        return value


def remembered(work: Callable[[K], V]) -> Callable[[K], V]:
    """The same function, which works once for each key."""
    return Remembered(work).__getitem__
