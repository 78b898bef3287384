"""A program on its way to being written: its sections so far, and the names that what comes next may speak of.

Everything that is open is asked of `choose`, so that hypothesis, or dice with a seed, decide; the first of several choices is the plainest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Choose = Callable[[Sequence[Any]], Any]
PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_ .%/&|=<>()+*'!-]*\Z")
RATHER = re.compile(r"[ .'<>=!-]\Z")
UNITS, MONEY = "units", "money"


class Draft:
    """The sections of a program as nested dictionaries of texts, and what has been named in them."""

    def __init__(self, choose: Choose) -> None:
        self.choose = choose
        self.top: dict[str, Any] = {}
        self.numbers: dict[str, int] = {}
        self.wallets: dict[str, str] = {}
        """Wallets that rules may give to: name -> units or money."""
        self.spendable: list[str] = []
        self.vouchers: dict[str, str] = {}
        """Vouchers that rules may give: name -> `given` where the giver says its worth, else empty."""
        self.ladders: dict[str, tuple[str, ...]] = {}
        self.choices: dict[str, tuple[str, ...]] = {}
        self.rates: list[str] = []
        """Earning rules on purchases that give units at a rate, so that others can multiply them or take a share of them."""
        self.fired: list[str] = []
        self.limits: list[str] = []
        self.asked: set[str] = set()

    def some(self, *options: Any) -> Any:
        """One of several things."""
        return self.choose(options)

    def maybe(self, rarely: int = 1) -> bool:
        """Yes or no; the larger the number the rarer yes is."""
        return bool(self.choose((*([False] * rarely), True)))

    def new(self, stem: str) -> str:
        """A name that nothing has yet."""
        number = self.numbers[stem] = self.numbers.get(stem, 0) + 1
        return stem if number == 1 else f"{stem}_{number}"

    def put(self, section: str, name: str, value: Any) -> str:
        """Adds an entry to a section; gives its name."""
        self.top.setdefault(section, {})[name] = value
        return name

    def names(self, section: str) -> list[str]:
        """What stands in a section."""
        return list(self.top.get(section, ()))

    def fact(self, owner: str, name: str, kind: Any) -> str:
        """A fact, declared where it is not; gives the path by which a condition speaks of it."""
        self.top.setdefault("facts", {}).setdefault(owner, {})[name] = kind
        return f"{owner.partition('.')[0]}.{name}"

    def clause(self) -> Any:
        """A clause of the printed terms, or two."""
        return self.some("T1", ["T2", "T3"])

    def of_kind(self, kind: str) -> list[str]:
        """Wallets that are counted in units, or in money."""
        return [name for name, found in self.wallets.items() if found == kind]

    def text(self) -> str:
        """The program as YAML, an entry a line."""
        lines = []
        for section, value in self.top.items():
            if isinstance(value, Mapping) and value:
                lines.append(f"{section}:")
                lines.extend(f"  {name}: {flow(one)}" for name, one in value.items())
            else:
                lines.append(f"{section}: {flow(value)}")
        return "\n".join(lines) + "\n"


def flow(value: Any) -> str:
    """A value in one line of YAML; a text in quotes where it could be read as something else."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(str(key))}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return scalar(str(value))


def scalar(text: str) -> str:
    """A text, in quotes where it needs them."""
    return text if PLAIN.match(text) and not RATHER.search(text[-1:].replace("'", "x")) else json.dumps(text)


def only(mapping: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The keys that have a value."""
    return {key: value for key, value in mapping if value is not None}
