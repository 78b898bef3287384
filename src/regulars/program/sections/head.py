"""The head of a program: what it is called, its money, its time zone, from when it is in force."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from regulars.program.nodes import Mapping, Mark, Node, Scalar
from regulars.program.sections.context import Context, Entries
from regulars.words.days import Day
from regulars.words.moments import UnknownZone, Zone
from regulars.words.money import UnknownCurrency, exponent

SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
REQUIRED = ("program", "money", "timezone", "from")


@dataclass(frozen=True)
class Head:
    """What the head says; what could not be read stands at a harmless value."""

    slug: str = ""
    name: str = ""
    currency: tuple[str, ...] = ()
    exponent: int = 2
    timezone: str = ""
    first: Day = 0


def read_head(context: Context, top: Mapping, entries: Entries) -> Head:
    """The head of a program; what is missing of it is noted where the file begins."""
    for key in REQUIRED:
        if key not in entries and key not in top.broken:
            context.say(Mark(1, 1), "missing", f"`{key}:` is missing", _HINTS[key])
    slug = _slug(context, entries["program"][1]) if "program" in entries else ""
    name = context.scalar(entries["name"][1], "name") if "name" in entries else None
    currency, digits = _money(context, entries["money"][1]) if "money" in entries else ((), 2)
    zone = _zone(context, entries["timezone"][1]) if "timezone" in entries else ""
    first = context.day(entries["from"][1]) if "from" in entries else None
    return Head(slug, name.text if name is not None else slug, currency, digits, zone, first or 0)


_HINTS = {
    "program": "a program begins with its slug, `program: corner-card`",
    "money": "say in which money it counts, `money: EUR`",
    "timezone": "say where days begin and end, `timezone: Europe/Madrid`",
    "from": "say from which day it is in force, `from: 2026-01-01`",
}


def _slug(context: Context, node: Node) -> str:
    text = context.scalar(node, "slug")
    if text is None:
        return ""
    if not SLUG.fullmatch(text.text):
        context.say(text, "slug", f"`{text.text}` is no slug", "a slug is small letters, digits and `-`")
    return text.text


def _money(context: Context, node: Node) -> tuple[tuple[str, ...], int]:
    found: dict[str, int] = {}
    for text in context.texts(node, "currency"):
        try:
            found[text.text] = exponent(text.text)
        except UnknownCurrency:
            upper = text.text.upper()
            hint = (
                f"write `{upper}`" if upper != text.text and _known(upper) else "write its code of three letters, `EUR`"
            )
            context.say(text, "currency", f"`{text.text}` is no currency", hint)
    if len(set(found.values())) > 1:
        shown = ", ".join(f"{code} {digits}" for code, digits in found.items())
        context.say(node, "currency", f"currencies of one program have the same number of decimals ({shown})")
    return tuple(found), next(iter(found.values()), 2)


def _known(code: str) -> bool:
    try:
        exponent(code)
    except UnknownCurrency:
        return False
    return True


def _zone(context: Context, node: Node) -> str:
    text = context.scalar(node, "time zone")
    if text is None:
        return ""
    try:
        Zone(text.text)
    except UnknownZone:
        context.say(text, "timezone", f"`{text.text}` is no time zone", "write its place, `Europe/Madrid`")
    return text.text


def read_rest(context: Context, entries: Entries) -> dict[str, Any]:
    """Clauses that no rule says, markets, the version before, and what becomes of names that are gone."""
    found: dict[str, Any] = {"terms": context.terms(entries)}
    if "markets" in entries:
        found["markets"] = tuple(item.text for item in context.texts(entries["markets"][1], "market"))
    if "follows" in entries:
        found["follows"] = _slug(context, entries["follows"][1]) or None
    if "ends" in entries:
        ends = context.mapping(entries["ends"][1], "`ends`")
        words = {key.text: context.word(value, ("keep", "lapse"), "end") for key, value in (ends.items if ends else ())}
        found["ends"] = {name: word for name, word in words.items() if word is not None}
        if "follows" not in entries:
            context.say(
                entries["ends"][0],
                "missing",
                "`ends` says what becomes of names of an earlier version, and needs `follows`",
            )
    if "checkout" in entries:
        found["checkout"] = context.names.steps
    return found


def steps_of(node: Node | None) -> tuple[str, ...]:
    """The price steps under `checkout`."""
    items = (node,) if isinstance(node, Scalar) else getattr(node, "items", ())
    found = tuple(item.text for item in items if isinstance(item, Scalar) and item.text)
    return found or ("basket",)
