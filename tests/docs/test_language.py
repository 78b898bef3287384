"""The language reference says what is so: its programs load, its phrases parse, its tables are those of the code."""

from __future__ import annotations

import re

import pytest
from tests.docs.blocks import DOCS, Block, blocks, merged, pages

from regulars.engine.book import Book
from regulars.engine.model import Decision
from regulars.engine.view import view
from regulars.program import forms
from regulars.program.forms import RESERVED, FormError
from regulars.program.keys import BLOCKS
from regulars.program.load import load
from regulars.program.model import Program
from regulars.program.problems import Problems, show_all
from regulars.program.rules_text import rules_text
from regulars.simulation import Memory
from regulars.words.days import day_of

PAGE = "look-up/language.md"
TEXT = (DOCS / PAGE).read_text(encoding="utf-8")
YAML = blocks(PAGE, "yaml")
BASE = next(block.text for block in YAML if "base" in block.words)
PARTS = [block for block in YAML if "part" in block.words]
WHOLE = [block for page in pages() for block in blocks(page, "yaml") if "program" in block.words]
FORMS = re.findall(r"^### ([A-Z]+)\n(.*?)(?=^##)", TEXT[: TEXT.index("## Every key")], re.MULTILINE | re.DOTALL)
PHRASES = [(form, phrase) for form, body in FORMS for phrase in re.findall(r"^\| `([^`]+)` \|", body, re.MULTILINE)]
WRONG = re.findall(r"^\| ([A-Z]+) \| `([^`]+)` \| (.+) \|$", TEXT, re.MULTILINE)


def text_of(words: str, language: str) -> Block:
    return next(block for block in blocks(PAGE, language) if words in block.words)


def program(text: str, where: str) -> Program:
    read = load(text, where)
    assert isinstance(read, Program), show_all(read)
    return read


@pytest.mark.parametrize("block", WHOLE, ids=lambda block: block.where)
def test_a_program_in_the_docs_loads_and_compiles(block: Block) -> None:
    Book([program(block.text, block.where)])


@pytest.mark.parametrize("block", PARTS, ids=lambda block: block.where)
def test_a_cut_out_of_the_reference_loads_in_its_program(block: Block) -> None:
    Book([program(merged(BASE, block.text), block.where)])


def test_a_cut_out_takes_the_place_of_what_the_base_says() -> None:
    assert merged("earn:\n  a: 1\n  b: 2\nbase: x\n", "earn:\n  b: 3\n") == "earn:\n  a: 1\n  b: 3\nbase: x\n"


def test_every_yaml_block_of_the_reference_is_tried() -> None:
    assert [block.where for block in YAML if not {"part", "program", "mistakes"} & set(block.words)] == []


@pytest.mark.parametrize(("form", "phrase"), PHRASES)
def test_a_phrase_of_the_reference_has_its_form(form: str, phrase: str) -> None:
    found = getattr(forms, f"read_{form.lower()}")(phrase)
    assert not isinstance(found, FormError), found.text


@pytest.mark.parametrize(("form", "phrase", "said"), WRONG)
def test_a_wrong_phrase_is_answered_as_the_reference_says(form: str, phrase: str, said: str) -> None:
    found = getattr(forms, f"read_{form.lower()}")(phrase)
    assert isinstance(found, FormError)
    assert found.text == said


def test_every_form_that_the_tables_of_keys_name_has_a_section_or_a_block() -> None:
    said = {form for form, _ in FORMS}
    named = {word for keys in BLOCKS.values() for key in keys.values() for word in re.findall(r"[A-Z]{3,}", key.type)}
    plain = {
        "NAME",
        "NAMES",
        "PATH",
        "TEXT",
        "SLUG",
        "DATE",
        "DAYS",
        "INT",
        "NUMBER",
        "BOOL",
        "CEL",
        "CODE",
        "TYPE",
        "GIVE",
        "COST",
    }
    later = {"ENDING", "THEN", "SPAN"}
    assert named - said - plain - later - set(BLOCKS) == {"SAID", "RETURNS"}


