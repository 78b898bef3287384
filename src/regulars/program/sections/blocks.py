"""Sections of rules as flat blocks: groups (`each`) are opened, and what stands beside `each` is inherited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from regulars.program.forms import RESERVED
from regulars.program.keys import SECTIONS
from regulars.program.nodes import Mapping, Node, Scalar
from regulars.program.sections.context import NAME, Context

ADDING = ("terms", "needs", "when", "unless", "lines", "except")
"""Keys that add up over groups; any other key is replaced where a member has its own."""


@dataclass
class Block:
    """One rule as written, with what it inherits: each key with its values, the group's before its own."""

    section: str
    name: str
    place: Scalar
    group: str | None = None
    groups: tuple[str, ...] = ()
    parts: dict[str, tuple[tuple[Scalar, Node], ...]] = field(default_factory=dict)
    broken: bool = False

    @property
    def full(self) -> str:
        """`section.name`."""
        return f"{self.section}.{self.name}"

    def get(self, key: str) -> Node | None:
        """The value of a key that is not inherited in parts, or None."""
        found = self.parts.get(key)
        return found[-1][1] if found else None

    def key(self, key: str) -> Scalar:
        """The key itself, or the rule's name where it is not written."""
        found = self.parts.get(key)
        return found[-1][0] if found else self.place

    def all(self, key: str) -> tuple[Node, ...]:
        """All values of a key that adds up, the group's first."""
        return tuple(node for _, node in self.parts.get(key, ()))

    def __contains__(self, key: object) -> bool:
        return key in self.parts


def blocks_of(context: Context, section: str, node: Node) -> list[Block]:
    """The rules of a section in the order of the file, groups opened; two of one name are noted."""
    kind = SECTIONS[section]
    mapping = context.mapping(node, f"`{section}`")
    if mapping is None:
        return []
    found: dict[str, Block] = {}
    for block in _open(context, section, kind, mapping, Block(section, "", Scalar("", "text", mapping.mark))):
        if block.name in found:
            earlier = found[block.name].place.mark.line
            context.say(
                block.place,
                "twice",
                f"`{block.full}` stands twice, first in line {earlier}",
                "a rule is `section.name`",
            )
        else:
            found[block.name] = block
    names = context.names.rules.setdefault(section, {})
    for block in found.values():
        context.names.places.setdefault(section, {})[block.name] = block.place
        names[block.name] = (*names.get(block.name, ()), block.full)
        for group in block.groups:
            names[group] = (*names.get(group, ()), block.full)
    return list(found.values())


def _open(context: Context, section: str, kind: str, mapping: Mapping, above: Block) -> Iterator[Block]:
    for key, value in mapping.items:
        good_name(context, key, "rule")
        before = len(context.problems)
        entries = context.entries(value, kind)
        broken = above.broken or len(context.problems) > before or (isinstance(value, Mapping) and bool(value.broken))
        own = Block(section, key.text, key, above.group, above.groups, dict(above.parts), broken)
        each = entries.pop("each", None)
        for name, entry in entries.items():
            own.parts[name] = (*above.parts.get(name, ()), entry) if name in ADDING else (entry,)
        if each is None:
            context.keys[own.full] = frozenset(own.parts)
            if own.broken:
                context.broken.add(own.full)
            yield own
            continue
        members = context.mapping(each[1], "`each`")
        if members is not None:
            own.group, own.groups = key.text, (*above.groups, key.text)
            yield from _open(context, section, kind, members, own)


def good_name(context: Context, key: Scalar, what: str) -> bool:
    """Whether a key can be a name; notes it when it cannot."""
    if key.text in RESERVED:
        context.say(key, "reserved", f"`{key.text}` is a word of the language and cannot name a {what}")
    elif not NAME.fullmatch(key.text):
        context.say(
            key, "name", f"`{key.text}` cannot name a {what}", "a name is small letters, digits and `_`, a letter first"
        )
    else:
        return True
    return False
