"""A condition as it was written: nodes with the offsets of their text, before anything is known of types."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal as _Literal
from typing import TypeAlias, Union


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal. A decimal is a Fraction, a whole number an int; None is `null`."""

    start: int
    end: int
    value: int | Fraction | str | bool | None


@dataclass(frozen=True, slots=True)
class Word:
    """A name that stands alone or begins a path."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A field of something; `at` is the offset of the field's name."""

    start: int
    end: int
    of: Node
    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function, or with `of` a method, called with arguments; `at` is the offset of its name."""

    start: int
    end: int
    of: Node | None
    name: str
    at: int
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list in brackets."""

    start: int
    end: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """`!` or `-` before something."""

    start: int
    end: int
    sign: _Literal["!", "-"]
    of: Node


@dataclass(frozen=True, slots=True)
class Infix:
    """A comparison, `in`, or arithmetic between two; `at` is the operator's offset."""

    start: int
    end: int
    sign: str
    at: int
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands joined by `&&`, or by `||`."""

    start: int
    end: int
    sign: _Literal["&&", "||"]
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Ternary:
    """`condition ? yes : no`."""

    start: int
    end: int
    condition: Node
    yes: Node
    no: Node


Node: TypeAlias = Union[Constant, Word, Dot, Call, Items, Prefix, Infix, Chain, Ternary]  # noqa: UP007  named before they are used


def path_of(node: Node) -> str | None:
    """The dotted path that a node spells (`line.kind`), or None when it is no path."""
    if isinstance(node, Word):
        return node.name
    if isinstance(node, Dot):
        of = path_of(node.of)
        return of and f"{of}.{node.name}"
    return None
