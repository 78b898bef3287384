"""How rows of a table become events: which columns are an event's fields, and which rows make one event together.

A mapping is a YAML file of its own. What is wrong in it is said with line and column, all at once.

by: basket_id                  # rows that follow each other with the same basket_id are one event
id: basket_id
type: {value: purchase}
member: household_id
happened_at: {column: sold_at, zone: UTC}
join: true                     # a `join` before the first event of a member whom nobody has heard of
facts: {store: store_id}
lines:
  amount: [sales_value, -rebate]
  department: {column: department, words: true, values: {meat_pckgd: meat}, else: other}
look_up:
  products.parquet: {by: product_id, take: [department]}
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from regulars.program.nodes import Mapping, Mark, Node, Scalar, read
from regulars.program.nodes import Sequence as Listed
from regulars.program.problems import Problem, Problems, did_you_mean

KEYS: Final = ("by", "id", "type", "member", "happened_at", "source", "join", "facts", "lines", "look_up")
FIELD_KEYS: Final = ("column", "value", "words", "values", "else", "from", "to", "zone")
HEAD: Final = ("id", "type", "member", "happened_at", "source")
LINE: Final = "line."
"""What the columns of a line begin with in a table that needs no mapping."""


@dataclass(frozen=True, slots=True)
class Field:
    """Where a field comes from: `columns` with their signs, or a constant `value`; then how it is changed.

    `words` makes small letters with underscores of what was written; `values` then puts other words in its place;
    numbers outside `least` to `most`, and what is missing, become `otherwise`. `zone` is that of moments without one.
    """

    columns: tuple[tuple[str, int], ...] = ()
    value: str | None = None
    words: bool = False
    values: dict[str, str] = field(default_factory=dict)
    least: int | None = None
    most: int | None = None
    otherwise: str | None = None
    zone: str | None = None
    mark: Mark = Mark(1, 1)


@dataclass(frozen=True, slots=True)
class LookUp:
    """Columns of another table, found by a column that both have; `file` stands in the folder of the events."""

    file: str
    by: str
    take: tuple[str, ...]
    mark: Mark = Mark(1, 1)


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping: head fields, facts and line fields by name; `by` is the column that tells events apart.

    Without `by` every row is an event of its own.
    """

    by: str | None
    head: dict[str, Field]
    facts: dict[str, Field]
    lines: dict[str, Field]
    look_ups: tuple[LookUp, ...] = ()
    joins: bool = False
    file: str = ""

    def fields(self) -> Iterator[Field]:
        """All fields."""
        for group in (self.head, self.facts, self.lines):
            yield from group.values()

    def columns(self) -> tuple[str, ...]:
        """The columns that the events' own table must have."""
        looked = {name for one in self.look_ups for name in one.take}
        names = [name for one in self.fields() for name, _ in one.columns if name not in looked]
        names += [one.by for one in self.look_ups]
        return tuple(dict.fromkeys([*([self.by] if self.by else []), *names]))

    def missing(self, header: Sequence[str]) -> list[Problem]:
        """The columns that a table does not have, each where the mapping names it."""
        problems = Problems(self.file)
        for name in self.columns():
            if name not in header:
                hint = did_you_mean(name, header) or f"there are {', '.join(header[:20])}"
                problems.add(self._mark(name), "mapping.column", f"the events have no column `{name}`", hint)
        return list(problems)

    def _mark(self, column: str) -> Mark:
        for one in self.fields():
            if any(name == column for name, _ in one.columns):
                return one.mark
        return next((one.mark for one in self.look_ups if one.by == column), Mark(1, 1))


def plain(header: Sequence[str], file: str = "") -> Mapped:
    """The mapping of a table whose columns are named as an event's fields, and `line.amount` as a line's."""
    head = {name: Field(((name, 1),)) for name in HEAD if name in header}
    lines = {name.removeprefix(LINE): Field(((name, 1),)) for name in header if name.startswith(LINE)}
    facts = {name: Field(((name, 1),)) for name in header if name not in head and not name.startswith(LINE)}
    for name in ("id", "type", "member", "happened_at"):
        # A column that must be there is asked for, so that its absence is said once and not for every row.
        head.setdefault(name, Field(((name, 1),)))
    return Mapped("id" if lines else None, head, facts, lines, file=file)


def read_mapping(text: str, file: str) -> Mapped | list[Problem]:
    """The mapping of a text, or everything that is wrong with it."""
    top, found = read(text, file)
    problems = Problems(file, found)
    if top is None or problems:
        return list(problems) or [Problem(1, 1, "mapping.empty", "the mapping is empty", file=file)]
    reader = _Reader(problems)
    mapped = reader.mapped(top, file)
    return sorted(problems) if problems else mapped


