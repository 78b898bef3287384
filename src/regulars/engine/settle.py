"""Settling, until nothing changes: counters -> standings -> milestones -> conversions at once.

Each pass is in file order and can only move forward (a conversion takes, a rung costs, a mark is crossed once a window), so it ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.engine import lots
from regulars.engine.accruing import accrue
from regulars.engine.granting import level_now
from regulars.engine.milestones import give, uncross, window_of
from regulars.engine.model import Lot
from regulars.engine.standings import LadderMachine, crosses, review
from regulars.words.days import NEVER

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.wallets import Milestone

MOST_PASSES = 200


def settle(c: Context) -> None:
    """Brings everything that hangs on what changed up to date."""
    machine = c.machine
    for _ in range(MOST_PASSES):
        changed, before = c.changed, c.before
        if not changed:
            return
        c.changed, c.before = set(), {}
        for ladder in machine.ladders.values():
            if not ladder.watches.isdisjoint(changed) and (ladder.goals is None or crosses(c, ladder.goals, before)):
                if ladder.name in machine.told_rises:
                    was = level_now(c, ladder.name)
                    review(c, ladder, before)
                    rise(c, ladder, was)
                else:
                    review(c, ladder, before)
        for milestone in machine.milestones:
            if milestone.wallet in before and milestone.runs(c):
                cross_marks(c, milestone, before[milestone.wallet])
        for accrual in machine.accruals:
            if accrual.wallet in before:
                accrue(c, accrual)
        for turn, rule, wallets in machine.conversions:
            if not wallets.isdisjoint(changed):
                turn(c, rule)
        if machine.asked_again:
            ask_waived(c, changed)
    raise AssertionError("settling does not end")


def rise(c: Context, ladder: LadderMachine, was: int) -> None:
    """A standing that rose is an event of its own; one that a member is brought in with is none."""
    plan = c.machine.plan(f"reach.{ladder.name}")
    if not plan.earn or level_now(c, ladder.name) <= was or brought_in(c):
        return
    levels, c.levels = c.levels, c.machine.snapshot(c)
    plan.walk(c.today)(c)
    c.levels = levels


def brought_in(c: Context) -> bool:
    """Whether the event only brings in a member with what they have already."""
    return c.event is not None and c.event.first == "opening"


def cross_marks(c: Context, milestone: Milestone, was: int) -> None:
    """Each mark crossed gives, once in the milestone's window; what a member is brought in with was crossed before."""
    now = c.available(milestone.wallet)
    if now < was:
        uncross(c, milestone, was, now)
        return
    done: dict[str, Any] = dict(c.marks.get(milestone.rule.name, {}))
    window = milestone.window(c)
    for mark in milestone.marks:
        if was < mark <= now and window_of(done.get(str(mark))) != window:
            c.crossed = mark
            done[str(mark)] = window if brought_in(c) else give(c, milestone.rule, window)
            c.mark(milestone.rule.name, dict(done))


def ask_waived(c: Context, changed: set[str]) -> None:
    """Lots that a waiver keeps are asked again when a standing in it changes."""
    for ladder, wallets in c.machine.asked_again:
        if f"standing:{ladder}" in changed:
            for wallet in wallets:
                ask_again(c, wallet)


def ask_again(c: Context, wallet: Any) -> None:
    """A lot that was waived and never asked again by the calendar gets its own last day back, no earlier than today."""
    held = c.holdings.get(wallet.name)
    if held is None or not held.lots:
        return
    c.levels = c.machine.snapshot(c)
    if wallet.unless is not None and wallet.unless(c, None):
        return
    changed = tuple(
        Lot(lot.serial, lot.left, lot.earned, max(wallet.life(c, lot.earned), c.today + 1))
        if lot.gone >= NEVER
        else lot
        for lot in held.lots
    )
    if changed != held.lots:
        c.due = 0
        c.holdings[wallet.name] = lots.relived(held, changed)
