"""The gallery: programs that come with Regulars, to begin from."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

PROGRAM, SCENARIOS = ".yaml", ".scenarios.yaml"


def gallery() -> Traversable:
    """The folder of the gallery: inside the package, or in the checkout that the package is run from."""
    package = files("regulars")
    inside = package / "gallery"
    return inside if inside.is_dir() else Path(str(package)).parents[1] / "programs"


def names() -> list[str]:
    """The programs of the gallery, in the order of the alphabet."""
    found = (entry.name for entry in gallery().iterdir())
    return sorted(
        name.removesuffix(PROGRAM) for name in found if name.endswith(PROGRAM) and not name.endswith(SCENARIOS)
    )


def parts(name: str) -> dict[str, str]:
    """The texts of a program of the gallery by file name: the program, and its scenarios where it has some."""
    folder = gallery()
    found = ((folder / f"{name}{ending}") for ending in (PROGRAM, SCENARIOS))
    return {one.name: one.read_text(encoding="utf-8") for one in found if one.is_file()}


def about(name: str) -> str:
    """What a program says of itself in one line: its first comment, or else its name."""
    text = parts(name)[f"{name}{PROGRAM}"]
    first = text.partition("\n")[0]
    if first.startswith("#"):
        return first.lstrip("# ").rstrip()
    named = next((line for line in text.splitlines() if line.startswith("name:")), f"name: {name}")
    return named.partition(":")[2].partition(" #")[0].strip().strip("'\"")
