"""`regulars show` and `regulars diff`: programs in words."""

from __future__ import annotations

from pathlib import Path

from tests.doors.conftest import Regulars


def test_a_program_is_said_in_words_of_two_languages(regulars: Regulars, card: Path) -> None:
    english, spanish = regulars("show", card), regulars("show", card, "--language", "es")
    assert "Every 9 stamps" in english.out
    assert english.code == spanish.code == 0
    assert "cada" in spanish.out.lower()
    assert "Every" not in spanish.out


def test_as_json_a_program_is_its_sections(regulars: Regulars, card: Path) -> None:
    answer = regulars("show", card, "--json").json
    assert answer["program"] == "corner-coffee-card"
    assert all(section["title"] and section["sentences"] for section in answer["sections"])


def test_the_rules_underneath_are_shown_with_their_sections(regulars: Regulars, card: Path) -> None:
    ran = regulars("show", card, "--rules")
    assert "earn.stamp" in ran.out
    assert "vouchers.free_drink" in ran.out
    assert regulars("show", card, "--rules", "--json").json["rules"] == ran.out.rstrip("\n").split("\n")


def test_the_schema_needs_no_program(regulars: Regulars) -> None:
    schema = regulars("show", "--schema").json
    assert {"program", "wallets", "earn"} <= set(schema["$defs"]["PROGRAM"]["properties"])


def test_without_a_program_and_without_schema_something_is_missing(regulars: Regulars) -> None:
    ran = regulars("show")
    assert ran.code == 2
    assert "FILE" in ran.err


def test_a_language_that_is_not_there_is_answered_with_those_that_are(regulars: Regulars, card: Path) -> None:
    ran = regulars("show", card, "--language", "tlh")
    assert ran.code == 2
    assert "en, es" in ran.err


def test_the_difference_of_two_versions_names_what_changed_and_nothing_else(
    regulars: Regulars, card: Path, tmp_path: Path
) -> None:
    text = card.read_text(encoding="utf-8")
    assert "every: 9 stamps" in text
    (tmp_path / "new.yaml").write_text(text.replace("every: 9 stamps", "every: 12 stamps"), encoding="utf-8")
    ran = regulars("diff", card, "new.yaml")
    assert ran.code == 0
    assert len(ran.lines) == 1
    assert "12 stamps" in ran.out
    assert "9 stamps" in ran.out
    assert regulars("diff", card, "new.yaml", "--json").json["changes"] == ran.lines


def test_a_program_does_not_differ_from_itself(regulars: Regulars, card: Path) -> None:
    same = regulars("diff", card, card)
    assert same.code == 0
    assert "stamps" not in same.out
