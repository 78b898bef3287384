"""What shaped an amount: the rate and the level it was of, what it was before rounding, which limits held it back."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from regulars.engine.machine import Machine
from regulars.engine.model import Entry
from regulars.program.cel import Money
from regulars.program.cel.types import inner
from regulars.program.forms.tree import Percent, Rate
from regulars.program.model import Rule, Table
from regulars.speech import forms
from regulars.speech.language import decimal
from regulars.speech.tables import rows
from regulars.speech.voice import Voice, short

Said = str | None


def rate_of(voice: Voice, machine: Machine, rule: Rule, wallet: str, entry: Entry) -> tuple[Said, Said, Said]:
    """(rate, the level it is of, what was measured) of an entry; each None where there is none."""
    if rule.multiply:
        times = voice.say("why.times", times=decimal(Fraction(entry.num, entry.den)))
        return times, None, _measured(voice, machine, rule, wallet, entry)
    cell = _amount(rule, wallet)
    if entry.num == 0 or (isinstance(cell, Table) and cell.level != "event"):
        return None, None, _measured(voice, machine, rule, wallet, entry) if entry.num else None
    found = _row(voice, machine, cell, wallet, entry)
    if found is None:
        return None, None, None
    label, form = found
    measured: str | None = _measured(voice, machine, rule, wallet, entry)
    if isinstance(form, Percent):
        return f"{decimal(form.share * 100)}%", label, measured
    if form.measure.money:
        per = voice.plain(int(form.measure.n * machine.minor))
    else:
        measured = None
        n = form.measure.n
        name = (form.measure.name or "").rpartition(".")[2]
        per = name if n == 1 else f"{decimal(n)} {name}"
    return voice.say("why.rate", n=decimal(form.value), measured=per), label, measured


def _amount(rule: Rule, wallet: str) -> Any:
    """The amount of a rule for a wallet, or for the one that it mirrors; of a rule that raises another its new rate."""
    if rule.top_up:
        return rule.top_up[0][1]
    exact = next((give.amount for give in rule.give if give.target == wallet), None)
    return exact if exact is not None else next((give.amount for give in rule.give if give.kind == "wallet"), None)


def _row(
    voice: Voice, machine: Machine, cell: Any, wallet: str, entry: Entry
) -> tuple[str | None, Rate | Percent] | None:
    """The row of a table whose rate is that of the entry, with what it stands for."""
    if isinstance(cell, Rate | Percent):
        return None, cell
    if not isinstance(cell, Table):
        return None
    for label, form, _ in rows(voice, cell):
        if isinstance(form, Rate | Percent) and _same(voice, machine, form, wallet, entry):
            return label or None, form
    return None


def _same(voice: Voice, machine: Machine, form: Rate | Percent, wallet: str, entry: Entry) -> bool:
    held = Fraction(entry.num, entry.den)
    scale = voice.program.wallets[wallet].scale
    if isinstance(form, Percent):
        return held in {form.share, form.share * scale / machine.minor}
    per = form.measure.n * (machine.minor if form.measure.money else 1)
    return held == form.value * scale / per


def _measured(voice: Voice, machine: Machine, rule: Rule, wallet: str, entry: Entry) -> str:
    """What was measured, as money or as units of the rule it is a share of."""
    made = machine.rules[rule.index]
    if made.of_rule is not None:
        return voice.units(wallet, entry.base)
    measured = rule.of if rule.of is not None and not isinstance(rule.of, str) else None
    if measured is None:
        base = voice.program.bases.get(made.base or "")
        measured = base.of if base is not None else None
    if measured is not None and not isinstance(inner(measured.type), Money):
        return str(entry.base)
    return voice.plain(entry.base)


def raw_of(voice: Voice, rule: Rule, wallet: str, entry: Entry) -> str | None:
    """The exact amount before it was rounded, where the rate alone says it."""
    forms_of = list(_rates(_amount(rule, wallet)))
    plain = forms_of and all(isinstance(form, Percent) or (form.measure.money and not form.whole) for form in forms_of)
    if not plain or rule.multiply or rule.top_up or not entry.num:
        return None
    scale = voice.program.wallets[wallet].scale
    return decimal(Fraction(entry.base * entry.num, entry.den * scale))


def _rates(cell: Any) -> Iterator[Rate | Percent]:
    if isinstance(cell, Rate | Percent):
        yield cell
    elif isinstance(cell, Table) and cell.level == "event":
        for _, inside in cell.rows:
            yield from _rates(inside)
        yield from _rates(cell.otherwise)


def limited_by(voice: Voice, rule: Rule, entry: Entry) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(limits that held an entry back, rules on which it was worked out), as words."""
    limits: list[str] = []
    others: list[str] = []
    shared = tuple(voice.program.limits.values())
    for place in entry.shaped:
        if place < 0:
            held = shared[-1 - place]
            limits.append(voice.say("why.shared_limit", name=short(held.name), limit=forms.limits(voice, held.at_most)))
        elif place == rule.index:
            limits.append(voice.say("why.own_limit", limit=forms.limits(voice, rule.at_most)))
        else:
            other = voice.program.rules[place]
            if other.section == "wallets":
                limits.append(voice.say("why.ceiling", wallet=short(other.name)))
            else:
                others.append(short(other.name))
    return tuple(limits), tuple(others)