class _Reader:
    def __init__(self, problems: Problems) -> None:
        self.problems = problems

    def mapped(self, top: Mapping, file: str) -> Mapped:
        self.known(top, KEYS)
        for name in ("id", "type", "member", "happened_at"):
            if name not in top:
                self.problems.add(top.mark, "mapping.missing", f"`{name}` is missing", "say which column it is")
        head = {key.text: self.field(value, key) for key, value in top.items if key.text in HEAD}
        for name in ("id", "member"):
            if name in head and len(head[name].columns) != 1:
                self.problems.add(head[name].mark, "mapping.field", f"`{name}` comes from one column")
        by, joins = top.get("by"), top.get("join")
        return Mapped(
            None if by is None else self.text(by),
            head,
            self.fields(top.get("facts")),
            self.fields(top.get("lines")),
            tuple(self.look_ups(top.get("look_up"))),
            joins is not None and self.flag(joins),
            file,
        )

    def known(self, node: Mapping, keys: Sequence[str]) -> None:
        for key, _ in node.items:
            if key.text not in keys:
                hint = did_you_mean(key.text, keys) or f"there are {', '.join(keys)}"
                self.problems.add(key.mark, "mapping.unknown_key", f"unknown key `{key.text}`", hint)

    def text(self, node: Node) -> str:
        if isinstance(node, Scalar) and node.text:
            return node.text
        self.problems.add(node.mark, "mapping.text", "here stands one text")
        return ""

    def texts(self, node: Node | None) -> list[str]:
        items = node.items if isinstance(node, Listed) else [] if node is None else [node]
        return [self.text(item) for item in items]

    def flag(self, node: Node) -> bool:
        if isinstance(node, Scalar) and node.kind == "bool":
            return node.text.lower() == "true"
        self.problems.add(node.mark, "mapping.flag", "here stands true or false")
        return False

    def number(self, node: Node | None) -> int | None:
        if node is None:
            return None
        if isinstance(node, Scalar) and node.kind == "int":
            return int(node.text)
        self.problems.add(node.mark, "mapping.number", "here stands a whole number")
        return None

    def fields(self, node: Node | None) -> dict[str, Field]:
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            self.problems.add(node.mark, "mapping.fields", "here stand names with their columns")
            return {}
        return {key.text: self.field(value, key) for key, value in node.items}

    def field(self, node: Node, key: Scalar) -> Field:
        if not isinstance(node, Mapping):
            return Field(tuple(map(_signed, self.texts(node))), mark=node.mark)
        self.known(node, FIELD_KEYS)
        column, value, values = node.get("column"), node.get("value"), node.get("values")
        if (column is None) == (value is None):
            self.problems.add(node.mark, "mapping.field", f"`{key.text}` has a `column` or a `value`, one of the two")
        if values is not None and not isinstance(values, Mapping):
            self.problems.add(values.mark, "mapping.values", "`values` are words with what stands for them")
            values = None
        zone, words, otherwise = node.get("zone"), node.get("words"), node.get("else")
        return Field(
            tuple(map(_signed, self.texts(column))),
            None if value is None else self.text(value),
            words is not None and self.flag(words),
            {} if values is None else {name.text: self.text(item) for name, item in values.items},
            self.number(node.get("from")),
            self.number(node.get("to")),
            None if otherwise is None else self.text(otherwise),
            None if zone is None else self.zone(zone),
            node.mark,
        )

    def zone(self, node: Node) -> str:
        from regulars.words.moments import Zone

        name = self.text(node)
        try:
            Zone(name)
        except (ValueError, KeyError, OSError):
            self.problems.add(node.mark, "mapping.zone", f"`{name}` is no time zone", "such as UTC or Europe/Madrid")
            return "UTC"
        return name

    def look_ups(self, node: Node | None) -> Iterator[LookUp]:
        if node is None:
            return
        if not isinstance(node, Mapping):
            self.problems.add(node.mark, "mapping.look_up", "here stand files with `by` and `take`")
            return
        for key, value in node.items:
            if not isinstance(value, Mapping) or "by" not in value or "take" not in value:
                self.problems.add(key.mark, "mapping.look_up", "a file is looked up `by` a column to `take` others")
                continue
            self.known(value, ("by", "take"))
            by = value.get("by")
            assert by is not None, "it was asked for"
            yield LookUp(key.text, self.text(by), tuple(self.texts(value.get("take"))), key.mark)


def _signed(name: str) -> tuple[str, int]:
    return (name[1:].strip(), -1) if name.startswith("-") else (name, 1)
