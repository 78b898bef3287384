"""`subscriptions`: recurring orders; for each a rule on its orders, and what its requests, cadence and reminder are."""

from __future__ import annotations

from typing import Any

from regulars.program.cel import Checked
from regulars.program.forms import read_span, read_trigger
from regulars.program.forms.tree import Span, Trigger
from regulars.program.nodes import Scalar
from regulars.program.paid import Cycle
from regulars.program.scope import EVERYTHING, View
from regulars.program.sections import calendar
from regulars.program.sections.blocks import Block
from regulars.program.sections.calendar import unknown
from regulars.program.sections.conditions import checked
from regulars.program.sections.context import Context
from regulars.program.sections.plain import PRICED
from regulars.program.sections.plans import ending
from regulars.program.sections.rules import Usual, add_rule, read_rule

ORDER = "subscription.order"
PARTS = ("skip", "change_every")
ON_ORDER = (Trigger("event", ORDER),)


def read_subscription(context: Context, block: Block) -> Cycle:
    """A recurring order, its rule added."""
    priced = any(key in block for key in (*PRICED, "add"))
    parts = {key: entry for key, entry in block.parts.items() if key not in ("cancel", "every", "remind", *PARTS)}
    plain = Block(block.section, block.name, block.place, block.group, block.groups, parts, block.broken)
    rule = read_rule(context, plain, Usual("price" if priced else "ask", ON_ORDER))
    terms = list(rule.terms)
    for key in PARTS:
        node = block.get(key)
        if node is not None:
            terms.extend(context.terms(context.entries(node, "BLOCK")))
    fields: dict[str, Any] = {"terms": tuple(dict.fromkeys(terms)), "every": _every(context, block)}
    if "cancel" in block:
        fields["cancel"] = ending(context, block.get("cancel"), View(("cancel",)))
    node = block.get("remind")
    if node is not None:
        entries = context.entries(node, "REMIND")
        fields["remind_terms"] = context.terms(entries)
        if "on" in entries:
            fields["remind"] = _remind(context, entries["on"][1])
    index = add_rule(context, rule)
    return Cycle(block.name, index, **{key: value for key, value in fields.items() if value is not None})


def _every(context: Context, block: Block) -> Span | None:
    node = block.get("every")
    read = context.form(node, read_span, "span") if node is not None else None
    if read is not None and isinstance(read.n, str) and isinstance(node, Scalar):
        found = checked(context, read.n, EVERYTHING, None)
        for error in () if isinstance(found, Checked) else found:
            context.say(node.at(error.offset), "cel", error.message, error.hint)
    return read


def _remind(context: Context, node: Any) -> Trigger | None:
    read = context.form(node, read_trigger, "moment")
    if read is None or read.kind != "offset" or read.point is None or not read.before:
        if read is not None:
            context.say(node, "form", "a reminder comes so long before the order", "write `3 days before next_order`")
        return None
    calendar.point(context, node, read.point)
    if read.point.name != "next_order":
        unknown(context, node, read.point.name, "point of a recurring order", ("next_order",))
    return read
