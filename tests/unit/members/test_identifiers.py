"""By what members are found: each identifier has one form, whatever way it was written."""

from __future__ import annotations

import pytest

from regulars.members.decide import fields, identifier, identifiers, opaque
from regulars.members.model import Identifier
from regulars.words.refusals import Refusal


@pytest.mark.parametrize(
    ("kind", "written", "region", "kept"),
    [
        ("email", " Ann@Example.ORG ", None, "ann@example.org"),
        ("phone", "600 100 200", "ES", "+34600100200"),
        ("phone", "+34 600-100-200", None, "+34600100200"),
        ("card", "ab12-3456 789", None, "AB123456789"),
        ("external", " CRM/17 ", None, "CRM/17"),
    ],
)
def test_however_it_is_written_it_is_kept_in_one_form(kind: str, written: str, region: str | None, kept: str) -> None:
    assert identifier(kind, written, region) == Identifier(kind, kept)


@pytest.mark.parametrize(
    ("kind", "written", "code"),
    [
        ("email", "ann at example", "identifier.unreadable"),
        ("phone", "600100200", "identifier.unreadable"),
        ("phone", "12", "identifier.unreadable"),
        ("card", "", "identifier.unreadable"),
        ("card", "12:34", "identifier.unreadable"),
        ("external", "a\nb", "identifier.unreadable"),
        ("shoe", "42", "identifier.unknown_kind"),
    ],
)
def test_what_cannot_be_an_identifier_is_refused(kind: str, written: str, code: str) -> None:
    found = identifier(kind, written)
    assert isinstance(found, Refusal)
    assert found.code == code


def test_an_identifier_that_is_sent_twice_is_kept_once() -> None:
    sent = [{"kind": "email", "value": "ann@example.org"}, {"kind": "email", "value": "ANN@example.org"}]
    assert identifiers(sent) == (Identifier("email", "ann@example.org"),)


def test_a_refused_identifier_says_which_of_them_it_is() -> None:
    found = identifiers([{"kind": "card", "value": "A1"}, {"kind": "email", "value": "?"}])
    assert isinstance(found, Refusal)
    assert found.pointer == "/identifiers/1"


@pytest.mark.parametrize("name", ["ann@example.org", "+34600100200"])
def test_an_id_that_says_who_the_member_is_does_not_reach_the_ledger(name: str) -> None:
    refusal = opaque(name)
    assert refusal is not None
    assert refusal.code == "member.personal_id"


def test_a_field_is_set_or_taken_away_and_nothing_else() -> None:
    assert fields({"name": "Ann", "city": None}) == {"name": "Ann", "city": None}
    for wrong in (
        {"born": "1980-02-31"},
        {"country": "es"},
        {"name": "x" * 201},
        {"name": 7},
        {"shoe": "42"},
        ["name"],
    ):
        assert isinstance(fields(wrong), Refusal), wrong
