"""Earning: the rules of an event in file order, how they meet, their limits, and what they credit.

A rule whose result no other rule asks for is judged, rounded and clipped in one go; rules that meet (`meeting.py`) are first all drafted.
Then entries are written and wallets credited, once each. This is the hottest walk of the engine: what can be known when a program is compiled is known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from regulars.engine import lots
from regulars.engine.calculators import Measured
from regulars.engine.compartments import PERSON, note
from regulars.engine.drafts import Draft
from regulars.engine.granting import grant, issue
from regulars.engine.lots import EMPTY
from regulars.engine.meeting import meet
from regulars.engine.model import ACTIVE, ISSUED, Entry, Movement
from regulars.engine.pending import promise, waits
from regulars.engine.rules import NO_LINES, NOT_IN_FORCE, NOTHING, RuleMachine, Step, Target
from regulars.words.days import NEVER

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.limits import Bound
    from regulars.engine.wallets import WalletMachine

SPENT_KEPT = 50

Kept = tuple[RuleMachine, Target, Measured, int, "Sequence[int] | None", int, int, int, tuple[int, ...]]
"""What a rule gives to a target: rule, target, measure, units, lines' weights, rate (numerator, denominator), units before limits, what
shaped them."""


def earn(c: Context, steps: Sequence[Step], sets: Sequence[tuple[str, str]] = ()) -> bool:
    """Runs the rules on the context's event, then counts the event in its `sets`; whether anything was given."""
    kept: list[Kept] = []
    drafts: list[Draft] = []
    today, silent, measures = c.today, c.silent, c.measures
    for index, first, until, test, plain, base, amount, target, rule in steps:
        if not first <= today < until:
            silent += (index, NOT_IN_FORCE)
            continue
        if test is not None:
            why = test(c)
            if why >= 0:
                silent += (index, why)
                continue
        if not plain:
            slowly(c, rule, drafts, kept)
            continue
        measured = measures.get(base) or c.measure(base)
        units, weights, num, den = amount(c, measured)
        if units <= 0:
            silent += (index, NOTHING)
        elif rule.limited:
            keep(c, kept, rule, target, measured, units, weights, num, den)
        else:
            kept.append((rule, target, measured, units, weights, num, den, units, ()))
    if drafts:
        book(c, drafts, kept)
    if sets:
        remember(c, sets)
    if c.machine.kept_alive_by:
        keep_alive(c)
    if kept:
        pay_out(c, kept)
    return bool(kept)


def slowly(c: Context, rule: RuleMachine, drafts: list[Draft], kept: list[Kept]) -> None:
    """The general case of a rule: an opening or `unless`, lines of its own, several targets, a ceiling, others to meet."""
    now = c.levels
    if rule.guarded:
        c.levels = rule.levels_then(c)
        why = rule.silence(c)
        if why >= 0:
            c.silent += (rule.index, why)
            c.levels = now
            return
    draft(c, rule, drafts, kept)
    c.levels = now


def fire(c: Context, rule: RuleMachine) -> None:
    """One rule by itself gives what it gives, if its conditions hold."""
    earn(c, (rule.step,))


def draft(c: Context, rule: RuleMachine, drafts: list[Draft], kept: list[Kept]) -> None:
    """What a rule with lines of its own, several targets, or others to meet would give."""
    measured = rule.measured(c)
    if measured is None:
        c.silent += (rule.index, NO_LINES)
        return
    for target in rule.targets:
        units, weights, num, den = target.amount(c, measured)
        if rule.meets:
            drafts.append(Draft(rule, target, measured, units, weights, num, den, units))
        elif units <= 0:
            c.silent += (rule.index, NOTHING)
        else:
            keep(c, kept, rule, target, measured, units, weights, num, den)


def book(c: Context, drafts: list[Draft], kept: list[Kept]) -> None:
    """Rules that meet: what is left of their drafts is clipped and kept."""
    if len(drafts) > 1 or drafts[0].rule.refers:
        meet(c, drafts)
    for one in drafts:
        if one.dropped or one.units <= 0:
            c.silent += (one.rule.index, NOTHING)
        else:
            keep(c, kept, one.rule, one.target, one.measured, one.units, one.weights, one.num, one.den, one.shaped)


