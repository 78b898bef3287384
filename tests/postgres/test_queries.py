"""Named SQL: found by name, frozen, and clear about a file that breaks its form."""

from __future__ import annotations

import pytest

from regulars.postgres.queries import QueriesInvalid, parse

TEXT = """
-- Everything about shelves.

-- name: all_shelves
-- Every shelf, in order.
select id
from shelves  -- a remark
order by id;

-- name: one_shelf
-- The shelf of this id.
select id from shelves where id = $1
"""


def test_statements_are_found_by_attribute_and_by_item() -> None:
    queries = parse(TEXT)
    assert list(queries) == ["all_shelves", "one_shelf"]
    assert queries.one_shelf == queries["one_shelf"]
    assert queries.one_shelf == "-- The shelf of this id.\nselect id from shelves where id = $1"
    assert queries.all_shelves.endswith("from shelves  -- a remark\norder by id;")


def test_an_unknown_name_says_the_nearest_one() -> None:
    queries = parse(TEXT)
    with pytest.raises(AttributeError, match="'one_shelve'; there is 'one_shelf'"):
        _ = queries.one_shelve
    with pytest.raises(KeyError, match="one_shelf"):
        queries["one_shelve"]


def test_queries_cannot_be_changed() -> None:
    queries = parse(TEXT)
    with pytest.raises(AttributeError, match="frozen"):
        queries.one_shelf = "select 2"
    with pytest.raises(TypeError):
        queries["one_shelf"] = "select 2"  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-- name: a\n-- One.\nselect 1\n-- name: a\n-- Two.\nselect 2", r":4: query 'a': the name is taken"),
        ("-- name: keys\n-- One.\nselect 1", "the name is taken"),
        ("-- name: two words\n-- One.\nselect 1", "plain identifier"),
        ("-- name:\n-- One.\nselect 1", "plain identifier"),
        ("-- name: a\nselect 1", "a comment with a sentence"),
        ("-- name: a\n--\nselect 1", "a comment with a sentence"),
        ("-- name: a", "a comment with a sentence"),
        ("-- name: a\n-- One.\n-- More.", "has no statement"),
        ("select 1\n-- name: a\n-- One.\nselect 1", r":1: a statement without a name"),
    ],
)
def test_a_file_that_breaks_its_form_is_refused_with_the_line(text: str, message: str) -> None:
    with pytest.raises(QueriesInvalid, match=message):
        parse(text)


def test_an_empty_file_has_no_queries() -> None:
    assert len(parse("-- nothing yet\n")) == 0
