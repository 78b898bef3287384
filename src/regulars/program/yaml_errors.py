"""What is said about a text that is not the YAML its writer meant: mostly a forgotten quote, bracket or space."""

from __future__ import annotations

import re

from yaml.error import MarkedYAMLError

from regulars.program.problems import Problem

_ONE_THING = re.compile(r"!\s*([A-Za-z_][\w.]*(\([^()]*\))?|\([^()]*\))")
_ONE_COLUMN = "keys of one mapping begin in the same column"
_INDENT = "this line is not indented like a key of the mapping that it seems to belong to"
# Words of PyYAML's problem and of its context; what is said instead, the hint, and whether it is said of the beginning.
_SAID: tuple[tuple[str, str, str, str, bool], ...] = (
    ("stream", "quoted scalar", "a text in quotes begins here and is never closed", "", True),
    ("document", "quoted scalar", "a text in quotes begins here and is never closed", "", True),
    ("escape", "", "`\\` begins an escape in double quotes", "write it twice, or use single quotes", False),
    (
        "could not find expected ':'",
        "",
        "a key has no `:` after it",
        "a text that goes on in the next line stands further to the right than its key",
        True,
    ),
    (
        "mapping values are not allowed",
        "",
        "a `: ` stands where no key can",
        "a value that holds `: ` needs quotes; or the line is indented too far",
        False,
    ),
    ("sequence entries", "", "a list in lines begins on the line below its key", "or write `[a, b]`", False),
    ("", "block scalar", "a text after `|` or `>` begins on the next line", "", False),
    ("", "block mapping", _INDENT, _ONE_COLUMN, False),
    ("", "block collection", _INDENT, _ONE_COLUMN, False),
    ("document start", "", _INDENT, _ONE_COLUMN, False),
)
_TURNED = {"lines": "except", "when": "unless", "except": "lines", "unless": "when"}


def needs_quotes(why: str, text: str, key: str | None) -> tuple[str, str]:
    """What to say about a text that should stand in quotes: the message and the hint.

    `why` is what made quotes necessary, `key` the key whose value the text is.
    """
    shown = f'`"{text}"`' if text and '"' not in text and "\n" not in text and len(text) < 80 else ""
    write = f"write {shown}" if shown else ""
    if why == "!":
        return _negation(text, key, write)
    if why == "indent":
        return "a line below with a `: ` stands so far right that it is read as part of this value", _ONE_COLUMN
    if why in "}]" and text.startswith(why):
        return f"`{why}` closes nothing here", ""
    if why in "&*" and re.fullmatch(r"[&*][\w-]*", text):
        return f"`{text}` is an anchor or alias of YAML, which is not read here", "write the value again"
    if why in "\"'":
        message = f"a value that begins with `{why}` ends at the next `{why}`, and here more follows"
        return message, write or "put the whole in quotes"
    if why in "[{" and (not text or text[0] == why):
        message = f"a value that begins with `{why}` ends with its bracket, and here more follows"
        return message, write or "put the whole in quotes"
    if why in (": ", " #"):
        return f"a value that holds `{why}` needs quotes", write
    if text.startswith(why):
        return f"a value that begins with {'a backtick' if why == '`' else f'`{why}`'} needs quotes", write
    return f"in braces a value that holds `{_first_of(text) or why}` needs quotes", write


def _negation(text: str, key: str | None, write: str) -> tuple[str, str]:
    if text.startswith("!!"):
        return "a tag of YAML (`!!`) is not read here", "leave it out, or put a condition in quotes"
    turned = _TURNED.get(key or "")
    if turned and _ONE_THING.fullmatch(text):
        rest = text[1:].strip()
        inner = rest[1:-1] if rest.startswith("(") else rest
        return f"a condition that begins with `!` needs quotes, or turn it round: `{turned}: {inner}`", ""
    return "a condition that begins with `!` needs quotes", write


def _first_of(text: str) -> str:
    found = re.search(r"[,\[\]{}]", text)
    return found.group() if found else ""


def syntax(error: MarkedYAMLError, text: str, file: str, first: int = 0) -> Problem:
    """A syntax error in the words of someone who writes a program; `first` is how many lines stand above the text."""
    at, begun = error.problem_mark or error.context_mark, error.context_mark or error.problem_mark
    line = _line(text, at.line) if at else ""
    if at and line[at.column : at.column + 1] == "\t":
        message, hint, from_start = "a tab stands here", "YAML is indented and separated with spaces", False
    else:
        message, hint, from_start = _said(error, first)
    place = begun if from_start else at
    row, column = (place.line, place.column) if place else (0, 0)
    return Problem(first + row + 1, column + 1, "yaml.syntax", message, hint, file)


def _said(error: MarkedYAMLError, first: int) -> tuple[str, str, bool]:
    """Message, hint, and whether the mistake lies where the thing began rather than where reading stopped."""
    what, context = error.problem or "", error.context or ""
    if "expected the node content" in what:
        if "stream end" in what or "document" in what:
            return "the file ends where a value was expected", "something is not closed", False
        return "a value was expected here", "a value that begins like this needs quotes", False
    if "flow mapping" in context or "flow sequence" in context:
        opener, closer = ("{", "}") if "mapping" in context else ("[", "]")
        where = f"`{opener}` of line {first + error.context_mark.line + 1}" if error.context_mark else f"`{opener}`"
        hint = "a value that holds brackets or quotes may need quotes"
        return f"expected `,` or `{closer}` to go on with or close the {where}", hint, False
    for in_problem, in_context, message, hint, from_start in _SAID:
        if in_problem in what and in_context in context:
            return message, hint, from_start
    return f"this is not YAML: {what or context}", "", False


def _line(text: str, number: int) -> str:
    lines = text.splitlines()
    return lines[number] if number < len(lines) else ""
