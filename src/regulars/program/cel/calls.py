"""Functions, methods and macros: the built-in ones, and those that the scope adds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from regulars.program.cel.context import Context, bare
from regulars.program.cel.fitting import condition, fit, together
from regulars.program.cel.nodes import Call, Dot, Node, Word, path_of
from regulars.program.cel.terms import ADD, AND, ATOM, CHOICE, COMPARE, OR, Term, filled, using
from regulars.program.cel.types import (
    Bool,
    Count,
    Date,
    Enum,
    ListOf,
    Method,
    Moment,
    Money,
    Number,
    Optional,
    Record,
    SpanType,
    Text,
    TimeOfDay,
    Type,
    Unknown,
    inner,
    say,
)  # fmt: skip
from regulars.program.problems import did_you_mean

Check = Callable[[Node], Term]

_FUNCTIONS: Final = ("has", "since", "days", "months", "max", "min", "sum", "lowest_of_each", "size")
_MACROS: Final = ("exists", "all", "filter", "map")
_TEXTS: Final = {
    "startsWith": "{0}.startswith({1})",
    "endsWith": "{0}.endswith({1})",
    "contains": "{1} in {0}",
}
_METHODS: Final = ("size", "at_least", *_TEXTS, *_MACROS)
_SIZED: Final = (Count, Number, Money, Date, Moment, TimeOfDay)


def call(context: Context, node: Call, check: Check) -> Term:
    """The term of a call; `check` types its arguments."""
    context.functions.add(node.name)
    made = _function(context, node, check) if node.of is None else _method(context, node, node.of, check)
    return replace(made, start=node.start, end=node.end, path=None, literal=None)


def _function(context: Context, node: Call, check: Check) -> Term:
    name, given = node.name, node.arguments
    own = context.scope.functions.get(name)
    if own is not None:
        terms = _arguments(context, node, [check(argument) for argument in given], own.parameters)
        if terms is None:
            return _lost(node)
        source, binding = filled(own.source, *terms)
        return Term(own.result, source, 0, 0, binding)
    if name not in _FUNCTIONS:
        hint = f"write `x.{name}(..)`" if name in {*_METHODS, *context.scope.methods} else ""
        near = did_you_mean(name, [*context.scope.functions, *_FUNCTIONS])
        _ = [check(argument) for argument in given]
        return context.wrong(node, f"no function `{name}`", hint or near, node.at)
    if name == "has":
        return _has(context, node, check)
    terms = [check(argument) for argument in given]
    if any(term.wrong for term in terms):
        return _lost(node)
    if name in {"max", "min", "sum"}:
        return _gathered(context, node, terms)
    if name == "size":
        return _size(context, terms[0]) if len(terms) == 1 else _wrong_number(context, node, 1, len(terms))
    if name == "since":
        return _since(context, node, terms)
    wanted: tuple[Type, ...] = (ListOf(Unknown()), Count()) if name == "lowest_of_each" else (Count(),)
    fitted = _arguments(context, node, terms, wanted)
    if fitted is None:
        return _lost(node)
    if name == "lowest_of_each":
        rows, source = _rows(terms[0])
        return Term(rows, f"_lowest_of_each({source}, {fitted[1].at(CHOICE)})", 0, 0, uneven=terms[0].uneven)
    n = fitted[0].at(ADD + 1)
    months, days = (n, "0") if name == "months" else ("0", n)
    return Term(SpanType(), f"({months}, {days})", 0, 0, months=months, days=days)


def _has(context: Context, node: Call, check: Check) -> Term:
    if len(node.arguments) != 1 or path_of(node.arguments[0]) is None:
        return context.wrong(node, "`has` asks whether one fact is there", "write `has(member.birthday)`")
    term = check(node.arguments[0])
    if term.wrong:
        return term
    return (
        Term(Bool(), f"{term.at(COMPARE + 1)} is not None", 0, 0, COMPARE)
        if term.optional
        else Term(Bool(), "True", 0, 0)
    )


def _since(context: Context, node: Call, terms: list[Term]) -> Term:
    if len(terms) != 1:
        return _wrong_number(context, node, 1, len(terms))
    day = fit(context, bare(terms[0]), Date())
    if day.wrong:
        return day
    return Term(Optional(SpanType()) if terms[0].optional else SpanType(), "None", 0, 0, since=day.at(ADD))


def _gathered(context: Context, node: Call, terms: list[Term]) -> Term:
    """`max`, `min` and `sum` of a list or of the arguments: of an empty list of numbers 0, of other values missing."""
    name = node.name
    if not terms:
        return context.wrong(node, f"`{name}` of nothing", "give it a list, or two values")
    allowed = (Count, Number, Money) if name == "sum" else _SIZED
    if len(terms) == 1 and isinstance(inner(terms[0].type), ListOf):
        rows, source = _rows(terms[0])
        of, uneven = rows.of, terms[0].uneven
    elif len(terms) == 1:
        said = context.said(terms[0])
        return context.wrong(terms[0], f"`{said}` is {say(terms[0].type)}; `{name}` wants a list, or two values")
    else:
        there = [context.there(term, f"`{name}`") for term in terms]
        of, there = together(context, there)
        if isinstance(of, Unknown) or any(term.wrong for term in there):
            return _lost(node)
        joined = ", ".join(term.at(CHOICE) for term in there)
        source, uneven = (f"({joined})" if name == "sum" else joined), any(term.uneven for term in there)
    if not isinstance(of, allowed):
        return context.wrong(node, f"`{name}` does not work on {say(of)}")
    uneven = uneven or isinstance(of, Number)
    if len(terms) > 1 or name == "sum":
        readings = [term.money for term in terms]
        money = None
        if len(terms) > 1 and None not in readings:
            joined = ", ".join(f"({reading})" for reading in readings)
            money = f"sum(({joined}))" if name == "sum" else f"{name}({joined})"
        return Term(of, f"{name}({source})", 0, 0, money=money, uneven=uneven)
    if isinstance(of, Count | Number | Money):
        return Term(of, f"{name}({source}, default=0)", 0, 0, uneven=uneven)
    return Term(Optional(of), f"{name}({source}, default=None)", 0, 0)


def _method(context: Context, node: Call, receiver: Node, check: Check) -> Term:
    name, given = node.name, node.arguments
    of = check(receiver)
    if of.wrong:
        if name not in _MACROS:
            _ = [check(argument) for argument in given]
        return of
    for method in context.scope.methods.get(name, ()):
        if _receives(method, inner(of.type)):
            return _own_method(context, node, of, method, [check(argument) for argument in given])
    if name in _MACROS:
        return _macro(context, node, of, check)
    terms = [check(argument) for argument in given]
    if any(term.wrong for term in terms):
        return _lost(node)
    if name == "size":
        return _size(context, of) if not terms else _wrong_number(context, node, 0, len(terms))
    if name == "at_least":
        return _at_least(context, node, of, terms)
    if name in _TEXTS:
        return _text_method(context, node, of, terms)
    hint = did_you_mean(name, [*_METHODS, *context.scope.methods])
    return context.wrong(node, f"no method `{name}`", hint, node.at)


def _receives(method: Method, have: Type) -> bool:
    """Whether a method may stand after a value of this type; records are told apart by name."""
    return type(have) is type(method.receiver) and (not isinstance(have, Record) or have == method.receiver)


def _own_method(context: Context, node: Call, of: Term, method: Method, terms: list[Term]) -> Term:
    receiver = context.there(of, f"`{node.name}`")
    fitted = _arguments(context, node, terms, method.parameters)
    if fitted is None or receiver.wrong:
        return _lost(node)
    source, binding = filled(method.source, receiver, *fitted)
    return Term(method.result, source, 0, 0, binding)


def _macro(context: Context, node: Call, of: Term, check: Check) -> Term:
    name = node.name
    if not isinstance(inner(of.type), ListOf):
        return context.wrong(of, f"`{context.said(of)}` is {say(of.type)}; `{name}` goes through a list")
    if len(node.arguments) != 2 or not isinstance(node.arguments[0], Word):
        hint = f"write `{context.said(of)}.{name}(x, ..)`"
        return context.wrong(node, f"`{name}` wants a name and an expression", hint, node.at)
    variable, body = node.arguments
    rows, source = _rows(of)
    with context.binding(variable.name, rows.of) as one:  # type: ignore[union-attr]  # a Word, as just asked
        term = check(body)
        if name != "map":
            term = condition(context, term)
    if term.wrong:
        return _lost(node)
    if name in {"exists", "all"}:
        return Term(Bool(), f"{'any' if name == 'exists' else 'all'}({term.at(CHOICE)} for {one} in {source})", 0, 0)
    if name == "filter":
        return Term(rows, f"[{one} for {one} in {source} if {term.at(OR)}]", 0, 0, uneven=of.uneven)
    term = fit(context, term, term.type)
    return Term(ListOf(term.type), f"[{term.at(CHOICE)} for {one} in {source}]", 0, 0, uneven=term.uneven)


def _size(context: Context, of: Term) -> Term:
    if isinstance(inner(of.type), ListOf):
        return Term(Count(), f"len({_rows(of)[1]})", 0, 0)
    there = context.there(of, "`size`")
    if there.wrong:
        return there
    if not isinstance(there.type, Text | Enum):
        return context.wrong(of, f"`{context.said(of)}` is {say(of.type)}; `size` counts a list or a text's letters")
    return Term(Count(), f"len({there.at(CHOICE)})", 0, 0)


def _at_least(context: Context, node: Call, of: Term, terms: list[Term]) -> Term:
    ladder = inner(of.type)
    if not isinstance(ladder, Enum) or not ladder.ordered:
        return context.wrong(of, f"`{context.said(of)}` is {say(of.type)} without an order, so nothing is at least it")
    if len(terms) != 1 or not isinstance(terms[0].literal, str):
        hint = f"write `{context.said(of)}.at_least('{ladder.values[-1]}')`"
        return context.wrong(node, "`at_least` wants one level in quotes", hint)
    level = fit(context, terms[0], ladder, context.said(of))
    if level.wrong:
        return level
    above = ladder.values[ladder.values.index(str(level.literal)) :]
    if len(above) == 1:
        return Term(Bool(), f"{of.at(COMPARE + 1)} == {above[0]!r}", 0, 0, COMPARE)
    return Term(Bool(), f"{of.at(COMPARE + 1)} in {above!r}", 0, 0, COMPARE)


def _text_method(context: Context, node: Call, of: Term, terms: list[Term]) -> Term:
    if not isinstance(inner(of.type), Text | Enum):
        looks = node.name == "contains" and isinstance(inner(of.type), ListOf)
        hint = f"write `.. in {context.said(of)}`" if looks else ""
        return context.wrong(of, f"`{context.said(of)}` is {say(of.type)}, where `{node.name}` wants text", hint)
    fitted = _arguments(context, node, terms, (Text(),))
    if fitted is None:
        return _lost(node)
    # The argument's text may hold braces, so it goes in by a name of its own.
    test = _TEXTS[node.name]
    if not of.optional:
        return Term(Bool(), test.format(of.at(ATOM), fitted[0].at(ATOM)), 0, 0, COMPARE)
    safe = fitted[0].at(ATOM).replace("{", "{{").replace("}", "}}")
    return Term(Bool(), using(of.at(ATOM), "({0} is not None and " + test.replace("{1}", safe) + ")"), 0, 0, AND)


def _rows(term: Term) -> tuple[ListOf, str]:
    """A list's type, and its source as something to go through: a missing list is empty."""
    of = inner(term.type)
    rows = of if isinstance(of, ListOf) else ListOf(Unknown())
    return rows, f"({term.at(OR + 1)} or ())" if term.optional else term.at(OR)


def _arguments(context: Context, node: Call, terms: list[Term], wanted: tuple[Type, ...]) -> list[Term] | None:
    if len(terms) != len(wanted):
        _wrong_number(context, node, len(wanted), len(terms))
        return None
    fitted = [
        term if isinstance(want, ListOf) and term.optional else fit(context, term, want, f"`{node.name}`")
        for term, want in zip(terms, wanted, strict=True)
    ]
    return None if any(term.wrong for term in fitted) else fitted


def _wrong_number(context: Context, node: Call, wanted: int, given: int) -> Term:
    values = "1 value" if wanted == 1 else f"{wanted or 'no'} values"
    return context.wrong(node, f"`{node.name}` takes {values}, not {given}", offset=node.at)


def _lost(node: Call | Dot) -> Term:
    return Term(Unknown(), "None", node.start, node.end)
