"""The generated parts of the reference pages are what the code says, and leave nothing out."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from tests.docs.blocks import DOCS
from tools.reference import PAGES, written

from regulars.doors.cli import endings
from regulars.doors.cli.app import COMMANDS
from regulars.program import model
from regulars.program.keys import BLOCKS
from regulars.speech import codes, language

SOURCE = DOCS.parent / "src" / "regulars"


@pytest.mark.parametrize("page", PAGES)
def test_a_committed_page_is_what_the_code_says(page: str) -> None:
    assert (DOCS / page).read_text(encoding="utf-8") == written(page), "run `make docs` and commit the page"


@pytest.mark.parametrize("block", BLOCKS)
def test_every_key_is_documented(block: str) -> None:
    text = (DOCS / "look-up/language.md").read_text(encoding="utf-8")
    rows = (
        text[text.index(f"### {block}\n") :].partition("\n### ")[0]
        + text[text.index("### RULE\n") :].partition("\n### ")[0]
    )
    assert [name for name in BLOCKS[block] if f"| `{name}` |" not in rows] == []


def test_every_refusal_code_is_documented() -> None:
    text = (DOCS / "look-up/refusals.md").read_text(encoding="utf-8")
    assert [code.code for code in codes(language("en")) if f"| `{code.code}` |" not in text] == []


FIELDS = {
    ("RULE", "settle"): "settle_with", ("RULE", "cancel"): "gives_back", ("VOUCHER", "earned_on_goods"): "unused_on_return",
    ("BENEFIT", "shared_with"): "seats", ("LADDER", "climb"): "one_rung", ("LIMITED", "when_clipped"): "empty",
    ("RULE", "names"): "any_name", ("WALLET", "is"): "money",
}  # fmt: skip
"""Keys whose field in the program is called otherwise."""
OWNERS = {
    "RULE": model.Rule,
    "WALLET": model.Wallet,
    "LIMITED": model.SharedLimit,
    "LADDER": model.Ladder,
    "REFERRAL": model.Referral,
}
FOR_SHOWING = {"group", "line", "terms", "cancel_terms"}
READ_EARLIER = {"renews", "give_table", "over", "step", "referee"}
"""What became something else before the engine sees it: a counter of its own, a spread-out `give`, a rule."""


def engine() -> str:
    places = (*sorted((SOURCE / "engine").glob("*.py")), SOURCE / "program" / "counting.py")
    return "\n".join(path.read_text(encoding="utf-8") for path in places)


@pytest.mark.parametrize("block", sorted(OWNERS))
def test_no_key_of_a_block_is_read_and_then_forgotten(block: str) -> None:
    text = engine()
    fields = {field.name for field in dataclasses.fields(OWNERS[block])}
    asked = {FIELDS.get((block, key), key) for key in BLOCKS[block]} & fields
    silent = {name for name in asked if not re.search(rf"\.{name}\b", text)}
    assert silent - FOR_SHOWING - READ_EARLIER == set()


def test_whatever_of_a_rule_the_engine_never_asks_for_is_only_shown() -> None:
    text = engine()
    silent = {field.name for field in dataclasses.fields(model.Rule) if not re.search(rf"\.{field.name}\b", text)}
    assert silent - FOR_SHOWING - READ_EARLIER == set()


def test_the_pages_link_to_what_is_there() -> None:
    for page in sorted(DOCS.rglob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(DOCS)}: {target}"


def test_a_page_names_only_places_of_a_page_that_are_there() -> None:
    def anchors(path: Path) -> set[str]:
        heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}

    for page in sorted(DOCS.rglob("*.md")):
        for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text(encoding="utf-8")):
            other = page.parent / target if target else page
            assert anchor in anchors(other), f"{page.relative_to(DOCS)}: {target}#{anchor}"


def test_every_command_and_exit_code_is_documented() -> None:
    text = (DOCS / "look-up/commands.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"## regulars {name.rstrip('_')}\n" not in text] == []
    codes_there = {value for name, value in vars(endings).items() if name.isupper() and type(value) is int}
    assert {code for code in codes_there if f"| {code} |" not in text} == set()


def test_every_code_that_the_source_can_give_is_documented() -> None:
    given = {
        code
        for path in SOURCE.rglob("*.py")
        for code in re.findall(
            r"\b(?:Refusal|Bad|_Bad)\(\s*(?:code=)?\"([a-z_]+(?:\.[a-z_]+)?)\"", path.read_text(encoding="utf-8")
        )
    }
    assert given - {code.code for code in codes(language("en"))} == set()
