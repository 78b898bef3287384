"""`facts`: what an event, a line, a tender or a member carries, with its type."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping as Map

from regulars.program.forms import RESERVED, FormError, read_type
from regulars.program.forms.tree import FactType
from regulars.program.model import Fact
from regulars.program.nodes import Mapping, Node, Scalar, Sequence
from regulars.program.problems import did_you_mean
from regulars.program.sections.context import Context

TAKEN = frozenset({"index", "net", "listed", "shares", "tenders", "used", "split", "gone"})
"""Attributes that the engine keeps for itself on what carries facts: a fact so named is kept with a `_` after it."""

BUILT_IN = {
    "event": ("id", "kind", "at", "date", "time", "weekday", "month", "lines"),
    "line": ("amount", "price", "by_voucher"),
    "member": ("id", "joined", "market", "currency", "age"),
}
"""Facts that are there without being declared, and cannot be declared."""

UNREAD = FactType("unread")
"""The type of a fact whose declaration is broken: it fits everywhere, so the mistake is said once."""

TYPES = (
    "text",
    "count",
    "number",
    "money",
    "bool",
    "date",
    "moment",
    "day_of_year",
    "span",
    "member",
    "line",
    "lines",
)

_DEFAULTS = {
    "count": r"\d+",
    "number": r"\d+(\.\d+)?",
    "money": r"\d+(\.\d+)?",
    "bool": "true|false",
    "date": r"\d{4}-\d\d-\d\d",
}
_ROOTS = frozenset(
    {
        "line",
        "tender",
        "member",
        "event",
        "sale",
        "voucher",
        "basket",
        "can",
        "applied",
        "last",
        "opening",
        "plan",
        "crossed",
        "taken",
        "given",
        "unused",
    }
)
"""First words of CEL that no event can have."""


def attribute(name: str) -> str:
    """The Python attribute under which the engine keeps a fact."""
    return f"{name}_" if keyword.iskeyword(name) or name in TAKEN else name


def read_facts(context: Context, node: Node) -> dict[str, Map[str, Fact]]:
    """The declared facts by what carries them: an event kind, or event, line, tender, member."""
    found: dict[str, Map[str, Fact]] = {}
    mapping = context.mapping(node, "`facts`")
    for key, value in mapping.items if mapping else ():
        owner = context.name(key, "event", paths=True)
        if owner is None:
            continue
        if owner in _ROOTS - {"line", "tender", "member", "event"} or (
            "." in owner and owner.partition(".")[0] in _ROOTS
        ):
            context.say(key, "two_things", f"`{owner}` is a word of conditions and cannot be an event")
            continue
        facts = context.mapping(value, f"the facts of `{owner}`")
        read = {}
        for name, written in facts.items if facts else ():
            fact = _fact(context, owner, name, written)
            if fact is not None:
                read[name.text] = fact
        read.update((name, Fact(name, UNREAD, name)) for name in (facts.broken if facts else ()))
        found[owner] = read
    return found


def _fact(context: Context, owner: str, name: Scalar, written: Node) -> Fact | None:
    if context.name(name, "fact") is None:
        return None
    if name.text in BUILT_IN.get(owner, ()):
        context.say(name, "two_things", f"`{owner}.{name.text}` is built in", "leave it out")
        return None
    made = _type(context, written)
    if made is None:
        return Fact(name.text, UNREAD, name.text)
    if owner == "line" and name.text == "qty" and (made.base != "count" or made.many or made.optional):
        context.say(written, "type", "`line.qty` is a count of pieces", "write `qty: count = 1`")
        return Fact(name.text, UNREAD, name.text)
    return Fact(name.text, made, attribute(name.text))


def _type(context: Context, node: Node) -> FactType | None:
    if isinstance(node, Sequence):
        return _enum(context, node, None)
    if isinstance(node, Mapping):
        return _enum_with_else(context, node)
    if not node.text:
        context.scalar(node, "type")
        return None
    read = read_type(node.text)
    if isinstance(read, FormError):
        word = re.match(r"[A-Za-z_]*", node.text)
        hint = read.hint or did_you_mean(word.group() if word else "", TYPES)
        context.say(node.at(read.offset), "form", read.message, hint)
        return None
    if read.base not in TYPES:
        hint = did_you_mean(read.base, TYPES) or f"the types are {', '.join(TYPES)}, and `[a, b]` for one of a few"
        context.say(node, "type", f"`{read.base}` is no type", hint)
        return None
    if read.default is not None and not _fits(read, read.default):
        at = node.at(node.text.rfind(read.default))
        context.say(at, "type", f"`{read.default}` is no {read.base}", _money_hint(read))
        return None
    return read


def _money_hint(made: FactType) -> str:
    return "write money with its decimals, `0.00`" if made.base == "money" else ""


def _fits(made: FactType, default: str) -> bool:
    if made.many:
        return False
    form = _DEFAULTS.get(made.base)
    return form is None or re.fullmatch(form, default) is not None


def _enum(context: Context, node: Sequence, otherwise: str | None) -> FactType | None:
    values: list[str] = []
    for item in node.items:
        text = context.scalar(item, "value")
        if text is None:
            return None
        if text.text in values:
            context.say(text, "twice", f"`{text.text}` stands twice among the values")
        if text.text in RESERVED:
            context.say(text, "reserved", f"`{text.text}` is a word of the language and cannot be a value")
        if "," in text.text:
            context.say(text, "value", "a value cannot hold a comma")
        values.append(text.text)
    if not values:
        if not node.broken:
            context.say(node, "empty", "a list of values has at least one")
        return None
    return FactType("enum", tuple(dict.fromkeys(values)), default=otherwise)


def _enum_with_else(context: Context, node: Mapping) -> FactType | None:
    values = node.get("of")
    otherwise = node.get("else")
    for key, _ in node.items:
        if key.text not in ("of", "else"):
            context.say(
                key,
                "unknown_key",
                f"unknown key `{key.text}` in a type",
                "`{of: [a, b], else: a}` is one of a few, and a for all else",
            )
    if not isinstance(values, Sequence):
        context.say(node, "type", "a type with `else` lists its values under `of`", "write `{of: [a, b], else: a}`")
        return None
    if otherwise is None:
        return _enum(context, values, None)
    text = context.scalar(otherwise, "value")
    if text is None:
        return None
    made = _enum(context, values, text.text)
    if made is not None and text.text not in made.values:
        context.say(text, "type", f"`{text.text}` is none of the values", did_you_mean(text.text, made.values))
        return None
    return made
