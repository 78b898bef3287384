"""`plans`: money for a standing, each cycle; for each a rule on what starts it and one that stands for its end."""

from __future__ import annotations

from typing import Any, cast

from regulars.program.forms import read_ending, read_then
from regulars.program.forms.tree import Life, Span, Trigger
from regulars.program.model import Cell, Table
from regulars.program.nodes import Mapping, Node, Scalar
from regulars.program.paid import Plan, Trial
from regulars.program.problems import did_you_mean
from regulars.program.scope import View
from regulars.program.sections import calendar
from regulars.program.sections.amounts import Want, amount
from regulars.program.sections.blocks import Block
from regulars.program.sections.calendar import unknown
from regulars.program.sections.context import Context
from regulars.program.sections.limits import LimitReading, limits
from regulars.program.sections.measures import AmountReading, Measured
from regulars.program.sections.meetings import choice_of
from regulars.program.sections.rules import needs, stand_in
from regulars.program.sections.tables import Reading, cell_or_table

RENEWALS = "renewals_since"
SUBSCRIBE = "subscribe"


def read_plans(context: Context, blocks: list[Block]) -> dict[str, Plan]:
    """Every plan, its rules added. Plans that inherit one `trial` share its limit."""
    trials: dict[int, Trial | None] = {}
    return {block.name: _plan(context, block, blocks, trials) for block in blocks}


def _plan(context: Context, block: Block, blocks: list[Block], trials: dict[int, Trial | None]) -> Plan:
    on = _on(context, block)
    view = View((f"{SUBSCRIBE}.{block.name}" if on == SUBSCRIBE else on,))
    terms = tuple(dict.fromkeys(item.text for node in block.all("terms") for item in context.texts(node, "clause")))
    line = block.place.mark.line
    asked = tuple(need for node in block.all("needs") for need in needs(context, node, view))
    trigger = Trigger("event", f"{SUBSCRIBE}.{block.name}" if on == SUBSCRIBE else on)
    rule = stand_in(context, block.full, "ask", terms, line, group=block.group, on=(trigger,), needs=asked)
    empties, end_terms = _at_end(context, block)
    end = stand_in(context, f"{block.full}.end", "calendar", end_terms or terms, line, group=block.group)
    fields: dict[str, Any] = {"on": on, "terms": terms, "empties": empties}
    fields |= _money(context, block, view)
    fields |= _time(context, block)
    fields["grants"] = _grants(context, block, block.get("grants"))
    if "trial" in block:
        fields["trial"] = _trial(context, block, blocks, trials, view)
    if "cancel" in block:
        fields["cancel"] = ending(context, block.get("cancel"), view)
    if "on_upgrade" in block:
        said = context.word(_node(block, "on_upgrade"), choice_of("PLAN", "on_upgrade"), "`on_upgrade`")
        fields["prorates"] = said == "prorate full months left"
    if "on_failed_charge" in block:
        said = context.word(
            _node(block, "on_failed_charge"), choice_of("PLAN", "on_failed_charge"), "`on_failed_charge`"
        )
        fields["pauses"] = said != "end"
    known = {key: value for key, value in fields.items() if value is not None}
    return Plan(block.name, rule, end, **known)


def _node(block: Block, key: str) -> Node:
    node = block.get(key)
    assert node is not None
    return node


def _on(context: Context, block: Block) -> str:
    node = block.get("on")
    return SUBSCRIBE if node is None else context.name(node, "event", paths=True) or SUBSCRIBE


def _money(context: Context, block: Block, view: View) -> dict[str, Any]:
    """`price`, and apart from it what renewals cost by day."""
    node = block.get("price")
    if node is None:
        return {}
    reading = AmountReading(context, view, measured=Measured(kind="any"))
    found: dict[str, Any] = {}
    if isinstance(node, Mapping) and RENEWALS in node:
        renewals = tuple(
            (Scalar("since", "text", key.mark), value) for key, value in node.items if key.text == RENEWALS
        )
        found["renewals"] = amount(reading, Mapping(renewals, node.mark), Want("money"))
        node = Mapping(tuple((key, value) for key, value in node.items if key.text != RENEWALS), node.mark, node.broken)
    found["price"] = amount(reading, node, Want("money"))
    return found


