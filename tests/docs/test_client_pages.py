"""What the pages say of the client is run, against a service that was started as they say."""

from __future__ import annotations

import doctest
import re
import shutil
from pathlib import Path

import pytest
from tests.docs.blocks import DOCS, blocks
from tests.service_factory import service

from regulars.client import Client
from regulars.client.call import Method

ROOT = DOCS.parent
PAGE = "do/use-the-client.md"
ADDRESS, KEY = "http://127.0.0.1:8000", "mine"


def test_the_readmes_example_sends_a_purchase_and_prints_what_it_says(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (code,) = (found for found in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "regulars.client" in found)
    assert len(code.splitlines()) == 5
    assert ADDRESS in code
    shutil.copy(ROOT / "programs" / "corner-coffee-card.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    with service(database, key=KEY) as running:
        known: dict[str, Client] = {}
        exec(code.replace(ADDRESS, running.url), known)
        known["shop"].close()
    assert capsys.readouterr().out.strip() == code.rpartition("# ")[2].strip()


def test_the_page_of_the_client_does_what_it_says(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for block in blocks(PAGE):
        if title := block.words.get("title"):
            (tmp_path / title).write_text(block.text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with service(database, key=KEY) as running:
        text = (DOCS / PAGE).read_text(encoding="utf-8").replace(ADDRESS, running.url)
        page = doctest.DocTestParser().get_doctest(text, {}, PAGE, PAGE, 0)
        ran = doctest.DocTestRunner().run(page, clear_globs=False)
        for client in (page.globs["shop"], page.globs["away"]):
            client.close()
    assert ran.failed == 0
    assert ran.attempted > 20


def test_the_page_names_only_methods_that_there_are() -> None:
    named = set(re.findall(r"\bshop\.(\w+)\(", (DOCS / PAGE).read_text(encoding="utf-8")))
    methods = {name for kind in Client.__mro__ for name, value in vars(kind).items() if isinstance(value, Method)}
    assert len(named) > 10
    assert named - methods == set()
