"""What amounts are measured on: the thing after `per`, checked against what the rule measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from regulars.program.cel import Checked, Count, Money, Name, Record
from regulars.program.cel import Number as Numeric
from regulars.program.cel.types import Unknown, inner
from regulars.program.forms.tree import Rate
from regulars.program.nodes import Mark, Scalar
from regulars.program.problems import did_you_mean
from regulars.program.sections.calendar import word_at
from regulars.program.sections.conditions import checked
from regulars.program.sections.tables import Reading


@dataclass(frozen=True)
class Measured:
    """What a rate of the rule is measured on."""

    name: str = "spend"
    kind: Literal["money", "number", "units", "any"] = "money"
    unit: str | None = None


@dataclass(frozen=True)
class AmountReading(Reading):
    """Where an amount stands, with what its rule measures and the wallets that it takes from."""

    measured: Measured = field(default_factory=Measured)
    takes: tuple[str, ...] = ()


def money_text(reading: AmountReading, digits: str) -> str:
    """A whole number as money: `5.00` for `5`."""
    places = reading.context.names.exponent
    return f"{digits}.{'0' * places}" if places else f"{digits}.0"


def measure(reading: AmountReading, text: Scalar, read: Rate) -> bool:
    """Whether what a rate is per is what its rule measures; notes it when it is not."""
    context, measured, word = reading.context, reading.measured, read.measure.name
    if read.measure.money:
        if measured.kind in ("money", "any"):
            return True
        what = f"counted in {measured.unit}" if measured.unit else "a number" if measured.kind == "number" else "units"
        per = text.text.rfind("per ") + 4
        hint = f"write `{text.text[:per]}{measured.unit}`" if measured.unit else ""
        context.say(text.at(per), "unit", f"`{measured.name}` is {what}, not money", hint)
        return False
    assert word is not None
    if "." in word:
        return _fact(reading, text, word)
    unit = context.names.unit(word)
    if unit is not None:
        return _unit(reading, text, word, unit)
    if word in context.names.wallets:
        if word in reading.takes or measured.kind in ("units", "any"):
            return True
        context.say(
            word_at(text, word, last=True),
            "unit",
            f"this rule takes no `{word}`",
            "a rate per units of a wallet measures what was taken",
        )
        return False
    _no_unit(reading, text, word)
    return False


def _no_unit(reading: AmountReading, text: Scalar, word: str) -> None:
    context, measured = reading.context, reading.measured
    place = word_at(text, word, last=True)
    near = did_you_mean(word, (*context.names.units, *context.names.wallets))
    if near or measured.kind != "money":
        context.say(
            place,
            "unit",
            f"`{word}` is no unit word and no wallet",
            near or f"declare a `number of {word}` among the facts",
        )
        return
    before = text.text.split(" per ")[0]
    many = word if word.endswith("s") else word + "s"
    one = word.removesuffix("s")
    context.say(
        place,
        "unit",
        f"`{measured.name}` is money, not {many}: write `{before} per {money_text(reading, '1')}`, "
        f"or declare a `number of {one}` and measure that",
    )


def _fact(reading: AmountReading, text: Scalar, path: str) -> bool:
    """Checks the fact after `per`, which may be a line's."""
    context = reading.context
    found = checked(context, path, reading.key_view(), None)
    place = word_at(text, path, last=True)
    if not isinstance(found, Checked):
        for error in found:
            context.say(Mark(place.line, place.column + error.offset), "cel", error.message, error.hint)
        return False
    if isinstance(inner(found.type), Count | Numeric | Money | Unknown):
        return True
    context.say(place, "type", f"`{path}` is no number")
    return False


def _unit(reading: AmountReading, text: Scalar, word: str, unit: str) -> bool:
    context, measured = reading.context, reading.measured
    paths = context.names.units[unit]
    sight = context.scopes.of(reading.key_view()).names
    if measured.unit == unit or measured.kind == "any" or any(_in_sight(path, sight) for path in paths):
        return True
    kinds = " or ".join(f"`{kind}`" for kind in reading.view.kinds)
    context.say(word_at(text, word, last=True), "unit", f"{kinds} has nothing counted in {unit}", f"`{paths[0]}` is")
    return False


def _in_sight(path: str, names: Mapping[str, Name]) -> bool:
    root, _, fact = path.partition(".")
    made = names.get(root)
    return made is not None and isinstance(made.type, Record) and fact in made.type.fields
