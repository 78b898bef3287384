"""`regulars check`: what is said about program files that are sound, and about files that are hardly any."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.doors.conftest import PROGRAMS, Regulars


def test_a_sound_program_is_ok_and_its_parts_are_counted(regulars: Regulars, card: Path) -> None:
    ran = regulars("check", card)
    assert ran.code == 0
    assert ran.out.startswith("ok: ")
    assert "1 wallet" in ran.out
    assert "1 limit" in ran.out


def test_every_program_and_every_scenario_file_of_the_gallery_is_sound(regulars: Regulars) -> None:
    files = sorted(PROGRAMS.glob("*.yaml"))
    ran = regulars("check", *files, "--json")
    assert ran.json["problems"] == []
    assert [one["file"] for one in ran.json["sound"]] == [str(file) for file in files]
    assert ran.code == 0


def test_of_several_files_each_speaks_for_itself(regulars: Regulars, card: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("program: broken\n")
    ran = regulars("check", card, "broken.yaml")
    assert ran.code == 1
    assert f"{card}: ok" in ran.out
    assert "broken.yaml:1:1" in ran.out


def test_a_scenario_file_with_a_step_of_no_sense_is_found(regulars: Regulars, tmp_path: Path) -> None:
    (tmp_path / "a.scenarios.yaml").write_text(
        "format: loyalty-case/1\nscenarios:\n  - id: one\n    steps:\n      - {at: 2026-01-01, does: x}\n"
    )
    ran = regulars("check", "a.scenarios.yaml")
    assert ran.code == 1
    assert "a.scenarios.yaml:5:" in ran.out


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"program: caf\xe9\n", "1:13"),
        (b"# one\n\xff\xfeprogram", "2:1"),
        (b"program: a\nearn: {a: {b: [}\n", "2:"),
        (b"\x00\x01\x02", "1:1"),
        (b"", "1:1"),
        (b"- a\n- b\n", "1:1"),
        (b"{" * 20_000, "1:"),
        (b"a: &a [x]\nb: *a\n", "1:"),
    ],
    ids=["latin-1", "utf-16", "half a bracket", "binary", "empty", "a list", "bottomless", "anchors"],
)
def test_a_file_that_is_no_program_is_a_located_mistake(
    regulars: Regulars, tmp_path: Path, content: bytes, place: str
) -> None:
    (tmp_path / "odd.yaml").write_bytes(content)
    ran = regulars("check", "odd.yaml")
    assert ran.code == 1
    assert f"odd.yaml:{place}" in ran.out
    assert "Traceback" not in ran.out + ran.err


def test_a_program_saved_with_a_byte_order_mark_is_read(regulars: Regulars, tmp_path: Path, card: Path) -> None:
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbf" + card.read_bytes())
    assert regulars("check", "bom.yaml").code == 0


def test_what_a_file_says_cannot_steer_the_terminal(regulars: Regulars, tmp_path: Path) -> None:
    (tmp_path / "steer.yaml").write_text('program: steer\n"col\\e[31mour": red\n')
    ran = regulars("check", "steer.yaml")
    assert "\x1b" not in ran.out
    assert "steer.yaml:2:" in ran.out


def test_a_calculator_that_nobody_offers_is_a_mistake_where_it_is_named(regulars: Regulars, tmp_path: Path) -> None:
    (tmp_path / "fuel.yaml").write_text(
        "program: fuel\nmoney: EUR\ntimezone: Europe/Madrid\nfrom: 2026-01-01\nwallets: {points: {}}\n"
        "earn:\n  base: {give: {points: {calculator: litres_of_lead}}}\n"
    )
    ran = regulars("check", "fuel.yaml")
    assert ran.code == 1
    assert ran.out.startswith("fuel.yaml:7:38")
    assert "litres_of_lead" in ran.out
