"""Makes a term fit the type that is wanted: literals become days and minor units, lists find their common type."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from regulars.program.cel.context import Context, bare
from regulars.program.cel.terms import ATOM, COMPARE, Term, number
from regulars.program.cel.types import (
    Bool,
    Count,
    Date,
    DayOfYear,
    Enum,
    ListOf,
    Money,
    Null,
    Number,
    Optional,
    Record,
    Text,
    TimeOfDay,
    Type,
    Unknown,
    inner,
    say,
)  # fmt: skip
from regulars.program.problems import nearest
from regulars.words.days import day_of

_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
LITERALS: Final = (Enum, Date, TimeOfDay, DayOfYear)
"""Types whose values are written as text."""


def fit(context: Context, term: Term, want: Type, beside: str = "") -> Term:
    """The term as a value of the type wanted, or a mistake noted; `beside` is the text of what it is compared with."""
    if term.wrong or isinstance(want, Unknown):
        return term
    if term.since is not None:
        return context.wrong(term, "since(..) is no value of its own", "compare it with `days(..)` or `months(..)`")
    if isinstance(want, Optional):
        return term if isinstance(term.type, Null) else replace(fit(context, bare(term), want.of, beside), type=want)
    have = term.type
    if isinstance(have, Optional):
        return context.there(term, "this")
    if isinstance(term.literal, str) and isinstance(want, LITERALS):
        return _written(context, term, want, beside)
    if term.items is not None and isinstance(want, ListOf):
        return listed(term, want.of, tuple(fit(context, item, want.of, beside) for item in term.items))
    if isinstance(want, Money) and isinstance(have, Count | Number):
        return _as_money(context, term)
    if isinstance(want, Enum) and isinstance(have, Enum):
        return _meeting(context, term, want, beside)
    if not fits(have, want):
        return context.wrong(term, f"`{context.said(term)}` is {say(have)}, not {say(want)}", _instead(term, want))
    if isinstance(have, Count | Number) and isinstance(want, Count | Number) and _apart(have.unit, want.unit):
        return context.wrong(term, f"`{context.said(term)}` is {say(have)}, not {say(want)}")
    return term


def fits(have: Type, want: Type) -> bool:
    """Whether a value of one type is a value of the other, units aside."""
    match want:
        case Number():
            return isinstance(have, Count | Number)
        case Text() | Enum():
            return isinstance(have, Text | Enum)
        case ListOf(of):
            return isinstance(have, ListOf) and (fits(have.of, of) or Unknown() in {have.of, of})
        case Record(name):
            return isinstance(have, Record) and have.name == name
    return type(have) is type(want)


def together(context: Context, terms: Sequence[Term]) -> tuple[Type, list[Term]]:
    """The one type that several terms share, and the terms fitted to it; null, or a missing one, makes it Optional."""
    known = [bare(term) for term in terms if not term.wrong and not isinstance(term.type, Null)]
    missing = any(term.optional or isinstance(term.type, Null) for term in terms)
    if not known:
        return (Unknown() if any(term.wrong for term in terms) else Null()), list(terms)
    common = known[0].type
    for term in known[1:]:
        common = _common(common, term)
    want = Optional(common) if missing else common
    return want, [fit(context, term, want) for term in terms]


def _common(common: Type, term: Term) -> Type:
    have = term.type
    if isinstance(common, Text) and isinstance(have, LITERALS):
        return have
    if isinstance(common, Count | Number) and isinstance(have, Money):
        return have
    if isinstance(common, Count) and isinstance(have, Number):
        return have
    if isinstance(common, Enum) and isinstance(have, Enum) and common != have:
        return Enum(tuple(dict.fromkeys(common.values + have.values)), open=common.open or have.open)
    return have if isinstance(common, Unknown) else common


def listed(term: Term, of: Type, items: tuple[Term, ...]) -> Term:
    """A list in brackets with its items fitted to a type."""
    return replace(term, type=ListOf(of), items=items, source=_row(items))


def _row(items: Sequence[Term]) -> str:
    return "(" + ", ".join(item.at(0) for item in items) + ("," if len(items) == 1 else "") + ")"


def condition(context: Context, term: Term) -> Term:
    """The term as a condition; a missing yes-or-no does not hold."""
    if term.optional and isinstance(inner(term.type), Bool):
        return replace(term, type=Bool(), source=f"{term.at(COMPARE + 1)} is True", binding=COMPARE)
    if not isinstance(term.type, Bool | Unknown):
        said = context.said(term)
        hint = f"write `has({said})`" if term.optional else ""
        return context.wrong(term, f"`{said}` is {say(term.type)}, where a condition is needed", hint)
    return term


def _apart(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _instead(term: Term, want: Type) -> str:
    if isinstance(want, Text) and isinstance(term.literal, int | Fraction):
        return f"write '{number(term.literal)}'" if term.literal == int(term.literal) else ""
    if (
        isinstance(want, Count | Number | Money)
        and isinstance(term.literal, str)
        and term.literal.replace(".", "", 1).isdigit()
    ):
        return f"write {term.literal}"
    return ""


def _as_money(context: Context, term: Term) -> Term:
    exponent = context.scope.exponent
    if term.money is not None:
        return replace(term, type=Money(), source=term.money, money=None, literal=None)
    if term.literal == 0:
        # Nothing is nothing, in money too.
        return replace(term, type=Money(), source="0", literal=None)
    said = context.said(term)
    if isinstance(term.literal, int):
        return context.wrong(term, f"`{said}` is a count, not money", f"write {said}.{'0' * exponent}")
    if isinstance(term.literal, Fraction):
        return context.wrong(term, f"`{said}` is no amount of this money, which has {exponent} digits after the point")
    return context.wrong(term, f"`{said}` is {say(term.type)}, not money")


def _meeting(context: Context, term: Term, want: Enum, beside: str) -> Term:
    have = term.type
    if isinstance(have, Enum) and not (have.open or want.open or set(have.values) & set(want.values)):
        other = beside or "what is wanted"
        return context.wrong(
            term, f"`{context.said(term)}` ({', '.join(have.values)}) is never {other} ({', '.join(want.values)})"
        )
    return term


def _written(context: Context, term: Term, want: Type, beside: str) -> Term:
    """A text literal as the value that it writes."""
    text, inside = str(term.literal), term.start + 1
    name = beside or "this"
    match want:
        case Enum(values, open=False) if text not in values:
            near = nearest(text, values)
            hint = f"did you mean '{near}'?" if near else ""
            return context.wrong(term, f"{name} is never '{text}' ({', '.join(values)})", hint, inside)
        case TimeOfDay() if not _TIME.fullmatch(text):
            hint = f"write '0{text}'" if _TIME.fullmatch(f"0{text}") else "write it as '09:30'"
            return context.wrong(term, f"'{text}' is no time of day", hint, inside)
        case Date():
            try:
                return replace(term, type=want, source=repr(day_of(text)), binding=ATOM, literal=None)
            except ValueError:
                return context.wrong(term, f"'{text}' is no day", "write it as '2026-01-31'", inside)
        case DayOfYear():
            try:
                # A leap year, so that 29 February is a day of the year.
                day_of(f"2000-{text}")
            except ValueError:
                return context.wrong(term, f"'{text}' is no day of the year", "write month and day, as '12-24'", inside)
            month, day = text.split("-")
            return replace(term, type=want, source=repr(f"{int(month):02d}-{int(day):02d}"), binding=ATOM, literal=None)
    return replace(term, type=want)
