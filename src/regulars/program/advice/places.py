"""Where things stand in a program's file: the mark of a key of a rule, through the groups that hold it."""

from __future__ import annotations

from regulars.program.model import Program
from regulars.program.nodes import Mapping, Mark, Node, Scalar, read

BEGIN = Mark(1, 1)


class Places:
    """The file of a program, read again for its marks."""

    def __init__(self, program: Program) -> None:
        self._top = read(program.text)[0]

    def of(self, section: str, name: str, key: str = "") -> Mark:
        """The mark of a key of what a section calls by this name; of the name itself where the key is not written."""
        chain = self._chain(section, name)
        if not chain:
            return BEGIN
        found = self._written(chain, key) if key else None
        return (found or chain[-1][0]).mark

    def written(self, section: str, name: str, key: str) -> bool:
        """Whether a key is written, there or beside a group that holds it."""
        return self._written(self._chain(section, name), key) is not None

    def inside(self, section: str, name: str, *path: str) -> Mark:
        """The mark of the last key of a path that is written (`levels`, `gold`)."""
        chain = self._chain(section, name)
        if not chain:
            return BEGIN
        place, node = chain[-1]
        for word in path:
            key = node.key(word) if isinstance(node, Mapping) else None
            if key is None or not isinstance(node, Mapping):
                break
            place, node = key, node.get(word)  # type: ignore[assignment]
        return place.mark

    def _chain(self, section: str, name: str) -> list[tuple[Scalar, Node]]:
        """The thing of a name with the groups around it, the outermost first."""
        top = self._top.get(section) if self._top is not None else None
        return _find(top, name) if isinstance(top, Mapping) else []

    def _written(self, chain: list[tuple[Scalar, Node]], key: str) -> Scalar | None:
        for _, node in reversed(chain):
            if isinstance(node, Mapping) and (found := node.key(key)) is not None:
                return found
        return None


def _find(mapping: Mapping, name: str) -> list[tuple[Scalar, Node]]:
    for key, value in mapping.items:
        each = value.get("each") if isinstance(value, Mapping) else None
        if isinstance(each, Mapping):
            if deeper := _find(each, name):
                return [(key, value), *deeper]
        elif key.text == name:
            return [(key, value)]
    return []
