"""Rules that can never fire, or never give anything: their days are over, their conditions exclude one another, nobody
sends their event, or what they give is nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from regulars.program.advice.amounts import cells, factor, nothing
from regulars.program.advice.model import Advice, On, Value
from regulars.program.advice.places import Places
from regulars.program.advice.ranges import Case, Conditions
from regulars.program.forms.tree import Limit, Opening, Trigger
from regulars.program.model import Base, Program, Rule
from regulars.words.days import NEVER, Day, day_of

EARNING = ("earn", "rules", "milestones", "offers")


def never(program: Program, places: Places) -> Iterator[Advice]:
    """Advice on each rule that can never fire."""
    conditions = Conditions(program)
    for rule in program.rules:
        if rule.line and (found := _why(program, conditions, rule)) is not None:
            code, key, values = found
            mark = places.of(rule.section, rule.name.partition(".")[2], key)
            yield Advice(mark.line, mark.column, code, {"rule": rule.name, **values})


def _why(program: Program, conditions: Conditions, rule: Rule) -> tuple[str, str, dict[str, Value]] | None:
    gone = _closed(program, rule)
    if gone is not None:
        return "never.over", "open", {"day": On(gone)}
    if rule.on and all(one.kind == "event" for one in rule.on):
        unsent = [one.name for one in rule.on if _unsent(program, one.name)]
        if len(unsent) == len(rule.on):
            return "never.event", "on", {"event": unsent[0]}
    fact = conditions.clash(_asked(program, conditions, rule))
    if fact:
        return "never.condition", "when" if rule.when is not None else "lines", {"fact": fact}
    if any(isinstance(limit, Limit) and not limit.value for limit in rule.at_most):
        return "never.limit", "at_most", {}
    if _gives_nothing(program, rule):
        return "never.nothing", "multiply" if rule.multiply else "top_up" if rule.top_up else "give", {}
    return None


def _closed(program: Program, rule: Rule) -> Day | None:
    """The day on which the opening of a rule ends, where the rule is in force only later."""
    first, until = rule.first or program.first, rule.until or NEVER
    form = rule.open
    if not isinstance(form, Opening):
        return None
    if form.kind == "on":
        days = [day for name in form.names if name in program.dates for day in program.dates[name]]
        named = bool(days) and all(name in program.dates for name in form.names)
        return max(days) if named and not any(first <= day < until for day in days) else None
    if form.last is not None and form.last.day is not None:
        last = day_of(form.last.day)
        return last if last < first + (form.kind == "until") else None
    return None


def _unsent(program: Program, kind: str) -> bool:
    """Whether an event can come from nobody: it is told by something that the program does not have."""
    first, _, name = kind.partition(".")
    if not name:
        return False
    if first == "friend":
        return name not in program.referrals and all(rule.tell != kind for rule in program.rules)
    if first == "reach":
        return name not in program.ladders
    if first in {"choose", "set_preference"}:
        return name not in program.choices
    if first in {"clip", "print"}:
        return all(voucher.claim != first or voucher.name != name for voucher in program.vouchers.values())
    return False


def _asked(program: Program, conditions: Conditions, rule: Rule) -> list[list[Case]]:
    """Everything that must hold for a rule to give something."""
    found = [*_own(conditions, rule)]
    others = [rule.of] if isinstance(rule.of, str) else []
    others += [name for name, _ in (*rule.multiply, *rule.top_up)] if len((*rule.multiply, *rule.top_up)) == 1 else []
    for name in others:
        other = program.rule(name)
        if other is not None:
            found += _own(conditions, other)
    base = _base(program, rule)
    if base is not None:
        found += [conditions.cases(base.when), conditions.cases(base.lines), conditions.cases(base.excepted, False)]
    return found


def _own(conditions: Conditions, rule: Rule) -> list[list[Case]]:
    return [
        conditions.cases(rule.when),
        conditions.cases(rule.unless, False),
        conditions.cases(rule.lines),
        conditions.cases(rule.excepted, False),
    ]


def _base(program: Program, rule: Rule) -> Base | None:
    """The base that a rule of earning measures."""
    if rule.section not in EARNING or rule.stage != "earn" or rule.multiply or rule.top_up:
        return None
    if rule.of is not None:
        return program.bases.get(rule.of) if isinstance(rule.of, str) else None
    kinds = {name for one in rule.on for name in (one.name, one.name.partition(".")[0])}
    return next((base for base in program.bases.values() if kinds & set(base.on)), None)


def _gives_nothing(program: Program, rule: Rule) -> bool:
    """Whether what a rule gives is nothing; a rule that only stands in for others may mean it."""
    if rule.instead_of or rule.best_of or rule.stage not in {"earn", "calendar"}:
        return False
    if rule.multiply:
        return all(
            (times := factor(one)) is not None and times <= 1 for _, cell in rule.multiply for one in cells(cell)
        )
    if rule.top_up:
        return all(_no_more(program, name, cell) for name, cell in rule.top_up)
    gives = [give for give in rule.give if give.kind == "wallet"]
    return bool(gives) and len(gives) == len(rule.give) and all(nothing(give.amount) for give in gives)


def _no_more(program: Program, name: str, cell: object) -> bool:
    """Whether a rule is topped up to a rate that is no better than its own."""
    other = program.rule(name)
    if other is None or len(other.give) != 1:
        return False
    have = [factor(one) for one in cells(other.give[0].amount)]
    want = [factor(one) for one in cells(cell)]
    kinds = {type(one) for one in (*cells(other.give[0].amount), *cells(cell))}
    if len(kinds) != 1 or any(one is None for one in (*have, *want)) or other.round is not None:
        return False
    return max(one for one in want if one is not None) <= min(one for one in have if one is not None)


def event_kinds(rule: Rule) -> tuple[str, ...]:
    """The kinds of events on which a rule fires; nothing where it fires on days."""
    return tuple(one.name for one in rule.on if isinstance(one, Trigger) and one.kind == "event")
