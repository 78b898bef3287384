"""Corrections by staff, as events of their own: a receipt reversed, a level set. Each says who and why; nothing is rewritten.

Goodwill stands in `opening.py`, beside the other way in which units come without a rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from regulars.engine import funnels, handed_in, lots, pending
from regulars.engine.earning import credit
from regulars.engine.granting import grant
from regulars.engine.kept import marked
from regulars.engine.model import ADJUSTED, Entry, Facts
from regulars.words.days import NEVER, day_of
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.context import Context

REVERSED = -1
"""In a receipt's `taken`, the place that stands for the whole event: it cannot be reversed or brought back again."""


def reverse(c: Context, facts: Facts) -> Refusal | None:
    """Takes back what an event gave and gives back what it took, as its receipt has it; vouchers it issued and nobody used are gone."""
    event, sale = c.event, facts.sale
    assert event is not None
    if not event.body.get("reason"):
        return Refusal(
            code="event.missing_field", text="A reversal has a `reason`, and it is missing.", pointer="/reason"
        )
    if sale is None or sale.receipt.refused is not None:
        return Refusal(
            code="reversal.unknown_event",
            text=f"There is no event {event.of!r} of this member that can be reversed.",
            pointer="/of",
        )
    if sale.taken:
        return Refusal(
            code="reversal.done", text=f"The event {event.of!r} was reversed or brought back already.", pointer="/of"
        )
    then = c.machine.book.at_version(sale.receipt.version)
    c.returning = True
    for entry in sale.receipt.entries:
        wallet = c.machine.wallets.get(then.by_place[entry.wallet].name) if entry.wallet >= 0 else None
        # What a funnel was given it has shared out, and the parts are entries of their own.
        if wallet is not None and entry.given and wallet.name not in c.machine.funnels and not marked(then, entry.rule):
            undo(c, wallet, entry)
    for entry in sale.receipt.promised:
        name = then.by_place[entry.wallet].name
        if name in c.machine.wallets and entry.given > 0 and not marked(then, entry.rule):
            waiting = pending.take_back(c, name, then.version, entry.rule, str(sale.body["id"]), entry.given, ADJUSTED)
            if entry.given > waiting and name in c.machine.funnels:
                funnels.take_back(c, name, entry.given - waiting, c.machine.program.return_rule or 0)
            elif entry.given > waiting:
                undo(c, c.machine.wallets[name], replace(entry, given=entry.given - waiting))
    for taken in sale.receipt.took:
        if taken.voucher is not None:
            handed_in.put_back(c, c.machine.program.return_rule or 0, taken.voucher)
    issued = {issue.serial for issue in sale.receipt.issued if not marked(then, issue.rule)}
    # What only fell due as the event came is none of its doing.
    c.vouchers = tuple(
        voucher for voucher in c.vouchers if voucher.serial not in issued or voucher.event != sale.body.get("id")
    )
    c.taken_lines = ((REVERSED, 0),)
    return None


def undo(c: Context, wallet: Any, entry: Entry) -> None:
    """One entry the other way round: units given are taken (below zero where the wallet may owe), units taken are credited anew."""
    rule = c.machine.program.return_rule or 0
    if entry.given < 0:
        gone = wallet.life(c, c.today)
        credit(c, wallet, -entry.given, gone, ADJUSTED)
        c.recording.append(
            Entry(rule, wallet.place, -entry.given, 0, 0, 1, -entry.given, (), None, gone if gone < NEVER else 0)
        )
        return
    if wallet.counter and entry.gone and entry.gone <= c.today:
        return
    holding, moved, taken = lots.give_back(
        c.holding(wallet.name), entry.given, wallet.name, ADJUSTED, wallet.may_owe, wallet.order
    )
    if taken:
        c.hold(wallet.name, holding)
        c.moved.extend(moved)
        c.recording.append(Entry(rule, wallet.place, -taken, 0, 0, 1, entry.given))


def retier(c: Context) -> Refusal | None:
    """A level that staff grants, until a last day or for the ladder's own term."""
    event = c.event
    assert event is not None
    body = event.body
    ladder = c.machine.ladders.get(str(body.get("ladder") or next(iter(c.machine.ladders), "")))
    level = body.get("level")
    if ladder is None or not isinstance(level, str) or level not in ladder.places:
        return Refusal(code="event.unknown_value", text=f"There is no level {level!r}.", pointer="/level")
    if not body.get("reason"):
        return Refusal(
            code="event.missing_field", text="A change of level has a `reason`, and it is missing.", pointer="/reason"
        )
    until = body.get("until")
    try:
        gone = None if until is None else day_of(str(until)[:10]) + 1
    except ValueError:
        return Refusal(
            code="event.wrong_type",
            text=f"The field `until` must be a day such as 2026-03-02, not {until!r}.",
            pointer="/until",
        )
    if gone is not None and gone <= c.today:
        return Refusal(code="event.out_of_range", text="The day `until` is past.", pointer="/until")
    c.regrant(
        ladder.name,
        tuple(held for held in c.grants.get(ladder.name, ()) if held.level <= ladder.places[str(level)]),
    )
    c.changed.add(f"standing:{ladder.name}")
    if ladder.places[str(level)]:
        grant(c, ladder.name, str(level), "staff", gone=gone)
    return None
