"""What a rule measures when that is no sum of lines: an expression of its own or of its base, of some unit, whole or not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from regulars.engine import rations
from regulars.program.cel import Checked, Money, Number, Type, compile_value
from regulars.program.cel.types import inner
from regulars.program.model import Rule

if TYPE_CHECKING:
    from regulars.engine.machine import Machine

Counts = Callable[[str], "tuple[Callable[..., Any], bool]"]
PATH = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)+")


def expression(machine: Machine, rule: Rule) -> tuple[Checked, str | None] | None:
    """What is worked out to be measured, with the name of the base that does it; None where lines or another rule are measured."""
    if isinstance(rule.of, Checked):
        return rule.of, None
    name = rule.of if isinstance(rule.of, str) else machine.default_base(rule)
    base = machine.program.bases.get(name or "")
    return None if base is None or base.of is None else (base.of, base.name)


def scale(machine: Machine, rule: Rule) -> int | None:
    """Smallest parts in one of what a rule measures: of money, of another rule's units, one of what is counted; None where nothing is
    measured.
    """
    if isinstance(rule.of, str) and rule.of not in machine.program.bases:
        other = machine.program.rule(rule.of)
        given = () if other is None else other.give
        return next((machine.wallets[give.target].scale for give in given if give.target in machine.wallets), None)
    if rule.section == "referrals" and rule.stage == "tell":
        minor: int = machine.minor
        return minor
    found = expression(machine, rule)
    if found is None:
        return None if machine.default_base(rule) is None and rule.of is None else machine.minor
    return machine.minor if isinstance(inner(found[0].type), Money) else 1


def broken(machine: Machine, rule: Rule) -> bool:
    """Whether what a rule measures need not be a whole number of smallest parts."""
    found = expression(machine, rule)
    return found is not None and isinstance(inner(found[0].type), Number)


def counts(machine: Machine, rule: Rule) -> Counts:
    """What measures of a rule's rates count: by the unit of what the rule measures that itself, by any other the facts."""
    plain = rations.counts(machine, rule)
    found = expression(machine, rule)
    kind: Type | None = None if found is None else inner(found[0].type)
    unit = getattr(kind, "unit", None)
    if found is None or unit is None or PATH.fullmatch(found[0].text):
        return plain
    own, base = compile_value(found[0]), found[1]
    limited = rations.units_of(machine.program, rule)

    def value(c: Any, _line: Any) -> Any:
        return (own(c, None) if base is None else c.measure(base).total) or 0

    def counting(name: str) -> tuple[Callable[..., Any], bool]:
        if unit not in {name, name.removesuffix("s")}:
            return plain(name)
        return (rations.rationed(value) if rations.is_of(machine.program, name, limited) else value), False

    return counting
