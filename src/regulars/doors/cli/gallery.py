"""The gallery: programs that come with Regulars, to begin from.

What a program is and what it is good for stands at the head of its file, in its first comment lines:
`# What it does in a sentence.`, then `# Good for GROUP, GROUP: the kinds of shop it suits.` Which mechanics it shows
stands in `mechanics.toml` beside the files.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

PROGRAM, SCENARIOS = ".yaml", ".scenarios.yaml"
GOOD_FOR = "# Good for "

FIRST: Final = (
    "corner-coffee-card",
    "neighbourhood-grocer",
    "starbucks-rewards",
    "sephora-beauty-insider",
    "amazon-prime",
    "cvs-extracare",
    "nordstrom-nordy-club",
    "nike-membership",
    "net-a-porter-eip",
    "north-face-xplr-pass",
    "rapha-cycling-club",
    "lululemon-membership",
    "rakuten-cash-back",
    "chewy-autoship",
    "amex-platinum",
)
"""The programs that are listed first: two of our own to start with, then the best known; the others follow by name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A program of the gallery: its slug, its printed name, what it does, what it is good for, what it models, and what it shows."""

    name: str
    title: str
    about: str
    groups: tuple[str, ...]
    suits: str
    models: str
    mechanics: tuple[str, ...]

    @property
    def line(self) -> str:
        """What it does and whom it suits, on one line."""
        return f"{self.about} Good for {self.suits}." if self.suits else self.about


def gallery() -> Traversable:
    """The folder of the gallery: inside the package, or in the checkout that the package is run from."""
    package = files("regulars")
    inside = package / "gallery"
    return inside if inside.is_dir() else Path(str(package)).parents[1] / "programs"


def names() -> list[str]:
    """The programs of the gallery: those to begin with, then the others in the order of the alphabet."""
    found = {
        entry.name.removesuffix(PROGRAM)
        for entry in gallery().iterdir()
        if entry.name.endswith(PROGRAM) and not entry.name.endswith(SCENARIOS)
    }
    first = [name for name in FIRST if name in found]
    return [*first, *sorted(found.difference(first))]


def parts(name: str) -> dict[str, str]:
    """The texts of a program of the gallery by file name: the program, and its scenarios where it has some."""
    folder = gallery()
    found = ((folder / f"{name}{ending}") for ending in (PROGRAM, SCENARIOS))
    return {one.name: one.read_text(encoding="utf-8") for one in found if one.is_file()}


def entry(name: str) -> Entry:
    """A program as the head of its file describes it; what the head does not say is empty, and `about` is the name."""
    lines = (gallery() / f"{name}{PROGRAM}").read_text(encoding="utf-8").splitlines()
    head = list(takewhile(lambda line: line.startswith("#"), lines))
    named = next((line for line in lines if line.startswith("name:")), f"name: {name}")
    title = named.partition(":")[2].partition(" #")[0].strip().strip("'\"")
    good = next((line.removeprefix(GOOD_FOR) for line in head if line.startswith(GOOD_FOR)), "")
    groups, _, suits = good.partition(": ")
    about = _sentence(_prose(head))
    return Entry(
        name=name,
        title=title,
        about=about or title,
        groups=tuple(group for group in groups.split(", ") if group),
        suits=suits.rstrip("."),
        models=_prose(line for line in head if not line.startswith(GOOD_FOR)).removeprefix(about).strip(),
        mechanics=tuple(places(name)),
    )


def _prose(comment: Iterable[str]) -> str:
    """The lines of a comment as one text."""
    return " ".join(line.lstrip("#").strip() for line in comment)


def _sentence(text: str) -> str:
    """The first sentence of a text."""
    end = re.search(r"(?<!\.)\.(?= |$)", text)
    return text[: end.end()] if end else text


def entries() -> list[Entry]:
    """Every program, in the order of `names`."""
    return [entry(name) for name in names()]


@cache
def _catalogue() -> dict[str, dict[str, Any]]:
    table = gallery() / "mechanics.toml"
    return tomllib.loads(table.read_text(encoding="utf-8")) if table.is_file() else {}


def mechanics() -> dict[str, str]:
    """What loyalty programs do: a sentence for each mechanic, by its id (`earn.per-money`), family by family."""
    return {
        f"{family}.{name}": says
        for family, those in _catalogue().get("mechanics", {}).items()
        for name, says in those.items()
    }


def places(name: str) -> dict[str, tuple[str, ...]]:
    """Where a program does what: the paths into its file (`earn.base`) that together make each mechanic."""
    shown = _catalogue().get("shown", {}).get(name, {})
    return {
        f"{family}.{mechanic}": (paths,) if isinstance(paths, str) else tuple(paths)
        for family, those in shown.items()
        for mechanic, paths in those.items()
    }


def fits(one: Entry, words: Iterable[str]) -> list[str] | None:
    """The mechanics for which a program answers to all the words, perhaps none; None when it does not.

    A word is looked for in what the program says of itself, and in the ids and sentences of the mechanics it shows;
    a plural finds its singular.
    """
    says = mechanics()
    own = " ".join((one.name, one.title, one.about, *one.groups, one.suits)).casefold()
    of = {mechanic: f"{mechanic} {says.get(mechanic, '')}".casefold() for mechanic in one.mechanics}
    found: list[str] = []
    for word in words:
        asked = word.casefold()
        asked = asked[:-1] if len(asked) > 3 and asked.endswith("s") else asked
        through = [mechanic for mechanic, text in of.items() if asked in text]
        if asked not in own and not through:
            return None
        found += [] if asked in own else through
    return list(dict.fromkeys(found))
