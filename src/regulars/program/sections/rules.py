"""A rule as written becomes a Rule: on what it fires, when, on what, and with the parts that `exchanges` and `effects`
read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from regulars.program.cel import Checked, Count, Date, Money, Number, Type
from regulars.program.cel.types import Unknown, inner
from regulars.program.forms import read_trigger
from regulars.program.forms.tree import Life, Opening, Trigger
from regulars.program.model import Rule, Stage, Table
from regulars.program.nodes import Mapping, Node, Scalar
from regulars.program.problems import did_you_mean
from regulars.program.scope import View, present_in
from regulars.program.sections import calendar
from regulars.program.sections.blocks import Block
from regulars.program.sections.calendar import unknown
from regulars.program.sections.conditions import condition, joined, on_lines
from regulars.program.sections.context import Context
from regulars.program.sections.effects import effects
from regulars.program.sections.exchanges import Taking, exchange, taking
from regulars.program.sections.measures import Measured
from regulars.program.sections.meetings import bounds, meetings
from regulars.program.sections.names import POINTS
from regulars.program.sections.sending import sends_where
from regulars.program.sections.site import Site
from regulars.program.sections.tables import Reading, cell_or_table
from regulars.words.days import Day

ALONE = ("multiply", "top_up", "instead_of", "best_of", "receiver", "tell", "choose", "on_return")
"""Keys of a rule that measures one event."""


@dataclass(frozen=True)
class Usual:
    """What a section says of its rules: where they are asked, on what unless said, and what else they may speak of."""

    stage: Stage
    on: tuple[Trigger, ...] = ()
    also: tuple[str, ...] = ()
    voucher: bool = False
    crossed: bool = False


def triggers(context: Context, block: Block) -> tuple[Trigger, ...] | None:
    """What `on` says, with named sets spread out; None where it is not written."""
    node = block.get("on")
    if node is None:
        return None
    found: list[Trigger] = []
    for item in context.each(node):
        read = context.form(item, read_trigger, "event or day")
        if read is None or not isinstance(item, Scalar):
            continue
        if read.kind == "start_of" and read.name not in context.names.all_windows:
            unknown(context, item, read.name, "window of the calendar", context.names.all_windows)
        if read.point is not None:
            calendar.point(context, item, read.point)
        if read.kind == "event" and read.name in context.names.events:
            found.extend(Trigger("event", name) for name in context.names.events[read.name])
        else:
            found.append(read)
            _known_event(context, item, read)
    return tuple(found)


def _known_event(context: Context, item: Scalar, read: Trigger) -> None:
    """An event need not be declared; a name that is nearly one that is declared is a slip."""
    if read.kind != "event" or "." in read.name:
        return
    known = {kind.partition(".")[0] for kind in context.names.kinds()} | {"birthday", "confirm", "subscribe", "cancel"}
    if read.name not in known and len(read.name) > 4 and (hint := did_you_mean(read.name, sorted(known))):
        context.say(item, "unknown_name", f"no event `{read.name}` is known", hint)


def on_calendar(found: Iterable[Trigger]) -> bool:
    """Whether a rule fires on days."""
    return any(one.kind != "event" or one.name in POINTS for one in found)


def read_rule(context: Context, block: Block, usual: Usual, index: int | None = None) -> Rule:
    """The rule of a block; `index` is its place in the program when it is not the next one's."""
    on = triggers(context, block)
    on = usual.on if on is None else on
    if on_calendar(on) and not all(one.kind != "event" or one.name in POINTS for one in on):
        context.say(block.key("on"), "on", "a rule is on events or on days, not on both", "write two rules")
    kinds = tuple(dict.fromkeys(one.name for one in on if one.kind == "event" and one.name not in POINTS))
    seen = View(kinds, usual.also, voucher=usual.voucher, crossed=usual.crossed, opening="open" in block)
    first = Site(context, block, replace(seen, present=_present(block, ("when",), ("unless",))))
    taken = taking(first)
    view = replace(first.view, taken=taken.type(context), given=_given_type(context, block, usual))
    site = replace(first, view=view, voucher=usual.voucher)
    fields: dict[str, Any] = {
        "name": block.full,
        "index": len(context.rules) if index is None else index,
        "section": block.section,
        "stage": usual.stage,
        "line": block.place.mark.line,
        "group": block.group,
        "on": on,
        **_when(site),
    }
    measured, looks = _looks(site, taken)
    fields |= looks
    fields |= exchange(site, taken)
    fields |= effects(site, measured, taken)
    sends_where(site, usual.stage)
    fields |= bounds(site)
    fields |= meetings(site, measured)
    if "choose" in block:
        fields["choose"] = _choices(context, block, usual, fields)
    return Rule(**fields)


