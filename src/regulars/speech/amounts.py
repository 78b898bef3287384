"""Amounts in words: what a rule gives and what it is measured on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from regulars.program.forms.tree import Measure, Number, Of, Percent, Rate, Word
from regulars.program.model import Base, Calculator, CelAmount, Give, Rule, Sum, Table
from regulars.speech.conditions import goods, words
from regulars.speech.language import human, noun
from regulars.speech.tables import labelled, rows
from regulars.speech.voice import Voice, short


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount said in two parts: for each what (empty when it is no rate), and how much."""

    measure: str
    much: str


def goods_words(voice: Voice, rule: Rule | Base, default: str | None = None) -> str:
    """The goods that a rule or base looks at: "drink", "goods marked “member only”"."""
    found = goods(voice, rule.lines)
    if found.kinds:
        said = voice.any_of(found.kinds)
    elif found.left_out:
        said = voice.say("goods.all_but", kinds=voice.all_of(found.left_out))
    else:
        said = voice.say("goods.any") if default is None else default
    return voice.say("goods.with", goods=said, which=", ".join(found.which)) if found.which else said


def base_of(voice: Voice, rule: Rule) -> Base | None:
    """The base that a rule measures; None when it measures something else."""
    bases = voice.program.bases
    if isinstance(rule.of, str):
        return bases.get(rule.of)
    return None if rule.of is not None else next(iter(bases.values()), None)


def measured_goods(voice: Voice, rule: Rule) -> str:
    """What a rate on money is of: "goods after discounts and vouchers"."""
    base = base_of(voice, rule)
    if base is None:
        if isinstance(rule.of, str) and rule.of not in voice.program.wallets and "." in rule.of:
            return voice.say("quoted", name=short(rule.of))
        return human(rule.of) if isinstance(rule.of, str) else voice.say("goods.any")
    own = goods_words(voice, base, None if base.of is None else human(base.of.text))
    said = goods_words(voice, rule, own) if rule.lines is not None else own
    less = [voice.say(f"less.{name}") for name in base.less]
    less += [human(taken.text).rpartition(".")[2] for taken in base.less_facts]
    return voice.say("measure.basis", goods=said, less=voice.all_of(less)) if less else said


def measure(voice: Voice, rule: Rule, form: Measure, whole: bool) -> str:
    """What a rate is per: "$1.00 of goods after discounts", "drink", "whole 2 litres"."""
    if form.money:
        said = voice.say("measure.money", money=voice.major(form.n), goods=measured_goods(voice, rule))
    else:
        name = form.name or ""
        counted = (
            goods_words(voice, rule)
            if name in {"line.qty", "line", "lines"}
            else noun(name.rpartition(".")[2], "1" if form.n == 1 else "")
        )
        said = counted if form.n == 1 else voice.say("amount.units", n=voice.number(form.n), noun=counted)
    return voice.say("measure.whole", measure=said) if whole else said


def given(voice: Voice, rule: Rule, give: Give) -> Amount:
    """What one `give` gives."""
    if give.kind == "standing":
        return Amount("", voice.say("amount.level", level=voice.level(give.level or "")))
    if give.amount is None:
        return Amount("", voice.quote(give.target))
    return amount(voice, rule, give.amount, give.target)


def amount(voice: Voice, rule: Rule, cell: Any, target: str) -> Amount:
    """An amount of a wallet or voucher, or a table of them whose rows share a measure where they can."""
    if isinstance(cell, Rate):
        return Amount(measure(voice, rule, cell.measure, cell.whole), _much(voice, rule, cell.value, target))
    if not isinstance(cell, Table):
        return Amount("", _plain(voice, rule, cell, target))
    found = list(rows(voice, cell))
    rated = [one for one in found if isinstance(one[1], Rate)]
    shared = {(one.measure, one.whole) for _, one, _ in rated}
    if len(shared) == 1 and all(isinstance(one, Rate) or _is_nothing(one) for _, one, _ in found):
        values = [(label, one.value, lowest) for label, one, lowest in rated]
        first = rated[0][1]
        return Amount(measure(voice, rule, first.measure, first.whole), _numbers(voice, rule, values, target))
    if all(isinstance(one, Number) for _, one, _ in found):
        values = [(label, one.value, lowest) for label, one, lowest in found]
        if cell.kind == "band":
            return Amount(
                "", ", ".join(_row_last(voice, label, _much(voice, rule, n, target)) for label, n, _ in values)
            )
        return Amount("", _numbers(voice, rule, values, target))
    return Amount("", ", ".join(labelled(voice, label, _whole(voice, rule, one, target)) for label, one, _ in found))


def _is_nothing(cell: Any) -> bool:
    return isinstance(cell, Number) and cell.value == 0


def _row_last(voice: Voice, label: str, cell: str) -> str:
    return f"{cell} {label}" if label else labelled(voice, label, cell)


