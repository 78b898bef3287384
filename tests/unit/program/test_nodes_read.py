"""What a well-formed file becomes: nodes with marks, read as YAML 1.2."""

import pytest

from regulars.program.nodes import Mapping, Mark, Node, Scalar, Sequence, read


def top(text: str) -> Mapping:
    mapping, problems = read(text)
    assert problems == []
    assert mapping is not None
    return mapping


def scalar(mapping: Mapping, *path: str) -> Scalar:
    node: Node | None = mapping
    for name in path:
        assert isinstance(node, Mapping)
        node = node.get(name)
    assert isinstance(node, Scalar)
    return node


@pytest.mark.parametrize(
    "word", ["on", "off", "yes", "no", "y", "n", "12:30", "2026-01-01", "0x1F", "1e3", ".5", "1_000"]
)
def test_what_yaml_1_1_takes_for_something_else_is_a_text(word: str) -> None:
    value = scalar(top(f"{word}: {word}"), word)
    assert (value.text, value.kind) == (word, "text")


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("10", "int"),
        ("007", "int"),
        ("-3", "int"),
        ("1.50", "decimal"),
        ("119.00", "decimal"),
        ("true", "bool"),
        ("False", "bool"),
        ("null", "null"),
        ("~", "null"),
        ("", "null"),
    ],
)
def test_numbers_and_truth_values_keep_their_text(written: str, kind: str) -> None:
    value = scalar(top(f"at: {written}"), "at")
    assert (value.text, value.kind, value.quoted, value.bare) == (written, kind, False, False)


@pytest.mark.parametrize("written", ["'10'", '"true"', "''", '"1.50"'])
def test_what_stands_in_quotes_is_a_text(written: str) -> None:
    value = scalar(top(f"at: {written}"), "at")
    assert (value.text, value.kind, value.quoted) == (written[1:-1], "text", True)


def test_a_question_mark_may_stand_in_braces() -> None:
    facts = top("facts: {member: {birthday: day_of_year?, age: count? = 1}}")
    assert scalar(facts, "facts", "member", "birthday").text == "day_of_year?"
    assert scalar(facts, "facts", "member", "age").text == "count? = 1"


def test_a_mark_is_the_line_and_column_of_the_first_letter() -> None:
    mapping = top("program: card\nearn:\n  stamp: {when: \"a == 'b'\", give: 1 per 1.00}\n")
    assert mapping.key("earn").mark == Mark(2, 1)  # type: ignore[union-attr]
    assert scalar(mapping, "program").mark == Mark(1, 10)
    assert scalar(mapping, "earn", "stamp", "give").mark == Mark(3, 35)


def test_the_mark_of_a_quoted_text_lies_inside_its_quotes() -> None:
    value = scalar(top("when: \"a == 'b'\""), "when")
    assert value.mark == Mark(1, 8)
    assert value.at(5) == Mark(1, 13)


@pytest.mark.parametrize("written", ["one\n  two", '"a \\" b"', "'it''s'", "|\n  one\n  two"])
def test_an_offset_into_a_text_that_is_not_written_letter_by_letter_falls_back_to_its_beginning(written: str) -> None:
    value = scalar(top(f"when: {written}"), "when")
    assert value.at(3) == value.mark


def test_in_braces_a_comma_begins_a_key_that_has_nothing() -> None:
    mapping = top("points: {lasts: 12 months, to end of year}")
    value = scalar(mapping, "points", "to end of year")
    assert (value.kind, value.bare, value.mark) == ("null", True, Mark(1, 28))


def test_a_key_with_a_colon_and_no_value_is_empty_but_not_bare() -> None:
    mapping = top("a: {b:, c: }\nd:\n")
    assert [scalar(mapping, *path).bare for path in (("a", "b"), ("a", "c"), ("d",))] == [False, False, False]


def test_sequences_and_mappings_keep_their_order() -> None:
    mapping = top("b: [x, 'y z', {k: v}]\na: 1\n")
    assert mapping.keys() == ("b", "a") == tuple(mapping)
    values = mapping.get("b")
    assert isinstance(values, Sequence)
    assert [type(value) for value in values.items] == [Scalar, Scalar, Mapping]
    assert "a" in mapping
    assert "z" not in mapping
    assert mapping.get("z") is None
    assert len(mapping) == 2


def test_a_comment_and_an_apostrophe_are_no_forgotten_quote() -> None:
    mapping = top("name: Kohl's cash   # Kohl's own (and (more\nsays: {a: the members' day, b: it's on}\n")
    assert scalar(mapping, "name").text == "Kohl's cash"
    assert scalar(mapping, "says", "b").text == "it's on"


def test_a_byte_order_mark_and_foreign_line_ends_do_no_harm() -> None:
    mapping = top("\ufeffprogram: a\r\nname: b\r\n")
    assert scalar(mapping, "program").mark == Mark(1, 10)
    assert scalar(mapping, "name").mark == Mark(2, 7)
