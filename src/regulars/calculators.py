"""Reward calculators that others bring: found by their entry points, fitted to what the engine asks.

A calculator is whatever can say what lines are worth, and is named in a program as `{calculator: name, ...settings}`:

* a class with a method `worth(measured)`, made once with the settings as texts;
* an object with such a method, when the program gives no settings;
* a function `(measured, **settings)`.

The worth is an int or a Fraction of the wallet's smallest units, or the engine's own (numerator, denominator, weights).
A package offers its calculators in the entry point group `regulars.calculators`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import lru_cache, partial
from importlib.metadata import EntryPoint, entry_points
from inspect import signature
from typing import Any, Final, Protocol

from regulars.engine.book import Book
from regulars.engine.calculators import Measured, Worth
from regulars.engine.calculators import RewardCalculator as Engine
from regulars.program.cel import Checked
from regulars.program.model import Calculator, Program
from regulars.program.nodes import Mapping as MappingNode
from regulars.program.nodes import Mark, Node, Scalar, read
from regulars.program.nodes import Sequence as SequenceNode
from regulars.program.problems import Problems, did_you_mean

GROUP: Final = "regulars.calculators"

Simple = int | Fraction | Worth
"""What a calculator of a user's own may answer."""


class RewardCalculator(Protocol):
    """What lines are worth, said simply. Pure: the same measure gives the same worth."""

    def worth(self, measured: Measured) -> Simple:
        """The worth of what is measured, exact."""
        ...


Given = Mapping[str, Any]
"""Calculators by name, each one of what the module's first lines say."""

Factory = Callable[..., Engine]


class Fitted:
    """A calculator of a user's own as the engine asks it."""

    __slots__ = ("_name", "_worth")

    def __init__(self, name: str, worth: Callable[[Measured], Any]) -> None:
        self._name, self._worth = name, worth

    def worth(self, measured: Measured) -> Worth:
        """What the user's calculator says, exact; TypeError when it answers with a float or anything else."""
        found = self._worth(measured)
        if isinstance(found, int) and not isinstance(found, bool):
            return found, 1, None
        if isinstance(found, Fraction):
            return found.numerator, found.denominator, None
        if (
            isinstance(found, tuple)
            and len(found) == 3
            and all(type(part) is int for part in found[:2])
            and found[1] > 0
        ):
            return found
        raise TypeError(f"calculator {self._name!r} answered {found!r}; a worth is an int or a Fraction, never a float")


def fitted(name: str, own: Any) -> Factory:
    """A factory that takes the settings of the file and gives a calculator; TypeError when `own` is none."""
    if isinstance(own, type):
        if not callable(getattr(own, "worth", None)):
            raise TypeError(f"calculator {name!r}: the class {own.__name__} has no method `worth`")
        return lambda **settings: Fitted(name, own(**settings).worth)
    if callable(worth := getattr(own, "worth", None)):
        return lambda: Fitted(name, worth)
    if callable(own):
        return lambda **settings: Fitted(name, _with(own, settings))
    raise TypeError(f"calculator {name!r}: {own!r} is no class, object or function that says what lines are worth")


def _with(function: Callable[..., Any], settings: Mapping[str, Any]) -> Callable[[Measured], Any]:
    """The function with its settings, which must be such as it takes: found now, not at the first purchase."""
    signature(function).bind(None, **settings)
    return partial(function, **settings)


def used(program: Program) -> dict[str, list[Calculator]]:
    """The calculators that a program names, with each of their settings."""
    found: dict[str, list[Calculator]] = {}
    for one in _inside(program):
        found.setdefault(one.name, []).append(one)
    return found


def compiled(versions: Sequence[Program], file: str, given: Given | None = None) -> Book | Problems:
    """The book of a program's versions with the calculators that it names: given ones first, then installed ones.

    Problems, located in the newest version's text, when a calculator is unknown or cannot be made with its settings.
    """
    problems = Problems(file)
    factories: dict[str, Factory] = {}
    for program in versions:
        for name, uses in used(program).items():
            said = _add(factories, name, uses, given or {})
            if said is not None:
                problems.add(_place(program.text, file, name), "calculator", *said)
    return problems or Book(versions, factories)


def _add(factories: dict[str, Factory], name: str, uses: Sequence[Calculator], given: Given) -> tuple[str, str] | None:
    """Adds the factory of a name, or says what is wrong with it, with a hint."""
    offered = installed()
    if name not in given and name not in offered:
        hint = did_you_mean(name, [*given, *offered]) or f"install the package that offers it as `{GROUP}`"
        return f"no calculator `{name}` is known here", hint
    try:
        factories[name] = fitted(name, given[name] if name in given else offered[name].load())
        for use in uses:
            factories[name](**dict(use.settings))
    except Exception as error:
        return f"the calculator `{name}` cannot be made: {error}", ""
    return None


@lru_cache(maxsize=1)
def installed() -> dict[str, EntryPoint]:
    """The calculators that installed packages offer, not yet loaded."""
    return {one.name: one for one in entry_points(group=GROUP)}


def _inside(value: object) -> Iterator[Calculator]:
    if isinstance(value, Calculator):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _inside(one)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _inside(one)
    elif is_dataclass(value) and not isinstance(value, Checked):
        for field in fields(value):
            yield from _inside(getattr(value, field.name))


def _place(text: str, file: str, name: str) -> Mark:
    """Where a text first names the calculator."""
    top, _ = read(text, file)
    found = None if top is None else _find(top, name)
    return found or Mark(1, 1)


def _find(node: Node, name: str) -> Mark | None:
    inside: tuple[Node, ...] = ()
    if isinstance(node, MappingNode):
        value = node.get("calculator")
        if isinstance(value, Scalar) and value.text == name:
            return value.mark
        inside = tuple(value for _, value in node.items)
    elif isinstance(node, SequenceNode):
        inside = node.items
    return next((found for one in inside if (found := _find(one, name)) is not None), None)