def _time(context: Context, block: Block) -> dict[str, Any]:
    found: dict[str, Any] = {}
    node = block.get("every")
    if node is None and not block.broken:
        context.say(block.place, "missing", f"the plan `{block.name}` has no `every`", "`every: 12 months`, or `never`")
    elif node is not None:
        found["every"] = _every(context, node)
    if "starts" in block:
        found["starts"] = calendar.start(context, _node(block, "starts"))
    if "renews" in block:
        found["renews"] = context.boolean(_node(block, "renews"))
    if "then" in block:
        found["then"] = _then(context, _node(block, "then"))
    return found


def _every(context: Context, node: Node) -> Span | None:
    life = calendar.life(context, node)
    if life is None or life.never:
        return None
    if life.span is None or life.anchors or life.to_end_of or life.through or not isinstance(life.span.n, int):
        context.say(node, "form", "a cycle is a plain span", "write `12 months`, `1 month`, `4 weeks`")
        return None
    return life.span


def _then(context: Context, node: Node) -> Any:
    read = context.form(node, read_then, "plan that follows")
    plans = context.names.rules.get("plans", {})
    if read is not None and read.plan not in plans and isinstance(node, Scalar):
        unknown(context, node, read.plan, "plan", plans)
    return read


def _grants(context: Context, block: Block, node: Node | None) -> tuple[tuple[str, str], ...]:
    if node is None:
        if not block.broken:
            context.say(block.place, "missing", f"the plan `{block.name}` grants nothing", "`grants: {level: member}`")
        return ()
    found: list[tuple[str, str]] = []
    mapping = context.mapping(node, "`grants`")
    ladders = context.names.ladders
    for key, value in mapping.items if mapping else ():
        if key.text not in ladders:
            context.say(key, "unknown_name", f"`{key.text}` is no ladder of `tiers`", did_you_mean(key.text, ladders))
            continue
        level = context.word(value, ladders[key.text], "level of it")
        if level is not None:
            found.append((key.text, level))
    return tuple(found)


def _trial(
    context: Context, block: Block, blocks: list[Block], trials: dict[int, Trial | None], view: View
) -> Trial | None:
    node = _node(block, "trial")
    if id(node) not in trials:
        shared = block.group is not None and sum(other.get("trial") is node for other in blocks) > 1
        trials[id(node)] = _read_trial(context, block, node, block.group if shared else block.name, view)
    return trials[id(node)]


def _read_trial(context: Context, block: Block, node: Node, name: str | None, view: View) -> Trial | None:
    entries = context.entries(node, "TRIAL")
    missing = [key for key in ("lasts", "grants") if key not in entries]
    if missing:
        context.say(block.key("trial"), "missing", f"`trial` has no `{missing[0]}`")
        return None
    lasts = calendar.life(context, entries["lasts"][1])
    at_most = limits(LimitReading(context, view), entries["at_most"][1]) if "at_most" in entries else ()
    terms = context.terms(entries)
    rule = stand_in(
        context, f"plans.{name}.trial", "ask", terms, block.place.mark.line, group=block.group, at_most=at_most
    )
    grants = _grants(context, block, entries["grants"][1])
    return Trial(lasts if isinstance(lasts, Life) else Life(), grants, rule, at_most, terms)


def _at_end(context: Context, block: Block) -> tuple[str | None, tuple[str, ...]]:
    node = block.get("at_end")
    if node is None:
        return None, ()
    entries = context.entries(node, "CLIPPED")
    wallet = context.name(entries["empty"][1], "wallet") if "empty" in entries else None
    if wallet is not None and wallet not in context.names.wallets:
        hint = did_you_mean(wallet, context.names.wallets)
        context.say(entries["empty"][1], "unknown_name", f"`{wallet}` is no wallet", hint)
        return None, ()
    return wallet, context.terms(entries)


def ending(context: Context, node: Node | None, view: View) -> str | Table | None:
    """When a cancellation takes effect: one ending, or a table of them."""
    if node is None:
        return None

    def cell(reading: Reading, inside: Node) -> Cell:
        return reading.context.form(inside, read_ending, "ending")

    return cast("str | Table | None", cell_or_table(Reading(context, view), node, cell, whole=True))
