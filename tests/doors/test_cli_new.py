"""`regulars new`: programs of the gallery, to begin from."""

from __future__ import annotations

from pathlib import Path

from tests.doors.conftest import PROGRAMS, Regulars


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
    assert all(one["about"] and "\n" not in one["about"] for one in listed)


def test_a_program_that_the_gallery_does_not_have_is_answered_with_the_nearest(regulars: Regulars) -> None:
    ran = regulars("new", "corner-cofee-card")
    assert ran.code == 2
    assert "corner-coffee-card" in ran.err
    assert regulars("new", "../secrets").code == 2


def test_a_folder_that_cannot_be_made_is_a_sentence(regulars: Regulars, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = regulars("new", "corner-coffee-card", "--to", "file/inside")
    assert ran.code == 2
    assert "file" in ran.err
    assert "Traceback" not in ran.err
