"""What is said about a file that is not the YAML its writer meant, and what of it can still be read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.program.nodes import MAX_DEPTH, MAX_LETTERS, MAX_NODES, Mapping, Scalar, Sequence, read
from regulars.program.problems import Problem


def only(text: str) -> Problem:
    _, problems = read(text, "card.yaml")
    assert len(problems) == 1, problems
    return problems[0]


def test_a_condition_that_begins_with_a_bang_can_be_turned_round() -> None:
    problem = only("earn:\n  points:\n    lines: !line.by_voucher\n    at_most: once\n")
    assert (problem.line, problem.column, problem.code) == (3, 12, "yaml.needs_quotes")
    assert problem.text == (
        "a condition that begins with `!` needs quotes, or turn it round: `except: line.by_voucher`"
    )


@pytest.mark.parametrize(
    ("line", "turned"),
    [
        ("when: !a.b", "unless: a.b"),
        ("unless: !has(a.b)", "when: has(a.b)"),
        ("lines: !(a || b)", "except: a || b"),
    ],
)
def test_only_one_negated_thing_is_turned_round(line: str, turned: str) -> None:
    assert f"`{turned}`" in only(line).text
    assert "turn it round" not in only(f"{line} && c").text


@pytest.mark.parametrize(
    "value",
    [
        "!a && b",
        "'x3' in purchase.tags",
        "a ? b : c",
        "@home",
        "`a`",
        "%d",
        "> 5",
        "a == ' #1'",
        "f(a #1)",
        "&a b",
        "*a b",
        "[a, b].exists(x, x > 1)",
    ],
)
@pytest.mark.parametrize(("before", "after"), [("when: ", "\n"), ("{when: ", ", c: 1}\n"), ("{c: 1, when: ", "}\n")])
def test_a_forgotten_quote_is_said_at_the_value_and_all_else_is_read(value: str, before: str, after: str) -> None:
    rule, problems = read(f"rule:\n  {before}{value}{after}other: {{lasts: never}}\n")
    assert problems[0].line == 2
    assert problems[0].column == 3 + len(before)
    assert problems[0].code == "yaml.needs_quotes"
    assert rule is not None
    assert isinstance(rule.get("other"), Mapping)
    assert len(problems) == 1
    inner = rule.get("rule")
    assert isinstance(inner, Mapping)
    assert inner.broken == {"when"}
    assert ("c" in inner) == before.startswith("{")


@pytest.mark.parametrize("value", ["line.kind in ['a', 'b'] && c", "max(a, b)", "a == 'b, c'", "[a, b].size() > 1"])
def test_in_braces_a_value_with_commas_or_brackets_needs_quotes(value: str) -> None:
    problem = only(f"rule: {{of: {value}, give: 1}}")
    assert (problem.column, problem.code) == (12, "yaml.needs_quotes")
    if not value.startswith("["):
        assert f'write `"{value}"`' in problem.text
    assert read(f"rule:\n  of: {value if value[0] != '[' else 'a'}\n")[1] == []


def test_all_mistakes_of_a_file_are_said_at_once_and_in_order() -> None:
    text = "a: {when: !x, b: max(1, 2)}\nc: 'x' in y\nd: {when: p ? q : r}\n"
    assert [(problem.line, problem.column) for problem in read(text)[1]] == [(1, 11), (1, 18), (2, 4), (3, 11)]


def test_a_repeated_key_is_a_problem_and_the_first_is_read() -> None:
    mapping, problems = read("a: 1\nb: 2\na: 3\n")
    assert [(problem.line, problem.column, problem.code) for problem in problems] == [(3, 1, "yaml.repeated_key")]
    assert "line 1" in problems[0].message
    value = mapping.get("a") if mapping else None
    assert isinstance(value, Scalar)
    assert value.text == "1"


@pytest.mark.parametrize("text", ["a: &x 1", "a: *x", "a: !!str 1", "<<: {a: 1}"])
def test_anchors_aliases_tags_and_merge_keys_are_refused(text: str) -> None:
    assert only(text).code in ("yaml.needs_quotes", "yaml.merge")


def test_a_syntax_error_costs_only_its_own_section() -> None:
    text = "program: x\nwallets:\n  a: {b: c\nearn:\n  d: 'never closed\nrewards: {e: 1}\nrewards: 2\n"
    mapping, problems = read(text, "card.yaml")
    assert mapping is not None
    assert mapping.keys() == ("program", "rewards")
    assert mapping.broken == {"wallets", "earn"}
    assert [(problem.line, problem.code) for problem in problems] == [
        (4, "yaml.syntax"),
        (5, "yaml.syntax"),
        (7, "yaml.repeated_key"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a:\n\tb: 1", "a tab"),
        ('a: "b', "never closed"),
        ("a: {b: 1", "`{` of line 1"),
        ("a: [b, 1", "`[` of line 1"),
        ("a: }", "closes nothing"),
        ('a: "\\q"', "an escape"),
        ('a: "\\U00110000"', "an escape"),
        ('a: "\\0"', "cannot stand in a text"),
        ("a: \x00", "cannot stand in a file"),
        ("a: 1\nb\n", "no `:`"),
        ("a:\n  b: 1\n   c: 2\n", "same column"),
        ("a: 1\n---\nb: 2", "one program"),
        ("[a]: 1", "a key is one text"),
        ("a: - b", "on the line below"),
        ("", "empty"),
        ("- a", "keys with values"),
    ],
)
def test_a_syntax_error_is_said_in_plain_words(text: str, said: str) -> None:
    assert said in only(text).text


def test_too_deep_too_large_and_too_many_are_refused() -> None:
    deep = MAX_DEPTH + 1
    assert only("a: " + "[" * deep + "]" * deep).code == "yaml.too_deep"
    assert only("a: " + "x" * MAX_LETTERS).code == "yaml.too_large"
    assert only("a: [" + "1," * MAX_NODES + "]").code == "yaml.too_large"


SNIPPETS = st.sampled_from(
    [
        "a",
        "lasts",
        "1.00",
        ": ",
        ":",
        ", ",
        "\n",
        "\n  ",
        "{",
        "}",
        "[",
        "]",
        "'",
        '"',
        "!",
        "&",
        "*",
        "#",
        " #",
        "|",
        ">",
        "%",
        "@",
        "`",
        "- ",
        "? ",
        "\t",
        "\\",
        "\\u",
        "---",
        "...",
        "<<",
        "~",
        "é",
        "\u2028",
        "\x00",
        "\ufeff",
        "\r",
    ]
)


def written(node: object) -> list[str]:
    if isinstance(node, Mapping):
        return [text for key, value in node.items for text in (key.text, *written(value))]
    if isinstance(node, Sequence):
        return [text for value in node.items for text in written(value)]
    assert isinstance(node, Scalar)
    return [node.text]


@settings(max_examples=200, deadline=None)
@given(st.lists(SNIPPETS, max_size=30).map("".join) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
def test_any_text_is_read_or_explained(text: str) -> None:
    mapping, problems = read(text, "card.yaml")
    assert mapping is not None or problems
    assert all(problem.line >= 1 and problem.column >= 1 and problem.message for problem in problems)
    assert problems == sorted(problems)
    if mapping is not None:
        assert all(isinstance(part, str) for part in written(mapping))


PLAIN = st.text("abcdefgh_", min_size=1, max_size=6)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(PLAIN, st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20), min_size=1))
def test_what_is_quoted_is_read_back_letter_by_letter(values: dict[str, str]) -> None:
    text = "".join(f"k_{key}: '" + value.replace("'", "''") + "'\n" for key, value in values.items())
    mapping, problems = read(text)
    assert problems == []
    assert mapping is not None
    assert written(mapping) == [part for key, value in values.items() for part in (f"k_{key}", value)]
