"""A compiled condition gives what the reference evaluator gives: the same expression, the same facts, the same answer.

Expressions are made in pairs, ours and the reference's; they differ in amounts alone, which ours writes as `2.00` and
the reference reads as 200 minor units. Division is left out, as ours is exact where CEL's drops the rest; so are
missing facts without `has`, which CEL calls an error.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from regulars.program.cel import (
    Bool,
    Checked,
    Count,
    Enum,
    Field,
    ListOf,
    Money,
    Name,
    Optional,
    Record,
    Scope,
    Text,
    check,
    compile_parts,
    compile_value,
)
from regulars.program.cel.arithmetic import ARITHMETIC
from regulars.program.cel.comparisons import COMPARISONS
from regulars.program.cel.runtime import NAMESPACE

reference = pytest.importorskip(
    "cel", reason="the reference evaluator, common-expression-language, is a package for development"
)

KINDS, TAGS = ("drink", "food", "other"), ("new", "spring", "it's", "")
LINE = Record(
    "line",
    {
        "kind": Field(Enum(KINDS), "{0}.kind"),
        "amount": Field(Money(), "{0}.amount"),
        "qty": Field(Count(), "{0}.qty"),
        "gift": Field(Bool(), "{0}.gift"),
        "size": Field(Optional(Count()), "{0}.size"),
    },
)
SCOPE = Scope(
    {
        "line": Name(LINE, "line"),
        "lines": Name(ListOf(LINE), "c.lines"),
        "tags": Name(ListOf(Text()), "c.tags"),
        "note": Name(Text(), "c.note"),
        "taken": Name(Count(), "c.taken"),
        "spend": Name(Money(), "c.spend"),
    }
)

Pair = tuple[str, str]

_counts = st.integers(-6, 6)
_cents = st.sampled_from([0, 1, 99, 100, 199, 200, 201, 250])
_lines = st.fixed_dictionaries(
    {"kind": st.sampled_from(KINDS), "amount": _cents, "qty": _counts, "gift": st.booleans()},
    optional={"size": _counts},
)
_facts = st.fixed_dictionaries(
    {
        "line": _lines,
        "lines": st.lists(_lines, max_size=3),
        "tags": st.lists(st.sampled_from(TAGS), max_size=3),
        "note": st.sampled_from(TAGS),
        "taken": _counts,
        "spend": _cents,
    }
)


def same(text: str) -> Pair:
    return text, text


def filled(template: str, *parts: Pair) -> Pair:
    """A template with parts put in, for us and for the reference."""
    return template.format(*(ours for ours, _ in parts)), template.format(*(theirs for _, theirs in parts))


def quoted(value: str) -> Pair:
    return same("'" + value.replace("'", "\\'") + "'")


class Grammar:
    """Draws expressions of a type; brackets are put where the drawing wants them, so precedence is tried too."""

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self.draw = draw
        self.lines = ["line"]

    def of(self, *choices: Callable[[int], Pair], depth: int) -> Pair:
        return self.draw(st.sampled_from(choices))(depth - 1)

    def one(self, *templates: str) -> str:
        return self.draw(st.sampled_from(templates))

    def line(self) -> str:
        return self.draw(st.sampled_from(self.lines))

    def count(self, depth: int) -> Pair:
        if depth <= 0:
            literal = same(str(self.draw(_counts)))
            return self.draw(st.sampled_from([literal, same("taken"), same(f"{self.line()}.qty")]))
        return self.of(self._sum, self._step, self._sizes, self._count_choice, depth=depth)

    def _sum(self, depth: int) -> Pair:
        return filled(
            self.one("{0} + {1}", "{0} - {1}", "({0} - {1})", "{0} - ({1})"), self.count(depth), self.count(depth)
        )

    def _step(self, depth: int) -> Pair:
        return filled(
            self.one("{0} * 3", "({0}) * -2", "{0} % 4", "({0}) % -3", "-({0})", "2 * {0}"), self.count(depth)
        )

    def _sizes(self, depth: int) -> Pair:
        inside = self.in_line(depth)
        return filled(self.one("tags.size()", "size(note)", "lines.filter(" + inside[0] + ", {0}).size()"), inside[1])

    def _count_choice(self, depth: int) -> Pair:
        return filled("({0} ? {1} : {2})", self.truth(depth), self.count(depth), self.count(depth))

    def money(self, depth: int) -> Pair:
        if depth <= 0:
            cents = self.draw(_cents)
            literal = (f"{cents // 100}.{cents % 100:02}", str(cents))
            return self.draw(st.sampled_from([literal, same("spend"), same(f"{self.line()}.amount")]))
        template = self.one("{0} + {1}", "{0} - {1}", "({0} + {1}) * 2", "({2} ? {0} : {1})", "{0} * ({3})")
        return filled(template, self.money(depth - 1), self.money(depth - 1), self.truth(depth - 1), self.count(0))

    def text(self, depth: int) -> Pair:
        return self.draw(st.sampled_from([same("note"), quoted(self.draw(st.sampled_from(TAGS)))]))

    def truth(self, depth: int) -> Pair:
        if depth <= 0:
            return self.draw(st.sampled_from([same("true"), same("false"), same(f"{self.line()}.gift")]))
        return self.of(
            self._counts, self._amounts, self._texts, self._kinds, self._joined, self._many, self._present, depth=depth
        )

    def _counts(self, depth: int) -> Pair:
        return filled("{0} " + self.one(*COMPARED) + " {1}", self.count(depth), self.count(depth))

    def _amounts(self, depth: int) -> Pair:
        template = self.one(*(f"{{0}} {sign} {{1}}" for sign in COMPARED), "{0} in [{1}, {2}]")
        return filled(template, self.money(depth), self.money(depth), self.money(0))

    def _texts(self, depth: int) -> Pair:
        template = self.one(
            *(f"{{0}} {sign} {{1}}" for sign in COMPARED), "{0} in tags", "{0}.startsWith({1})", "{0}.contains({1})"
        )
        return filled(template, self.text(depth), self.text(depth))

    def _kinds(self, depth: int) -> Pair:
        kinds = [quoted(kind) for kind in self.draw(st.permutations(KINDS))]
        template = self.one("{0} == {1}", "{0} != {1}", "{0} in [{1}]", "{0} in [{1}, {2}]", "{1} == {0}")
        return filled(template, same(f"{self.line()}.kind"), *kinds)

    def _joined(self, depth: int) -> Pair:
        template = self.one(
            "{0} && {1}", "{0} || {1}", "!({0})", "({0}) && {1} || {2}", "({0} || {1}) && {2}", "(({0}) == ({1}))"
        )
        return filled(template, self.truth(depth), self.truth(depth), self.truth(depth))

    def _many(self, depth: int) -> Pair:
        name, inside = self.in_line(depth)
        return filled(f"lines.{self.one('exists', 'all')}({name}, {{0}})", inside)

    def _present(self, depth: int) -> Pair:
        line = self.line()
        return filled(
            self.one(
                "(has({0}.size) && {0}.size {1} {2})", "has({0}.size)", "(has({0}.size) ? {0}.size + 1 : 0) {1} {2}"
            ),
            same(line),
            same(self.one(*COMPARED)),
            self.count(depth),
        )

    def in_line(self, depth: int) -> tuple[str, Pair]:
        """A new name, and a condition that may use it for one of the lines."""
        name = f"l{len(self.lines)}"
        self.lines.append(name)
        inside = self.truth(depth)
        self.lines.pop()
        return name, inside


COMPARED = tuple(COMPARISONS)
_expressions = st.composite(lambda draw: Grammar(draw).truth(draw(st.integers(1, 3))))()


def compiled(text: str) -> Checked:
    found = check(text, SCOPE, Bool())
    assert isinstance(found, Checked), (text, found)
    return found


def line_of(given: dict[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(**({"size": None} | given))


class Disagreement(AssertionError):
    """Ours and the reference gave different answers."""


def agree(pair: Pair, facts: dict[str, Any]) -> None:
    ours, theirs = pair
    c = SimpleNamespace(**(facts | {"lines": [line_of(line) for line in facts["lines"]]}))
    line = line_of(facts["line"])
    whole = compiled(ours)
    answer = compile_value(whole)(c, line)
    if answer is not reference.evaluate(theirs, facts):
        raise Disagreement(ours, whole.source, answer)
    assert (compile_parts(whole, ("c", "line"))(c, line) == -1) is answer


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_expressions, _facts)
def test_a_compiled_condition_gives_what_the_reference_gives(pair: Pair, facts: dict[str, Any]) -> None:
    agree(pair, facts)


@pytest.mark.parametrize(
    ("table", "entry", "slip"),
    [
        (COMPARISONS, "<=", "<"),
        (COMPARISONS, "!=", "=="),
        (ARITHMETIC, "-", ("{0} + {1}", ARITHMETIC["-"][1])),
        (NAMESPACE, "_remainder_by", lambda a, b: a % b),
        (NAMESPACE, "any", all),
    ],
    ids=["at most is less", "unlike is like", "less is more", "remainders from below", "some is all"],
)
def test_the_law_catches_a_slip(
    table: dict[str, Any], entry: str, slip: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(table, entry, slip)
    law = settings(
        max_examples=2000,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )(given(_expressions, _facts)(agree))
    with pytest.raises(Disagreement):
        law()
