"""The how-to pages do what they say."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.docs.blocks import DOCS, blocks

import regulars
from regulars.flows.importing.jsonl import rejected_line
from regulars.flows.importing.mapping import FIELD_KEYS, KEYS, Mapped, read_mapping

CALCULATOR = "do/write-a-calculator.md"


def test_the_calculator_of_the_page_prints_what_it_says(tmp_path: Path) -> None:
    for block in blocks(CALCULATOR):
        if title := block.words.get("title"):
            (tmp_path / title).write_text(block.text, encoding="utf-8")
    run = subprocess.run([sys.executable, "try.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("70\n", "")


def test_a_function_will_do_as_well() -> None:
    text = next(block.text for block in blocks(CALCULATOR, "yaml"))

    def fuel(measured: regulars.Measured, above: str) -> int:
        return sum(line.qty for line in measured.lines) + int(above)

    program = regulars.loads(text, {"fuel": fuel})
    bought = regulars.Purchase("ana", "2026-03-02T09:00", [regulars.Line("3.00", qty=2, kind="fuel")])
    assert program.decide(regulars.Member("ana"), bought).movements[0].amount == 42


IMPORT = "do/import-purchases.md"


def test_the_mapping_of_the_page_is_one_and_its_keys_are_all_explained() -> None:
    block = next(block for block in blocks(IMPORT, "yaml") if "mapping" in block.words)
    assert isinstance(read_mapping(block.text, "mapping.yaml"), Mapped)
    text = (DOCS / IMPORT).read_text(encoding="utf-8")
    explained = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", text, re.MULTILINE))))
    assert {*KEYS, *FIELD_KEYS} - explained == set()


REJECTS = blocks("do/mend-rejects.md", "text")


def test_rejects_of_json_lines_look_as_the_page_shows_them() -> None:
    for line in REJECTS[0].text.splitlines():
        told = json.loads(line)
        own = {name: told[name] for name in told if not name.startswith("refusal_")}
        original = told.get("refusal_line") or json.dumps(own, separators=(",", ":"))
        assert rejected_line(told["refusal_code"], told["refusal_text"], original).decode() == line + "\n"
