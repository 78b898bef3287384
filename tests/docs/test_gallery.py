"""The pages of the gallery and of the mechanics are made of the programs, and leave nothing out."""

from __future__ import annotations

import re

import pytest
import yaml
from tests.docs.blocks import DOCS, blocks
from tools.gallery_pages import FAMILIES, FOLDERS, ORIGINS, pages, stale
from tools.snippets import GAP, cut

from regulars.doors.cli import gallery

NAMES = gallery.names()
MECHANICS = gallery.mechanics()
TOLD = {name: yaml.safe_load(gallery.parts(name)[f"{name}.scenarios.yaml"]) for name in NAMES}
PLACES = [(name, mechanic, paths) for name in NAMES for mechanic, paths in gallery.places(name).items()]


def text_of(name: str) -> str:
    return gallery.parts(name)[f"{name}.yaml"]


def test_the_committed_pages_are_what_the_programs_say() -> None:
    assert sorted(stale()) == [], "run `make docs` and commit the pages"


def test_there_is_a_page_for_each_program_and_each_mechanic_and_no_other() -> None:
    should = {f"gallery/{name}.md" for name in NAMES} | {f"mechanics/{mechanic}.md" for mechanic in MECHANICS}
    assert set(pages()) == should | {f"{folder}/README.md" for folder in FOLDERS}


def test_every_mechanic_is_made_somewhere() -> None:
    assert [mechanic for mechanic in MECHANICS if not any(mechanic == shown for _, shown, _ in PLACES)] == []


def test_every_mechanic_is_in_a_family() -> None:
    words = {word for those in FAMILIES.values() for word in those}
    assert {mechanic for mechanic in MECHANICS if mechanic.partition(".")[0] not in words} == set()
    index = (DOCS / "mechanics/README.md").read_text(encoding="utf-8")
    assert [mechanic for mechanic in MECHANICS if f"({mechanic}.md)" not in index] == []


def test_what_programs_show_are_mechanics_of_the_list() -> None:
    assert [(name, mechanic) for name, mechanic, _ in PLACES if mechanic not in MECHANICS] == []


def test_the_programs_that_show_something_are_in_the_gallery() -> None:
    assert set(gallery._catalogue()["shown"]) - set(NAMES) == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_place_is_there_and_is_shown_as_it_stands_in_the_file(name: str) -> None:
    text = text_of(name)
    for mechanic, paths in gallery.places(name).items():
        left = iter(text.splitlines())
        for line in cut(text, paths).splitlines():
            if line and line.strip() != GAP:
                assert line in left, f"{mechanic}: {line}"


def test_a_place_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        cut("earn:\n  base: {give: {points: 1}}\n", ["earn.bonus"])


def test_a_cut_has_the_names_above_the_block_its_comment_and_all_its_lines() -> None:
    text = "earn:\n  a: 1\n  # why\n  b:\n    c: 2\n\n    d:\n      e: 3\n  # of f\n  f: 4\nbase: 5\n"
    assert cut(text, ["earn.b"]) == f"earn:\n  {GAP}\n  # why\n  b:\n    c: 2\n\n    d:\n      e: 3"
    assert cut(text, ["earn.b.d.e"]) == f"earn:\n  {GAP}\n  b:\n    {GAP}\n    d:\n      e: 3"
    assert cut(text, ["base", "earn.a"]) == "earn:\n  a: 1\n\nbase: 5"


@pytest.mark.parametrize("name", NAMES)
def test_a_program_says_what_it_does_and_what_it_is_good_for(name: str) -> None:
    one = gallery.entry(name)
    assert one.about.endswith(".")
    assert one.groups
    assert one.suits
    assert f"]({name}.md)" in (DOCS / "gallery/README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_programs_page_has_the_file_itself_and_its_scenarios(name: str) -> None:
    assert blocks(f"gallery/{name}.md", "yaml")[-1].text == text_of(name)
    page = (DOCS / f"gallery/{name}.md").read_text(encoding="utf-8")
    assert f"regulars new {name}\n" in page
    assert [one["id"] for one in TOLD[name]["scenarios"] if str(one["title"]).rstrip(".") not in page] == []


@pytest.mark.parametrize("name", [name for name in NAMES if "rules" in TOLD[name]])
def test_the_clauses_that_a_program_cites_are_told_beside_it(name: str) -> None:
    told = TOLD[name]["rules"]
    assert {rule["origin"] for rule in told} <= set(ORIGINS)
    lists = re.findall(r"terms: (\w+|\[[^\]]*\])", re.sub(r"(?m)^#.*$", "", text_of(name)))
    cited = {clause for found in lists for clause in re.findall(r"\w+", found)}
    assert cited - {rule["id"] for rule in told} == set()
