"""`wallets`: units of one kind."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from regulars.program.forms import read_order
from regulars.program.forms.tree import Word
from regulars.program.model import AmountCell, Wallet
from regulars.program.nodes import Mapping, Node, Scalar
from regulars.program.problems import did_you_mean
from regulars.program.scope import View
from regulars.program.sections import calendar
from regulars.program.sections.amounts import Want, amount
from regulars.program.sections.blocks import good_name
from regulars.program.sections.conditions import condition
from regulars.program.sections.context import Context, Entries
from regulars.program.sections.measures import AmountReading, Measured
from regulars.program.sections.meetings import rounding, waiting
from regulars.program.sections.names import WalletName, kind_of
from regulars.program.sections.rules import lasting, stand_in

NO_EVENT = View(())


def wallet_names(context: Context, node: Node | None) -> dict[str, WalletName]:
    """What references need to know of each wallet: whether it is money, and how many smallest units make one."""
    found: dict[str, WalletName] = {}
    counts: dict[str, str] = {}
    if not isinstance(node, Mapping):
        return found
    for key, value in node.items:
        own = value if isinstance(value, Mapping) else Mapping((), value.mark)
        money = kind_of(own, "is") == "money"
        found[key.text] = WalletName(money, 10**context.names.exponent if money else _scale(kind_of(own, "unit")))
        counts[key.text] = kind_of(own, "counts")
    for name, counted in counts.items():
        if counted in found and not found[name].money:
            found[name] = found[counted]
    return found | dict.fromkeys(node.broken, WalletName(False, 1))


def _scale(unit: str) -> int:
    try:
        value = Fraction(unit or "1")
    except ValueError:
        return 1
    return int(1 / value) if value > 0 and (1 / value).denominator == 1 else 1


def read_wallets(context: Context, node: Node) -> dict[str, Wallet]:
    """`wallets`, each with a calendar rule that stands for its life, or for what its ceiling clips."""
    found: dict[str, Wallet] = {}
    mapping = context.mapping(node, "`wallets`")
    for key, value in mapping.items if mapping else ():
        good_name(context, key, "wallet")
        wallet = _wallet(context, key.text, context.entries(value, "WALLET"))
        if wallet.lasts or wallet.ceiling is not None:
            rule = stand_in(context, f"wallets.{key.text}.lapse", "calendar", wallet.terms, key.mark.line)
            wallet = replace(wallet, lapse_rule=rule)
        if wallet.splits:
            rule = stand_in(context, f"wallets.{key.text}.split", "settle", wallet.terms, key.mark.line)
            wallet = replace(wallet, split_rule=rule)
        found[key.text] = wallet
    return found


def _wallet(context: Context, name: str, entries: Entries) -> Wallet:
    known = context.names.wallets[name]
    fields: dict[str, Any] = {"terms": context.terms(entries), "money": known.money, "scale": known.scale}
    for key, read in _READ.items():
        if key in entries:
            fields[key] = read(context, entries[key][1])
    if "is" in entries:
        context.word(entries["is"][1], ("money", "units"), "kind of wallet")
    if "unit" in entries:
        _unit(context, entries["unit"][1], known.money)
    if "may_owe" in entries:
        fields["may_owe"] = context.boolean(entries["may_owe"][1]) or False
    if "ceiling" in entries:
        ceiling = context.integer(entries["ceiling"][1])
        fields["ceiling"] = None if ceiling is None else ceiling * known.scale
    if "only" in entries:
        fields["only"] = _only(context, entries)
    if "splits" in entries:
        fields["splits"] = _splits(context, entries["splits"][1])
    fields = {key: value for key, value in fields.items() if value is not None}
    return Wallet(name, **fields)


def _lasts(context: Context, node: Node) -> tuple[Any, ...]:
    read = [lasting(context, item, NO_EVENT) for item in context.each(node)]
    return tuple(life for life in read if life is not None and not getattr(life, "never", False))


def _unit(context: Context, node: Node, money: bool) -> None:
    text = context.scalar(node, "smallest part")
    if text is None:
        return
    if money:
        context.say(text, "unit", "money is kept in its smallest coin, and has no `unit` of its own")
        return
    try:
        value = Fraction(text.text)
    except ValueError:
        context.say(text, "number", f"`{text.text}` is no number", "write `0.01`")
        return
    if value <= 0 or (1 / value).denominator != 1:
        context.say(text, "number", f"{text.text} does not go into 1 without a rest", "write `1`, `0.1`, `0.01`, ..")


def _counts(context: Context, node: Node) -> str | None:
    name = context.name(node, "wallet")
    if name is not None and name not in context.names.wallets:
        context.say(node, "unknown_name", f"`{name}` is no wallet", did_you_mean(name, context.names.wallets))
        return None
    return name


def _only(context: Context, entries: Entries) -> tuple[str, ...]:
    if "counts" not in entries:
        context.say(entries["only"][0], "only", "`only` says which credits are mirrored, and needs `counts`")
    found: list[str] = []
    for item in context.texts(entries["only"][1], "rule"):
        rules = context.names.spread(item.text, ("earn",))
        if not rules:
            context.say(
                item,
                "unknown_name",
                f"`{item.text}` is no rule and no group",
                did_you_mean(item.text, context.names.rule_names()),
            )
        found.extend(rules)
    return tuple(dict.fromkeys(found))


def _splits(context: Context, node: Node) -> tuple[tuple[str, AmountCell], ...]:
    found: list[tuple[str, AmountCell]] = []
    mapping = context.mapping(node, "`splits`")
    reading = AmountReading(context, NO_EVENT, measured=Measured(kind="any"))
    rests = 0
    for key, value in mapping.items if mapping else ():
        if key.text not in context.names.wallets:
            context.say(
                key, "unknown_name", f"`{key.text}` is no wallet", did_you_mean(key.text, context.names.wallets)
            )
        if isinstance(value, Scalar) and value.text == "rest":
            rests += 1
            found.append((key.text, Word("rest")))
            continue
        made = amount(reading, value, Want("share"))
        if made is not None:
            found.append((key.text, made))
    if rests != 1 and found:
        context.say(node, "splits", "one of the wallets takes what is left", "write `NAME: rest` for one of them")
    if len({context.names.wallets[into] for into, _ in found if into in context.names.wallets}) > 1:
        context.say(
            node, "splits", "what is shared out is counted alike in all its wallets: money, or parts of one size"
        )
    return tuple(found)


def _divided(context: Context, node: Node) -> str | None:
    name = context.name(node, "window")
    if name is not None and name != "person" and isinstance(node, Scalar) and name not in context.names.all_windows:
        known = ("person", *context.names.all_windows)
        calendar.unknown(context, node, name, "window of the calendar, nor `person`", known)
    return name


_READ: dict[str, Any] = {
    "lasts": _lasts,
    "unless": lambda context, node: condition(context, node, NO_EVENT),
    "pending": lambda context, node: waiting(context, node, NO_EVENT),
    "counts": _counts,
    "round": rounding,
    "divided_by": _divided,
    "spent": lambda context, node: context.form(node, read_order, "order of lots"),
    "held_at": lambda context, node: context.name(node, "partner"),
}
"""Key -> what reads it."""
