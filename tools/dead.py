"""Finds functions, classes, methods, properties and imports that nothing uses, and code that is never reached.

Vulture's findings, set in pyproject.toml, without fields and variables: a field of a frozen value is often written in
one place and read only as part of the whole. What is used from outside alone stands in `tools/used.txt`, one name a
line, with the reason after a `#`. Exits 1 if any is found.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from vulture import Vulture

QUIET = frozenset({"variable", "attribute"})
SURE = 80
"""Confidence from which even a variable counts: an argument or an import that is certainly unused."""


def used_outside() -> list[str]:
    """The names that tools/used.txt excuses."""
    path = Path("tools/used.txt")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [name for line in lines if (name := line.split("#")[0].strip())]


def main() -> int:
    """0 when nothing is dead, else 1."""
    settings = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["tool"]["vulture"]
    vulture = Vulture(
        ignore_names=[*settings["ignore_names"], *used_outside()], ignore_decorators=settings["ignore_decorators"]
    )
    vulture.scavenge([path for path in settings["paths"] if Path(path).exists()])
    found = [
        item
        for item in vulture.get_unused_code(min_confidence=settings["min_confidence"])
        if item.typ not in QUIET or item.confidence >= SURE
    ]
    for item in found:
        print(f"{item.filename}:{item.first_lineno}: {item.message}")
    print(f"{len(found)} unused." if found else "Nothing is unused.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
