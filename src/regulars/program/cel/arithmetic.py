"""Arithmetic on numbers, money and days, always exact, and the choice between two values."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Final

from regulars.program.cel.context import Context
from regulars.program.cel.fitting import fit, together
from regulars.program.cel.nodes import Infix
from regulars.program.cel.terms import ADD, ATOM, CHOICE, MULTIPLY, OR, SIGN, Term, filled, number
from regulars.program.cel.types import Count, Date, Enum, ListOf, Money, Number, SpanType, Text, Type, Unknown, say

ARITHMETIC: Final[dict[str, tuple[str, int]]] = {
    "+": ("{0} + {1}", ADD),
    "-": ("{0} - {1}", ADD),
    "*": ("{0} * {1}", MULTIPLY),
    "/": ("_quotient({0}, {1})", ATOM),
    "%": ("_remainder({0}, {1})", ATOM),
}

_NUMERIC: Final = (Count, Number, Money)


def arithmetic(context: Context, node: Infix, left: Term, right: Term) -> Term:
    """Two terms added, subtracted, multiplied or divided."""
    sign = node.sign
    if left.wrong or right.wrong:
        return replace(left, type=Unknown(), literal=None)
    a, b = context.there(left, f"`{sign}`"), context.there(right, f"`{sign}`")
    if a.wrong or b.wrong:
        return a if a.wrong else b
    if isinstance(a.type, Date) or isinstance(b.type, Date) or isinstance(a.type, SpanType):
        return _of_days(context, node, a, b)
    if sign == "+" and isinstance(a.type, Text | Enum) and isinstance(b.type, Text | Enum):
        return Term(Text(), f"{a.at(ADD)} + {b.at(ADD + 1)}", 0, 0, ADD)
    if sign in {"/", "%"} and b.literal == 0:
        return context.wrong(right, "nothing can be divided by zero")
    for term in (a, b):
        if not isinstance(term.type, _NUMERIC):
            return context.wrong(term, f"`{context.said(term)}` is {say(term.type)}, which `{sign}` does not work on")
    money = None
    if sign in {"+", "-"}:
        if isinstance(a.type, Money) != isinstance(b.type, Money):
            a, b = fit(context, a, Money()), fit(context, b, Money())
            if a.wrong or b.wrong:
                return a if a.wrong else b
        elif a.money is not None and b.money is not None:
            money = f"({a.money}) {sign} ({b.money})"
    elif a.money is not None and sign in {"*", "/"} and isinstance(b.type, Count | Number):
        money = _render(sign, replace(a, source=a.money, binding=CHOICE), b)[0]
    elif b.money is not None and sign == "*" and isinstance(a.type, Count | Number):
        money = _render(sign, a, replace(b, source=b.money, binding=CHOICE))[0]
    made = _result(context, node, a, b)
    if isinstance(made, Term):
        return made
    source, binding = _render(sign, a, b)
    # Only literals carry a reading as money into a product: a count of stars is no amount.
    return Term(
        made, source, 0, 0, binding, money=money, uneven=a.uneven or b.uneven or sign == "/" or isinstance(made, Number)
    )


def _render(sign: str, a: Term, b: Term) -> tuple[str, int]:
    template, binding = ARITHMETIC[sign]
    if sign in {"/", "%"} and isinstance(b.literal, int | Fraction) and b.literal:
        template = template.replace("(", "_by(", 1)
    if binding == ATOM:
        return template.format(a.at(CHOICE), b.at(CHOICE)), ATOM
    return template.format(a.at(binding), b.at(binding + 1)), binding


def _result(context: Context, node: Infix, a: Term, b: Term) -> Type | Term:
    """The type of an operation on numbers, or the mistake."""
    sign, one, other = node.sign, a.type, b.type
    if sign == "%":
        if isinstance(one, Count) and isinstance(other, Count):
            return one
        return context.wrong(node, "`%` works on counts only", offset=node.at)
    if isinstance(one, Money) and isinstance(other, Money):
        if sign == "*":
            return context.wrong(node, "money times money is nothing", offset=node.at)
        return Number() if sign == "/" else Money()
    if isinstance(one, Money):
        return Money()
    if isinstance(other, Money):
        return Money() if sign == "*" else context.wrong(node, "a number cannot be divided by money", offset=node.at)
    units = {side.unit for side in (one, other) if isinstance(side, Count | Number) and side.unit}
    if len(units) == 2 and sign in {"+", "-"}:
        first, second = context.said(a), context.said(b)
        return context.wrong(node, f"`{first}` is {say(one)} and `{second}` is {say(other)}", offset=node.at)
    unit = (
        None if len(units) != 1 or (sign == "/" and isinstance(other, Count | Number) and other.unit) else units.pop()
    )
    return Count(unit) if isinstance(one, Count) and isinstance(other, Count) and sign != "/" else Number(unit)


def _of_days(context: Context, node: Infix, a: Term, b: Term) -> Term:
    sign = node.sign
    if a.since is None and b.since is None:
        if sign == "+" and isinstance(a.type, SpanType):
            a, b = b, a
        if sign in {"+", "-"} and isinstance(a.type, Date) and isinstance(b.type, SpanType):
            minus = "-" if sign == "-" else ""
            if b.months is None or b.days is None:
                # A span held by a fact goes forward only: backward its months and days would need an order.
                if minus:
                    return context.wrong(node, "only days(..) and months(..) are taken off", offset=node.at)
                return filled_date(a, b)
            return Term(Date(), f"_later({a.at(CHOICE)}, {minus}({b.months}), {minus}({b.days}))", 0, 0)
        if sign == "-" and isinstance(a.type, Date) and isinstance(b.type, Date):
            return Term(Count("day"), f"{a.at(ADD)} - {b.at(ADD + 1)}", 0, 0, ADD)
    counted = a.since or b.since
    hint = (
        "compare since(..) with days(..) or months(..)" if counted else "write `day + days(..)` or `day + months(..)`"
    )
    return context.wrong(node, f"{say(a.type)} {sign} {say(b.type)} is nothing", hint, node.at)


def filled_date(a: Term, b: Term) -> Term:
    """A day and the span of a fact, added."""
    source, binding = filled("_later({0}, *{1})", a, b)
    return Term(Date(), source, 0, 0, binding)


def negative(context: Context, term: Term, start: int, end: int) -> Term:
    """`-term`."""
    value = context.there(term, "`-`")
    if value.wrong:
        return value
    if not isinstance(value.type, _NUMERIC):
        return context.wrong(term, f"`{context.said(term)}` is {say(term.type)}, which `-` does not work on")
    if isinstance(value.literal, int | Fraction):
        money = None if value.money is None else f"-({value.money})"
        return replace(
            value,
            source=number(-value.literal),
            literal=-value.literal,
            money=money,
            start=start,
            end=end,
            binding=SIGN,
        )
    money = None if value.money is None else f"-({value.money})"
    return replace(value, source=f"-{value.at(SIGN)}", binding=SIGN, money=money, path=None, start=start, end=end)


def choice(context: Context, test: Term, yes: Term, no: Term, start: int, end: int) -> Term:
    """`test ? yes : no`."""
    common, (a, b) = together(context, (yes, no))
    if a.wrong or b.wrong:
        common = Unknown()
    money = None
    if yes.money is not None and no.money is not None:
        money = f"({yes.money}) if {test.at(OR)} else ({no.money})"
    source = f"{a.at(OR)} if {test.at(OR)} else {b.at(CHOICE)}"
    if isinstance(common, ListOf):
        a = replace(a, items=None)
    return Term(common, source, start, end, CHOICE, money=money, uneven=a.uneven or b.uneven)
