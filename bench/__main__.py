"""Runs every measurement beside this file, or those that are named, and prints their figures as one table.

`python -m bench [--json] [NAME ...]`. Each `bench/NAME.py --json` prints objects, one a line, or a list, with `bench`, `value`,
`unit`, `peer`, `must`, `aim`, `runs`. Exits 1 when a measurement fails or a figure misses what it must reach.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

SHARED = {"common", "http_load", "programs"}
COLUMNS = ("bench", "value", "unit", "peer", "must", "aim", "runs")


def measured(path: Path) -> list[dict[str, Any]]:
    """The figures that one measurement prints; none, with its complaint shown, when it fails."""
    command = [sys.executable, "-m", f"bench.{path.stem}", "--json"]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, cwd=path.parent.parent)
    if run.returncode and not run.stdout.strip():
        return []
    printed = [json.loads(line) for line in run.stdout.splitlines() if line.strip()]
    return [figure for found in printed for figure in (found if isinstance(found, list) else [found])]


def missed(figure: dict[str, Any]) -> bool:
    """Whether the figure says itself that it did not reach what it must (`"ok": false`)."""
    return figure.get("ok") is False


def main(arguments: list[str]) -> int:
    """0 when every measurement ran and reached what it must, else 1."""
    here = Path(__file__).parent
    wanted = [word for word in arguments if not word.startswith("--")]
    paths = sorted(path for path in here.glob("*.py") if not path.name.startswith("_") and path.stem not in SHARED)
    paths = [path for path in paths if not wanted or path.stem in wanted]
    results = {path.stem: measured(path) for path in paths}
    figures = [figure for found in results.values() for figure in found]
    failed = [name for name, found in results.items() if not found]
    if "--json" in arguments:
        print(json.dumps(figures))
    else:
        table = Table(*COLUMNS)
        for figure in figures:
            table.add_row(*(str(figure.get(column, "")) for column in COLUMNS), style="red" if missed(figure) else "")
        Console().print(table)
    for name in failed:
        print(f"{name}: failed", file=sys.stderr)
    return 1 if failed or any(missed(figure) for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
