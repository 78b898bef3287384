"""Amounts: how much, checked against what they are given to and against what is measured."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, cast

from regulars.program.cel import Count, Money, Type
from regulars.program.cel import Number as Numeric
from regulars.program.cel.types import Unknown, inner
from regulars.program.forms import FormError, read_amount
from regulars.program.forms.tree import Amount, Cel, Number, Of, Percent, Rate, Word
from regulars.program.model import AmountCell, Calculator, CelAmount, Cell, Sum
from regulars.program.nodes import Mapping, Node, Scalar, Sequence
from regulars.program.problems import did_you_mean
from regulars.program.sections.calendar import word_at
from regulars.program.sections.conditions import expression
from regulars.program.sections.measures import AmountReading, measure, money_text
from regulars.program.sections.tables import Reading, cell_or_table

Kind = Literal["units", "worth", "vouchers", "price", "money", "share", "cost", "held", "count"]


@dataclass(frozen=True)
class Want:
    """What an amount is for: units of a wallet, the worth of a voucher, how many vouchers, a change of price, money,
    a share, a cost, what is held, or a plain count.
    """

    kind: Kind
    name: str = ""
    money: bool = False
    scale: int = 1
    rounded: bool = False
    """Whether a rounding of the rule brings a constant to the wallet's unit."""
    given: bool = False
    """Whether `given`, the worth of the voucher in use, has a meaning here."""
    own: bool = False
    """Whether `own`, the very units that are taken, has a meaning here."""


def amount(reading: AmountReading, node: Node, want: Want) -> AmountCell | None:
    """The amount of a node: a text form, a table, a sum or a calculator; None after noting what is wrong."""

    def cell(_: Reading, inside: Node) -> Cell:
        return _plain(reading, inside, want)

    return cast("AmountCell | None", cell_or_table(reading, node, cell, whole=True))


def _plain(reading: AmountReading, node: Node, want: Want) -> AmountCell | None:
    context = reading.context
    if isinstance(node, Sequence):
        parts = [amount(reading, item, want) for item in node.items]
        found = tuple(part for part in parts if part is not None)
        return Sum(found) if len(found) == len(parts) and found else None
    if isinstance(node, Mapping):
        return _calculator(reading, node)
    text = context.scalar(node, "amount")
    if text is None:
        return None
    read = read_amount(text.text)
    if isinstance(read, FormError):
        message, hint = _bare_measure(reading, text) or (read.message, read.hint)
        context.say(text.at(read.offset), "form", message, hint)
        return None
    return typed(reading, text, read, want)


def _bare_measure(reading: AmountReading, text: Scalar) -> tuple[str, str] | None:
    """`1 per 1`, where money needs its point."""
    per = re.search(r"per (?:whole )?(\d+)$", text.text)
    if per is None or reading.measured.kind != "money":
        return None
    written = text.text[: per.start(1)] + money_text(reading, per.group(1))
    return f"`{reading.measured.name}` is money, and {per.group(1)} is no money", f"write `{written}`"


def _calculator(reading: AmountReading, node: Mapping) -> Calculator | None:
    name = node.get("calculator")
    if name is None:
        reading.context.say(node, "shape", "an amount is one text or a table", "a table has `by`, `band` or `since`")
        return None
    found = reading.context.scalar(name, "calculator")
    settings = {key.text: plain(value) for key, value in node.items if key.text != "calculator"}
    return Calculator(found.text, settings) if found is not None else None