def keep(
    c: Context, kept: list[Kept], rule: RuleMachine, target: Target, measured: Measured, units: int, weights: Sequence[int] | None,
    num: int, den: int, shaped: tuple[int, ...] = (),
) -> None:  # fmt: skip
    """Adds what limits and ceilings leave of an amount, with what shaped it."""
    rounded = units
    limits = rule.limits(c) if rule.limited else ()
    if len(limits) == 1:
        units, name = clip_by_one(c, limits[0], target, measured, units)
        if name is not None:
            shaped = (*shaped, name)
    elif limits:
        units, names = clip_by_all(c, limits, target, measured, units)
        shaped = (*shaped, *names)
    if target.capped:
        units, names = under_ceiling(c, target, units)
        shaped = (*shaped, *names)
    kept.append((rule, target, measured, units, weights, num, den, rounded, shaped))
    if rule.uses is not None and units > 0:
        use_offer(c, rule.uses)
    if rule.sets and units > 0:
        remember(c, rule.sets)


def use_offer(c: Context, name: str) -> None:
    """The offer that was clipped has done its work: its voucher is used up."""
    held = next((voucher for voucher in c.vouchers if voucher.name == name and voucher.opens <= c.today < voucher.gone), None)
    if held is not None:
        c.vouchers = tuple(voucher for voucher in c.vouchers if voucher.serial != held.serial)
        c.spent = (*c.spent, held.serial)[-SPENT_KEPT:]
        c.changed.add(f"voucher:{name}")


def clip_by_one(c: Context, limit: tuple[Bound | None, int], target: Target, measured: Measured, units: int) -> tuple[int, int | None]:
    """What one limit leaves, counted against it; its name when it clipped."""
    bound, name = limit
    if bound is not None:
        counted = bound.counted
        if counted == "times":
            return (units, None) if bound.take(c, 1) else (0, name)
        if counted == "units":
            if bound.noun is not None and bound.noun != target.name:
                return units, None
            left = bound.take(c, units)
            return left, None if left == units else name
    units, names = clip_by_all(c, (limit,), target, measured, units)
    return units, name if names else None


def clip_by_all(
    c: Context, limits: Sequence[tuple[Bound | None, int]], target: Target, measured: Measured, units: int
) -> tuple[int, tuple[int, ...]]:
    """What several limits, or one on what is measured, leave: first all are asked, then all are counted."""
    base, lines = measured.total, len(measured.picked)
    names: tuple[int, ...] = ()
    for bound, name in limits:
        if bound is None:
            return 0, (*names, name)
        room = bound.room(c)
        before = units
        if bound.counted == "times":
            units = units if room >= 1 else 0
        elif bound.counted == "units":
            units = min(units, room) if bound.noun in {None, target.name} else units
        elif bound.counted == "base" and base > room:
            units, base = units * room // base if base else 0, room
        elif bound.counted == "lines" and lines > room:
            units, lines = units * room // lines if lines else 0, room
        if units < before:
            names = (*names, name)
    if units > 0:
        counts = {"times": 1, "units": units, "base": base, "lines": lines}
        for bound, _ in limits:
            if bound is not None and (bound.counted != "units" or bound.noun in {None, target.name}):
                bound.use(c, counts[bound.counted])
    return units, names


def under_ceiling(c: Context, target: Target, units: int) -> tuple[int, tuple[int, ...]]:
    """The units that the ceilings of the wallet and of its mirrors leave, and what clipped."""
    names: tuple[int, ...] = ()
    for wallet in target.feeds:
        if wallet.ceiling is not None:
            room = max(wallet.ceiling - c.available(wallet.name), 0)
            if room < units:
                units = room
                if wallet.lapse_rule is not None:
                    names = (*names, wallet.lapse_rule)
    return units, names


