"""A purchase judged again on what is kept of it: what a rule gives by bands, or by steps that depend on who bought what.

Levels are those with which the purchase was judged, facts those that it stated. A rule that does not give on the whole purchase what its
receipt recorded hung on more than that, and is not judged again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from regulars.engine.calculators import PerStep, PerUnit
from regulars.engine.context import Context, begun
from regulars.engine.model import NO_FACTS, Entry
from regulars.engine.pieces import copy
from regulars.engine.survey import walk
from regulars.program.cel import Checked
from regulars.program.forms.tree import Number, Of, Percent, Rate
from regulars.program.model import CelAmount, Sum, Table

if TYPE_CHECKING:
    from regulars.engine.kept import Kept
    from regulars.engine.rules import RuleMachine, Target

BASKET = re.compile(r"basket\.\w+")


def stepped(target: Target) -> bool:
    """Whether an amount has bands or whole steps somewhere in it, beyond a plain rate by steps."""
    amount = target.give.amount
    if isinstance(target.calculator, PerStep | PerUnit) or not rising(amount):
        return False
    return any(
        (isinstance(one, Table) and one.kind == "band") or (isinstance(one, Rate) and one.whole) for one in walk(amount)
    )


def rising(cell: Any) -> bool:
    """Whether an amount is never more on fewer goods, so that what comes back bit by bit gives up no more than all at once."""
    if isinstance(cell, Sum):
        return all(rising(part) for part in cell.parts)
    if not isinstance(cell, Table):
        return not isinstance(cell, CelAmount)
    cells = [found for _, found in cell.rows]
    rest = [] if cell.otherwise is None else [cell.otherwise]
    if not all(rising(found) for found in (*cells, *rest)):
        return False
    if cell.kind != "band" or cell.level == "line":
        return not any(hangs_on_goods(key) for key in cell.keys)
    worths = [size(found) for found in (*cells, *rest)] if cell.up_to else [size(found) for found in (*rest, *cells)]
    known = [one for one in worths if one is not None]
    plain = BASKET.fullmatch(cell.keys[0].text) is not None or not hangs_on_goods(cell.keys[0])
    alike = len(known) == len(worths) and len({kind for kind, _ in known}) == 1
    return plain and alike and known == sorted(known) and (bool(rest) or not cell.up_to)


def hangs_on_goods(key: Checked) -> bool:
    """Whether what a table asks is another when fewer goods are bought."""
    return "basket" in key.roots or "lines" in key.text


def size(cell: Any) -> tuple[str, Fraction] | None:
    """An amount as something that can be compared with others of its kind; None where it cannot."""
    if isinstance(cell, Number | Of) and cell.value is not None:
        return "number", cell.value
    if isinstance(cell, Percent):
        return "rate", cell.share
    if isinstance(cell, Rate) and cell.measure.money:
        return "rate", cell.value / cell.measure.n
    return None


def worth(kept: Kept, rule: RuleMachine, target: Target, entry: Entry, back: Sequence[int]) -> int | None:
    """What the rule gives on what is kept, before limits; None where it cannot be told from the purchase."""
    if not stepped(target) or kept.sold is None:
        return None
    try:
        known = of_lines(kept, rule, target, [0] * len(back)) == entry.rounded
        return of_lines(kept, rule, target, back) if known else None
    except (AttributeError, KeyError, TypeError):
        # It asked for what is no longer known.
        return None


def of_lines(kept: Kept, rule: RuleMachine, target: Target, back: Sequence[int]) -> int:
    """What the rule gives on the lines of which so much has come back."""
    c = context(kept, back)
    measured = rule.measured(c)
    if measured is None:
        return 0
    units: int = target.amount(c, measured)[0]
    return units


def context(kept: Kept, back: Sequence[int]) -> Context:
    """The purchase as if only what is kept of it had been bought."""
    assert kept.sold is not None
    event, member = kept.sold
    c = begun(kept.machine, member, event, NO_FACTS)
    c.today = event.day
    c.levels = {**kept.machine.snapshot(c)}
    for ladder, was, _ in kept.sale.receipt.levels:
        c.levels[ladder] = kept.machine.ladders[ladder].names[was]
    c.lines, c.nets = [], []
    for line, net, amount, size in zip(kept.lines, kept.nets, back, kept.sizes, strict=True):
        if amount < size:
            c.lines.append(part(line, size - amount, size))
            c.nets.append(net - amount if net else 0)
    return c


def part(line: Any, left: int, size: int) -> Any:
    """A line with as many pieces as are kept of it, at their list price."""
    if left == size:
        return line
    one = copy(line)
    one.qty = max((2 * line.qty * left + size) // (2 * size), 1)
    one.amount = line.amount * left // size
    return one
