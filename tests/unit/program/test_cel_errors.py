"""What is said of conditions that are wrong: where, what, and what would be right."""

from __future__ import annotations

import time

import pytest

from regulars.program.cel import (
    Bool,
    CelError,
    Count,
    Date,
    Enum,
    Field,
    Function,
    ListOf,
    Money,
    Name,
    Number,
    Optional,
    Record,
    Scope,
    Text,
    TimeOfDay,
    Type,
    check,
)

LINE = Record(
    "line",
    {
        "kind": Field(Enum(("drink", "food")), "{0}.kind"),
        "amount": Field(Money(), "{0}.amount"),
        "qty": Field(Count(), "{0}.qty"),
        "size": Field(Optional(Count()), "{0}.size"),
    },
)
CONDITION = Bool()
SCOPE = Scope(
    {
        "line": Name(LINE, "line"),
        "time": Name(TimeOfDay(), "c.time"),
        "date": Name(Date(), "c.date"),
        "status": Name(Enum(("member", "gold"), ordered=True), "c.status"),
        "track": Name(Enum(("fast", "slow")), "c.track"),
        "note": Name(Text(), "c.note"),
        "scope": Name(Enum(("drink",), open=True), "c.scope"),
        "nights": Name(Count("night"), "c.nights"),
        "litres": Name(Number("litre"), "c.litres"),
        "tags": Name(ListOf(Text()), "c.tags"),
        "flag": Name(Bool(), "c.flag"),
    },
    {"paid": Function((Text(),), Bool(), "c.paid({0})")},
)


def errors(text: str, expected: Type | None = CONDITION) -> list[CelError]:
    found = check(text, SCOPE, expected)
    return found if isinstance(found, list) else []


@pytest.mark.parametrize(
    ("text", "offset", "message", "hint"),
    [
        ("line.kind == 'drnk'", 14, "line.kind is never 'drnk' (drink, food)", "did you mean 'drink'?"),
        ("'fod' != line.kind", 1, "line.kind is never 'fod' (drink, food)", "did you mean 'food'?"),
        ("line.kind in ['drink', 'fod']", 24, "line.kind is never 'fod' (drink, food)", "did you mean 'food'?"),
        ("line.knd == 'drink'", 0, "no fact `line.knd`", "did you mean `line.kind`?"),
        ("line.xyzzyx == 'drink'", 0, "no fact `line.xyzzyx`", "`line` has kind, amount, qty, size"),
        ("lin.kind == 'drink'", 0, "no fact `lin`", "did you mean `line`?"),
        ("line.kind == drink", 13, "no fact `drink`", "a value stands in quotes: 'drink'"),
        ("line.amount >= 2", 15, "`2` is a count, not money", "write 2.00"),
        ("line.amount >= 2.005", 15, "`2.005` is no amount of this money, which has 2 digits after the point", ""),
        ("line.amount == '2.00'", 15, "`'2.00'` is text, not money", "write 2.00"),
        ("line.amount > line.qty", 14, "`line.qty` is a count, not money", ""),
        ("line.kind == track", 13, "`track` (fast, slow) is never line.kind (drink, food)", ""),
        ("pad('card')", 0, "no function `pad`", "did you mean `paid`?"),
        ("size == 1", 0, "no fact `size`", ""),
        ("startsWith('a')", 0, "no function `startsWith`", "write `x.startsWith(..)`"),
        ("paid()", 0, "`paid` takes 1 value, not 0", ""),
        ("note.starstWith('a')", 5, "no method `starstWith`", "did you mean `startsWith`?"),
        ("note.matches('a+')", 5, "no method `matches`", ""),
        ("time < '9:30'", 8, "'9:30' is no time of day", "write '09:30'"),
        ("time < '25:00'", 8, "'25:00' is no time of day", "write it as '09:30'"),
        ("date == '2026-02-30'", 9, "'2026-02-30' is no day", "write it as '2026-01-31'"),
        ("since(date) < 30", 14, "since(..) is compared with days(..) or months(..)", "write days(30)"),
        (
            "status >= 'gold'",
            0,
            "`status` is one of member, gold, which `>=` does not compare",
            "write `status.at_least(..)`",
        ),
        ("status.at_least('gild')", 17, "status is never 'gild' (member, gold)", "did you mean 'gold'?"),
        ("track.at_least('fast')", 0, "`track` is one of fast, slow without an order, so nothing is at least it", ""),
        (
            "line.size + 1 > 2",
            0,
            "`line.size` may be missing, so `+` is not safe",
            "test it first: `has(line.size) && ..`",
        ),
        ("nights + litres > 1", 7, "`nights` is a count of night and `litres` is a number of litre", ""),
        ("nights > litres", 0, "`nights` is a count of night, not a number of litre", ""),
        ("line.amount * line.amount > 1.00", 12, "money times money is nothing", ""),
        ("line.qty / 0 > 1", 11, "nothing can be divided by zero", ""),
        ("flag < true", 0, "`flag` is yes or no, which `<` does not compare", ""),
        ("1 < 2 < 3", 8, "`3` is a count, not yes or no", ""),
        ("line.qty && flag", 0, "`line.qty` is a count, where a condition is needed", ""),
        (
            "line.size",
            0,
            "`line.size` is a count that may be missing, where a condition is needed",
            "write `has(line.size)`",
        ),
        ("note == null", 0, "`note` is never missing, so this is always the same", ""),
        ("tags.contains('a')", 0, "`tags` is a list of text, where `contains` wants text", "write `.. in tags`"),
        ("'a' in note", 7, "`note` is text; `in` looks into a list", "write it in brackets"),
        ("tags.exists(t)", 5, "`exists` wants a name and an expression", "write `tags.exists(x, ..)`"),
        ("has('a')", 0, "`has` asks whether one fact is there", "write `has(member.birthday)`"),
        ("flag ? 1 : 'a'", 11, "`'a'` is text, not a count", ""),
    ],
)
def test_a_mistake_of_type_is_said_with_its_place(text: str, offset: int, message: str, hint: str) -> None:
    first = errors(text)[0]
    assert (first.offset, first.message, first.hint) == (offset, message, hint)


