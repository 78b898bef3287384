"""The room keeps its law: it imports nothing of ours, and names what it offers."""

import ast
from pathlib import Path

import pytest

from regulars import words

FILES = sorted(Path(words.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_words_import_no_other_room(file: Path) -> None:
    imported = {
        name
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    assert all(name.startswith("regulars.words.") for name in imported if name.startswith("regulars"))


def test_every_public_name_is_there() -> None:
    assert [name for name in words.__all__ if not hasattr(words, name)] == []
