"""The fenced blocks of a page, and what is done with them: loaded, read, run."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tools.consoles import FENCE, FOLDER

DOCS = FOLDER


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the words after it (`title=card.yaml` is a word with a value), its text, its line."""

    page: str
    language: str
    words: dict[str, str]
    text: str
    line: int

    @property
    def where(self) -> str:
        return f"docs/{self.page}:{self.line}"


def blocks(page: str, language: str | None = None) -> list[Block]:
    """The blocks of a page, in order."""
    text = (DOCS / page).read_text(encoding="utf-8")
    found = []
    for match in FENCE.finditer(text):
        words = dict(word.partition("=")[::2] for word in match[2].split())
        found.append(Block(page, match[1] or "", words, match[3], text.count("\n", 0, match.start()) + 1))
    return [block for block in found if language in {None, block.language}]


def pages() -> list[str]:
    """Every page, by its path under docs."""
    return sorted(str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md"))


def sections(text: str) -> dict[str, dict[str, str]]:
    """A program as section -> name -> lines; a section on one line has the one name ''."""
    found: dict[str, dict[str, str]] = {}
    section = name = ""
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        top, second = re.match(r"([a-z_]+):(.*)", line), re.match(r"  ([a-z_.]+):", line)
        if top:
            section, name = top[1], ""
            found[section] = {"": line + "\n"}
            continue
        if second:
            name = second[1]
            found[section][name] = ""
        found[section][name] += line + "\n"
    return found


def merged(base: str, part: str) -> str:
    """The program that a cut-out stands in: its sections and names take the place of those of the base."""
    whole, cut = sections(base), sections(part)
    for section, names in cut.items():
        if len(names) == 1 or section not in whole:
            whole[section] = names
        else:
            whole[section] = whole[section] | names
    return "".join(line for names in whole.values() for line in names.values())
