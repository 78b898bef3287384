"""What a condition leaves a fact: the values that make it true, as far as a sound and simple analysis tells.

A condition is taken apart into cases joined by "or", each a row of comparisons joined by "and"; what is no comparison
of a fact with something written out says nothing. A condition is impossible only where every case leaves some fact
neither a value nor the way out of being missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from regulars.program.cel import Checked
from regulars.program.cel.errors import UnreadableCondition
from regulars.program.cel.nodes import Chain, Constant, Infix, Items, Node, Prefix, Ternary, path_of
from regulars.program.cel.syntax import read
from regulars.program.model import Program

MOST_CASES = 64
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
ORDERS = frozenset(FLIPPED)

Value = str | bool | Fraction | None


@dataclass(frozen=True, slots=True)
class Atom:
    """A fact compared with values written out; `held` False: the comparison must not hold."""

    path: str
    sign: str
    values: tuple[Value, ...]
    held: bool = True


Case = tuple[Atom, ...]


@dataclass(slots=True)
class _Left:
    """What is left for one fact."""

    among: set[Value] | None
    without: set[Value] = field(default_factory=set)
    low: Fraction | None = None
    high: Fraction | None = None
    open_low: bool = False
    open_high: bool = False
    missing: bool = True

    def narrow(self, atom: Atom) -> None:
        if atom.sign in {"==", "in"}:
            if atom.held:
                self.missing = self.missing and None in atom.values
                kept = set(atom.values)
                self.among = kept if self.among is None else self.among & kept
            else:
                self.without.update(atom.values)
            return
        bound = atom.values[0]
        assert isinstance(bound, Fraction)
        sign = atom.sign if atom.held else {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}[atom.sign]
        # A comparison with a missing value is false, so only one that must not hold leaves the way out.
        self.missing = self.missing and not atom.held
        if sign in {">", ">="} and (self.low is None or bound >= self.low):
            self.open_low = sign == ">" or (bound == self.low and self.open_low)
            self.low = bound
        elif sign in {"<", "<="} and (self.high is None or bound <= self.high):
            self.open_high = sign == "<" or (bound == self.high and self.open_high)
            self.high = bound

    def empty(self) -> bool:
        if self.missing:
            return False
        if self.among is not None:
            return not any(value is not None and self._fits(value) for value in self.among)
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.open_low or self.open_high))

    def _fits(self, value: Value) -> bool:
        if value in self.without:
            return False
        if isinstance(value, Fraction):
            low = self.low is None or value > self.low or (value == self.low and not self.open_low)
            high = self.high is None or value < self.high or (value == self.high and not self.open_high)
            return low and high
        return True


class Conditions:
    """The conditions of one program, with what its names stand for and what its facts can be."""

    def __init__(self, program: Program) -> None:
        self._defines = program.defines
        self._domains = dict(_domains(program))

    def cases(self, checked: Checked | None, held: bool = True) -> list[Case]:
        """The cases of a condition that must hold (or must not); one case that asks nothing where there is none."""
        if checked is None:
            return [()]
        try:
            return self._cases(read(checked.text), held, 0)
        except UnreadableCondition:
            return [()]

    def clash(self, conditions: Iterable[list[Case]]) -> str:
        """A fact to which the conditions together leave nothing, whichever of their cases holds; nothing where they fit."""
        culprit = ""
        rows = list(conditions)
        count = 1
        for row in rows:
            count *= len(row)
        if count > MOST_CASES:
            return ""
        for picked in product(*rows):
            found = self._impossible([atom for case in picked for atom in case])
            if not found:
                return ""
            culprit = culprit or found
        return culprit

    def _impossible(self, atoms: list[Atom]) -> str:
        left: dict[str, _Left] = {}
        for atom in atoms:
            held = left.get(atom.path)
            if held is None:
                known = self._domains.get(atom.path)
                held = left[atom.path] = _Left(None if known is None else set(known))
            held.narrow(atom)
            if held.empty():
                return atom.path
        return ""

    def _cases(self, node: Node, held: bool, depth: int) -> list[Case]:
        if depth > 20:
            return [()]
        if isinstance(node, Prefix) and node.sign == "!":
            return self._cases(node.of, not held, depth + 1)
        if isinstance(node, Chain):
            parts = [self._cases(one, held, depth + 1) for one in node.operands]
            if (node.sign == "&&") == held:
                return _all_of(parts)
            every = [case for part in parts for case in part]
            return every if len(every) <= MOST_CASES else [()]
        if isinstance(node, Ternary):
            return [()]
        if isinstance(node, Infix):
            atom = _compared(node, held)
            return [()] if atom is None else [(atom,)]
        path = path_of(node)
        if path is None:
            return [()]
        defined = self._defines.get(path)
        if defined is not None:
            try:
                return self._cases(read(defined.text), held, depth + 1)
            except UnreadableCondition:
                return [()]
        return [(Atom(path, "==", (held,)),)]


def _all_of(parts: list[list[Case]]) -> list[Case]:
    count = 1
    for part in parts:
        count *= len(part)
    if count > MOST_CASES:
        # Too many to look at: only what stands in one case each is kept, which asks less.
        parts = [part for part in parts if len(part) == 1]
    return [tuple(atom for case in picked for atom in case) for picked in product(*parts)]


def _compared(node: Infix, held: bool) -> Atom | None:
    left, right, sign = node.left, node.right, node.sign
    if sign in ORDERS and path_of(left) is None:
        left, right, sign = right, left, FLIPPED[sign]
    elif sign in {"==", "!="} and path_of(left) is None:
        left, right = right, left
    path = path_of(left)
    if path is None:
        return None
    if sign == "in" and isinstance(right, Items):
        known = [written for item in right.items if (written := _written(item)) is not None]
        whole = len(known) == len(right.items)
        return Atom(path, "in", tuple(value for (value,) in known), held) if whole else None
    written = _written(right)
    if written is None:
        return None
    if sign in {"==", "!="}:
        return Atom(path, "==", written, held == (sign == "=="))
    return Atom(path, sign, written, held) if sign in ORDERS and isinstance(written[0], Fraction) else None


def _written(node: Node) -> tuple[Value] | None:
    """The one value that is written out, or None where it must be worked out."""
    if isinstance(node, Constant):
        value = node.value
        return (Fraction(value),) if isinstance(value, int | Fraction) and not isinstance(value, bool) else (value,)
    if isinstance(node, Prefix) and node.sign == "-":
        found = _written(node.of)
        return (-found[0],) if found is not None and isinstance(found[0], Fraction) else None
    return None


def _domains(program: Program) -> Iterator[tuple[str, set[Value]]]:
    """What facts with few values can be, by path."""
    facts: Mapping[str, Mapping[str, object]] = program.facts
    seen: dict[str, set[Value] | None] = {}
    for kind, declared in facts.items():
        for name in declared:
            form = program.facts[kind][name].type
            path = f"{kind.partition('.')[0]}.{name}"
            values: set[Value] | None = None
            if not form.many and form.base == "enum":
                values = {*form.values, *(() if form.default is None else (form.default,))}
            elif not form.many and form.base == "bool":
                values = {True, False}
            before = seen.get(path, values)
            # Kinds of one word may say different things of one fact.
            seen[path] = None if values is None or before is None else before | values
    for path, values in seen.items():
        if values is not None:
            yield path, values
    for name, ladder in program.ladders.items():
        yield name, {level.name for level in ladder.levels}
