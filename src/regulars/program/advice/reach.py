"""Things that nobody can come to by what the file gives: levels without a way to them, rewards above what a wallet can
hold, units that lapse before the cheapest reward can be had.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from regulars.program.advice.amounts import cells, fixed
from regulars.program.advice.model import Advice, Units, Value
from regulars.program.advice.places import Places
from regulars.program.forms.tree import Life, Limit, Number, Of, Span
from regulars.program.model import Program, Rule

DAYS = {"day": 1, "week": 7, "month": 28, "quarter": 90, "half_year": 181, "year": 365, "membership_year": 365}
"""The fewest days of a window."""
LONGEST = {"day": 1, "week": 7, "month": 31, "quarter": 92, "half_year": 184, "year": 366}
"""The most days of a window or unit of time."""


def unreached(program: Program, places: Places) -> Iterator[Advice]:
    """Advice on each thing that nobody can come to."""
    yield from _levels(program, places)
    for name, wallet in program.wallets.items():
        costs = cheapest(program, name)
        values: dict[str, Value]
        if wallet.ceiling is not None:
            for rule, units in costs:
                if units > wallet.ceiling:
                    mark = places.of(rule.section, rule.name.partition(".")[2])
                    values = {"rule": rule.name, "cost": Units(name, units), "ceiling": Units(name, wallet.ceiling)}
                    yield Advice(mark.line, mark.column, "reach.ceiling", values)
        most = _most_while_it_lasts(program, name)
        if most is not None and costs and most < costs[0][1]:
            mark = places.of("wallets", name, "lasts")
            rule, units = costs[0]
            values = {"wallet": name, "most": Units(name, most), "rule": rule.name, "cost": Units(name, units)}
            yield Advice(mark.line, mark.column, "reach.lapse", values)


def cheapest(program: Program, wallet: str) -> list[tuple[Rule, int]]:
    """What units of a wallet buy at a price that the file fixes, the cheapest first: (rule, smallest units).

    Nothing where one of its prices hangs on the event, for then the cheapest is not known.
    """
    scale = program.wallets[wallet].scale
    found: list[tuple[Rule, int]] = []
    for rule in program.rules:
        if rule.every is not None and rule.every[0] == wallet:
            least = rule.every[1]
            if isinstance(rule.minimum, Of) and rule.minimum_of == wallet and rule.minimum.value is not None:
                least = max(least, int(rule.minimum.value * scale))
            found.append((rule, least))
        for name, cell in rule.cost:
            if name != wallet:
                continue
            prices = [_price(one, scale) for one in cells(cell) if one is not None]
            if not prices or any(price is None for price in prices):
                return []
            found.append((rule, min(price for price in prices if price is not None)))
    return sorted(found, key=lambda one: (one[1], one[0].index))


def _price(cell: object, scale: int) -> int | None:
    if isinstance(cell, Of) and cell.value is not None:
        return int(cell.value * scale)
    return int(cell.value * scale) if isinstance(cell, Number) else None


def _levels(program: Program, places: Places) -> Iterator[Advice]:
    given = {(give.target, give.level) for rule in program.rules for give in rule.give if give.kind == "standing"}
    given |= {
        (give.target, give.level)
        for rule in program.rules
        for row in cells(rule.give_table)
        if isinstance(row, tuple)
        for give in row
    }
    by_plan = {grant for plan in program.plans.values() for grant in plan.grants}
    by_plan |= {grant for plan in program.plans.values() if plan.trial is not None for grant in plan.trial.grants}
    given |= by_plan
    given |= {
        (give.target, give.level)
        for referral in program.referrals.values()
        for give in (*referral.referee, *referral.referrer)
    }
    for name, ladder in program.ladders.items():
        for level in ladder.levels[1:]:
            leads = level.source not in {"none", "by"} or (level.source == "by" and level.by != "plan")
            if not leads and (name, level.name) not in (by_plan if level.source == "by" else given):
                mark = places.inside("tiers", name, "levels", level.name)
                yield Advice(mark.line, mark.column, "reach.level", {"ladder": name, "level": level.name})


def _most_while_it_lasts(program: Program, wallet: str) -> int | None:
    """The most units that can be alive at once, where limits of every rule that feeds the wallet make that certain."""
    held = program.wallets[wallet]
    days = [_days_of(life) for life in held.lasts]
    known = [one for one in days if one is not None]
    if not known or held.unless is not None or held.counts is not None:
        return None
    most = Fraction(0)
    feeding = [rule for rule in program.rules if any(give.target == wallet for give in rule.give)]
    tables = any(rule.give_table is not None or rule.choose for rule in program.rules)
    fed_otherwise = any(wallet in {into for into, _ in other.splits} for other in program.wallets.values())
    if not feeding or tables or fed_otherwise:
        return None
    for rule in feeding:
        one = _most_of(rule, wallet, min(known), held.scale)
        if one is None:
            return None
        most += one
    return int(most)


def _days_of(life: object) -> int | None:
    """The most days that a life lasts from the day something is earned; None where something may move it on."""
    if not isinstance(life, Life) or life.span is None or not isinstance(life.span.n, int):
        return None
    if any(anchor.kind != "name" or anchor.name != "earned" for anchor in life.anchors):
        return None
    days = _span(life.span) + life.through
    if life.to_end_of is None:
        return days
    sweep = LONGEST.get(life.to_end_of)
    return None if sweep is None else days + sweep


def _span(span: Span) -> int:
    assert isinstance(span.n, int)
    return span.n * LONGEST.get(span.unit, 1)


def _most_of(rule: Rule, wallet: str, days: int, scale: int) -> Fraction | None:
    """The most that a rule gives in so many days that follow each other."""
    found: list[Fraction] = []
    amounts = [fixed(give.amount) for give in rule.give if give.target == wallet]
    for limit in rule.at_most:
        if not isinstance(limit, Limit):
            continue
        if limit.times:
            if len(amounts) != 1 or amounts[0] is None:
                continue
            each = limit.value * amounts[0]
        elif limit.noun in {wallet, None}:
            each = limit.value
        else:
            continue
        for period in limit.periods:
            if period.name is None and period.last is None and len(limit.periods) == 1:
                found.append(each * scale)
            elif period.name in DAYS:
                found.append(each * scale * (days // DAYS[period.name] + 2))
    # A limit per card or fact is one for each of them.
    loose = any(
        period.name is not None and period.name not in DAYS and period.name != "member"
        for limit in rule.at_most
        if isinstance(limit, Limit)
        for period in limit.periods
    )
    return min(found) if found and not loose and rule.stage in {"earn", "calendar"} else None
