"""Types a condition node by node, noting every mistake and going on."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Final

from regulars.program.cel.arithmetic import arithmetic, choice, negative
from regulars.program.cel.calls import call
from regulars.program.cel.comparisons import COMPARISONS, compare, contains
from regulars.program.cel.context import Context
from regulars.program.cel.fitting import condition, together
from regulars.program.cel.nodes import Call, Chain, Constant, Dot, Infix, Items, Node, Prefix, Ternary, Word, path_of
from regulars.program.cel.presence import Presence, presence
from regulars.program.cel.terms import AND, ATOM, NOT, SIGN, Term, binding_of, filled, number, using
from regulars.program.cel.types import (
    Bool,
    Count,
    Date,
    DayOfYear,
    Enum,
    Field,
    ListOf,
    Null,
    Number,
    Optional,
    Record,
    Text,
    Type,
    Unknown,
    inner,
    say,
)  # fmt: skip
from regulars.program.problems import did_you_mean, nearest

_PARTS: Final[dict[type, dict[str, Field]]] = {
    Date: {
        "year": Field(Count(), "_part_of_date({0}, 0)"),
        "month": Field(Count(), "_part_of_date({0}, 1)"),
        "day": Field(Count(), "_part_of_date({0}, 2)"),
        "weekday": Field(Enum(("mon", "tue", "wed", "thu", "fri", "sat", "sun")), "_weekday_of({0})"),
    },
    DayOfYear: {"month": Field(Count(), "_int({0}[:2])"), "day": Field(Count(), "_int({0}[3:])")},
}


class Checker:
    """Types the nodes of one condition in a context."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def term(self, node: Node) -> Term:
        """The typed term of a node."""
        match node:
            case Constant():
                return self.constant(node)
            case Word():
                return self.word(node)
            case Dot():
                return self.dot(node)
            case Call():
                return call(self.context, node, self.term)
            case Items():
                common, terms = together(self.context, [self.term(item) for item in node.items])
                items = tuple(terms)
                source = "(" + "".join(f"{item.source}, " for item in items) + ")"
                kind = ListOf(common if items else Unknown())
                return Term(kind, source, node.start, node.end, items=items, uneven=any(item.uneven for item in items))
            case Prefix(sign="!"):
                test = condition(self.context, self.term(node.of))
                return Term(Bool(), f"not {test.at(NOT)}", node.start, node.end, NOT)
            case Prefix():
                return negative(self.context, self.term(node.of), node.start, node.end)
            case Chain():
                return self.chain(node)
            case Ternary():
                return self.ternary(node)
        return self.infix(node)

    def constant(self, node: Constant) -> Term:
        value, start, end = node.value, node.start, node.end
        if value is None:
            return Term(Null(), "None", start, end)
        if isinstance(value, bool):
            return Term(Bool(), repr(value), start, end)
        if isinstance(value, str):
            return Term(Text(), repr(value), start, end, literal=value)
        exponent = self.context.scope.exponent
        minor = Fraction(value) * 10**exponent
        # `2` is no amount where money has cents: whoever writes an amount writes its point.
        amount = minor.denominator == 1 and (isinstance(value, Fraction) or exponent == 0)
        of: Type = Number() if isinstance(value, Fraction) else Count()
        binding = SIGN if value < 0 else ATOM
        money = repr(int(minor)) if amount else None
        return Term(of, number(value), start, end, binding, value, money, uneven=value.denominator != 1)

    def word(self, node: Word) -> Term:
        context, name = self.context, node.name
        if name in context.bound:
            of, source = context.bound[name]
        elif name in context.scope.names:
            known = context.scope.names[name]
            of, source = known.type, known.source
            context.roots.add(name)
            context.paths.append(name)
        else:
            hint = did_you_mean(name, [*context.bound, *context.scope.names])
            return context.wrong(node, f"no fact `{name}`", hint)
        return self.found(Term(of, source, node.start, node.end, binding_of(source), path=name))

    def found(self, term: Term) -> Term:
        """The term of a fact, no longer Optional where it is known to be there."""
        here = term.path in self.context.present
        of = inner(term.type) if here else term.type
        return replace(term, type=of, uneven=isinstance(inner(of), Number))

    def dot(self, node: Dot) -> Term:
        context = self.context
        of = self.term(node.of)
        if of.wrong:
            return of
        have = inner(of.type)
        fields = have.fields if isinstance(have, Record) else _PARTS.get(type(have), {})
        field = fields.get(node.name)
        if field is None:
            return self.no_field(node, of, have, tuple(fields))
        path = path_of(node)
        if isinstance(have, Record) and path is not None and context.paths and context.paths[-1] == of.path:
            # Only the whole path of a fact is kept.
            context.paths[-1] = path
        if not of.optional:
            source, binding = filled(field.source, of)
            return self.found(Term(field.type, source, node.start, node.end, binding, path=path))
        source = using(of.at(ATOM), "(None if {0} is None else " + field.source + ")")
        kind = field.type if isinstance(field.type, Optional) else Optional(field.type)
        return self.found(Term(kind, source, node.start, node.end, path=path))

    def no_field(self, node: Dot, of: Term, have: Type, fields: tuple[str, ...]) -> Term:
        said = self.context.said(of)
        if not fields:
            return self.context.wrong(node, f"`{said}` is {say(have)} and has no `{node.name}`", offset=node.at)
        found = nearest(node.name, fields)
        near = f"did you mean `{said}.{found}`?" if found else ""
        shown = ", ".join(fields[:12]) + (", .." if len(fields) > 12 else "")
        return self.context.wrong(node, f"no fact `{said}.{node.name}`", near or f"`{said}` has {shown}")

    def chain(self, node: Chain) -> Term:
        terms = self.operands(node)
        join, binding = ("and", AND) if node.sign == "&&" else ("or", AND - 1)
        source = f" {join} ".join(term.at(binding + 1) for term in terms)
        return Term(Bool(), source, node.start, node.end, binding)

    def operands(self, node: Chain) -> list[Term]:
        """The operands as conditions, each read in the knowledge that those before it held (`&&`) or did not (`||`)."""
        known: frozenset[str] = frozenset()
        terms = []
        for operand in node.operands:
            with self.context.knowing(known):
                terms.append(condition(self.context, self.term(operand)))
            learnt = presence(operand)
            known |= learnt.held if node.sign == "&&" else learnt.failed
        return terms

    def ternary(self, node: Ternary) -> Term:
        test = condition(self.context, self.term(node.condition))
        learnt: Presence = presence(node.condition)
        with self.context.knowing(learnt.held):
            yes = self.term(node.yes)
        with self.context.knowing(learnt.failed):
            no = self.term(node.no)
        return choice(self.context, test, yes, no, node.start, node.end)

    def infix(self, node: Infix) -> Term:
        context = self.context
        left, right = node.left, node.right
        one = self.term(left)
        if isinstance(right, Word) and isinstance(inner(one.type), Enum) and self.unquoted(right, inner(one.type)):
            return context.wrong(right, f"no fact `{right.name}`", f"a value stands in quotes: '{right.name}'")
        other = self.term(right)
        if node.sign == "in":
            made = contains(context, one, other)
        elif node.sign in COMPARISONS:
            made = compare(context, node.sign, one, other)
        else:
            made = arithmetic(context, node, one, other)
        return replace(made, start=node.start, end=node.end, path=None, literal=None)

    def unquoted(self, word: Word, of: Type) -> bool:
        """Whether a name that is nothing is a value written without its quotes."""
        known = word.name in self.context.bound or word.name in self.context.scope.names
        return not known and isinstance(of, Enum) and word.name in of.values
