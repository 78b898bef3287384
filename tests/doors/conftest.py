"""The command line as tests run it: in this process, in an empty folder, with nothing in its environment."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from regulars.wiring import DATA, TENANT, URL, main

PROGRAMS = Path(__file__).parents[2] / "programs"


class Ran(NamedTuple):
    """How a command ended, what it printed, and what it said beside that."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Regulars = Callable[..., Ran]


@pytest.fixture
def regulars(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Regulars:
    """Runs the command `regulars` with words."""
    for name in (DATA, TENANT, URL):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> Ran:
        capsys.readouterr()
        code = main([str(word) for word in words])
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def card() -> Path:
    """The program of a stamp card."""
    return PROGRAMS / "corner-coffee-card.yaml"
