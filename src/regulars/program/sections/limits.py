"""Limits: how often or up to what, alone or shared by `within`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from regulars.program.forms import read_limit
from regulars.program.forms.tree import Limit
from regulars.program.model import Cell, SharedLimit, Table
from regulars.program.nodes import Node, Scalar
from regulars.program.problems import did_you_mean, nearest
from regulars.program.scope import EVERYTHING
from regulars.program.sections.blocks import good_name
from regulars.program.sections.calendar import unknown, word_at
from regulars.program.sections.conditions import checked
from regulars.program.sections.context import Context
from regulars.program.sections.names import SCOPES
from regulars.program.sections.tables import Reading, cell_or_table

_BARE = re.compile(r"(\d+) per (.+)")
ALSO_PER = ("event", "purchase", "order", "return", "code")


@dataclass(frozen=True)
class LimitReading(Reading):
    """Where a limit stands, and the wallets that its rule gives, as they were written."""

    gives: tuple[str, ...] = ()


def limits(reading: LimitReading, node: Node) -> tuple[Limit | Table, ...]:
    """The limits of a node: one, or a list of which all hold; each may be a table."""
    found = [cell_or_table(reading, item, _cell, whole=True) for item in reading.context.each(node)]
    return cast("tuple[Limit | Table, ...]", tuple(one for one in found if one is not None))


def _cell(reading: Reading, node: Node) -> Cell:
    context = reading.context
    text = context.scalar(node, "limit")
    if text is None:
        return None
    bare = _BARE.fullmatch(text.text)
    if bare is not None:
        _of_what(reading, text, *bare.groups())
        return None
    read = context.form(text, read_limit, "limit")
    if read is None:
        return None
    _check(reading, text, read)
    return read


def _of_what(reading: Reading, text: Scalar, number: str, rest: str) -> None:
    """`4 per purchase`: four of what?"""
    gives = reading.gives if isinstance(reading, LimitReading) else ()
    wallets = reading.context.names.wallets
    nouns = [near for name in gives if (near := name if name in wallets else nearest(name, wallets))]
    times = f"`{number} times per {rest}`" if number != "1" else f"`once per {rest}`"
    hint = f"write `{number} {nouns[0]} per {rest}` or {times}" if nouns else f"write {times}"
    reading.context.say(text, "form", f"{number} of what?", hint)


def _check(reading: Reading, text: Scalar, read: Limit) -> None:
    context, names = reading.context, reading.context.names
    if read.noun is not None and not (read.noun in _nouns(context) or names.unit(read.noun)):
        unknown(
            context,
            text,
            read.noun,
            "wallet, base or voucher",
            _nouns(context),
            did_you_mean(read.noun, (*_nouns(context), "times", "lines")),
        )
    elif (
        read.noun in names.wallets and not read.money and (read.value * names.wallets[read.noun].scale).denominator != 1
    ):
        context.say(text, "amount", f"`{read.noun}` is kept in coarser parts than {text.text.split()[0]}")
    for period in read.periods:
        if period.name is not None:
            _period(context, text, period.name)


def _nouns(context: Context) -> tuple[str, ...]:
    names = context.names
    return (*names.wallets, *names.vouchers, *names.bases, "lines")


def _period(context: Context, text: Scalar, name: str) -> None:
    names = context.names
    kinds = (*names.kinds(), *names.fired)
    known = (*SCOPES, *names.all_windows, *ALSO_PER, *kinds, *(part for kind in kinds for part in kind.split(".")))
    if name in known:
        return
    if "." in name:
        found = checked(context, name, EVERYTHING, None)
        if isinstance(found, list):
            place = word_at(text, name, last=True)
            for error in found:
                context.say(type(place)(place.line, place.column + error.offset), "cel", error.message, error.hint)
        return
    context.say(
        word_at(text, name, last=True),
        "unknown_name",
        f"`{name}` is no window, event or member of a limit",
        did_you_mean(name, known),
    )


def read_limits(context: Context, node: Node) -> dict[str, SharedLimit]:
    """`limits`: those that rules share by `within`."""
    found: dict[str, SharedLimit] = {}
    mapping = context.mapping(node, "`limits`")
    for key, value in mapping.items if mapping else ():
        good_name(context, key, "limit")
        entries = context.entries(value, "LIMITED")
        if "at_most" not in entries:
            if not getattr(value, "broken", None):
                context.say(key, "missing", f"the limit `{key.text}` has no `at_most`")
            continue
        at_most = limits(LimitReading(context, EVERYTHING), entries["at_most"][1])
        found[key.text] = SharedLimit(key.text, at_most, context.terms(entries), _emptied(context, entries))
    return found


def _emptied(context: Context, entries: dict[str, tuple[Scalar, Node]]) -> str | None:
    if "when_clipped" not in entries:
        return None
    block = context.entries(entries["when_clipped"][1], "CLIPPED")
    if "empty" not in block:
        return None
    wallet = context.name(block["empty"][1], "wallet")
    if wallet is not None and wallet not in context.names.wallets:
        context.say(
            block["empty"][1], "unknown_name", f"`{wallet}` is no wallet", did_you_mean(wallet, context.names.wallets)
        )
    return wallet


def is_money(texts: Iterable[str]) -> bool:
    """Whether limits are written in money (`300.00 per half_year`)."""
    return any(re.match(r"\d+\.\d", text) for text in texts)
