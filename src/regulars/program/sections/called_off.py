"""`cancel` of an exchange: for each that can be called off a rule of its own that carries the clauses."""

from __future__ import annotations

from dataclasses import replace

from regulars.program.sections.context import Context
from regulars.program.sections.rules import stand_in


def called_off(context: Context) -> None:
    """Adds, for each rule that gives back what it took, the rule that stands for its cancellation."""
    for rule in tuple(context.rules):
        if rule.gives_back is not None:
            terms = rule.cancel_terms or rule.terms
            place = stand_in(
                context, f"cancel.{rule.name.partition('.')[2]}", "back", terms, rule.line, group=rule.group
            )
            context.rules[rule.index] = replace(rule, back_rule=place)
