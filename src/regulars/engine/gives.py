"""`give` as a table: each thing that some row gives becomes a thing of its own, whose amount is the table."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from regulars.program.forms.tree import Number
from regulars.program.model import Give, Rule, Table

NOTHING = Number(Fraction(0))
ONE = Number(Fraction(1))


def spread(rule: Rule) -> Rule:
    """The rule with its table of gives spread out over the things given; the rule itself when it has none."""
    if rule.give_table is None:
        return rule
    found = dict.fromkeys((give.target, give.kind, give.level) for give in _gives(rule.give_table))
    gives = tuple(Give(target, kind, _amount(rule.give_table, target, level), level) for target, kind, level in found)
    return replace(rule, give=gives)


def _gives(cell: Any) -> list[Give]:
    if isinstance(cell, Table):
        rows = [give for _, inner in cell.rows for give in _gives(inner)]
        return rows if cell.otherwise is None else rows + _gives(cell.otherwise)
    return list(cell or ())


def _amount(cell: Any, target: str, level: str | None) -> Any:
    """How much of a thing a cell gives: what it says, nothing where it does not speak of it."""
    if isinstance(cell, Table):
        rows = tuple((keys, _amount(inner, target, level)) for keys, inner in cell.rows)
        return replace(
            cell, rows=rows, otherwise=None if cell.otherwise is None else _amount(cell.otherwise, target, level)
        )
    give = next((give for give in cell or () if (give.target, give.level) == (target, level)), None)
    return NOTHING if give is None else ONE if give.amount is None else give.amount