def add_rule(context: Context, rule: Rule) -> int:
    """Puts a rule at the end of the program's and returns its place."""
    assert rule.index == len(context.rules)
    context.rules.append(rule)
    return rule.index


def stand_in(context: Context, name: str, stage: Stage, terms: tuple[str, ...], line: int = 0, **fields: Any) -> int:
    """Adds a rule that only carries clauses and a place for what a section does by itself; returns its place."""
    index = len(context.rules)
    return add_rule(context, Rule(name, index, name.partition(".")[0], stage, line, terms=terms, **fields))


def _present(block: Block, held: tuple[str, ...], failed: tuple[str, ...]) -> frozenset[str]:
    def texts(keys: tuple[str, ...]) -> list[str]:
        return [node.text for key in keys for node in block.all(key) if isinstance(node, Scalar)]

    return present_in(texts(held)) | present_in(texts(failed), turned=True)


def _given_type(context: Context, block: Block, usual: Usual) -> Type | None:
    if usual.voucher:
        return Money()
    give = block.get("give")
    if not isinstance(give, Mapping):
        return None if give is None else Unknown()
    names = context.names
    money = any(names.vouchers.get(name) or (name in names.wallets and names.wallets[name].money) for name in give)
    return Money() if money else Number()


def _when(site: Site) -> dict[str, Any]:
    context, block, view = site.context, site.block, site.view
    asked = replace(view, present=frozenset())
    found: dict[str, Any] = {"terms": _terms(context, block)}
    for key, field in (("from", "first"), ("until", "until")):
        node = block.get(key)
        if node is not None:
            found[field] = context.day(node)
    _in_order(context, block, found.get("first"), found.get("until"))
    node = block.get("open")
    if node is not None:
        found["open"] = opening(site, node)
    found["when"] = joined(context, block.all("when"), asked, "&&")
    unless = replace(view, present=_present(block, ("when",), ()))
    found["unless"] = joined(context, block.all("unless"), unless, "||")
    found["needs"] = tuple(need for node in block.all("needs") for need in needs(context, node, view))
    return {key: value for key, value in found.items() if value is not None}


def _in_order(context: Context, block: Block, first: Day | None, until: Day | None) -> None:
    if until is None:
        return
    if first is not None and until <= first:
        context.say(block.key("until"), "never", "this rule can never fire: `until` is not after `from`")
    elif until <= context.first:
        context.say(block.key("until"), "never", "this rule can never fire: it ends before the program begins")


def _terms(context: Context, block: Block) -> tuple[str, ...]:
    found = [item.text for node in block.all("terms") for item in context.texts(node, "clause")]
    return tuple(dict.fromkeys(found))


def opening(site: Site, node: Node) -> Opening | Table | None:
    """The opening of a node, or a table of them."""

    def cell(reading: Reading, inside: Node) -> Opening | None:
        return calendar.opening(reading.context, inside)

    return cell_or_table(Reading(site.context, site.view), node, cell)  # type: ignore[return-value]


def lasting(context: Context, node: Node, view: View) -> Life | Table | None:
    """The life of a node, or a table of them."""

    def cell(reading: Reading, inside: Node) -> Life | None:
        return calendar.life(reading.context, inside)

    return cell_or_table(Reading(context, view), node, cell)  # type: ignore[return-value]


def needs(context: Context, node: Node, view: View) -> list[tuple[str, Checked]]:
    """Codes with the conditions that must hold."""
    found: list[tuple[str, Checked]] = []
    mapping = context.mapping(node, "`needs`")
    for key, value in mapping.items if mapping else ():
        checked = condition(context, value, view)
        if good_code(context, key) and checked is not None:
            found.append((key.text, checked))
    return found


def good_code(context: Context, key: Scalar) -> bool:
    """Whether a key is a stable code; notes it when it is a text."""
    code = "_".join(key.text.lower().replace("-", " ").replace("_", " ").split())
    code = (
        "".join(letter for letter in code if letter.isascii() and (letter.isalnum() or letter == "_"))
        .lstrip("_0123456789")
        .rstrip("_")
    )
    if key.text == code and code:
        return True
    message = "a refusal needs a stable code, not a text"
    hint = f"write `{code}`, and `says: {{{code}: {key.text}}}`" if code else "a code is small letters, digits and `_`"
    context.say(key, "code", f"{message}: {hint}")
    return False