def plain(node: Node) -> object:
    """A node as Python data: texts as they were written, lists and mappings."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return tuple(plain(item) for item in node.items)
    return {key.text: plain(value) for key, value in node.items}


def typed(reading: AmountReading, text: Scalar, read: Amount, want: Want) -> AmountCell | None:
    """An amount as it was read, if it is one of what is wanted."""
    if isinstance(read, Cel):
        return _worked_out(reading, text, read, want)
    if isinstance(read, Word):
        return _word(reading, text, read, want)
    if isinstance(read, Percent):
        return _percent(reading, text, read, want)
    if isinstance(read, Rate):
        return read if _rate(reading, text, read, want) else None
    if isinstance(read, Of):
        return read if _noun(reading, text, read, want) else None
    return read if _number(reading, text, read, want) else None


def _worked_out(reading: AmountReading, text: Scalar, read: Cel, want: Want) -> CelAmount | None:
    expected = _expected(want)
    found = expression(reading.context, text, reading.view, None, read.offset, read.text)
    if found is None:
        return None
    kind = inner(found.type)
    if isinstance(kind, (Unknown, *expected)):
        return CelAmount(found)
    is_money = isinstance(kind, Money)
    if want.kind in ("units", "cost") and not want.money and is_money:
        # Money worked out for units counts its major unit: `= spend / 10` gives a point for each 10.00.
        return CelAmount(found)
    what = "money" if Money in expected else "a number"
    reading.context.say(
        text.at(read.offset), "type", f"`{found.text}` is {'money' if is_money else 'no number'}, and this is {what}"
    )
    return None


def _expected(want: Want) -> tuple[type[Type], ...]:
    if want.kind in ("worth", "price", "money") or want.money:
        return (Money,)
    return (Count, Numeric)


def _word(reading: AmountReading, text: Scalar, read: Word, want: Want) -> Word | None:
    if (read.word == "given" and want.given) or (read.word == "own" and want.own):
        return read
    why = {
        "given": "`given` is the worth of a voucher, and stands in its `off` and `minimum`",
        "own": "`own` is a level's cost under `at_end`, or the units taken that go to a `receiver`",
        "rest": "`rest` stands under `splits`",
    }
    reading.context.say(text, "amount", why[read.word])
    return None


def _percent(reading: AmountReading, text: Scalar, read: Percent, want: Want) -> Percent | None:
    if want.kind in ("units", "worth", "price", "share"):
        return read
    what = {"vouchers": f"how many of `{want.name}`"}.get(want.kind, "an amount")
    reading.context.say(text, "amount", f"{text.text} is a share, and this is {what}")
    return None


def _number(reading: AmountReading, text: Scalar, read: Number, want: Want) -> bool:
    context = reading.context
    if want.kind == "price" and not read.decimal:
        context.say(
            text,
            "amount",
            f"{text.text} is no money and no share",
            f"write `{money_text(reading, text.text)}` or `{text.text}%`",
        )
    elif want.kind == "share":
        context.say(text, "amount", f"{text.text} is no share", f"write `{text.text}%`" if not read.decimal else "")
    elif _is_money(want) and not read.decimal:
        which = f"the worth of `{want.name}` is given here: " if want.kind == "worth" else ""
        context.say(text, "amount", f"{which}{text.text} is no money", f"write `{money_text(reading, text.text)}`")
    elif _is_money(want) or want.kind == "price":
        return fits_money(reading, text, read.value)
    else:
        return _units(reading, text, read.value, read.decimal, want)
    return False


def _is_money(want: Want) -> bool:
    return want.kind in ("worth", "money") or want.money


def fits_money(reading: AmountReading, text: Scalar, value: Fraction) -> bool:
    """Whether an amount of money has no more digits than the currency; notes it when it has."""
    names = reading.context.names
    if (value * 10**names.exponent).denominator == 1:
        return True
    reading.context.say(
        text,
        "amount",
        f"{text.text} is more exact than {names.currency or 'this money'}, which has {names.exponent} decimals",
    )
    return False


def _units(reading: AmountReading, text: Scalar, value: Fraction, decimal: bool, want: Want) -> bool:
    context = reading.context
    if want.kind == "vouchers":
        if value.denominator == 1 and not decimal:
            return True
        context.say(text, "amount", f"`{want.name}` has a worth of its own: this says how many", "write `1`")
        return False
    if want.kind == "count" and decimal:
        context.say(text, "amount", f"{text.text} is no whole number")
        return False
    if want.rounded or ((value * want.scale).denominator == 1 and not (decimal and want.scale == 1)):
        return True
    kept = "whole" if want.scale == 1 else f"in parts of 1/{want.scale}"
    whole = value.denominator == 1
    hint = f"write `{value}`" if whole else "give the wallet a finer `unit`, or `round`"
    context.say(
        text,
        "amount",
        f"`{want.name}` is kept {kept}, and {text.text} is {'written as money' if whole else 'not'}",
        hint,
    )
    return False


def _noun(reading: AmountReading, text: Scalar, read: Of, want: Want) -> bool:
    context = reading.context
    if want.kind not in ("cost", "held"):
        context.say(
            word_at(text, read.name),
            "amount",
            f"`{read.name}` has no place here: the amount stands alone",
            f"write `{text.text.split()[0]}`",
        )
        return False
    names = context.names
    if read.name in names.vouchers and read.name not in names.wallets and want.kind == "cost":
        return True
    if not wallet_named(reading, text, read.name):
        return False
    wallet = names.wallets[read.name]
    if read.value is None:
        return True
    if wallet.money and not read.decimal:
        number = text.text.split()[0]
        context.say(
            text,
            "amount",
            f"`{read.name}` is money, and {number} is no money",
            f"write `{money_text(reading, number)} of {read.name}`",
        )
        return False
    want = Want(want.kind, read.name, wallet.money, wallet.scale)
    return (
        fits_money(reading, text, read.value) if wallet.money else _units(reading, text, read.value, read.decimal, want)
    )


def wallet_named(reading: Reading, text: Scalar, name: str) -> bool:
    """Whether a name inside a text is a wallet; notes it when it is not."""
    wallets = reading.context.names.wallets
    if name not in wallets:
        reading.context.say(word_at(text, name), "unknown_name", f"`{name}` is no wallet", did_you_mean(name, wallets))
    return name in wallets


def _rate(reading: AmountReading, text: Scalar, read: Rate, want: Want) -> bool:
    context = reading.context
    first = text.text.split()[0]
    if (_is_money(want) or want.kind == "price") and not read.decimal:
        context.say(
            text, "amount", f"{first} is no money", f"write `{money_text(reading, first)}{text.text[len(first) :]}`"
        )
        return False
    if want.kind == "vouchers" and read.decimal:
        context.say(text, "amount", f"`{want.name}` has a worth of its own: this says how many")
        return False
    if want.kind in ("share", "count", "held"):
        context.say(text, "amount", f"`{text.text}` is a rate, and this is one amount")
        return False
    if read.noun is not None and want.kind == "cost" and not wallet_named(reading, text, read.noun):
        return False
    return measure(reading, text, read)
