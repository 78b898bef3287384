"""A program file as nodes with marks: texts, mappings and sequences that know the line and column where they stand.

Read as YAML 1.2: `on`, `no`, `yes` and `12:30` are texts, and numbers stay as they were written. Nothing here knows a
key of the language. Whatever the text is, reading ends with what could be read and a list of problems; it never raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from yaml.error import Mark as Place
from yaml.error import MarkedYAMLError
from yaml.events import (
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from regulars.program.problems import Problem, Problems
from regulars.program.yaml12 import Events
from regulars.program.yaml_errors import needs_quotes, syntax

MAX_LETTERS = 1_000_000
MAX_NODES = 50_000
MAX_DEPTH = 40
# A file with more broken sections than this is no program; reading each by itself would only take time.
MAX_PIECES = 500

ScalarKind = Literal["text", "int", "decimal", "bool", "null"]

_KINDS: tuple[tuple[ScalarKind, re.Pattern[str]], ...] = (
    ("null", re.compile(r"null|Null|NULL|~|")),
    ("bool", re.compile(r"true|True|TRUE|false|False|FALSE")),
    ("int", re.compile(r"[-+]?[0-9]+")),
    ("decimal", re.compile(r"[-+]?[0-9]+\.[0-9]+")),
)
_TOP_KEY = re.compile(r"""^["']?[A-Za-z_][A-Za-z0-9_.-]*["']?[ ]*:(?=\s|$)""", re.MULTILINE)
_CONTROL = re.compile(r"[^\x09\x0A\x0D\x20-\x7E\x85\xA0-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in the file; line and column count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, a number as it was written, a truth value or nothing.

    `mark` is the first letter of the text itself, inside the quotes if it is `quoted`. `bare` is the nothing that
    stands for a key without a `:` (in braces a comma begins a new key). `exact` tells that an offset into the text is
    an offset into the file.
    """

    text: str
    kind: ScalarKind
    mark: Mark
    quoted: bool = False
    bare: bool = False
    exact: bool = True

    def at(self, offset: int) -> Mark:
        """The place of a letter of the text; of a text with escapes or on several lines, its beginning."""
        return Mark(self.mark.line, self.mark.column + offset) if self.exact else self.mark


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their values in the order of the file.

    `broken` are keys whose value could not be read, which a problem already says.
    """

    items: tuple[tuple[Scalar, Node], ...]
    mark: Mark
    broken: frozenset[str] = frozenset()

    def get(self, name: str) -> Node | None:
        """The value of a key, or None."""
        return next((value for key, value in self.items if key.text == name), None)

    def key(self, name: str) -> Scalar | None:
        """The key itself, with its mark, or None."""
        return next((key for key, _ in self.items if key.text == name), None)

    def keys(self) -> tuple[str, ...]:
        """The keys' texts in the order of the file."""
        return tuple(key.text for key, _ in self.items)

    def __contains__(self, name: object) -> bool:
        return any(key.text == name for key, _ in self.items)

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Sequence:
    """Values in the order of the file; those that could not be read are left out, and `broken` says so."""

    items: tuple[Node, ...]
    mark: Mark
    broken: bool = False


Node = Scalar | Mapping | Sequence


def read(text: str, file: str = "") -> tuple[Mapping | None, list[Problem]]:
    """The top mapping of a file and everything that is wrong with it as YAML, in the order of the file.

    The mapping is None where nothing could be read; otherwise it is what could be, with what could not be listed in
    `broken`. A syntax error costs the section (the key at the left edge) in which it stands, not the others.
    """
    problems = Problems(file)
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_LETTERS:
        problems.add(Mark(1, 1), "yaml.too_large", f"the file has more than {MAX_LETTERS} characters")
        return None, list(problems)
    if strange := _CONTROL.search(text):
        message = f"the character {strange.group()!a} cannot stand in a file"
        problems.add(_mark_of(text, strange.start()), "yaml.character", message)
        return None, list(problems)
    try:
        top = _read_all(text, problems)
    except _TooMuch as much:
        problems.add(much.mark, much.code, much.message)
        top = None
    return top, sorted(set(problems))


def _read_all(text: str, problems: Problems) -> Mapping | None:
    whole = Problems(problems.file)
    try:
        top = _Reader(text, whole).top()
        problems.extend(whole)
        return top
    except MarkedYAMLError as error:
        whole.append(syntax(error, text, problems.file))
    pieces = _pieces(text)
    if not 1 < len(pieces) <= MAX_PIECES:
        problems.extend(whole)
        return None
    return _read_pieces(pieces, whole, problems)


def _read_pieces(pieces: list[str], whole: Problems, problems: Problems) -> Mapping | None:
    items: dict[str, tuple[Scalar, Node]] = {}
    broken: set[str] = set()
    first, nodes, failed = 0, 0, False
    for piece in pieces:
        reader = _Reader(piece, problems, first, nodes)
        try:
            part = reader.top()
        except MarkedYAMLError as error:
            failed = True
            problems.append(syntax(error, piece, problems.file, first))
            broken.update(match.group().strip(" \"':") for match in _TOP_KEY.finditer(piece))
            part = None
        nodes = reader.nodes
        first += piece.count("\n")
        if part:
            broken |= part.broken
            for key, value in part.items:
                if key.text in items:
                    reader.repeated(key, items[key.text][0])
                else:
                    items[key.text] = (key, value)
    if not failed:
        problems.extend(whole)
    return Mapping(tuple(items.values()), Mark(1, 1), frozenset(broken)) if items or broken else None


def _pieces(text: str) -> list[str]:
    starts = [match.start() for match in _TOP_KEY.finditer(text)]
    if not starts:
        return [text]
    starts[0] = 0
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


class _TooMuch(Exception):
    def __init__(self, mark: Mark, code: str, message: str) -> None:
        super().__init__(message)
        self.mark, self.code, self.message = mark, code, message


class _Reader:
    """Builds nodes from the events of one text whose first line is `first` lines down the file."""

    def __init__(self, text: str, problems: Problems, first: int = 0, nodes: int = 0) -> None:
        self.text = text
        self.problems = problems
        self.first = first
        self.nodes = nodes
        self.events = Events(text)

    def top(self) -> Mapping | None:
        events = self.events
        events.take()
        if not events.check_event(DocumentStartEvent):
            self.problems.add(
                Mark(1, 1), "yaml.empty", "the file is empty", "a program begins with `program:` and its name"
            )
            return None
        events.take()
        node = self.node(1, None)
        events.take()
        if events.check_event(DocumentStartEvent):
            mark = self.mark(events.see())
            self.problems.add(mark, "yaml.documents", "a file holds one program; what stands below `---` is not read")
        if isinstance(node, Mapping):
            return node
        if node is not None:
            self.problems.add(
                node.mark, "yaml.not_a_mapping", "a program is keys with values; write `program: its-name` first"
            )
        return None

    def mark(self, event: Event, inside: int = 0) -> Mark:
        begin = _begin(event)
        return Mark(self.first + begin.line + 1, begin.column + 1 + inside)

    def node(self, depth: int, key: str | None) -> Node | None:
        event = self.events.take()
        self.nodes += 1
        if depth > MAX_DEPTH:
            message = f"values stand in one another more than {MAX_DEPTH} deep"
            raise _TooMuch(self.mark(event), "yaml.too_deep", message)
        if self.nodes > MAX_NODES:
            raise _TooMuch(self.mark(event), "yaml.too_large", f"the file has more than {MAX_NODES} values")
        if isinstance(event, MappingStartEvent):
            node: Node | None = self.mapping(event, depth)
        elif isinstance(event, SequenceStartEvent):
            node = self.sequence(event, depth, key)
        else:
            assert isinstance(event, ScalarEvent)
            node = self.scalar(event)
        why = self.events.refused.get(_begin(event).index)
        if why is None:
            return node
        written = node.text if isinstance(node, Scalar) else ""
        message, hint = needs_quotes(why, written, key)
        self.problems.add(self.mark(event), "yaml.needs_quotes", message, hint)
        return None

    def scalar(self, event: ScalarEvent) -> Scalar | None:
        start, end = _begin(event), event.end_mark
        text = event.value
        one_line = end is not None and start.line == end.line
        if event.style is None:
            bare = start.index in self.events.bare
            return Scalar(text, _kind(text), self.mark(event), bare=bare, exact=one_line)
        if strange := _CONTROL.search(text):
            self.problems.add(
                self.mark(event, 1), "yaml.character", f"the character {strange.group()!a} cannot stand in a text"
            )
            return None
        if event.style in "|>":
            return Scalar(text, "text", self.mark(event), quoted=True, exact=False)
        exact = one_line and end is not None and end.index - start.index == len(text) + 2
        return Scalar(text, "text", self.mark(event, 1), quoted=True, exact=exact)

    def sequence(self, event: SequenceStartEvent, depth: int, key: str | None) -> Sequence:
        items: list[Node] = []
        broken = False
        while not self._ends():
            node = self.node(depth + 1, key)
            if node is None:
                broken = True
            else:
                items.append(node)
        self.events.take()
        return Sequence(tuple(items), self.mark(event), broken)

    def mapping(self, event: MappingStartEvent, depth: int) -> Mapping:
        items: dict[str, tuple[Scalar, Node]] = {}
        broken: set[str] = set()
        while not self._ends():
            mark = self.mark(self.events.see())
            key = self.node(depth + 1, None)
            name = key.text if isinstance(key, Scalar) else None
            value = self.node(depth + 1, name)
            if isinstance(key, Scalar) and not (key.kind == "null" and not key.text):
                if key.text == "<<":
                    self.problems.add(
                        key.mark, "yaml.merge", "`<<` is not read here; what rules share stands beside `each`"
                    )
                elif key.text in items:
                    self.repeated(key, items[key.text][0])
                elif value is None:
                    broken.add(key.text)
                else:
                    bare = isinstance(value, Scalar) and value.bare
                    items[key.text] = (key, replace(value, mark=key.mark) if bare else value)
            elif key is not None:
                self.problems.add(mark, "yaml.key", "a key is one text before a `:`")
        self.events.take()
        return Mapping(tuple(items.values()), self.mark(event), frozenset(broken))

    def repeated(self, key: Scalar, earlier: Scalar) -> None:
        message = f"`{key.text}` stands twice here, first in line {earlier.mark.line}; only the first is read"
        self.problems.add(key.mark, "yaml.repeated_key", message)

    def _ends(self) -> bool:
        return self.events.check_event(MappingEndEvent, SequenceEndEvent)


def _begin(event: Event) -> Place:
    assert isinstance(event.start_mark, Place)
    return event.start_mark


def _kind(text: str) -> ScalarKind:
    for kind, form in _KINDS:
        if form.fullmatch(text):
            return kind
    return "text"


def _mark_of(text: str, index: int) -> Mark:
    return Mark(text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


__all__ = ["Mapping", "Mark", "Node", "Scalar", "Sequence", "read"]
