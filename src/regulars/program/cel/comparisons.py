"""Comparisons and `in`: which types each takes, and the Python that it becomes.

A missing value makes every comparison false, and `!=` true, which is always the opposite of `==`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from regulars.program.cel.context import Context, bare
from regulars.program.cel.fitting import LITERALS, fit
from regulars.program.cel.terms import AND, ATOM, CHOICE, COMPARE, OR, Term, is_short
from regulars.program.cel.types import (
    Bool,
    Count,
    Date,
    DayOfYear,
    Enum,
    ListOf,
    Moment,
    Money,
    Null,
    Number,
    SpanType,
    Text,
    TimeOfDay,
    Type,
    Unknown,
    say,
)  # fmt: skip

COMPARISONS: Final[dict[str, str]] = {"==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
"""CEL's sign and Python's."""

_ORDERED: Final = (Count, Number, Money, Date, Moment, TimeOfDay, DayOfYear, Text)
_MANY: Final = 4
"""From so many literals on, `in` asks a set instead of a row."""


def truth(source: str, binding: int = COMPARE) -> Term:
    """A yes-or-no with this source."""
    return Term(Bool(), source, 0, 0, binding)


def compare(context: Context, sign: str, left: Term, right: Term) -> Term:
    """Two terms compared."""
    equality = sign in {"==", "!="}
    if isinstance(left.type, Null) or isinstance(right.type, Null):
        return _with_null(context, sign, left, right)
    if left.since is not None or right.since is not None:
        return _since(context, sign, left, right)
    a, b = _aligned(context, bare(left), bare(right))
    if a.wrong or b.wrong:
        return replace(truth("False"), type=Bool())
    if isinstance(a.type, ListOf):
        if not equality:
            return context.wrong(left, f"lists have no order, so `{sign}` does not compare them")
        source = f"_same_items({a.at(CHOICE)}, {b.at(CHOICE)})"
        return _guarded(sign, left, right, source if sign == "==" else f"not {source}", AND)
    if not equality and not isinstance(a.type, _ORDERED):
        enum = isinstance(a.type, Enum)
        hint = f"write `{context.said(left)}.at_least(..)`" if enum and sign in {">=", ">"} else ""
        return context.wrong(left, f"`{context.said(left)}` is {say(a.type)}, which `{sign}` does not compare", hint)
    return _guarded(sign, left, right, f"{a.at(COMPARE + 1)} {COMPARISONS[sign]} {b.at(COMPARE + 1)}", COMPARE, (a, b))


def _guarded(
    sign: str, left: Term, right: Term, plain: str, binding: int, pair: tuple[Term, Term] | None = None
) -> Term:
    """A comparison that a missing side makes false, or true for `!=`.

    Python's own `==` does so unless both sides may be missing.
    """
    missing = [side for side in (left, right) if side.optional]
    equality = sign in {"==", "!="}
    if not missing or (equality and len(missing) == 1 and pair):
        return truth(plain, binding)
    join, test, found = (" or ", "is None", OR) if sign == "!=" else (" and ", "is not None", AND)
    if pair is None:
        tests = [f"{side.at(ATOM)} {test}" for side in missing]
        return truth(join.join([*tests, plain]), found)
    sources, arguments = [], []
    for name, original, term in (("_a", left, pair[0]), ("_b", right, pair[1])):
        # Only what may be missing is asked twice, and only a long source is worth a name of its own.
        named = original.optional and len(term.source) > 60
        sources.append(name if named else term.at(COMPARE + 1))
        arguments += [(name, term.at(CHOICE))] if named else []
    tests = [f"{source} {test}" for source, side in zip(sources, (left, right), strict=True) if side.optional]
    body = join.join([*tests, f"{sources[0]} {COMPARISONS[sign]} {sources[1]}"])
    if not arguments:
        return truth(body, found)
    names, values = ", ".join(name for name, _ in arguments), ", ".join(value for _, value in arguments)
    return truth(f"(lambda {names}: {body})({values})", ATOM)


def _with_null(context: Context, sign: str, left: Term, right: Term) -> Term:
    null, other = (left, right) if isinstance(left.type, Null) else (right, left)
    if sign not in {"==", "!="}:
        return context.wrong(null, f"`null` has no order, so `{sign}` does not compare it")
    if not other.optional and not isinstance(other.type, Null | Unknown):
        return context.wrong(other, f"`{context.said(other)}` is never missing, so this is always the same")
    return truth(f"{other.at(COMPARE + 1)} {'is' if sign == '==' else 'is not'} None")


def _since(context: Context, sign: str, left: Term, right: Term) -> Term:
    """`since(day) < months(36)`: whether today lies before that day with the span added."""
    flipped = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
    if left.since is None:
        left, right, sign = right, left, flipped.get(sign, sign)
    if right.wrong:
        return truth("False")
    if right.since is not None or not isinstance(right.type, SpanType):
        hint = f"write days({right.literal})" if isinstance(right.literal, int) else ""
        return context.wrong(right, "since(..) is compared with days(..) or months(..)", hint)
    today, months, days = context.scope.today, right.months, right.days

    def holds(day: str) -> str:
        if months is None or days is None:
            due = f"_later({day}, *{right.at(ATOM)})"
        else:
            due = f"{day} + {days}" if months == "0" else f"_add_months({day}, {months})"
        return f"{today} {COMPARISONS[sign]} {due}"

    day = str(left.since)
    if not left.optional:
        return truth(holds(day))
    test = "is None or" if sign == "!=" else "is not None and"
    if is_short(day):
        return truth(f"{day} {test} {holds(day)}", OR)
    return truth(f"(lambda _v: _v {test} {holds('_v')})({day})", ATOM)


def _aligned(context: Context, left: Term, right: Term) -> tuple[Term, Term]:
    """Two terms as values of one type; a mistake is said of the literal, or of the right one."""
    if left.wrong or right.wrong:
        return left, right
    if _yields(left, right):
        return fit(context, left, right.type, context.said(right)), right
    if _yields(right, left):
        return left, fit(context, right, left.type, context.said(left))
    if isinstance(left.type, ListOf) and isinstance(right.type, ListOf):
        if left.items is not None:
            return fit(context, left, right.type), right
        return left, fit(context, right, left.type)
    if isinstance(left.type, Count) and isinstance(right.type, Number):
        return fit(context, left, right.type), right
    return left, fit(context, right, left.type, context.said(left))


def _yields(one: Term, other: Term) -> bool:
    """Whether one takes the other's type: a text literal beside a day, a number beside money."""
    if isinstance(one.literal, str) and isinstance(other.type, LITERALS):
        return True
    return isinstance(one.type, Count | Number) and isinstance(other.type, Money)


