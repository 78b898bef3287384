"""What the pages on running Regulars show is what the files say, and names everything that there is to set."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.docs.blocks import DOCS, blocks

from regulars.postgres.placings import PLACINGS, Home

ROOT = DOCS.parent
UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())
VARIABLE = re.compile(r"REGULARS_[A-Z_]*[A-Z]")
SETTINGS = "look-up/settings.md"


def parsed(unit: Path) -> configparser.RawConfigParser:
    read = configparser.RawConfigParser(strict=False)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read(unit)
    return read


def test_every_variable_in_the_source_is_among_the_settings_and_no_other_is() -> None:
    sources = [*ROOT.glob("src/**/*.py"), *ROOT.glob("tests/**/*.py"), *ROOT.glob("tools/**/*.py"), ROOT / "Makefile"]
    used = {name for path in sources for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    text = (DOCS / SETTINGS).read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == used


@pytest.mark.parametrize("page", ["do/run-on-one-machine.md", "do/run-on-several.md", "do/back-up.md"])
def test_a_file_that_a_page_shows_is_the_file(page: str) -> None:
    for block in blocks(page):
        if file := block.words.get("file"):
            assert block.text == (ROOT / file).read_text(encoding="utf-8"), f"{block.where} is not {file}"
    links = re.findall(r"\]\((\.\./\.\./[^)]+)\)", (DOCS / page).read_text(encoding="utf-8"))
    assert [link for link in links if not (DOCS / page).parent.joinpath(link).exists()] == []


def test_the_page_for_one_machine_shows_its_unit() -> None:
    shown = [block.words["file"] for block in blocks("do/run-on-one-machine.md") if "file" in block.words]
    assert shown == ["deploy/systemd/regulars.service"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_one(unit: Path, tmp_path: Path) -> None:
    read = parsed(unit)
    assert read["Unit"]["Description"].startswith("Regulars: ")
    if unit.suffix == ".timer":
        assert (unit.parent / f"{unit.stem}.service").exists()
        return
    assert read["Service"]["User"] == "regulars"
    assert read["Service"]["ExecStart"].startswith("/opt/regulars/bin/regulars ")
    if shutil.which("systemd-analyze") is None:
        return
    # The installed program is not there; that it could be run is all that this changes.
    tried = tmp_path / unit.name
    tried.write_text(
        unit.read_text(encoding="utf-8").replace("/opt/regulars/bin/regulars", "/bin/true"), encoding="utf-8"
    )
    ran = subprocess.run(["systemd-analyze", "verify", tried], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_commands_in_units_are_commands(capsys: pytest.CaptureFixture[str]) -> None:
    from regulars.wiring import main

    for unit in UNITS:
        for name, value in parsed(unit).items("Service") if unit.suffix == ".service" else []:
            if name.startswith("Exec"):
                words = [word for word in value.split()[1:] if not word.startswith(("-", "/")) and not word.isdigit()]
                options = [word for word in value.split() if word.startswith("--")]
                assert main([*words, "--help"]) == 0
                told = capsys.readouterr().out
                assert [option for option in options if option not in told] == []


def test_the_page_on_clusters_names_every_table_that_does_not_stay() -> None:
    text = (DOCS / "understand" / "citus.md").read_text(encoding="utf-8")
    table = text[text.index("## Where tables live") : text.index("## Which statements")]
    moved = {one.table for one in PLACINGS.values() if one.home is not Home.KEPT}
    assert {name for name in re.findall(r"`(\w+)`", table) if name in PLACINGS} == moved
