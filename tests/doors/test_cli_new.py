"""`regulars new`: programs of the gallery, to begin from."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.doors.conftest import PROGRAMS, Regulars

from regulars.doors.cli.gallery import FIRST


def test_new_writes_a_program_and_scenarios_that_hold(regulars: Regulars, tmp_path: Path) -> None:
    ran = regulars("new", "corner-coffee-card", "--to", "shop")
    assert ran.code == 0
    assert sorted(file.name for file in (tmp_path / "shop").iterdir()) == [
        "corner-coffee-card.scenarios.yaml",
        "corner-coffee-card.yaml",
    ]
    assert regulars("check", "shop/corner-coffee-card.yaml").code == 0
    assert regulars("test", "shop/corner-coffee-card.yaml").code == 0


def test_new_writes_over_nothing_unless_it_is_forced_to(regulars: Regulars, tmp_path: Path) -> None:
    mine = tmp_path / "corner-coffee-card.scenarios.yaml"
    mine.write_text("mine")
    ran = regulars("new", "corner-coffee-card")
    assert ran.code == 1
    assert "--force" in ran.err
    assert mine.read_text() == "mine"
    assert not (tmp_path / "corner-coffee-card.yaml").exists()
    assert regulars("new", "corner-coffee-card", "--force").code == 0
    assert mine.read_text() != "mine"


def test_the_list_has_every_program_of_the_gallery_on_a_line_of_its_own(regulars: Regulars) -> None:
    expected = {file.stem for file in PROGRAMS.glob("*.yaml") if not file.stem.endswith(".scenarios")}
    ran = regulars("new", "--list")
    assert ran.code == 0
    assert {line.split()[0] for line in ran.lines if line} >= expected
    listed = regulars("new", "--list", "--json").json["programs"]
    assert {one["name"] for one in listed} == expected
    assert all(one["about"] and one["suits"] and "\n" not in one["about"] for one in listed)


def test_the_list_begins_with_our_own_and_the_best_known(regulars: Regulars) -> None:
    listed = [one["name"] for one in regulars("new", "--list", "--json").json["programs"]]
    assert tuple(listed[: len(FIRST)]) == FIRST
    assert listed[len(FIRST) :] == sorted(listed[len(FIRST) :])


def test_a_line_says_what_a_program_does_and_what_it_is_good_for(regulars: Regulars) -> None:
    (line,) = (line for line in regulars("new").lines if line.startswith("corner-coffee-card "))
    assert "the tenth drink is free" in line
    assert "Good for a café" in line


def test_the_list_can_be_asked_for_words(regulars: Regulars) -> None:
    def found(*words: str) -> list[str]:
        return [one["name"] for one in regulars("new", "--list", *words, "--json").json["programs"]]

    assert found("stamps")[0] == "corner-coffee-card"
    assert found("Stamp") == found("stamps")
    assert "rakuten-cash-back" in found("cash", "back")
    assert "neighbourhood-grocer" not in found("cash", "back")
    assert found("cooldown") == ["panera-sip-club"]
    assert set(found("travel")) >= {"flying-blue", "world-of-hyatt"}
    assert found("no such thing") == []


def test_a_program_found_by_a_mechanic_says_by_which(regulars: Regulars) -> None:
    (line,) = (line for line in regulars("new", "--list", "cooldown").lines if line.startswith("panera"))
    assert line.endswith("(perk.cooldown)")


def test_the_words_that_the_list_suggests_find_something(regulars: Regulars) -> None:
    words = regulars("new").lines[-1].partition(": ")[2].rstrip(".").split(", ")
    assert len(words) > 3
    assert [word for word in words if not regulars("new", "--list", *word.split(), "--json").json["programs"]] == []


def test_words_that_no_program_has_to_do_with_are_a_sentence(regulars: Regulars) -> None:
    ran = regulars("new", "--list", "submarines")
    assert ran.code == 1
    assert "submarines" in ran.err


def test_one_program_is_written_at_a_time(regulars: Regulars) -> None:
    ran = regulars("new", "cash", "back")
    assert ran.code == 2
    assert "regulars new --list cash back" in ran.err


def test_a_program_that_the_gallery_does_not_have_is_answered_with_the_nearest(regulars: Regulars) -> None:
    ran = regulars("new", "corner-cofee-card")
    assert ran.code == 2
    assert "corner-coffee-card" in ran.err
    assert regulars("new", "../secrets").code == 2


@pytest.mark.parametrize(
    ("said", "meant"),
    [("starbucks", "starbucks-rewards"), ("sefora", "sephora-beauty-insider"), ("hyatt", "world-of-hyatt")],
)
def test_a_brand_alone_is_understood(regulars: Regulars, said: str, meant: str) -> None:
    assert f"Did you mean `{meant}`?" in regulars("new", said).err


def test_a_folder_that_cannot_be_made_is_a_sentence(regulars: Regulars, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = regulars("new", "corner-coffee-card", "--to", "file/inside")
    assert ran.code == 2
    assert "file" in ran.err
    assert "Traceback" not in ran.err
