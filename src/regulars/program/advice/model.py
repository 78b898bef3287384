"""One piece of advice: where in the file, a stable code, and what fills in its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from regulars.words.days import Day


class Units(NamedTuple):
    """So many smallest units of a wallet."""

    wallet: str
    units: int


class On(NamedTuple):
    """A day."""

    day: Day


Value = str | int | Units | On


@dataclass(frozen=True, slots=True, order=True)
class Advice:
    """One piece of advice, at a line and column counted from 1; advice sorts in the order of the file.

    `values` fill in the sentence of the code, which `regulars.speech.advice` says in a language.
    """

    line: int
    column: int
    code: str
    values: Mapping[str, Value] = field(compare=False)
    file: str = ""