CONDITIONS = TEXT[TEXT.index("## Conditions") : TEXT.index("`define` names a condition")]


@pytest.mark.parametrize("condition", re.findall(r"^\| `(.+?)` \|", CONDITIONS, re.MULTILINE))
def test_a_condition_of_the_reference_is_typed(condition: str) -> None:
    key = "lines" if "line." in condition and "event.lines" not in condition else "when"
    part = f'benefits:\n  lounge: {{item: lounge}}\nrules:\n  tried: {{on: purchase, {key}: "{condition}", give: {{points: 1}}}}\n'
    program(merged(BASE, part), "condition.yaml")


def test_the_twelve_mistakes_are_said_as_printed() -> None:
    found = load(text_of("mistakes", "yaml").text, "card.yaml")
    assert isinstance(found, Problems)
    assert show_all(found) == text_of("mistakes", "text").text.rstrip("\n")


def test_the_rules_of_the_smallest_program_are_as_printed() -> None:
    printed = rules_text(program(YAML[0].text, "card.yaml"))
    assert printed.strip() == text_of("rules", "text").text.strip()


def test_the_reserved_words_are_all_named() -> None:
    line = TEXT[TEXT.index("## Reserved words") : TEXT.index("## Every key")]
    assert set(re.findall(r"`([a-z]+)`", line)) == RESERVED


def test_every_mark_of_the_grammar_is_defined_in_it() -> None:
    grammar = next(block.text for block in blocks(PAGE, "ebnf"))
    named = set(re.findall(r"\b[a-z]{3,}\b", re.sub(r'"[^"]*"', "", grammar)))
    assert named - set(re.findall(r"^([a-z]+) *:", grammar, re.MULTILINE)) == set()


LIFE = TEXT[TEXT.index("### LIFE") : TEXT.index("### OPENING")]


@pytest.mark.parametrize(("life", "last"), re.findall(r"^\| `([^`]+)` \| .*? \| ([\w-]+) \|$", LIFE, re.MULTILINE))
def test_a_life_of_the_reference_ends_on_the_day_it_says(life: str, last: str) -> None:
    part = f"wallets:\n  points: {{lasts: {life}}}\nfacts:\n  activity: {{}}\n"
    shop = Memory(Book([program(merged(BASE, part), "life.yaml")]))
    lines = [{"kind": "food", "amount": "5.00"}]
    for event in ({"type": "activity", "id": "1"}, {"type": "purchase", "id": "2", "lines": lines}):
        shop.post({"member": "ana", "happened_at": "2026-03-02T10:00", **event})
    (lot,) = view(shop.book, shop.member("ana"), day_of("2026-03-02"))["wallets"]["points"]["lots"]
    assert lot.get("last_day", "none") == last


def test_rules_meet_as_the_reference_says() -> None:
    block = next(block for block in PARTS if "best_of" in block.text)
    shop = Memory(Book([program(merged(BASE, block.text), block.where)]))

    def points(member: str, at: str, **body: object) -> dict[str, int]:
        decision = shop.post({"id": "1", "type": "purchase", "member": member, "happened_at": at, **body})
        assert isinstance(decision, Decision)
        names = shop.book.machines[0].names
        return {
            names[entry.rule]: entry.given for entry in decision.receipt.entries if names[entry.rule] != "earn.spend"
        }

    two = [{"kind": "drink", "qty": 2, "amount": "10.00"}]
    assert points("a", "2026-03-02T12:00", lines=two) == {"earn.base": 10, "earn.stamp": 2}
    assert points("b", "2026-03-03T12:00", lines=two) == {"earn.base": 10, "earn.double": 10, "earn.stamp": 2}
    early = {"earn.base": 10, "earn.double": 10, "earn.cups": 20, "earn.early": 4}
    assert points("c", "2026-03-03T09:00", lines=two, own_cup=True) == early
    big = [{"kind": "food", "amount": "60.00"}]
    assert points("d", "2026-03-02T12:00", lines=big, channel="online") == {"earn.base": 60, "earn.extra_b": 50}
