"""Checks the text of a condition against a scope, and keeps what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from regulars.program.cel.checker import Checker
from regulars.program.cel.context import Context, bare
from regulars.program.cel.errors import CelError, UnreadableCondition
from regulars.program.cel.fitting import condition, fit
from regulars.program.cel.nodes import Chain, Node
from regulars.program.cel.scope import Scope
from regulars.program.cel.syntax import read
from regulars.program.cel.terms import AND, Term
from regulars.program.cel.types import Bool, Money, Number, Optional, Type, Unknown, inner

_BOOL: Final = Bool()


@dataclass(frozen=True, slots=True)
class Checked:
    """An expression that fits its scope.

    `source` is a Python expression over the scope's sources and `runtime.NAMESPACE`; a condition that divides by zero
    does not hold, a value is then None. `roots` are the names it begins with, `paths` the facts it reads (`line.kind`),
    `functions` what it calls. `parts` are the operands of its outermost `&&`, text and source, of which each may rely
    on those before it.
    """

    text: str
    type: Type
    source: str
    roots: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    parts: tuple[tuple[str, str], ...] = field(default=())


def check(text: str, scope: Scope, expected: Type | None = _BOOL) -> Checked | list[CelError]:
    """The checked expression, or everything that is wrong with it in the order of its text.

    `expected` is the type that is wanted, None for any. A value that may be missing is taken for one that is there; its
    type says so.
    """
    try:
        node = read(text)
    except UnreadableCondition as unreadable:
        return [unreadable.error]
    context = Context(text, scope, present=scope.present)
    checker = Checker(context)
    if isinstance(node, Chain) and node.sign == "&&" and (expected is None or isinstance(expected, Bool)):
        terms = checker.operands(node)
        joined = " and ".join(term.at(AND + 1) for term in terms)
        whole = Term(Bool(), joined, node.start, node.end, AND)
        parts = tuple((text[n.start : n.end], _finished(term)) for n, term in zip(node.operands, terms, strict=True))
    else:
        whole = _wanted(context, checker.term(node), expected)
        parts = ((_said(text, node), _finished(whole)),)
    if context.errors:
        return sorted(context.errors)
    roots, paths, functions = frozenset(context.roots), frozenset(context.paths), frozenset(context.functions)
    return Checked(text, whole.type, _finished(whole), roots, paths, functions, parts)


def _said(text: str, node: Node) -> str:
    return text[node.start : node.end]


def _wanted(context: Context, term: Term, expected: Type | None) -> Term:
    if expected is None:
        return fit(context, term, term.type)
    if isinstance(expected, Bool):
        return condition(context, term)
    if term.optional and not isinstance(expected, Optional):
        fitted = fit(context, bare(term), expected)
        return replace(fitted, type=Optional(fitted.type)) if not isinstance(fitted.type, Unknown) else fitted
    return fit(context, term, expected)


def _finished(term: Term) -> str:
    """The source of a whole expression: whole numbers as ints, and safe from division by zero."""
    source = term.source
    if term.uneven and isinstance(inner(term.type), Number | Money):
        source = f"_exact({source})"
    if "_quotient(" in source or "_remainder(" in source:
        source = f"_guarded(lambda: {source}, {(isinstance(term.type, Bool) and 'False') or None})"
    return source
