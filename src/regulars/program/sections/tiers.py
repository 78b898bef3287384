"""`tiers`: ladders of standing, each with the rules that carry its clauses."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from regulars.program.cel import Number
from regulars.program.forms import read_amount
from regulars.program.forms.tree import Life, Of, Trigger, Word
from regulars.program.forms.tree import Number as Plain
from regulars.program.model import AmountCell, Ladder, Level
from regulars.program.nodes import Mapping, Node, Scalar
from regulars.program.problems import did_you_mean
from regulars.program.scope import View
from regulars.program.sections import calendar
from regulars.program.sections.amounts import Want, amount
from regulars.program.sections.blocks import good_name
from regulars.program.sections.conditions import condition
from regulars.program.sections.context import Context, Entries
from regulars.program.sections.measures import AmountReading, Measured
from regulars.program.sections.meetings import choice_of
from regulars.program.sections.rules import lasting, stand_in

NO_EVENT = View(())
FLAGS = ("card", "invitation")
UNREAD = ""
"""The counter of a ladder whose `of` is written but is no counter."""
SOURCES = ("at", "any", "all", "by", "cost")


def read_tiers(context: Context, node: Node) -> dict[str, Ladder]:
    """`tiers`: the first ladder is the tier."""
    found: dict[str, Ladder] = {}
    mapping = context.mapping(node, "`tiers`")
    for key, value in mapping.items if mapping else ():
        good_name(context, key, "standing")
        entries = context.entries(value, "LADDER")
        ladder = _ladder(context, key, entries, isinstance(value, Mapping) and bool(value.broken))
        found[key.text] = _with_rules(context, key, ladder)
    return found


def _with_rules(context: Context, key: Scalar, ladder: Ladder) -> Ladder:
    name, terms, line = f"tiers.{key.text}", ladder.terms, key.mark.line
    rule = stand_in(context, name, "settle", terms, line)
    end = stand_in(context, f"{name}.end", "calendar", terms, line)
    ladder = replace(ladder, rule=rule, end_rule=end)
    if ladder.carry_in is None:
        return ladder
    on = (Trigger("event", ladder.carry_in_on or "start"),)
    return replace(
        ladder, carry_rule=stand_in(context, f"{name}.carry_in", "calendar", ladder.carry_terms, line, on=on)
    )


def _ladder(context: Context, key: Scalar, entries: Entries, broken: bool) -> Ladder:
    of = _of(context, entries["of"][1]) if "of" in entries else None
    levels: tuple[Level, ...] = ()
    if "levels" in entries:
        levels = _levels(context, entries["levels"][1], of or (UNREAD if "of" in entries or broken else None))
    if not levels and not broken:
        context.say(
            entries["levels"][0] if "levels" in entries else key, "missing", f"the ladder `{key.text}` has no levels"
        )
    fields: dict[str, Any] = {"terms": context.terms(entries), "of": of}
    if "over" in entries:
        fields["over"] = calendar.spread(context, entries["over"][1])
        if levels and not {mark for level in levels for mark, _ in level.marks} & {*context.names.bases}:
            context.say(
                entries["over"][0], "over", "`over` is for a base: a counter counts as long as its units live",
                "say how long with `lasts` on the wallet",
            )  # fmt: skip
    if "lasts" in entries:
        life = lasting(context, entries["lasts"][1], NO_EVENT)
        fields["lasts"] = None if isinstance(life, Life) and life.never else life
    if "starts" in entries:
        fields["starts"] = calendar.start(context, entries["starts"][1])
    if "climb" in entries:
        fields["one_rung"] = (
            context.word(entries["climb"][1], choice_of("LADDER", "climb"), "way to climb") == "one rung at a time"
        )
    if "on_return" in entries:
        fields["on_return"] = context.word(entries["on_return"][1], choice_of("LADDER", "on_return"), "`on_return`")
    if "at_end" in entries:
        fields["at_end"] = _at_end(context, entries["at_end"][1])
    if "carry_in" in entries:
        fields |= _carry_in(context, entries["carry_in"][0], entries["carry_in"][1], fields["terms"])
    return Ladder(key.text, levels, **{name: value for name, value in fields.items() if value is not None})


def _of(context: Context, node: Node) -> str | None:
    name = context.name(node, "counter or base")
    known = (*context.names.wallets, *context.names.bases)
    if name is not None and name not in known:
        context.say(node, "unknown_name", f"`{name}` is no wallet and no base", did_you_mean(name, known))
        return None
    return name


def _levels(context: Context, node: Node, of: str | None) -> tuple[Level, ...]:
    found: list[Level] = []
    mapping = context.mapping(node, "`levels`")
    for key, value in mapping.items if mapping else ():
        if context.name(key, "level") is None:
            continue
        found.append(_level(context, key, context.entries(value, "LEVEL"), of))
    _rising(context, mapping, found)
    return tuple(found)


def _rising(context: Context, mapping: Mapping | None, levels: list[Level]) -> None:
    last: Fraction | None = None
    for level in levels:
        mark = level.marks[0][1] if level.source == "at" and level.marks else None
        if not isinstance(mark, Plain):
            continue
        if last is not None and mark.value <= last and mapping is not None:
            context.say(
                mapping.key(level.name) or mapping,
                "order",
                f"the mark of `{level.name}` is not above the one before it",
                "levels stand lowest first",
            )
        last = mark.value


def _level(context: Context, key: Scalar, entries: Entries, of: str | None) -> Level:
    level = Level(key.text, terms=context.terms(entries))
    sources = [source for source in SOURCES if source in entries]
    if len(sources) > 1:
        _two_sources(context, entries, sources, of)
    for source in sources:
        value = entries[source][1]
        if source == "at":
            level = replace(level, source="at", marks=_marks_at(context, entries["at"][0], value, of))
        elif source == "by":
            level = replace(level, source="by", by=context.word(value, choice_of("LEVEL", "by"), "source of a level"))
        elif source == "cost":
            level = replace(level, source="cost", cost=_cost(context, value))
        else:
            marks, flags = _several(context, value)
            level = replace(level, source=source, marks=marks, flags=flags)  # type: ignore[arg-type]
    return level


def _two_sources(context: Context, entries: Entries, sources: list[str], of: str | None) -> None:
    place = min(sources, key=lambda source: (entries[source][0].mark.line, entries[source][0].mark.column))
    shown = " or ".join(f"`{source}`" for source in sources)
    hint = "name one of them"
    at, by = entries.get("at"), entries.get("by")
    if at is not None and by is not None and isinstance(at[1], Scalar) and isinstance(by[1], Scalar) and of:
        hint = f"for both `all: {{{of}: {at[1].text}, {by[1].text}: true}}`, for either `any: {{..}}`"
    context.say(entries[place][0], "two_sources", f"a level has one source: {shown}; {hint}")


def _marks_at(context: Context, key: Scalar, value: Node, of: str | None) -> tuple[tuple[str, AmountCell], ...]:
    if not of:
        if of is None:
            context.say(
                key,
                "missing",
                "`at` is a mark of the ladder's counter, and the ladder has no `of`",
                "write `any: {counter: ..}`, or `of:` on the ladder",
            )
        return ()
    made = _mark(context, of, value)
    return ((of, made),) if made is not None else ()


def _mark(context: Context, of: str, value: Node) -> AmountCell | None:
    wallet = context.names.wallets.get(of)
    money = wallet.money if wallet is not None else context.names.base_types.get(of, "money") == "money"
    reading = AmountReading(context, NO_EVENT, measured=Measured(of, "any"))
    want = Want("money", of) if money else Want("units", of, False, wallet.scale if wallet is not None else 1)
    return amount(reading, value, want)


def _several(context: Context, node: Node) -> tuple[tuple[tuple[str, AmountCell], ...], tuple[str, ...]]:
    marks: list[tuple[str, AmountCell]] = []
    flags: list[str] = []
    known = (*context.names.wallets, *context.names.bases)
    mapping = context.mapping(node, "the marks of a level")
    for key, value in mapping.items if mapping else ():
        if key.text in FLAGS:
            if context.boolean(value):
                flags.append(key.text)
        elif key.text not in known:
            hint = did_you_mean(key.text, (*known, *FLAGS)) or "a counter, `card: true` or `invitation: true`"
            context.say(key, "unknown_name", f"`{key.text}` is no wallet and no base", hint)
        elif (made := _mark(context, key.text, value)) is not None:
            marks.append((key.text, made))
    return tuple(marks), tuple(flags)


def _cost(context: Context, node: Node) -> tuple[str, int] | None:
    read = context.form(node, read_amount, "cost")
    if read is None:
        return None
    if not isinstance(read, Of) or read.value is None:
        context.say(node, "amount", "a level is bought with so many units of a wallet", "write `100 xp`")
        return None
    wallet = context.names.wallets.get(read.name)
    if wallet is None:
        context.say(node, "unknown_name", f"`{read.name}` is no wallet", did_you_mean(read.name, context.names.wallets))
        return None
    return read.name, int(read.value * wallet.scale)


def _at_end(context: Context, node: Node) -> dict[str, object]:
    """`{renew: {cost, carry}, else: {drop, carry}}`; amounts carried in the wallet's smallest units."""
    found: dict[str, object] = {}
    entries = context.entries(node, "ATEND")
    for part, block in (("renew", "RENEWAL"), ("else", "DROP")):
        if part not in entries:
            continue
        inside = context.entries(entries[part][1], block)
        values: dict[str, object] = {}
        if "cost" in inside:
            cost = inside["cost"][1]
            own = isinstance(cost, Scalar) and cost.text == "own"
            values["cost"] = Word("own") if own else _cost(context, cost)
        if "drop" in inside:
            values["drop"] = context.integer(inside["drop"][1], 1)
        if "carry" in inside:
            values["carry"] = _carried(context, inside["carry"][1])
        found[part] = values
    return found


def _carried(context: Context, node: Node) -> dict[str, int]:
    found: dict[str, int] = {}
    mapping = context.mapping(node, "`carry`")
    for key, value in mapping.items if mapping else ():
        wallet = context.names.wallets.get(key.text)
        if wallet is None:
            context.say(
                key, "unknown_name", f"`{key.text}` is no wallet", did_you_mean(key.text, context.names.wallets)
            )
            continue
        units = context.integer(value)
        if units is not None:
            found[key.text] = units * wallet.scale
    return found


def _carry_in(context: Context, key: Scalar, node: Node, terms: tuple[str, ...]) -> dict[str, Any]:
    entries = context.entries(node, "CARRY")
    if "count" not in entries:
        context.say(key, "missing", "`carry_in` says with `count` which number the marks judge")
        return {}
    on = context.word(entries["on"][1], ("start",), "moment to place members") if "on" in entries else "start"
    count = condition(context, entries["count"][1], NO_EVENT, Number(), "number")
    return {"carry_in": count, "carry_in_on": on, "carry_terms": context.terms(entries) or terms}
