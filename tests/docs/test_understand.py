"""What the pages say about the code is so: files, tables, laws."""

from __future__ import annotations

import re

from tests.docs.blocks import DOCS

from regulars.engine.model import MEMBER_ACCOUNTS
from regulars.ledger.laws import LAWS

ROOT = DOCS.parent
SOURCE = ROOT / "src" / "regulars"
WALK = (DOCS / "understand/walk.md").read_text(encoding="utf-8")
LEDGER = (DOCS / "understand/ledger.md").read_text(encoding="utf-8")
NINE = (DOCS / "understand/laws.md").read_text(encoding="utf-8")


def test_the_files_that_the_walk_names_are_there() -> None:
    named = re.findall(r"`([a-z_]+(?:/[a-z_]*)*(?:\.py|\.sql|/))`", WALK)
    assert len(named) > 30
    assert [name for name in named if not (SOURCE / name).exists() and not (ROOT / name).exists()] == []


def test_the_files_that_the_ledger_page_and_the_decisions_name_are_there() -> None:
    for page in [DOCS / "understand/ledger.md", *sorted((DOCS / "decisions").glob("*.md"))]:
        named = re.findall(r"`((?:[a-z_]+/)+[a-z_0-9]+\.(?:py|sql))`", page.read_text(encoding="utf-8"))
        assert [name for name in named if not (SOURCE / name).exists() and not (ROOT / name).exists()] == [], page.name


def test_every_table_of_the_ledger_is_on_its_page() -> None:
    schema = (SOURCE / "ledger/schema.sql").read_text(encoding="utf-8")
    tables = re.findall(r"^create table (\w+)", schema, re.MULTILINE)
    assert [table for table in tables if f"\n| `{table}` |" not in LEDGER] == []
    for table in re.findall(r"truncate on (\w+)", schema):
        assert re.search(rf"^\| `{table}` .*\*\*never\*\* \|$", LEDGER, re.MULTILINE), table


def test_every_account_is_on_the_ledger_page() -> None:
    assert [account for account in MEMBER_ACCOUNTS if f"`{account}`" not in LEDGER] == []


def test_every_law_that_verify_proves_is_on_its_page_as_it_says_it() -> None:
    assert [name for name, says in LAWS.items() if f"\n| `{name}` | {says} |" not in LEDGER] == []


def test_each_law_is_held_by_a_test_with_a_planted_slip() -> None:
    rows = re.findall(r"^\| (\d) \| .*?`(tests/[\w/]+\.py)`", NINE, re.MULTILINE)
    assert [number for number, _ in rows] == [str(number) for number in range(1, 10)]
    for _, name in rows:
        assert "slip" in (ROOT / name).read_text(encoding="utf-8"), name


def test_every_test_of_a_law_is_on_the_page() -> None:
    assert [path.name for path in sorted((ROOT / "tests/laws").glob("test_*.py")) if path.name not in NINE] == []
