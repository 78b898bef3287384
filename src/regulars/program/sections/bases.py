"""`base`: what is measured; and `define`: named conditions and values."""

from __future__ import annotations

from dataclasses import replace

from regulars.program.cel import Checked, Count, Money, Name, Number
from regulars.program.cel.types import Unknown, inner
from regulars.program.model import Base
from regulars.program.nodes import Node, Scalar
from regulars.program.problems import did_you_mean
from regulars.program.scope import EVERYTHING, View
from regulars.program.sections.blocks import good_name
from regulars.program.sections.conditions import checked, condition
from regulars.program.sections.context import Context, Entries

LESS = ("discounts", "vouchers", "rewards")


def read_defines(context: Context, node: Node) -> dict[str, Checked]:
    """`define`: each checked against all facts of the file, in an order in which one may use another."""
    found: dict[str, Checked] = {}
    mapping = context.mapping(node, "`define`")
    waiting: dict[str, Scalar] = {}
    for key, value in mapping.items if mapping else ():
        text = context.scalar(value, "condition")
        if good_name(context, key, "condition") and text is not None:
            waiting[key.text] = text
        else:
            context.taint(key.text)
    for name in mapping.broken if mapping else ():
        context.taint(name)
    while waiting:
        ready = {
            name: made
            for name, text in waiting.items()
            if isinstance(made := checked(context, text.text, EVERYTHING, None), Checked)
        }
        if not ready:
            break
        for name, made in ready.items():
            del waiting[name]
            found[name] = made
            context.scopes.define(name, Name(made.type, f"({made.source})"), made.roots)
        context.cel.clear()
    for name in waiting:
        context.taint(name)
    context.scopes.forget()
    context.cel.clear()
    for name, text in waiting.items():
        others = [f"`{other}`" for other in waiting if other != name]
        if condition(context, text, EVERYTHING, None, "condition") is not None and next(iter(waiting)) == name:
            through = f" through {', '.join(others)}" if others else ""
            context.say(text, "loop", f"`{name}` is defined by itself{through}")
    return found


def read_bases(context: Context, node: Node) -> dict[str, Base]:
    """`base`: the first is the default."""
    found: dict[str, Base] = {}
    mapping = context.mapping(node, "`base`")
    for key, value in mapping.items if mapping else ():
        good_name(context, key, "base")
        found[key.text] = _base(context, key, context.entries(value, "BASE"))
    return found


def _base(context: Context, key: Scalar, entries: Entries) -> Base:
    names = context.names
    on = tuple(item.text for item in context.texts(entries["on"][1], "event")) if "on" in entries else ("purchase",)
    names.base_on[key.text] = on
    view = View(on)
    lines = replace(view, line=True)
    base = Base(
        key.text,
        context.terms(entries),
        on,
        when=_optional(context, entries, "when", view),
        lines=_optional(context, entries, "lines", lines),
        excepted=_optional(context, entries, "except", lines),
        paid_with=_optional(context, entries, "paid_with", replace(view, tender=True)),
    )
    if "of" in entries:
        of = condition(context, entries["of"][1], view, None, "expression")
        kind = inner(of.type) if of is not None else Unknown()
        names.base_types[key.text] = (
            "money" if isinstance(kind, Money) else "number" if isinstance(kind, Count | Number) else "any"
        )
        names.base_units[key.text] = kind.unit if isinstance(kind, Count | Number) else None
        if not isinstance(kind, Money | Count | Number | Unknown):
            context.say(entries["of"][1], "type", "this is nothing that can be measured")
        base = replace(base, of=of)
    if "less" in entries:
        words, facts = _less(context, entries["less"][1], view)
        base = replace(base, less=words, less_facts=facts)
    return base


def _optional(context: Context, entries: Entries, key: str, view: View) -> Checked | None:
    return condition(context, entries[key][1], view) if key in entries else None


def _less(context: Context, node: Node, view: View) -> tuple[tuple[str, ...], tuple[Checked, ...]]:
    words: list[str] = []
    facts: list[Checked] = []
    for item in context.texts(node, "deduction"):
        if item.text in LESS:
            words.append(item.text)
        elif "." in item.text:
            fact = condition(context, item, view, Money(), "sum of money")
            if fact is not None:
                facts.append(fact)
        else:
            hint = (
                did_you_mean(item.text, LESS)
                or "known: discounts, vouchers, rewards, or a fact such as `purchase.discount`"
            )
            context.say(item, "unknown_name", f"`{item.text}` is nothing that can be taken off", hint)
    return tuple(words), tuple(facts)