def contains(context: Context, left: Term, right: Term) -> Term:
    """`left in right`."""
    rows = bare(right)
    if left.wrong or rows.wrong:
        return truth("False")
    if not isinstance(rows.type, ListOf):
        message = f"`{context.said(right)}` is {say(right.type)}; `in` looks into a list"
        return context.wrong(right, message, "write it in brackets")
    one = bare(left)
    of: Type = rows.type.of
    if rows.items is not None:
        # A literal on the left takes the type of the facts in the list.
        if _yields(one, replace(rows, type=of, literal=None)):
            one = fit(context, one, of, context.said(right))
        rows = fit(context, rows, ListOf(one.type), context.said(left))
    else:
        one = fit(context, one, of, context.said(right))
    if one.wrong or (rows.items and any(item.wrong for item in rows.items)):
        return truth("False")
    if rows.items is not None:
        return _in_items(left, one, rows)
    source = f"({rows.at(OR + 1)} or ())" if right.optional else rows.at(COMPARE + 1)
    return truth(f"{one.at(COMPARE + 1)} in {source}")


def _in_items(left: Term, one: Term, rows: Term) -> Term:
    items = rows.items or ()
    written = all(item.literal is not None or item.source.isdigit() for item in items)
    if not items:
        return truth("False", ATOM)
    if len(items) == 1 and written:
        return truth(f"{one.at(COMPARE + 1)} {COMPARISONS['==']} {items[0].at(COMPARE + 1)}")
    source = "{" + rows.source[1:-1] + "}" if written and len(items) >= _MANY else rows.source
    plain = f"{one.at(COMPARE + 1)} in {source}"
    if left.optional and not written:
        return truth(f"{one.at(COMPARE + 1)} is not None and {plain}", AND)
    return truth(plain)
