"""A typed piece of a condition with its Python source, and the ways in which sources are put together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from regulars.program.cel.types import Optional, Type, Unknown

# How tightly Python reads an operator; a looser one inside a tighter one needs brackets.
CHOICE, OR, AND, NOT, COMPARE, ADD, MULTIPLY, SIGN, ATOM = range(9)

_ATOMIC: Final = re.compile(r"""[\w.\[\]'"{}(),:]*""")
_SHORT: Final = re.compile(r"[\w.]{1,60}")


@dataclass(frozen=True, slots=True)
class Term:
    """What a node means: its type and source, and what else may be made of it.

    `literal` is the value of a constant. `money` is the source of a number that could be read as money: its value times
    the minor units of one. `items` are the terms of a list in brackets. `since` is the source of the day in
    `since(day)`. `months` and `days` are sources of a span. `path` is the dotted path of a fact. `uneven` says that the
    value may be a Fraction at run time.
    """

    type: Type
    source: str
    start: int
    end: int
    binding: int = ATOM
    literal: int | Fraction | str | None = None
    money: str | None = None
    items: tuple[Term, ...] | None = None
    since: str | None = None
    months: str | None = None
    days: str | None = None
    path: str | None = None
    uneven: bool = False

    @property
    def optional(self) -> bool:
        """Whether the value may be missing."""
        return isinstance(self.type, Optional)

    @property
    def wrong(self) -> bool:
        """Whether a mistake in it was already said."""
        return isinstance(self.type, Unknown)

    def at(self, binding: int) -> str:
        """The source, in brackets when something at least as tight as `binding` stands beside it."""
        return self.source if self.binding >= binding else f"({self.source})"


def binding_of(source: str) -> int:
    """ATOM for a source that needs no brackets anywhere, as far as can be seen; otherwise CHOICE, the loosest."""
    return ATOM if _ATOMIC.fullmatch(source) else CHOICE


def filled(template: str, *arguments: Term) -> tuple[str, int]:
    """A template with the sources of its arguments, and how tightly it binds."""
    return template.format(*(argument.at(ATOM) for argument in arguments)), binding_of(template)


def is_short(source: str) -> bool:
    """Whether a source is a short path, which may as well be written twice as given a name."""
    return bool(_SHORT.fullmatch(source))


def using(source: str, template: str) -> str:
    """A template that needs a source more than once: written out when it is short, otherwise worked out once."""
    if is_short(source):
        return template.format(source)
    return f"(lambda _v: {template.format('_v')})({source})"


def number(value: int | Fraction) -> str:
    """The source of an exact number."""
    if value.denominator == 1:
        return repr(int(value))
    return f"_fraction({value.numerator}, {value.denominator})"
