"""Rules that another always replaces: it fires wherever they do, so they never give anything."""

from __future__ import annotations

from collections.abc import Iterator

from regulars.program.advice.amounts import factor, never_less
from regulars.program.advice.model import Advice
from regulars.program.advice.places import Places
from regulars.program.cel import Checked
from regulars.program.forms.tree import Number
from regulars.program.model import Program, Rule
from regulars.words.days import NEVER


def shadowed(program: Program, places: Places) -> Iterator[Advice]:
    """Advice on each rule that another always replaces, by `instead_of` or as the better of `best_of`."""
    known = {rule.name: rule for rule in program.rules}
    replaced = {name for rule in program.rules for name in rule.instead_of}
    for rule in program.rules:
        others = [known[name] for name in rule.instead_of if name in known]
        found = [(other, "shadowed.instead") for other in others if _replaces(rule, other)]
        found += [
            (other, "shadowed.best") for other in program.rules if rule.name not in replaced and _beats(rule, other)
        ]
        for other, code in found:
            mark = places.of(other.section, other.name.partition(".")[2])
            yield Advice(mark.line, mark.column, code, {"rule": other.name, "other": rule.name})


def _replaces(rule: Rule, other: Rule) -> bool:
    """Whether a rule gives something wherever the one that it stands in for would."""
    amount = rule.give[0].amount if len(rule.give) == 1 else None
    surely = isinstance(amount, Number) and (factor(amount) or 0) > 0
    return _wherever(rule, other) and (surely or never_less(rule, other))


def _beats(rule: Rule, other: Rule) -> bool:
    """Whether the best of a group is never the other: of equals the first stays."""
    if rule is other or rule.best_of is None or rule.best_of != other.best_of or not _wherever(rule, other):
        return False
    if not never_less(rule, other):
        return False
    amounts = rule.give[0].amount, other.give[0].amount
    more = isinstance(amounts[0], Number) and factor(amounts[0]) != factor(amounts[1])
    return rule.index < other.index or more


def _wherever(rule: Rule, other: Rule) -> bool:
    """Whether a rule fires on every event, and on every line, on which the other does."""
    return (
        rule.stage == other.stage == "earn"
        and set(other.on) <= set(rule.on)
        and (rule.first or 0) <= (other.first or 0)
        and (rule.until or NEVER) >= (other.until or NEVER)
        and rule.open in (None, other.open)
        and (rule.unless is None or _text(rule.unless) == _text(other.unless))
        and rule.as_of is None
        and rule.uses is None
        and not (rule.multiply or rule.top_up or rule.needs or rule.give_table)
        and _asks(rule.when) <= _asks(other.when)
        and _asks(rule.lines) <= _asks(other.lines)
        and (rule.excepted is None or _text(rule.excepted) == _text(other.excepted))
        and (rule.paid_with is None or _text(rule.paid_with) == _text(other.paid_with))
        and (not isinstance(rule.of, str) or rule.of == other.of)
    )


def _asks(checked: Checked | None) -> frozenset[str]:
    """The parts of a condition, all of which must hold."""
    return frozenset() if checked is None else frozenset(" ".join(text.split()) for text, _ in checked.parts)


def _text(checked: Checked | None) -> str | None:
    return None if checked is None else checked.text
