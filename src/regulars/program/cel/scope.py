"""What a condition may speak of: names, functions and methods with their Python sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from regulars.program.cel.types import Function, Method, Name


@dataclass(frozen=True, slots=True)
class Scope:
    """The names a condition may use.

    `exponent`: digits of the program's minor unit. `today`: the Python expression of the day that `since` counts to.
    `present`: dotted paths of facts that may be missing but were tested before this expression is asked, as
    `confirm.kept` is under `when: has(confirm.kept)`.
    """

    names: Mapping[str, Name]
    functions: Mapping[str, Function] = field(default_factory=dict)
    methods: Mapping[str, tuple[Method, ...]] = field(default_factory=dict)
    exponent: int = 2
    today: str = "c.today"
    present: frozenset[str] = frozenset()
