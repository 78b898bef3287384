"""Benefits and gates: who may have, buy, bring back or use a thing now, and what to say when not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.engine import allowances, rations
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.limits import Bound
    from regulars.engine.rules import RuleMachine


def gate(c: Context, rule: RuleMachine, request: bool = True, count: int = 1, who: bool = False) -> Refusal | None:
    """Whether a request or a use of the rule may go on: shared limits, `when`, `open`, `needs`, minimum, own limits, in this order."""
    if c.suspended:
        return rule.refusal("suspended")
    if not rule.first <= c.today < rule.until:
        return rule.refusal("not_open")
    refusal = shared_limits(c, rule)
    if refusal is not None:
        return refusal
    refusal = None if rule.rule.seats is not None and lent(c, rule) else entitled(c, rule, who)
    if refusal is not None:
        return refusal
    if (
        rule.filter is not None
        and c.lines
        and c.event is not None
        and c.event.first == "use_perk"
        and not rule.lines_of(c)
    ):
        return rule.refusal("not_covered")
    if rule.index in c.machine.minimums and rule.rule.minimum_of is None:
        least = c.machine.minimums[rule.index](c, None)
        places = rule.lines_of(c)
        net = c.net()
        if sum(net[place] for place in places) < least:
            return rule.refusal("below_minimum", minimum=c.machine.money_text(least))
    if request or rule.bounds:
        return own_limits(c, rule, count)
    return None


def entitled(c: Context, rule: RuleMachine, who: bool = True) -> Refusal | None:
    """Whether a member's own standing opens a thing: `when`, `open`, `needs`. `who`: apart from what hangs on the facts of a request."""
    if rule.test is not None and rule.test(c) >= 0:
        return rule.refusal("not_entitled")
    if rule.unless is not None and rule.unless(c, None):
        return rule.refusal("not_entitled")
    closed = None if who and rule.opens_by_fact else not_open(c, rule)
    if closed is not None:
        return closed
    for code, condition in rule.needs:
        if not (who and code in rule.asked_facts) and not condition(c, c.line):
            return rule.refusal(code)
    return None


def lent(c: Context, rule: RuleMachine) -> bool:
    """Whether another member shares the benefit with this one."""
    return f"shared:{rule.name.partition('.')[2]}" in c.marks


def not_open(c: Context, rule: RuleMachine) -> Refusal | None:
    """The refusal of a rule that is not open now, with its first and last day and first moment."""
    if rule.open is None or (rule.dated and c.voucher is not None and c.voucher.serial > 0):
        # A voucher got its first and last day when it was issued.
        return None
    held = rule.is_open(c)
    if held.now:
        return None
    return rule.refusal("not_open", first_day=held.first, last_day=held.gone - 1, first_moment=held.moment)


def shared_limits(c: Context, rule: RuleMachine) -> Refusal | None:
    """The refusal of a rule when a limit that it shares with others has no room."""
    for _, shared in rule.shared:
        for bound_of in shared:
            bound = bound_of(c)
            if bound is None or bound.room(c) < 1:
                return rule.refusal("limit_reached")
    return None


def own_limits(c: Context, rule: RuleMachine, count: int = 1) -> Refusal | None:
    """The refusal of a rule whose own limit has no room for so many times or lines."""
    for bound_of in rule.bounds:
        bound = bound_of(c)
        if bound is None or bound.room(c) < (count if bound.counted == "lines" else 1):
            return rule.refusal("limit_reached", next_time=None if bound is None else bound.next_room(c))
    return None


def use(c: Context, rule: RuleMachine, count: int = 1) -> None:
    """Counts a use against every limit of the rule."""
    for bound, _ in rule.limits(c):
        if bound is not None:
            bound.use(c, used_of(c, bound, count))


def used_of(c: Context, bound: Bound, count: int = 1) -> int:
    """How much of a limit one use takes: as many lines, as much of what is measured as there is and fits, or one time."""
    if bound.counted in rations.MEASURED:
        return min(rations.amount(c, bound, range(len(c.lines))), bound.room(c))
    return count if bound.counted == "lines" else 1


def goods_gate(c: Context, rule: RuleMachine) -> Refusal | None:
    """A benefit that alone opens goods: refused when the basket has such a line and the benefit does not hold for it."""
    for place in rule.lines_of(c):
        c.line = c.lines[place]
        refusal = gate(c, rule)
        c.line = None
        if refusal is not None:
            return refusal
    return None


def can(c: Context, rule: RuleMachine) -> bool:
    """Whether the member has the benefit now."""
    return gate(c, rule, who=True) is None


def of_money(c: Context, rule: RuleMachine) -> bool:
    """Whether what is left of a benefit is so much money."""
    return any(
        bound is not None and allowances.of_money(rule, bound) for bound in (bound_of(c) for bound_of in rule.bounds)
    )


def left(c: Context, rule: RuleMachine) -> int:
    """How often the benefit can still be used in the window of now; a large number when nothing limits it."""
    rooms = [0 if (bound := bound_of(c)) is None else room(c, bound) for bound_of in rule.bounds]
    if rule.open is not None:
        rule.is_open(c)
        rooms = [0 if (bound := bound_of(c)) is None else room(c, bound) for bound_of in rule.bounds]
    return min(rooms, default=1_000_000)


def room(c: Context, bound: Bound) -> int:
    """What a limit has left; of what is measured exactly, whole ones."""
    return bound.room(c) // bound.grain if bound.counted == "measure" else bound.room(c)
