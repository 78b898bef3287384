"""Cuts the lines out of a program file that stand at a path: `earn.base` is the block `base` under `earn`, as it is written there.

Comments right above a block belong to it; of what stands around it only the names are shown. Where lines of the file are
left out between two that are shown, `# ..` stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from regulars.program.nodes import Mapping, Node, read

GAP = "# .."


def cut(text: str, paths: Iterable[str]) -> str:
    """The lines of the blocks at some paths, in the order of the file; a `KeyError` when a path is not there."""
    lines = text.splitlines()
    root = _nodes(text)
    shown: set[int] = set()
    for path in paths:
        shown |= _lines(root, path, lines)
    return "\n".join(_with_gaps(lines, sorted(shown)))


@lru_cache
def _nodes(text: str) -> Node | None:
    return read(text)[0]


def _lines(root: Node | None, path: str, lines: list[str]) -> set[int]:
    """The lines of the block at a path, of the names that lead to it, and of the comment right above it."""
    node, found, first = root, set[int](), 0
    for name in path.split("."):
        key = node.key(name) if isinstance(node, Mapping) else None
        if key is None or not isinstance(node, Mapping):
            raise KeyError(path)
        node, first = node.get(name), key.mark.line - 1
        found.add(first)
    depth = _indent(lines[first])
    last = after = first + 1
    # A name that stands within a line has no lines of its own; else what is set further in is its.
    while after < len(lines) and (not lines[after].strip() or _indent(lines[after]) > depth):
        after += 1
        last = after if lines[after - 1].strip() and not _is_comment(lines[after - 1]) else last
    above = first
    while above and _is_comment(lines[above - 1]) and _indent(lines[above - 1]) == depth:
        above -= 1
    return found | set(range(above, last))


def _with_gaps(lines: list[str], shown: list[int]) -> list[str]:
    found: list[str] = []
    before = -1
    for at in shown:
        if found and not _indent(lines[at]) and at > before + 1:
            found.append("")
        elif found and any(line.strip() and not _is_comment(line) for line in lines[before + 1 : at]):
            # Other sections are not missed; what is left out inside a section is.
            found.append(" " * _indent(lines[at]) + GAP)
        found.append(lines[at])
        before = at
    return found


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
