"""Where a rule ends: its price step, rounding, limits, and how it meets other rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from regulars.program.forms import read_round
from regulars.program.forms.tree import Round, Wait
from regulars.program.keys import BLOCKS
from regulars.program.model import AmountCell, Table
from regulars.program.nodes import Mapping, Node, Scalar
from regulars.program.problems import did_you_mean
from regulars.program.scope import View
from regulars.program.sections import calendar
from regulars.program.sections.amounts import Want, amount
from regulars.program.sections.calendar import unknown
from regulars.program.sections.context import Context
from regulars.program.sections.limits import LimitReading, limits
from regulars.program.sections.measures import Measured
from regulars.program.sections.site import Site
from regulars.program.sections.tables import Reading, cell_or_table, is_table

PER = ("rate", "event", "line", "lot", "purchase", "order", "return")
"""What an amount may be rounded per, beside the kinds of events."""


def choice_of(block: str, key: str) -> tuple[str, ...]:
    """The words that a key may be (`lost / refuse / paid_out / kept`)."""
    return tuple(part.strip() for part in BLOCKS[block][key].type.split(" / "))


def bounds(site: Site) -> dict[str, Any]:
    """The fields of a rule that bound it."""
    context, block = site.context, site.block
    found: dict[str, Any] = {}
    node = block.get("step")
    if node is not None:
        found["step"] = _known(context, node, context.names.steps, "step of `checkout`")
    node = block.get("surplus")
    if node is not None:
        found["surplus"] = context.word(node, choice_of("RULE", "surplus"), "`surplus`")
        if found["surplus"] == "kept" and block.section != "vouchers":
            context.say(
                node, "surplus", "only a voucher keeps what is left of it", "write `lost`, `refuse` or `paid_out`"
            )
    node = block.get("round")
    if node is not None:
        found["round"] = rounding(context, node)
    node = block.get("pending")
    if node is not None:
        found["pending"] = waiting(context, node, site.view)
    node = block.get("at_most")
    if node is not None:
        found["at_most"] = limits(LimitReading(context, site.view, gives=_given(block.get("give"))), node)
    node = block.get("within")
    if node is not None:
        names = [_known(context, item, context.names.limits, "limit") for item in context.each(node)]
        found["within"] = tuple(name for name in names if name is not None)
        context.lost |= {"within"} if None in names else set()
    return {key: value for key, value in found.items() if value is not None}


def waiting(context: Context, node: Node, view: View) -> Wait | Table | None:
    """The wait of a node, or a table of them."""

    def cell(reading: Reading, inside: Node) -> Wait | None:
        return calendar.wait(reading.context, inside)

    return cell_or_table(Reading(context, view), node, cell)  # type: ignore[return-value]


def _given(node: Node | None) -> tuple[str, ...]:
    return node.keys() if isinstance(node, Mapping) and not is_table(node) else ()


def _known(context: Context, node: Node, known: Iterable[str], what: str) -> str | None:
    text = context.scalar(node, what)
    if text is None:
        return None
    if text.text in known:
        return text.text
    context.say(text, "unknown_name", f"`{text.text}` is no {what}", did_you_mean(text.text, known))
    return None


def rounding(context: Context, node: Node) -> Round | None:
    """A ROUND with its names checked."""
    read = context.form(node, read_round, "rounding")
    if read is not None and read.per is not None and isinstance(node, Scalar):
        kinds = (*context.names.kinds(), *context.names.fired)
        known = (*PER, *kinds, *(part for kind in kinds for part in kind.split(".")))
        if read.per not in known:
            unknown(context, node, read.per, "event, line or rate to round by", known)
    return read


def meetings(site: Site, measured: Measured) -> dict[str, Any]:
    """The fields of a rule that say how it meets other rules."""
    context, block = site.context, site.block
    found: dict[str, Any] = {}
    for key in ("multiply", "top_up"):
        node = block.get(key)
        if node is not None:
            found[key] = _of_rules(site, node, key, measured)
    node = block.get("instead_of")
    if node is not None:
        found["instead_of"] = tuple(
            name for item in context.texts(node, "rule") for name in rules_named(context, block.section, item)
        )
    node = block.get("best_of")
    if node is not None:
        found["best_of"] = context.name(node)
    node = block.get("on_return")
    if node is not None:
        found["on_return"] = context.word(node, choice_of("RULE", "on_return"), "`on_return`")
    return {key: value for key, value in found.items() if value is not None}


def _of_rules(site: Site, node: Node, key: str, measured: Measured) -> tuple[tuple[str, AmountCell], ...]:
    found: list[tuple[str, AmountCell]] = []
    mapping = site.context.mapping(node, f"`{key}`")
    for name, value in mapping.items if mapping else ():
        made = amount(site.amounts(measured), value, Want("units", name.text, scale=1, rounded=True))
        rules = rules_named(site.context, site.block.section, name)
        if made is not None:
            found.extend((rule, made) for rule in rules)
    return tuple(found)


def rules_named(context: Context, section: str, text: Scalar) -> tuple[str, ...]:
    """Full names of the rules that a name stands for; notes it when it stands for none."""
    found = context.names.spread(text.text, (section,))
    if not found:
        hint = did_you_mean(text.text, (*context.names.rules.get(section, ()), *context.names.rule_names()))
        context.say(text, "unknown_name", f"`{text.text}` is no rule", hint)
    return found
