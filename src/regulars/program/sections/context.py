"""What the readers of one load share: the problems found, the names known, the rules made so far, and small readers of
values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from typing import TypeVar

from regulars.program.cel import CelError, Checked, Type
from regulars.program.forms import FormError
from regulars.program.keys import BLOCKS, CALLED
from regulars.program.model import Rule
from regulars.program.nodes import Mapping, Mark, Node, Scalar, Sequence
from regulars.program.problems import Problems, did_you_mean, nearest
from regulars.program.scope import Scopes, View
from regulars.program.sections.names import Names
from regulars.words.days import Day, day_of

T = TypeVar("T")
Place = Mark | Node
Entries = dict[str, tuple[Scalar, Node]]
"""The keys of a mapping that its block knows, each with its own node and its value."""

NAME = re.compile(r"[a-z][a-z0-9_]*")
PATH = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")


@dataclass
class Context:
    """One load under way."""

    problems: Problems
    names: Names
    scopes: Scopes
    rules: list[Rule] = field(default_factory=list)
    first: Day = 0
    broken: set[str] = field(default_factory=set)
    """Full names of rules with a problem of their own."""
    lost: set[str] = field(default_factory=set)
    """Keys that could not be read somewhere: what nobody seems to give or use may be given or used there."""
    given: set[str] = field(default_factory=set)
    """What some `give` names, even if its amount could not be read."""
    keys: dict[str, frozenset[str]] = field(default_factory=dict)
    """Full name of a rule -> the keys written for it."""
    codes: set[str] = field(default_factory=set)
    """Refusal codes declared outside rules."""
    unread_codes: bool = False
    """Whether some `needs` could not be read, so that a code may be known all the same."""
    claims: dict[int, int] = field(default_factory=dict)
    """The node of a `claim` -> the rule that counts claims: vouchers of a group share it."""
    cel: dict[tuple[str, View, Type | None], Checked | list[CelError]] = field(default_factory=dict)

    def taint(self, name: str) -> None:
        """Notes that a name's declaration is broken: what is then wrong with its use only follows from that."""
        self.scopes.tainted.add(name)

    def written(self, rule: str, keys: Iterable[str]) -> bool:
        """Whether one of these keys is written for a rule, even if its value could not be read."""
        return any(key in self.keys.get(rule, ()) for key in keys)

    def say(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Notes a problem at a node or mark."""
        self.problems.add(place if isinstance(place, Mark) else place.mark, code, message, hint)

    def form(self, node: Node, reader: Callable[[str], T | FormError], what: str = "value") -> T | None:
        """The text form of a scalar, or None after noting what is wrong with it."""
        text = self.scalar(node, what)
        if text is None:
            return None
        read = reader(text.text)
        if isinstance(read, FormError):
            self.say(text.at(read.offset), "form", read.message, read.hint)
            return None
        return read

    def scalar(self, node: Node, what: str = "value") -> Scalar | None:
        """The node if it is a single text with something in it."""
        if isinstance(node, Scalar):
            if node.text or node.quoted:
                return node
            self.say(node, "empty", f"a {what} is missing here")
            return None
        self.say(node, "shape", f"a {what} is one text, not a {'mapping' if isinstance(node, Mapping) else 'list'}")
        return None

    def word(self, node: Node, allowed: Collection[str], what: str) -> str | None:
        """The text of a scalar that is one of a few words."""
        text = self.scalar(node, what)
        if text is None:
            return None
        if text.text in allowed:
            return text.text
        if not allowed:
            # What could stand here could not be read: that is said where it stands.
            return None
        hint = did_you_mean(text.text, allowed) or f"write {either(allowed)}"
        self.say(text, "word", f"`{text.text}` is no {what}", hint)
        return None

    def name(self, node: Node, what: str = "name", paths: bool = False) -> str | None:
        """The text of a scalar that has the shape of a name, or of names joined by points."""
        text = self.scalar(node, what)
        if text is None:
            return None
        if (PATH if paths else NAME).fullmatch(text.text):
            return text.text
        self.say(text, "name", f"`{text.text}` is no {what}", "a name is small letters, digits and `_`, a letter first")
        return None

    def integer(self, node: Node, least: int = 0) -> int | None:
        """The whole number of a scalar."""
        text = self.scalar(node, "number")
        if text is None:
            return None
        if re.fullmatch(r"\d+", text.text) and int(text.text) >= least:
            return int(text.text)
        self.say(text, "number", f"`{text.text}` is no whole number" + (f" from {least}" if least else ""))
        return None

    def boolean(self, node: Node) -> bool | None:
        """`true` or `false`."""
        word = self.word(node, ("true", "false"), "yes or no")
        return None if word is None else word == "true"

    def day(self, node: Node) -> Day | None:
        """The day written as `2026-01-31`."""
        text = self.scalar(node, "day")
        if text is None:
            return None
        try:
            return day_of(text.text)
        except ValueError:
            self.say(text, "date", f"`{text.text}` is no day", "write it as year-month-day, `2026-01-31`")
            return None

    def texts(self, node: Node, what: str = "name") -> list[Scalar]:
        """The scalars of one text or a list of them."""
        found = (self.scalar(item, what) for item in self.each(node))
        return [item for item in found if item is not None]

    def each(self, node: Node) -> Iterable[Node]:
        """The items of a list, or the one node by itself."""
        return node.items if isinstance(node, Sequence) else (node,)

    def terms(self, entries: Map[str, tuple[Scalar, Node]]) -> tuple[str, ...]:
        """The clauses under `terms`."""
        if "terms" not in entries:
            return ()
        return tuple(item.text for item in self.texts(entries["terms"][1], "clause"))

    def mapping(self, node: Node, what: str) -> Mapping | None:
        """The node if it is a mapping; an empty value counts as an empty one."""
        if isinstance(node, Mapping):
            return node
        if isinstance(node, Scalar) and not node.text and not node.quoted:
            return Mapping((), node.mark)
        self.say(node, "shape", f"{what} is a mapping: `key: value`, on lines of their own or in braces")
        return None

    def entries(self, node: Node, block: str) -> Entries:
        """The known keys of a block; unknown ones are noted."""
        called = CALLED[block]
        mapping = self.mapping(node, called)
        found: Entries = {}
        if mapping is None:
            return found
        known = BLOCKS[block]
        self.lost |= mapping.broken
        for key, value in mapping.items:
            if key.text in known:
                found[key.text] = (key, value)
            else:
                self._unknown(mapping, key, value, block)
        return found

    def _unknown(self, mapping: Mapping, key: Scalar, value: Node, block: str) -> None:
        called = CALLED[block]
        self.lost |= {near} if (near := nearest(key.text, BLOCKS[block])) else set()
        if isinstance(value, Scalar) and value.bare and " " in key.text:
            before = [item for item in mapping.items if item[0] is not key and _before(item[0], key)]
            if before:
                self._stray(before[-1], key, called)
                return
        hint = did_you_mean(key.text, BLOCKS[block])
        if called == "a rule" and hint:
            hint += " (rules inside a rule stand under `each`)"
        elif not hint:
            hint = "known: " + ", ".join(sorted(BLOCKS[block])) if len(BLOCKS[block]) <= 12 else ""
        self.say(key, "unknown_key", f"unknown key `{key.text}` in {called}", hint)

    def _stray(self, before: tuple[Scalar, Node], key: Scalar, called: str) -> None:
        """A text with a comma that stands in braces without quotes became two keys."""
        begin, value = before
        written = f"{value.text} {key.text}" if isinstance(value, Scalar) else f"..., {key.text}"
        why = _LACKS.get(begin.text, "and this value needs quotes")
        message = f"`{key.text}` is no key of {called}: in braces a comma begins a new key, {why}"
        self.say(
            key,
            "comma",
            message,
            f"write `{written}`" if begin.text in _LACKS else f'write `"{written.replace(" ", ", ", 1)}"`',
        )


_LACKS = {"lasts": "and a life has none", "at_most": "and a limit has none"}


def _before(one: Scalar, other: Scalar) -> bool:
    return (one.mark.line, one.mark.column) < (other.mark.line, other.mark.column)


def either(words: Collection[str]) -> str:
    """`a`, `b` or `c`."""
    quoted = [f"`{word}`" for word in words]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + f" or {quoted[-1]}"
