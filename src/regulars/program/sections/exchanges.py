"""What a rule takes: `cost` or `every`, and what goes with them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from regulars.program.cel import Field, Money, Number, Record, Type
from regulars.program.forms import FormError, read_amount, read_cutoff
from regulars.program.forms.tree import Of, Rate
from regulars.program.model import AmountCell, Table
from regulars.program.nodes import Mapping, Node, Scalar
from regulars.program.problems import did_you_mean
from regulars.program.sections import calendar
from regulars.program.sections.amounts import Want, amount, typed
from regulars.program.sections.conditions import condition
from regulars.program.sections.context import Context
from regulars.program.sections.measures import Measured, money_text
from regulars.program.sections.site import Site
from regulars.program.sections.tables import is_table


@dataclass(frozen=True)
class Taking:
    """What a rule takes: the names (wallets, or a voucher) with their amounts, or `every` so many of a wallet."""

    names: tuple[str, ...] = ()
    cost: tuple[tuple[str, AmountCell], ...] = ()
    every: tuple[str, int] | None = None

    def type(self, context: Context) -> Type | None:
        """The type of `taken` in the rule's conditions, None when nothing is taken."""
        if not self.names:
            return None
        wallet = context.names.wallets.get(self.names[0])
        if wallet is None:
            return Record("taken", {"worth": Field(Money(), "{0}.worth")})
        return Money() if wallet.money else Number()


def taking(site: Site) -> Taking:
    """What `cost` or `every` takes."""
    block, context = site.block, site.context
    cost, every = block.get("cost"), block.get("every")
    if cost is not None and every is not None:
        context.say(
            block.key("every"), "two_things", "an exchange takes `cost` once, or `every` as often as it fits, not both"
        )
    if every is not None:
        found = _every(site, every)
        return Taking((found[0],), (), found) if found else Taking()
    if cost is None:
        return Taking()
    parts = _cost(site, cost)
    return Taking(tuple(name for name, _ in parts), parts)


def _every(site: Site, node: Node) -> tuple[str, int] | None:
    text = site.context.scalar(node, "step")
    if text is None:
        return None
    read = read_amount(text.text)
    if isinstance(read, FormError):
        site.context.say(text.at(read.offset), "form", read.message, read.hint)
        return None
    if not isinstance(read, Of) or read.value is None:
        wallets = tuple(site.context.names.wallets)
        hint = f"write `100 {wallets[0]}`" if wallets else ""
        site.context.say(text, "amount", f"`every` takes so many units of a wallet, and `{text.text}` names none", hint)
        return None
    if (
        typed(site.amounts(site.base()), text, read, Want("cost", read.name)) is None
        or read.name not in site.context.names.wallets
    ):
        return None
    units = read.value * site.context.names.wallets[read.name].scale
    if units <= 0:
        site.context.say(text, "amount", "a step takes at least one unit")
        return None
    return read.name, int(units)


def _cost(site: Site, node: Node) -> tuple[tuple[str, AmountCell], ...]:
    context = site.context
    reading = site.amounts(site.base())
    if isinstance(node, Mapping) and not is_table(node):
        found = []
        for key, value in node.items:
            wallet = context.names.wallets.get(key.text)
            if wallet is None and key.text not in context.names.vouchers:
                hint = did_you_mean(key.text, (*context.names.wallets, *context.names.vouchers))
                context.say(key, "unknown_name", f"`{key.text}` is no wallet", hint)
                continue
            want = Want("cost", key.text, wallet.money if wallet else False, wallet.scale if wallet else 1)
            made = amount(reading, value, want)
            if made is not None:
                found.append((key.text, made))
        return tuple(found)
    made = amount(reading, node, Want("cost", "", scale=10**9))
    if made is None:
        return ()
    nouns = dict.fromkeys(_nouns(made))
    if len(nouns) == 1 and "" not in nouns:
        return ((next(iter(nouns)), made),)
    place: Node = node
    if nouns and "" in nouns:
        first = next(iter(context.names.wallets), "points")
        context.say(place, "amount", "a cost says of which wallet", f"write `100 {first}` or `{{{first}: ..}}`")
    else:
        context.say(place, "amount", "a cost is taken from one wallet here", "for several write `{wallet: amount, ..}`")
    return ()


def _nouns(made: object) -> list[str]:
    if isinstance(made, Table):
        cells = [cell for _, cell in made.rows] + ([made.otherwise] if made.otherwise is not None else [])
        return [noun for cell in cells for noun in _nouns(cell)]
    if isinstance(made, Of):
        return [made.name]
    if isinstance(made, Rate) and made.noun is not None:
        return [made.noun]
    return [""] if made is not None else []


def exchange(site: Site, taken: Taking) -> dict[str, Any]:
    """The fields of a rule that say what is taken and how much is asked."""
    context, block = site.context, site.block
    found: dict[str, Any] = {"cost": taken.cost, "every": taken.every}
    node = block.get("asked")
    if node is not None:
        checked = condition(context, node, site.view, None, "number or amount of money")
        found["asked"] = checked
    node = block.get("minimum")
    if node is not None:
        found["minimum"], found["minimum_of"] = _minimum(site, node)
    node = block.get("earned")
    if node is not None:
        found["earned"] = _cutoff(site, node)
    node = block.get("part_pay")
    if node is not None:
        found["part_pay"] = amount(site.amounts(site.base()), node, Want("share"))
    node = block.get("cancel")
    if node is not None:
        entries = context.entries(node, "CANCELLED")
        if "gives_back" in entries:
            found["gives_back"] = amount(site.amounts(site.base()), entries["gives_back"][1], Want("share"))
            found["cancel_terms"] = context.terms(entries)
    node = block.get("hold")
    if node is not None:
        found["hold"] = calendar.wait(context, node)
    return {key: value for key, value in found.items() if value is not None}


def _cutoff(site: Site, node: Node) -> Any:
    read = site.context.form(node, read_cutoff, "day up to which lots count")
    if (
        read is not None
        and read.window is not None
        and isinstance(node, Scalar)
        and read.window not in site.context.names.all_windows
    ):
        calendar.unknown(site.context, node, read.window, "window of the calendar", site.context.names.all_windows)
    return read


def _minimum(site: Site, node: Node) -> tuple[AmountCell | None, str | None]:
    """A minimum of money looks at the basket, one of units at what is held."""
    reading = site.amounts(Measured())
    if isinstance(node, Scalar) and re.fullmatch(r"\d+(\.\d+)? (of )?[a-z]\w*", node.text):
        made = amount(reading, node, Want("held"))
        return (made, made.name) if isinstance(made, Of) else (None, None)
    if isinstance(node, Scalar) and re.fullmatch(r"\d+", node.text) and site.context.names.exponent:
        wallet = next(iter(site.context.names.wallets), None)
        units = f", or `{node.text} {wallet}`" if wallet else ""
        site.context.say(
            node, "amount", f"{node.text} of what?", f"write `{money_text(reading, node.text)}` for the basket{units}"
        )
        return None, None
    return amount(reading, node, Want("money", given=site.voucher)), None
