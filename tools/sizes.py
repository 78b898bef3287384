"""Finds files over 400 lines and functions over 60, and says where.

A long file is two ideas, a long function is two steps; both are easier to mend on the day they grow. Exits 1 if any
is found.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

FILE_LINES = 400
FUNCTION_LINES = 60
FOLDERS = ("src", "tests", "bench", "tools")


def too_long(path: Path) -> Iterator[str]:
    """A sentence for each thing in the file that is over its limit."""
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    if lines > FILE_LINES:
        yield f"{path}:1: file of {lines} lines; at most {FILE_LINES}"
    if path.suffix != ".py":
        return
    for node in ast.walk(ast.parse(text, str(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            length = node.end_lineno - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{path}:{node.lineno}: function {node.name} of {length} lines; at most {FUNCTION_LINES}"


def main() -> int:
    """0 when everything is within its limit, else 1."""
    paths = sorted(p for folder in FOLDERS for p in Path(folder).rglob("*") if p.suffix in {".py", ".sql"})
    found = [sentence for path in paths for sentence in too_long(path)]
    print("\n".join(found) or f"{len(paths)} files are within {FILE_LINES} lines, functions within {FUNCTION_LINES}.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
