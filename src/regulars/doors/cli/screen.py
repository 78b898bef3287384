"""What a command prints: lines for people, JSON for programs, complaints beside the output.

On a terminal lines wrap between words under a hanging indent; elsewhere a line stays one line, and nothing is coloured.
What comes from files is shown, never obeyed: control characters are written out.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from regulars.program.problems import Problem


def ready() -> None:
    """Makes sure that a letter which the terminal does not have ends no command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@lru_cache(maxsize=2)
def console(beside: bool = False) -> Console:
    """The output, or what stands beside it."""
    return Console(stderr=beside, highlight=False, markup=False, emoji=False)


def say(text: str = "", style: str = "", indent: int = 0) -> None:
    """Prints a line."""
    _print(console(), Text(shown(text), style), indent)


def pairs(rows: Iterable[tuple[str, str]], indent: int = 2, gap: int = 2) -> None:
    """Prints names with what there is to say about them, in two columns."""
    listed = [(shown(name), shown(text)) for name, text in rows]
    width = max((len(name) for name, _ in listed), default=0) + gap
    for name, text in listed:
        line = Text(name.ljust(width), "bold").append(text, "not bold")
        _print(console(), line, indent, width)


def heading(text: str) -> None:
    """Prints a heading."""
    say(text, "bold")


def complain(problem: str, hint: str = "") -> None:
    """Says beside the output what is wrong, and what can be done about it."""
    _print(console(beside=True), Text.assemble(("regulars: ", "bold red"), shown(problem)), 0)
    if hint:
        _print(console(beside=True), Text(shown(hint), "dim"), 2)


def problem_lines(problems: Iterable[Problem]) -> None:
    """Prints mistakes in files, a line each, `file:line:column` first, in the order of the file."""
    from regulars.program.problems import show

    ordered = list(problems)
    width = max((show(one).index("    ") + 4 for one in ordered), default=0)
    for one in ordered:
        line = Text(shown(show(one, width)))
        line.stylize("bold", 0, width)
        _print(console(), line, 0, width)


def emit(value: Any) -> None:
    """Prints a value as JSON; exact numbers become texts."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def shown(text: str) -> str:
    """The text with what does not print written out."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter == "\n" else f"\\x{ord(letter):02x}" for letter in text)


def _print(to: Console, text: Text, indent: int, hanging: int = 0) -> None:
    """Prints a text; of what wraps, the first `hanging` letters stand alone at the left."""
    if not to.is_terminal or not text.plain:
        to.print(Text(" " * indent) + text if text.plain else "", soft_wrap=True)
        return
    if hanging > to.width // 2:
        hanging = 0
    head, rest = text[:hanging], text[hanging:]
    for number, line in enumerate(rest.wrap(to, max(to.width - indent - hanging, 8))):
        line.rstrip()
        to.print(Text(" " * indent) + (Text(" " * hanging) if number else head) + line, soft_wrap=True)
