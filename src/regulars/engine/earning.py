"""Earning: the rules of an event in file order, how they meet, their limits, and what they credit.

A rule whose result no other rule asks for is judged, rounded and clipped in one go; rules that meet (`meeting.py`) are first all drafted.
Then entries are written and wallets credited, once each. This is the hottest part of the engine: what can be known when a program is
compiled is known here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from regulars.engine import lots, rations
from regulars.engine.calculators import Measured
from regulars.engine.clipped import drop
from regulars.engine.compartments import PERSON, note
from regulars.engine.drafts import Draft
from regulars.engine.granting import grant, issue
from regulars.engine.lots import EMPTY
from regulars.engine.meeting import meet
from regulars.engine.model import ACTIVE, ISSUED, Entry, Holding, Lot, Movement
from regulars.engine.pending import promise, waits
from regulars.engine.rules import NO_LINES, NOTHING, RuleMachine, Target
from regulars.words.days import NEVER

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.limits import Bound
    from regulars.engine.wallets import WalletMachine

SPENT_KEPT = 50

Kept = tuple[RuleMachine, Target, Measured, int, "Sequence[int] | None", int, int, int, tuple[int, ...]]
"""What a rule gives to a target: rule, target, measure, units, lines' weights, rate (numerator, denominator), units before limits, what
shaped them."""
Walk = Callable[["Context"], None]
"""All that the rules of an event give (`walk.py`)."""
Sum = list[Any]
"""What a wallet gets: units, lapse day as shown (0: never), lapse day, wallet."""
new_movement = partial(tuple.__new__, Movement)


def fire(c: Context, rule: RuleMachine) -> None:
    """One rule by itself gives what it gives, if its conditions hold."""
    kept: list[Kept] = []
    drafts: list[Draft] = []
    slowly(c, rule, drafts, kept)
    if drafts:
        book(c, drafts, kept)
    if c.machine.kept_alive_by:
        keep_alive(c)
    if kept:
        had = len(c.recording), len(c.promised)
        pay_out(c, kept, {})
        if c.machine.empties:
            drop(c, *had)


def slowly(c: Context, rule: RuleMachine, drafts: list[Draft], kept: list[Kept]) -> None:
    """The general case of a rule: an opening or `unless`, several targets, an amount that is worked out."""
    now = c.levels
    c.levels = rule.levels_then(c)
    why = rule.silence(c)
    if why >= 0:
        c.silent += (rule.index, why)
    else:
        draft(c, rule, drafts, kept)
    c.levels = now


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
        rule, units = one.rule, one.units
        if one.dropped or units <= 0:
            c.silent += (rule.index, NOTHING)
        elif not rule.bounded:
            kept.append((rule, one.target, one.measured, units, one.weights, one.num, one.den, units, one.shaped))
        else:
            keep(c, kept, rule, one.target, one.measured, units, one.weights, one.num, one.den, one.shaped)


def keep(
    c: Context, kept: list[Kept], rule: RuleMachine, target: Target, measured: Measured, units: int, weights: Sequence[int] | None,
    num: int, den: int, shaped: tuple[int, ...] = (),
) -> None:  # fmt: skip
    """Adds what limits and ceilings leave of an amount, with what shaped it."""
    rounded = units
    if target.capped:
        # First, so that a limit or budget counts only what is given in the end.
        units, names = under_ceiling(c, kept, target, units)
        shaped = (*shaped, *names)
    before = units
    only = rule.only
    if units <= 0:
        # Nothing is counted for nothing.
        pass
    elif only is not None:
        if only.counted != "times":
            units = only.take(c, units)
        elif not only.take(c, 1):
            units = 0
        if units < before:
            shaped = (*shaped, rule.only_name)
    elif rule.limited:
        # A rule that gives several things to one event gives them one time.
        again = len(rule.targets) > 1 and any(one[0] is rule and one[3] > 0 for one in kept)
        units, names = clip(c, rule.limits(c), target, measured, units, again)
        shaped = (*shaped, *names)
    kept.append((rule, target, measured, units, weights, num, den, rounded, shaped))
    if rule.uses is not None and units > 0:
        use_offer(c, rule.uses)
    if rule.sets and units > 0:
        remember(c, rule.sets)


def use_offer(c: Context, name: str) -> None:
    """The offer that was clipped has done its work: its voucher is used up."""
    held = next(
        (voucher for voucher in c.vouchers if voucher.name == name and voucher.opens <= c.today < voucher.gone), None
    )
    if held is not None:
        c.vouchers = tuple(voucher for voucher in c.vouchers if voucher.serial != held.serial)
        c.spent = (*c.spent, held.serial)[-SPENT_KEPT:]
        c.changed.add(f"voucher:{name}")


def clip(
    c: Context,
    limits: Sequence[tuple[Bound | None, int]],
    target: Target,
    measured: Measured,
    units: int,
    again: bool = False,
) -> tuple[int, tuple[int, ...]]:
    """What several limits, or one on what is measured, leave, and what clipped: first all are asked, then all are counted. `again`: the
    time is counted already.
    """
    base, lines = measured.total, len(measured.picked)
    names: tuple[int, ...] = ()
    for bound, name in limits:
        if bound is None:
            return 0, (*names, name)
        room = bound.room(c)
        before = units
        if bound.counted == "times":
            units = units if again or room >= 1 else 0
        elif bound.counted == "units":
            units = min(units, room) if bound.noun in {None, target.name} else units
        elif bound.counted == "measure":
            have, room = rations.amount(c, bound, measured.picked), room + rations.used_before(c, bound, again)
            if have > room:
                units = min(units, rations.within(c, target, measured, units, Fraction(room, have)))
        elif bound.counted == "base" and base > (room := room + rations.used_before(c, bound, again)):
            units, base = units * room // base if base else 0, room
        elif bound.counted == "lines" and lines > (room := room + rations.used_before(c, bound, again)):
            units, lines = units * room // lines if lines else 0, room
        if units < before:
            names = (*names, name)
    if units > 0:
        counts = {"times": 0 if again else 1, "units": units, "base": base, "lines": lines}
        for bound, _ in limits:
            if bound is None or (bound.counted == "units" and bound.noun not in {None, target.name}):
                continue
            if bound.counted == "measure":
                have = rations.amount(c, bound, measured.picked)
                room = bound.room(c) + rations.used_before(c, bound, again)
                bound.use(c, rations.keep(c, bound, min(have, room), again))
            elif bound.counted in {"base", "lines"}:
                bound.use(c, rations.keep(c, bound, counts[bound.counted], again))
            else:
                bound.use(c, counts[bound.counted])
    return units, names


def under_ceiling(c: Context, kept: Sequence[Kept], target: Target, units: int) -> tuple[int, tuple[int, ...]]:
    """The units that the ceilings of the wallet and of its mirrors leave beside what the event gives already, and what clipped."""
    names: tuple[int, ...] = ()
    for wallet in target.feeds:
        if wallet.ceiling is not None:
            coming = sum(one[3] for one in kept if wallet in one[1].feeds)
            room = max(wallet.ceiling - c.available(wallet.name) - coming, 0)
            if room < units:
                units = room
                if wallet.lapse_rule is not None:
                    names = (*names, wallet.lapse_rule)
    return units, names


def pay_out(c: Context, kept: Sequence[Kept], sums: dict[int, Sum]) -> None:
    """Entries and credits: each wallet is credited once for all the rules that gave to it, with what the `sums` hold already."""
    today, record = c.today, c.recording.append
    for rule, target, measured, units, weights, num, den, rounded, shaped in kept:
        wallet = target.only
        if wallet is None:
            pay_several(c, (rule, target, measured, units, weights, num, den, rounded, shaped), sums)
            continue
        parts = None if weights is None and measured.whole else line_weights(c, measured, weights)
        place = target.place
        held = sums.get(place)
        if held is None:
            held = sums[place] = new_sum(c, wallet)
        if held[2] > today:
            held[0] += units
            record(
                Entry(
                    rule.index, place, units, measured.total, num, den, rounded, shaped, parts, held[1] if units else 0
                )
            )
    for units, _, gone, wallet in sums.values():
        if units:
            credit(c, wallet, units, gone)


def pay_several(c: Context, one: Kept, sums: dict[int, Sum]) -> None:
    """The general case of what a rule gives: a voucher, a level, a wallet with its mirrors, units that wait."""
    rule, target, measured, units, weights, num, den, rounded, shaped = one
    parts = line_weights(c, measured, weights)
    if not target.feeds:
        if units > 0:
            entry = Entry(rule.index, 0, units, measured.total, num, den, rounded, shaped, parts)
            hand_out(c, rule, target, units, entry if measured.picked else None)
        return
    for wallet in target.feeds:
        opens = waits(c, rule, wallet)
        if opens:
            promise(
                c,
                rule,
                wallet,
                opens,
                Entry(rule.index, wallet.place, units, measured.total, num, den, rounded, shaped, parts),
            )
            continue
        held = sums.get(wallet.place)
        if held is None:
            held = sums[wallet.place] = new_sum(c, wallet)
        if held[2] > c.today:
            held[0] += units
            c.recording.append(
                Entry(rule.index, wallet.place, units, measured.total, num, den, rounded, shaped, parts, held[1] if units else 0)
            )  # fmt: skip


def new_sum(c: Context, wallet: WalletMachine) -> Sum:
    """Nothing yet for a wallet, with the lapse day of what is credited today. What would be gone before it came, as of a spread of time
    that is over, is not given at all.
    """
    gone = (
        wallet.gone_of(c.today) if wallet.gone_of is not None else c.lapses.get(wallet.place) or wallet.life(c, c.today)
    )
    return [0, gone if gone < NEVER else 0, gone, wallet]


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
    if weights is None and measured.whole:
        return None
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


def credit(c: Context, wallet: WalletMachine, units: int, gone: int, source: str = ISSUED) -> None:
    """Credits a wallet on the context's day, from the account `source`."""
    today, name = c.today, wallet.name
    before = c.holdings.get(name, EMPTY)
    held = before.lots
    if held and held[-1].gone == gone and wallet.since(today) <= held[-1].earned <= today:
        # The everyday case of `lots.credit`: the lot of this month takes them in. No lot is open while a wallet owes.
        last = held[-1]
        lot = last.serial
        grown = (*held[:-1], Lot(lot, last.left + units, last.earned, gone))
        c.holdings[name] = Holding(
            before.active + units, before.pending, grown, before.first, before.waiting, before.reserved
        )
    else:
        serial = c.serial + 1
        c.holdings[name], lot = lots.credit(before, units, serial, today, gone, wallet.since(today))
        if lot == serial:
            c.serial = serial
            if today < gone < c.due:
                c.due = gone
            if wallet.divided_by == PERSON:
                note(c, wallet, lot)
    if name not in c.before:
        c.before[name] = before.active
        c.changed.add(name)
    c.moved.append(new_movement((name, source, ACTIVE, units, lot)))
