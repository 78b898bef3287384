"""Runs the commands that the docs show, and says or writes what they print.

A block of a page with `title=NAME` is a file; a block `console` has commands (`$ regulars ..`, `$ cat FILE`) with what
they print beneath. The
blocks of a page are taken in order, in one empty folder. Where a line is `...` any lines may stand, and within a line anything. `python
tools/consoles.py` writes what the commands print now into the pages, so that a change of words can be looked at as a change.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docs"
FENCE = re.compile(r"^```(\w+)?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANY = "..."


def pages() -> list[str]:
    """The pages that show commands."""
    found = (str(path.relative_to(FOLDER)) for path in sorted(FOLDER.rglob("*.md")))
    return [page for page in found if "\n```console" in (FOLDER / page).read_text(encoding="utf-8")]


def written(page: str) -> str:
    """The page with what its commands print now."""
    text = (FOLDER / page).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="regulars-docs-") as folder:
        return FENCE.sub(lambda found: _block(found, Path(folder)), text)


def _block(found: re.Match[str], folder: Path) -> str:
    language, words, text = found[1], found[2], found[3]
    title = re.search(r"title=(\S+)", words)
    if title:
        (folder / title[1]).write_text(text, encoding="utf-8")
    if language != "console":
        return found[0]
    lines = [
        line for command, said in _commands(text) for line in (f"$ {command}", *_fitted(said, _run(command, folder)))
    ]
    return "\n".join([f"```console{words}", *lines, "```"])


def _commands(text: str) -> Iterator[tuple[str, list[str]]]:
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)
    for part in parts[1:]:
        command, *said = part.rstrip("\n").split("\n")
        yield command, said


def _run(command: str, folder: Path) -> list[str]:
    """What the command prints, errors too, line by line."""
    name, *words = shlex.split(command)
    if name == "cat":
        return (folder / words[0]).read_text(encoding="utf-8").rstrip("\n").split("\n")
    assert name == "regulars", f"the docs show commands of Regulars only, not {name!r}"
    # A terminal's width would be somebody's own.
    environment = {**os.environ, "COLUMNS": "120", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run(
        [sys.executable, "-m", "regulars", *words],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return run.stdout.rstrip("\n").split("\n")


def _fitted(said: list[str], printed: list[str]) -> list[str]:
    """What the page says where it fits what is printed, with `...` for any lines; else what is printed."""
    lines = (re.escape(line).replace(re.escape(ANY), ".*") for line in said)
    wanted = "".join(r"(?:.*\n)*?" if line == ".*" else line + r"\n" for line in lines)
    return said if re.fullmatch(wanted, "".join(f"{line}\n" for line in printed)) else printed


def main() -> int:
    """0 when the pages are written."""
    for page in pages():
        text = written(page)
        if text != (FOLDER / page).read_text(encoding="utf-8"):
            (FOLDER / page).write_text(text, encoding="utf-8")
            print(f"docs/{page} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