def _numbers(voice: Voice, rule: Rule, values: list[tuple[str, Fraction, bool]], target: str) -> str:
    """The first number with its noun, the others in brackets: "1 star (Gold 1.2, Reserve 1.7)"."""
    first = next((value for _, value, lowest in values if lowest), None)
    if first is None:
        return ", ".join(_for(voice, labels, _much(voice, rule, value, target)) for value, labels in _alike(values))
    others = [labelled(voice, label, voice.number(value)) for label, value, lowest in values if not lowest]
    said = _much(voice, rule, first, target)
    return f"{said} ({', '.join(others)})" if others else said


def _alike(values: list[tuple[str, Fraction, bool]]) -> list[tuple[Fraction, list[str]]]:
    """Neighbouring rows of one value together."""
    found: list[tuple[Fraction, list[str]]] = []
    for label, value, _ in values:
        if label and found and found[-1][0] == value and found[-1][1]:
            found[-1][1].append(label)
        else:
            found.append((value, [label] if label else []))
    return found


def _for(voice: Voice, labels: list[str], cell: str) -> str:
    if not labels:
        return voice.say("table.else", cell=cell)
    return voice.say("table.for", cell=cell, label=voice.any_of(labels))


def _whole(voice: Voice, rule: Rule, cell: Any, target: str) -> str:
    said = amount(voice, rule, cell, target)
    return voice.say("amount.each", amount=said.much, measure=said.measure) if said.measure else said.much


def _much(voice: Voice, rule: Rule, value: Fraction, target: str) -> str:
    """So much of a wallet, so many vouchers, or money where there is no target."""
    program = voice.program
    if target in program.vouchers:
        if program.vouchers[target].given:
            return voice.say("amount.worth", name=human(target), worth=voice.major(value))
        return voice.say("amount.vouchers", n=voice.number(value), name=human(target))
    if target in program.wallets:
        return voice.amount(value, target)
    del rule
    return voice.major(value)


def _plain(voice: Voice, rule: Rule, cell: Any, target: str) -> str:
    if isinstance(cell, Number):
        return _much(voice, rule, cell.value, target)
    if isinstance(cell, Of):
        if cell.value is None:
            return voice.say("amount.all", noun=human(cell.name))
        return voice.amount(cell.value, cell.name)
    if isinstance(cell, Percent):
        share = voice.language.percent(cell.share)
        if not target:
            return share
        return voice.say("amount.share", share=share, of=measured_goods(voice, rule), noun=human(target))
    if isinstance(cell, CelAmount):
        return (
            voice.say("amount.worked", noun=noun(target, ""), text=cell.checked.text)
            if target
            else f"`{cell.checked.text}`"
        )
    if isinstance(cell, Sum):
        parts = [_whole(voice, rule, part, target) for part in cell.parts]
        said = parts[0]
        for part in parts[1:]:
            said = voice.say("amount.sum", a=said, b=part)
        return said
    if isinstance(cell, Calculator):
        return voice.say("amount.calculator", noun=noun(target, ""), name=cell.name)
    if isinstance(cell, Word):
        return voice.say("amount.own", noun=noun(target, "")) if cell.word == "own" else voice.say("effect.given")
    return voice.say("amount.nothing")


def cell_words(voice: Voice, rule: Rule, cell: Any, target: str = "") -> str:
    """An amount in one piece: "$0.20 for each drink", "5%"."""
    return _whole(voice, rule, cell, target)


def all_given(voice: Voice, rule: Rule) -> Amount:
    """Everything that a rule gives, said together; the measure when all of it is by the same."""
    if rule.give_table is not None:
        parts = [
            labelled(voice, label, voice.all_of([_give_whole(voice, rule, give) for give in cell]))
            for label, cell, _ in rows(voice, rule.give_table)
        ]
        return Amount("", ", ".join(parts))
    found = [given(voice, rule, give) for give in rule.give]
    measures = {one.measure for one in found}
    if len(measures) == 1:
        return Amount(next(iter(measures)), voice.all_of([one.much for one in found]))
    return Amount("", voice.all_of([_give_whole(voice, rule, give) for give in rule.give]))


def _give_whole(voice: Voice, rule: Rule, give: Give) -> str:
    said = given(voice, rule, give)
    return voice.say("amount.each", amount=said.much, measure=said.measure) if said.measure else said.much


def gifts(voice: Voice, rule: Rule | None, gives: tuple[Give, ...]) -> str:
    """Gifts in one piece, as a referral gives them."""
    assert rule is not None
    return voice.all_of([_give_whole(voice, rule, give) for give in gives])


def counted(voice: Voice, base: Base) -> str:
    """What a base counts, whole: goods, less what, paid how, when."""
    said = goods_words(voice, base, None if base.of is None else human(base.of.text))
    less = [voice.say(f"less.{name}") for name in base.less]
    if less:
        said = voice.say("measure.basis", goods=said, less=voice.all_of(less))
    parts = [said]
    out = goods(voice, base.excepted)
    if out.kinds or out.which:
        parts.append(voice.say("tail.left_out", goods=voice.any_of([*out.kinds, *out.which])))
    parts += [words(voice, one) for one in (base.when, base.paid_with) if one is not None]
    return ", ".join(parts)