@pytest.mark.parametrize(
    ("text", "offset", "message", "hint"),
    [
        ("flag &&", 7, "expected a value after `&&`", ""),
        ("flag && || flag", 8, "expected a value after `&&`, not `||`", ""),
        ("&& flag", 0, "`&&` cannot stand here", ""),
        ("line. == 1", 6, "expected a name after `.`, not `==`", ""),
        ("flag flag", 5, "expected an operator between `flag` and `flag`", ""),
        ("line.qty in", 11, "expected a value after `in`", ""),
        ("flag instatus", 5, "expected an operator here", ""),
        ("flag ? 1", 8, "this condition ends too early", "`? ..` needs `: ..`"),
        ("(flag || (flag)", 0, "`(` is never closed", ""),
        ("flag)", 4, "`)` closes nothing", ""),
        ("[flag)", 5, "`)` does not close what was opened last", ""),
        ("note == 'a", 8, "this text is never closed", "it needs a ' at its end"),
        ("line.qty = 1", 9, "`=` compares nothing", "write `==`"),
        ("flag & flag", 5, "`&` joins nothing", "write `&&`"),
        ("flag and flag", 5, "`and` is no operator", "write `&&`"),
        ("not flag", 0, "`not` is no operator", "write `!`"),
        ("note == ‘a’", 8, "this quote is not plain", "write texts in '..'"),
        ("note == 'a' 'b'", 12, "expected an operator between `'a'` and `'b'`", ""),
        ("note == '''a'''", 10, "expected an operator between `''` and `'a'`", ""),
        ("note == '\\q'", 9, "`\\q` is no escape", "write `\\\\` for a backslash"),
        ("{'a': 1} == 1", 0, "braces have no place in a condition", ""),
        (
            "tags[0] == 'a'",
            6,
            "a list is not read by place",
            "write `x.exists(one, ..)`, `x.all(one, ..)` or `.. in x`",
        ),
        ("1e3 > 2", 0, "`1e3` is no number of this language", "write it out, as 1000 or 0.05"),
        ("flag; flag", 4, "`;` has no place in a condition", ""),
        (".flag", 0, "`.flag` has no place in a condition", ""),
        ("  ", 0, "a condition is missing here", ""),
    ],
)
def test_a_mistake_of_spelling_is_said_with_its_place(text: str, offset: int, message: str, hint: str) -> None:
    assert errors(text) == [CelError(offset, message, hint)]


def test_all_mistakes_are_said_at_once_and_each_once() -> None:
    found = errors("line.kind == 'drnk' && line.knd + 1 == 2 && line.amount > 2 && pad(line.qyt) && time < '9:30'")
    assert [error.offset for error in found] == [14, 23, 58, 63, 67, 88]


def test_a_value_must_be_of_the_type_that_is_wanted() -> None:
    assert errors("line.qty", Money()) == [CelError(0, "`line.qty` is a count, not money")]
    assert errors("line.amount", Count()) == [CelError(0, "`line.amount` is money, not a count")]
    assert errors("since(date)", None) == [
        CelError(0, "since(..) is no value of its own", "compare it with `days(..)` or `months(..)`")
    ]


def test_a_text_that_other_programs_may_extend_takes_any_value() -> None:
    assert errors("scope == 'anything' && note == 'anything' && line.kind == scope") == []


@pytest.mark.parametrize(
    "text",
    [
        "(" * 51 + "flag" + ")" * 51,
        "!" * 60 + "flag",
        "-" * 60 + "1 < 2",
        "1" + " + 1" * 60 + " > 2",
        "flag ? 1 : " * 60 + "1",
        "line" + ".kind" * 60,
        "[" * 51 + "]" * 51,
    ],
)
def test_a_condition_nested_too_deep_is_a_mistake(text: str) -> None:
    (error,) = errors(text)
    assert error.message == "a condition is nested at most 50 deep"


def test_a_condition_that_is_too_long_is_a_mistake() -> None:
    (error,) = errors("flag && " * 600 + "flag")
    assert error.message == "a condition has at most 4,000 characters, this one 4,804"


@pytest.mark.parametrize(
    "text",
    [
        "flag" + " && flag" * 490,
        "flag" + " || flag" * 490,
        "(" * 50 + "flag" + ")" * 50,
        "!" * 49 + "flag",
        "tags.exists(t, " * 40 + "flag" + ")" * 40,
        "9" * 3900 + " > 1",
        "0." + "9" * 3900 + " > 1",
        "has(line.size) && line.size" + " + 1" * 45 + " > 1",
    ],
)
def test_a_condition_within_the_limits_is_read_however_odd(text: str) -> None:
    assert errors(text) == []


@pytest.mark.parametrize(
    "text", ["note == '" + "\\" * 3901, "note == '" + "\\\\" * 1900, "'" + "\\x" * 1900 + "' == note", "(" * 3999]
)
def test_hostile_texts_are_refused_in_no_time(text: str) -> None:
    before = time.perf_counter()
    assert errors(text)
    assert time.perf_counter() - before < 0.5