def _looks(site: Site, taken: Taking) -> tuple[Measured, dict[str, Any]]:
    context, block, view = site.context, site.block, site.view
    lines = on_lines(view)
    found: dict[str, Any] = {
        "lines": joined(context, block.all("lines"), lines, "&&"),
        "excepted": joined(context, block.all("except"), lines, "||"),
    }
    tender = replace(view, tender=True)
    for key, expected, seen in (("paid_with", None, tender), ("as_of", Date(), view)):
        node = block.get(key)
        if node is not None:
            found[key] = (
                condition(context, node, seen) if expected is None else condition(context, node, seen, expected, "day")
            )
    node = block.get("over")
    if node is not None:
        found["over"] = calendar.spread(context, node)
        if block.section != "milestones":
            _adds_up(site, taken)
    measured, found["of"] = _of(site, taken)
    return measured, {key: value for key, value in found.items() if value is not None}


def _adds_up(site: Site, taken: Taking) -> None:
    """Notes what cannot be measured over some time: that is a base, and what is given for its sum are units or vouchers."""
    context, block = site.context, site.block
    place, of = block.key("over"), block.get("of")
    if block.section not in ("earn", "rules") or not site.view.kinds or taken.names:
        context.say(
            place, "over", "`over` adds up what events measure: it stands in `earn`, `rules`, milestones and ladders"
        )
    elif of is not None and not (isinstance(of, Scalar) and of.text in context.names.bases):
        context.say(place, "over", "`over` adds up a base", "name one under `of`")
    for key in ALONE:
        if key in block:
            context.say(block.key(key), "over", f"`{key}` and `over` do not go together")


def _of(site: Site, taken: Taking) -> tuple[Measured, str | Checked | None]:
    """What the rule measures: a base, another rule's result, a wallet's count, or an expression."""
    context, block = site.context, site.block
    names, node = context.names, block.get("of")
    if node is None:
        return site.measured(taken), None
    text = context.scalar(node, "base, rule or expression")
    if text is None:
        return Measured(kind="any"), None
    name = text.text
    # A milestone is measured on a counter or a base, so a short name there is never a rule's.
    rules = (
        names.spread(name, (block.section,))
        if "." in name or (name != block.name and block.section != "milestones")
        else ()
    )
    if name in names.bases and rules:
        context.say(
            text,
            "two_things",
            f"`{name}` is a base and a rule",
            f"write `{rules[0]}` for the rule, or rename one of them",
        )
        return Measured(kind="any"), None
    if name in names.bases:
        return site.of_base(name), name
    if rules:
        if len(rules) > 1:
            context.say(text, "two_things", f"`{name}` is a group of {len(rules)} rules", "name one of them")
        return Measured(name, "units"), rules[0]
    if name in names.wallets and block.section == "milestones":
        wallet = names.wallets[name]
        return Measured(name, "money" if wallet.money else "units"), name
    checked = condition(context, text, replace(site.view, bases=True), None, "base, rule or expression")
    if checked is None:
        return Measured(kind="any"), None
    kind = inner(checked.type)
    if isinstance(kind, Money):
        return Measured(name, "money"), checked
    if isinstance(kind, Count | Number):
        return Measured(name, "number", kind.unit), checked
    if not isinstance(kind, Unknown):
        context.say(text, "type", f"`{name}` is nothing that can be measured")
    return Measured(kind="any"), checked


def _choices(context: Context, block: Block, usual: Usual, fields: dict[str, Any]) -> tuple[Rule, ...]:
    node = block.get("choose")
    mapping = context.mapping(node, "`choose`") if node is not None else None
    found: list[Rule] = []
    for key, value in mapping.items if mapping else ():
        entries = context.entries(value, "RULE")
        parts: dict[str, tuple[tuple[Scalar, Node], ...]] = {name: (entry,) for name, entry in entries.items()}
        inside = Block(block.section, f"{block.name}.{key.text}", key, block.group, block.groups, parts)
        rule = read_rule(context, inside, usual, fields["index"])
        found.append(replace(rule, on=fields["on"], terms=tuple(dict.fromkeys((*fields["terms"], *rule.terms)))))
    return tuple(found)
