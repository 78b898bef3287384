"""What a rule does: gives units, vouchers and levels, changes a price, hands a thing over, tells another member."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from regulars.program.cel import Money
from regulars.program.forms import read_mark
from regulars.program.model import AmountCell, Cell, Give, Table
from regulars.program.nodes import Mapping, Node, Scalar
from regulars.program.problems import did_you_mean
from regulars.program.sections.amounts import Want, amount
from regulars.program.sections.conditions import condition, on_lines
from regulars.program.sections.context import Context
from regulars.program.sections.exchanges import Taking
from regulars.program.sections.measures import AmountReading, Measured
from regulars.program.sections.meetings import choice_of
from regulars.program.sections.sending import receiver
from regulars.program.sections.site import Site
from regulars.program.sections.tables import Reading, cell_or_table, is_table


def effects(site: Site, measured: Measured, taken: Taking) -> dict[str, Any]:
    """The fields of a rule that say what it does."""
    context, block = site.context, site.block
    found: dict[str, Any] = {}
    node = block.get("give")
    if node is not None:
        reading = site.amounts(measured, taken.names)
        if is_table(node):
            found["give_table"] = _give_table(reading, node, "round" in block, bool(taken.names))
        else:
            found["give"] = gives(reading, node, "round" in block, "receiver" in block)
    # A change of price is measured on the goods, also in an exchange.
    prices = site.amounts(site.base() if taken.names else measured, taken.names)
    for key, kind in (("off", "price"), ("add", "price"), ("up_to", "money")):
        node = block.get(key)
        if node is not None:
            found[key] = amount(prices, node, Want(kind, given=site.voucher and key == "off"))  # type: ignore[arg-type]
    node = block.get("to")
    if node is not None:
        found["to"] = condition(context, node, on_lines(site.view), Money(), "price")
    node = block.get("free")
    if node is not None:
        found["free"] = context.integer(node, 1)
    node = block.get("places")
    if node is not None:
        found["places"] = amount(site.amounts(Measured(kind="any")), node, Want("count"))
    node = block.get("when_full")
    if node is not None:
        found["when_full"] = context.word(node, choice_of("BENEFIT", "when_full"), "`when_full`")
    for key, what in (("item", "thing"), ("partner", "partner")):
        node = block.get(key)
        text = context.scalar(node, what) if node is not None else None
        if text is not None:
            found[key] = text.text
    return {key: value for key, value in (found | _rest(site)).items() if value is not None}


def _rest(site: Site) -> dict[str, Any]:
    context, block = site.context, site.block
    found: dict[str, Any] = {}
    node = block.get("tell")
    if node is not None:
        found["tell"] = context.name(node, "event", paths=True)
    found["receiver"] = receiver(site)
    node = block.get("settle")
    if node is not None:
        found["settle_with"] = context.name(node)
    node = block.get("stock")
    if node is not None:
        operator = isinstance(node, Scalar) and node.text == "operator"
        found["stock"] = "operator" if operator else context.integer(node)
    node = block.get("names")
    if node is not None:
        found["any_name"] = context.word(node, ("any",), "catalogue") == "any"
    node = block.get("shared_with")
    if node is not None:
        seats = context.entries(node, "SEATS").get("seats")
        found["seats"] = context.integer(seats[1], 1) if seats else None
    if site.block.section == "milestones" and (node := block.get("at")) is not None:
        found["marks"] = _marks(context, node)
    return found


def _marks(context: Context, node: Node) -> tuple[Any, ...]:
    read = [context.form(item, read_mark, "mark") for item in context.each(node)]
    marks = tuple(mark for mark in read if mark is not None)
    plain = [mark.value for mark in marks if mark.value is not None]
    if any(later <= earlier for earlier, later in pairwise(plain)):
        context.say(node, "order", "marks rise from one to the next")
    return marks


def _give_table(reading: AmountReading, node: Node, rounded: bool, exchange: bool) -> Table | None:
    """The table of a `give`. An exchange has a row for each value that its keys can be: what no row is for is refused."""

    def cell(inside: Reading, value: Node) -> Cell:
        assert isinstance(inside, AmountReading)
        return gives(inside, value, rounded)

    found = cell_or_table(reading, node, cell, whole=exchange)
    return found if isinstance(found, Table) else None


def gives(reading: AmountReading, node: Node, rounded: bool = False, sent: bool = False) -> tuple[Give, ...]:
    """The effects of a `give`: wallets, vouchers and standings with how much."""
    context = reading.context
    found: list[Give] = []
    mapping = context.mapping(node, "`give`")
    for key, value in mapping.items if mapping else ():
        made = _give(reading, key, value, rounded, sent)
        if made is not None:
            found.append(made)
    return tuple(found)


def _give(reading: AmountReading, key: Scalar, value: Node, rounded: bool, sent: bool) -> Give | None:
    context, names = reading.context, reading.context.names
    target = key.text
    context.given.add(target)
    if target in names.wallets:
        wallet = names.wallets[target]
        own = sent and target in reading.takes
        made = amount(reading, value, Want("units", target, wallet.money, wallet.scale, rounded, own=own))
        return Give(target, "wallet", made) if made is not None else None
    if target in names.vouchers:
        given = names.vouchers[target]
        own = sent and target in reading.takes
        made = amount(reading, value, Want("worth" if given else "vouchers", target, rounded=rounded, own=own))
        return Give(target, "voucher", made) if made is not None else None
    if target in names.ladders:
        level = _level(context, value, names.ladders[target])
        return Give(target, "standing", level=level) if level is not None else None
    context.lost.add("give")
    if target not in context.scopes.tainted:
        hint = did_you_mean(target, names.targets())
        context.say(key, "unknown_name", f"`{target}` is no wallet, voucher or standing", hint)
        _only_read(reading, value)
    return None


def _level(context: Context, value: Node, levels: tuple[str, ...]) -> str | None:
    return context.word(value, levels, "level of it")


def _only_read(reading: AmountReading, value: Node) -> AmountCell | None:
    """Reads an amount whose target is unknown, for the mistakes that stand in it whatever it is."""
    if isinstance(value, Mapping) and not is_table(value):
        return None
    lenient = AmountReading(reading.context, reading.view, reading.deep, Measured(kind="any"), reading.takes)
    return amount(lenient, value, Want("units", rounded=True))
