"""The command as a process of its own: quick to start, without colour in a pipe, on any terminal."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

from tests.doors.conftest import PROGRAMS

CARD = PROGRAMS / "corner-coffee-card.yaml"


def run(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "regulars", *map(str, words)],
        capture_output=True, text=True, encoding="utf-8", timeout=60, env={**os.environ, **environment}, check=False,
    )  # fmt: skip


def test_the_command_runs_from_any_folder_and_gives_its_code_to_the_shell() -> None:
    assert run("check", CARD).returncode == 0
    assert run("check", "no-such-file.yaml").returncode == 2


def test_help_needs_neither_engine_nor_database_nor_language() -> None:
    heavy = (
        "asyncpg",
        "asyncio",
        "babel",
        "celpy",
        "polars",
        "yaml",
        "regulars.engine.machine",
        "regulars.program.load",
    )
    code = "import sys; from regulars.wiring import main; main(['--help']); "
    done = subprocess.run(
        [sys.executable, "-c", f"{code} print(*sorted(set({heavy!r}) & set(sys.modules)), sep='/')"],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == ""


def test_in_a_pipe_nothing_is_coloured_and_a_mistake_stays_on_one_line(tmp_path: Path) -> None:
    file = tmp_path / f"{'long-' * 30}.yaml"
    file.write_text("program: a\ncolour: red\n")
    done = run("check", file, COLUMNS="40")
    assert "\x1b" not in done.stdout
    assert sum(line.startswith(str(file)) for line in done.stdout.splitlines()) == len(done.stdout.splitlines()) - 1


def test_a_terminal_without_the_letters_still_shows_the_program() -> None:
    done = run("show", CARD, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    assert "Every 9 stamps" in done.stdout
    assert done.stderr == ""


def test_a_reader_that_has_seen_enough_is_no_mistake() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        done = subprocess.run(
            [sys.executable, "-m", "regulars", "show", "--schema"],
            stdout=nobody, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.stderr == ""
    assert done.returncode == 0


def on_a_terminal(columns: int, *words: object) -> str:
    """What a terminal of that width receives."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "NO_COLOR"}}
    with subprocess.Popen(
        [sys.executable, "-m", "regulars", *map(str, words)],
        stdout=theirs, stderr=theirs, env={**environment, "TERM": "xterm-256color"},
    ):  # fmt: skip
        os.close(theirs)
        received = b""
        # A terminal whose other side is closed is an error to read from, and the end.
        with contextlib.suppress(OSError):
            while piece := os.read(ours, 4096):
                received += piece
    os.close(ours)
    return received.decode().replace("\r", "")


def test_on_a_terminal_lines_keep_within_its_width_and_lose_no_word() -> None:
    seen = on_a_terminal(40, "show", CARD)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", seen)
    assert seen != plain, "headings stand out on a terminal"
    assert max(map(len, plain.splitlines())) <= 40
    assert plain.split() == run("show", CARD).stdout.split()