def pay_out(c: Context, kept: Sequence[Kept]) -> None:
    """Entries and credits: each wallet is credited once for all the rules that gave to it."""
    sums: dict[int, list[int]] = {}
    credits_: list[tuple[WalletMachine, list[int]]] = []
    today, record = c.today, c.recording.append
    for rule, target, measured, units, weights, num, den, rounded, shaped in kept:
        if not target.feeds:
            if units > 0:
                entry = Entry(rule.index, 0, units, measured.total, num, den, rounded, shaped, line_weights(c, measured, weights))
                hand_out(c, rule, target, units, entry if measured.picked else None)
            continue
        parts = None if weights is None and measured.whole else line_weights(c, measured, weights)
        for wallet in target.feeds:
            if rule.pending is not None or wallet.pending is not None:
                opens = waits(c, rule, wallet)
                if opens:
                    promise(c, rule, wallet, opens, Entry(rule.index, wallet.place, units, measured.total, num, den, rounded, shaped, parts))
                    continue
            held = sums.get(wallet.place)
            if held is None:
                gone = c.lapses.get(wallet.place) or wallet.lives.get(today) or wallet.life(c, today)
                held = sums[wallet.place] = [0, gone, gone if gone < NEVER else 0]
                credits_.append((wallet, held))
            if held[1] <= today:
                # What would be gone before it came, as of a spread of time that is over, is not given at all.
                continue
            held[0] += units
            record(
                Entry(rule.index, wallet.place, units, measured.total, num, den, rounded, shaped, parts, held[2] if units else 0)
            )  # fmt: skip
    for wallet, (units, gone, _) in credits_:
        if units and gone > today:
            credit(c, wallet, units, gone)


def hand_out(c: Context, rule: RuleMachine, target: Target, units: int, earned: Entry | None) -> None:
    """A voucher or a level."""
    if target.kind == "voucher":
        issue(c, rule.index, target.name, units, earned=earned)
    else:
        grant(c, target.name, target.level or "", rule.name)


def remember(c: Context, sets: Sequence[tuple[str, str]]) -> None:
    """The day becomes the last day of these event sets, and the first when there was none; each set by its two keys."""
    days, today = c.days, c.today
    for last, first in sets:
        known = days.get(last, 0)
        if known < today:
            days[last] = today
            c.changed.add(last)
            if not known:
                days.setdefault(first, today)


def keep_alive(c: Context) -> None:
    """Lots whose life hangs on the last event of a set live longer when there was one today: all of them to the same day."""
    today = c.today
    for name, wallets in c.machine.kept_alive_by:
        if name in c.changed:
            for wallet in wallets:
                gone = c.lapses[wallet.place] = wallet.life(c, today)
                held = c.holdings.get(wallet.name)
                if held is not None and held.lots and held.lots[0].gone < gone:
                    if c.due in [lot.gone for lot in held.lots]:
                        c.due = 0
                    elif today < gone < c.due:
                        c.due = gone
                    c.holdings[wallet.name] = lots.live_longer(held, gone)


def line_weights(c: Context, measured: Measured, weights: Sequence[int] | None) -> tuple[int, ...] | None:
    """The lines' weights in an entry, when they are not all the lines' net amounts."""
    picked, count = measured.picked, len(c.lines)
    if not picked or count <= 1:
        return None
    parts = measured.amounts if weights is None else weights
    if len(picked) == count:
        return tuple(parts)
    spread = [0] * count
    for place, part in zip(picked, parts, strict=True):
        spread[place] = part
    return tuple(spread)


def credit(c: Context, wallet: WalletMachine, units: int, gone: int) -> None:
    """Credits a wallet on the context's day."""
    today, name = c.today, wallet.name
    serial = c.serial + 1
    before = c.holdings.get(name, EMPTY)
    holding, lot = lots.credit(before, units, serial, today, gone, wallet.since(today))
    if lot == serial:
        c.serial = serial
        if today < gone < c.due:
            c.due = gone
    c.before.setdefault(name, before.active)
    c.holdings[name] = holding
    c.changed.add(name)
    c.moved.append(Movement(name, ISSUED, ACTIVE, units, lot))
    if wallet.divided_by == PERSON and lot:
        note(c, wallet, lot)
