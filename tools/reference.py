"""Writes the generated parts of the reference pages: keys, refusal codes and commands, each from the code itself.

A page is written by hand around `<!-- generated: NAME -->` and `<!-- end -->`; only what stands between is made here.
`python tools/reference.py` writes the pages, `--check` says which are not as they would be written and exits 1.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from regulars.doors.cli.app import COMMANDS, app
from regulars.program.keys import BLOCKS, CALLED, Key
from regulars.speech import codes, language

FOLDER = Path(__file__).resolve().parent.parent / "docs"
PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

FAMILIES = {
    "event": "The event as it was sent",
    "return": "Goods that come back",
    "reversal": "Events that are taken back",
    "voucher": "Codes of vouchers",
    "import": "Files that are imported",
    "member": "Members",
    "request": "Requests over HTTP",
    "access": "Who may do what",
    "rate": "How often one may ask",
    "program": "Programs and their drafts",
    "receipt": "Receipts",
    "redemption": "Redemptions that were reserved",
    "job": "Imports and exports",
    "service": "The service",
    "engine": "The service",
    "version": "Versions of a program",
    "id": "Ids",
    "money": "Money",
    "moment": "Moments",
}
"""What codes with a point are about, by the word before it; a word that is not here is its own heading."""


def key_tables() -> str:
    """A heading and a table for each block."""
    return "\n".join(_block(block, keys) for block, keys in BLOCKS.items())


def _block(block: str, keys: dict[str, Key]) -> str:
    rule = BLOCKS["RULE"]
    inherits = block != "RULE" and all(keys.get(name) is not None for name in rule)
    own = {name: key for name, key in keys.items() if not (inherits and rule.get(name) is key)}
    lines = [f"### {block}", ""]
    called = CALLED[block]
    if inherits:
        lines += [f"Keys of {called}: all those of [RULE](#rule), and these.", ""]
    else:
        lines += [f"Keys of {called}.", ""]
    lines += ["| key | type | default | meaning |", "| --- | --- | --- | --- |"]
    lines += [f"| `{name}` | {_type(key.type)} | {key.default} | {key.meaning} |" for name, key in own.items()]
    return "\n".join(lines) + "\n"


def _type(written: str) -> str:
    return written.replace("|", "\\|")


def code_tables() -> str:
    """A heading and a table for each family of refusal codes."""
    families: dict[str, list[str]] = {}
    for code in codes(language("en")):
        family = code.code.partition(".")[0] if "." in code.code else ""
        rows = families.setdefault(FAMILIES.get(family, family) if family else "What a member asked for", [])
        rows.append(f"| `{code.code}` | {code.sentence} | {code.hint} |")
    head = ["", "| code | what a member reads | what the sender can do |", "| --- | --- | --- |"]
    return "\n".join("\n".join([f"### {title}", *head, *rows, ""]) for title, rows in families.items())


def commands() -> str:
    """A heading, the usage and the options of each command, from the command line's own help."""
    for name in COMMANDS:
        import_module(f"regulars.doors.cli.{name}")
    told = app.generate_docs(output_format="markdown")
    told = told[told.index("\n## regulars ") + 1 :]
    # How Python was started is no part of a command, and a block called `console` would be run.
    return re.sub(
        r"^```console\n(regulars(?: [a-z][a-z-]*)+).*?(?: -m \S+)?( \[OPTIONS\].*)$",
        r"```text\n\1\2",
        told,
        flags=re.MULTILINE,
    )


def route_tables() -> str:
    """A heading and a table for each group of addresses."""
    from regulars.doors.http.app import routes
    from regulars.doors.http.openapi import TAGS

    groups: dict[str, list[str]] = {}
    for one in routes():
        path = re.sub(r"\{(\w+):\w+\}", r"{\1}", one.path)
        scope = "" if one.scope is None else f"`{one.scope}`"
        groups.setdefault(one.tag, []).append(f"| `{one.method}` | `{path}` | {scope} | {one.summary} |")
    head = ["| | address | scope | |", "| --- | --- | --- | --- |"]
    return "\n".join(
        "\n".join([f"### {tag.capitalize()}", "", *([TAGS[tag], ""] if tag in TAGS else []), *head, *rows, ""])
        for tag, rows in groups.items()
    )


PAGES: dict[str, dict[str, Callable[[], str]]] = {
    "look-up/language.md": {"keys": key_tables},
    "look-up/refusals.md": {"codes": code_tables},
    "look-up/commands.md": {"commands": commands},
    "look-up/api.md": {"routes": route_tables},
}


def written(page: str) -> str:
    """The page as it should be, from what stands in it by hand and what the code says."""
    parts = PAGES[page]
    text = (FOLDER / page).read_text(encoding="utf-8")
    return PART.sub(lambda found: f"{found[1]}\n{parts[found[2]]().strip()}\n\n{found[3]}", text)


def stale() -> Iterator[str]:
    """The pages that are not as they should be."""
    return (page for page in PAGES if (FOLDER / page).read_text(encoding="utf-8") != written(page))


def main() -> int:
    """0 when the pages are written, or, with `--check`, when they need not be."""
    pages = list(stale())
    if "--check" in sys.argv:
        for page in pages:
            print(f"docs/{page} is not what the code says; run `make docs`")
        return 1 if pages else 0
    for page in pages:
        text = written(page)
        (FOLDER / page).write_text(text, encoding="utf-8")
        print(f"docs/{page} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
