"""How a ladder is climbed: one rung at a time, each reached and paid for itself, or at once to the highest that is reached or paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.standings import LadderMachine, Mark


def withheld(c: Context, mark: Mark, was: int, climbed: dict[str, int]) -> bool:
    """Whether a mark that a counter has crossed waits for the next pass, because one below it was crossed too. `climbed` keeps the
    first mark that this pass has crossed, by counter.
    """
    goal, counter = mark.goal(c), mark.wallet
    if not was < goal <= c.holdings[counter].active:
        return False
    first = climbed.setdefault(counter, goal)
    if goal == first:
        return False
    # In the next pass the counter comes from the mark that it has reached in this one.
    c.before[counter] = min(c.before.get(counter, first), first)
    c.changed.add(counter)
    return True


def next_to_buy(c: Context, ladder: LadderMachine, held: int) -> int | None:
    """The place of the rung that is bought now: the one above the level held, or at once the highest that can be paid; or None."""
    wanted = [
        place
        for place, level, _, _ in ladder.rungs
        if place > held and level.cost is not None and c.available(level.cost[0]) >= level.cost[1]
    ]
    if ladder.one_rung:
        return held + 1 if held + 1 in wanted else None
    return max(wanted, default=None)
