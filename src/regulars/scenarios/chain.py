"""The clauses behind an entry: its rule's, its base's, and those of what shaped it (a limit, a multiplied rule, the
returns clause).
"""

from __future__ import annotations

from regulars.engine.machine import Machine
from regulars.engine.model import Entry
from regulars.engine.survey import walk
from regulars.program.model import Rule, Table


def chain(machine: Machine, entry: Entry) -> frozenset[str]:
    """Every clause that the entry's because-chain cites."""
    program = machine.program
    found = set(clauses(machine, program.rules[entry.rule]))
    for place in entry.shaped:
        if place >= 0:
            found |= clauses(machine, program.rules[place])
        else:
            found.update(tuple(program.limits.values())[-1 - place].terms)
    return frozenset(found)


def clauses(machine: Machine, rule: Rule) -> frozenset[str]:
    """The clauses of a rule, of the tables in its amounts, and of the base that it measures."""
    tables = [
        table
        for part in (rule.give, rule.cost, rule.off, rule.add, rule.at_most)
        for table in walk(part)
        if isinstance(table, Table)
    ]
    base = machine.rules[rule.index].base if rule.index in machine.rules else None
    named = machine.program.bases.get(base) if base is not None else None
    return frozenset(
        (*rule.terms, *(term for table in tables for term in table.terms), *(() if named is None else named.terms))
    )
