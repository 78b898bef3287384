"""Time: what falls due between a member's day and another, moment by moment, in a fixed order.

On one day: pending lots become available; lots and vouchers whose last day was yesterday lapse; grants end and begin; then scheduled
conversions and calendar rules. Each step sees the result of the one before and is followed by settling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.engine import choosing, lots, memberships, vouchers
from regulars.engine.conversions import convert
from regulars.engine.earning import fire
from regulars.engine.events import Event
from regulars.engine.granting import level_on
from regulars.engine.holds import final_by
from regulars.engine.model import EXPIRED, Entry, Lot
from regulars.engine.orders import next_reminder, remind
from regulars.engine.pending import lapsing, open_by
from regulars.engine.settle import rise, settle
from regulars.engine.standings import carry_in
from regulars.engine.terms import lapse_grants
from regulars.engine.turning import end_names, turn_to
from regulars.words.days import NEVER, Day
from regulars.words.days import iso as iso_day

if TYPE_CHECKING:
    from regulars.engine.book import Book
    from regulars.engine.context import Context
    from regulars.engine.wallets import WalletMachine


def advance(c: Context, book_: Book, until: Day) -> None:
    """Runs time in the context up to and including the start of the day `until`."""
    member = c.member
    due = member.due if member.events else NEVER
    steady = member.events and c.machine.steady_from <= member.day
    real = c.event, c.facts, c.lines
    if due <= until:
        c.real = c.event
        c.lines = []
        while due <= until:
            turn_to(c, book_.at(due))
            c.today = due
            c.measures, c.in_event = {}, {}
            c.event, c.facts = calendar_event(c, due), c.machine.reader.unsaid
            if due == c.machine.program.first and c.machine.program.ends:
                end_names(c)
            run_day(c, due)
            due = next_due(c, due)
        steady = c.machine.steady_from < NEVER
        c.event, c.facts, c.lines = real
        c.measures, c.in_event = {}, {}
    turn_to(c, book_.at(until))
    c.today = until
    c.due = due if steady else 0


def calendar_event(c: Context, day: Day) -> Event:
    """The event that a day of the calendar is, for rules that ask."""
    event = Event()
    event.id, event.kind, event.first, event.source, event.member = (
        f"due/{iso_day(day)}",
        "calendar",
        "calendar",
        "clock",
        c.member.id,
    )
    event.at, event.day, event.minute = c.zone.start_of(day), day, 0
    event.facts, event.lines, event.tenders, event.use, event.of, event.of_lines, event.rest, event.body = (
        None,
        [],
        [],
        (),
        None,
        (),
        None,
        {},
    )
    return event


def run_day(c: Context, day: Day) -> None:
    """Everything that falls due at the start of a day."""
    c.levels = c.machine.snapshot(c)
    begins = [name for name, grants in c.grants.items() if any(grant.first == day for grant in grants)]
    for name in sorted(c.holdings):
        held = c.holdings[name]
        if held.lots or held.waiting or held.reserved:
            mature_and_lapse(c, c.machine.wallets.get(name), name, day)
    vouchers.lapse(c, day)
    if c.closed:
        # What is kept lapses in its time, and nothing else happens any more.
        c.changed, c.before = set(), {}
        return
    settle(c)
    if c.plans:
        memberships.run_day(c, day)
    if c.orders and c.machine.reminds:
        remind(c, day)
    choosing.begin_by(c, day)
    for ladder in c.machine.ladders.values():
        lapse_grants(c, ladder, day)
        if ladder.name in begins:
            rise(c, ladder, level_on(c, ladder.name, day - 1))
    settle(c)
    for rule, when in c.machine.scheduled:
        if when(c, day - 1) == day:
            c.levels = c.machine.snapshot(c)
            if rule.rule.section == "convert":
                convert(c, rule)
            else:
                fire(c, rule)
            settle(c)
    for ladder in c.machine.ladders.values():
        if ladder.carry_in is not None and day == c.machine.program.first and "started" not in c.days:
            carry_in(c, ladder)
            c.days["started"] = day
            settle(c)


def mature_and_lapse(c: Context, wallet: WalletMachine | None, name: str, day: Day) -> None:
    """Pending lots whose day has come become active; lots whose last day was yesterday lapse, unless a waiver keeps them."""
    if c.holdings[name].waiting:
        open_by(c, name, day)
    if c.holdings[name].reserved:
        final_by(c, name, day)
    holding = c.holdings[name]
    due = {lot.serial for lot in holding.lots if lot.gone <= day}
    if (
        wallet is not None
        and wallet.idle is not None
        and holding.lots
        and wallet.idle(c, holding.lots[0].earned) <= day
    ):
        due = {lot.serial for lot in holding.lots}
    if not due:
        return
    if wallet is not None and wallet.unless is not None:
        due = waived(c, wallet, name, due, day)
        holding = c.holdings[name]
    if due:
        lapsed, moved, units = lots.lapse(holding, due, name, EXPIRED)
        c.hold(name, lapsed)
        c.moved.extend(moved)
        # A wallet that the version no longer has has no place in it.
        place = -1 if wallet is None else wallet.place
        c.recording.append(Entry(lapsing(c, wallet), place, -units, units, 0, 1, units))


def waived(c: Context, wallet: WalletMachine, name: str, due: set[int], day: Day) -> set[int]:
    """The lots that lapse after all; those kept are asked again at the end of the next period, or when a standing changes."""
    # The question is put on the last day itself, before the levels of the new day.
    c.today = day - 1
    c.levels = c.machine.snapshot(c)
    keeps = bool(wallet.unless is not None and wallet.unless(c, None))
    c.today = day
    if not keeps:
        return due
    holding = c.holdings[name]
    later = wallet.next_period(c, day)
    kept = tuple(Lot(lot.serial, lot.left, lot.earned, later) if lot.serial in due else lot for lot in holding.lots)
    c.holdings[name] = lots.relived(holding, kept)
    return set()


def due_of(c: Context, day: Day) -> Day:
    """The next day, after `day`, on which something falls due: the one known before with what was credited since, or worked out anew.

    `c.due` is nought as soon as something was taken, moved or granted, so that both ways always say the same day.
    """
    member = c.member
    if (
        c.due
        and c.vouchers is member.vouchers
        and c.grants is member.grants
        and c.plans is member.plans
        and c.orders is member.orders
    ):
        return c.due
    return next_due(c, day)


def next_due(c: Context, day: Day) -> Day:
    """The next day, after `day`, on which something falls due for the member."""
    soonest = NEVER
    for holding in c.holdings.values():
        for lot in holding.lots:
            gone = lot.gone
            if gone < soonest and gone > day:
                soonest = gone
        for waiting in holding.waiting:
            if day < waiting.opens < soonest:
                soonest = waiting.opens
        for kept in holding.reserved:
            if day < kept.opens < soonest:
                soonest = kept.opens
    for voucher in c.vouchers:
        if day < voucher.gone < soonest:
            soonest = voucher.gone
    for held in c.grants.values():
        for one in held:
            if day < one.gone < soonest:
                soonest = one.gone
            if day < one.first < soonest:
                soonest = one.first
    for plan in c.plans:
        if day < plan.until < soonest:
            soonest = plan.until
    # A late event is judged by an older version; what falls due next is said by the version of the member's day.
    machine = c.machine.book.at(day)
    for wallet in machine.idle:
        held_lots = c.holdings[wallet.name].lots if wallet.name in c.holdings else ()
        if held_lots and wallet.idle is not None and day < (gone := wallet.idle(c, held_lots[0].earned)) < soonest:
            soonest = gone
    if machine.choices:
        soonest = min(soonest, choosing.next_begin(c, machine.choices, day))
    if c.orders and machine.reminds:
        soonest = min(soonest, next_reminder(c, day))
    for following in () if c.closed else machine.triggers:
        due = following(c, day)
        soonest = min(soonest, due)
    if day < machine.program.first < soonest and machine.carries_in:
        soonest = machine.program.first
    if machine.next_version is not None and day < machine.next_version < soonest:
        soonest = machine.next_version
    return soonest
