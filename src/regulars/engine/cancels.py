"""Exchanges called off: what a redemption took comes back, the same lots with their own days, and what it gave is taken away."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from regulars.engine import handed_in, holds, lots, pending, vouchers
from regulars.engine.costs import share_of
from regulars.engine.kept import marked
from regulars.engine.model import ACTIVE, REDEEMED, Entry, Facts, Movement, Receipt, Sale, Taken
from regulars.engine.returns import collect
from regulars.words.days import NEVER
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.rules import RuleMachine

DONE = ((0, 1),)
"""What the receipt of a cancellation says was taken of the exchange: all of it, once."""


def cancel(c: Context, given: Facts) -> Refusal | None:
    """Calls off an earlier exchange of the member, if its rule gives anything back and nothing that it gave is used."""
    sale, machine = given.sale, c.machine
    if sale is None or sale.receipt.refused is not None:
        return Refusal(code="cancel.unknown_event", text="There is no such exchange of this member.", pointer="/of")
    if sale.taken:
        return Refusal(code="cancelled", pointer="/of")
    receipt = sale.receipt
    names = machine.book.at_version(receipt.version).names
    for taken in receipt.took:
        rule = machine.named.get(names[taken.rule])
        if rule is None or rule.rule.gives_back is None:
            return Refusal(code="not_entitled", rule=names[taken.rule], pointer="/of")
    if not receipt.took:
        return Refusal(code="not_entitled", pointer="/of")
    return call_off(c, sale)


def call_off(c: Context, sale: Sale, whole: bool = False) -> Refusal | None:
    """Takes away what an exchange gave and gives back what it took, `whole` or as far as its rule says; a refusal when
    something that it gave is used.
    """
    receipt = sale.receipt
    held = {voucher.serial: voucher for voucher in c.vouchers}
    if any(issue.serial not in held and issue.serial in c.spent for issue in receipt.issued):
        return Refusal(code="used", pointer="/of")
    given = units_given(c, receipt)
    if any(c.available(name) < units for name, units in given.items() if not c.machine.wallets[name].counter):
        return Refusal(code="used", pointer="/of")
    for issue in receipt.issued:
        if issue.serial in held:
            vouchers.cancel(c, held[issue.serial])
    take_back(c, receipt, str(sale.body["id"]))
    restore(c, receipt, str(sale.body["id"]), whole)
    c.taken_lines = DONE
    return None


def units_given(c: Context, receipt: Receipt) -> dict[str, int]:
    """The units that an exchange gave and that could be used at once, by wallet."""
    version = c.machine.book.at_version(receipt.version)
    given: dict[str, int] = {}
    for entry in receipt.entries:
        name = version.by_place[entry.wallet].name if entry.wallet >= 0 else ""
        if entry.given > 0 and name in c.machine.wallets and not marked(version, entry.rule):
            given[name] = given.get(name, 0) + entry.given
    return given


def take_back(c: Context, receipt: Receipt, event: str) -> None:
    """Takes back the units that an exchange gave, those that still wait among them; marks that it crossed stay crossed."""
    version = c.machine.book.at_version(receipt.version)
    for entry in receipt.promised:
        name = version.by_place[entry.wallet].name
        if name in c.machine.wallets and entry.given > 0:
            left = entry.given - pending.take_back(c, name, receipt.version, entry.rule, event, entry.given)
            collect(c, c.machine.wallets[name], left, entry.gone, entry.rule)
    for entry in receipt.entries:
        name = version.by_place[entry.wallet].name if entry.wallet >= 0 else ""
        if entry.given > 0 and name in c.machine.wallets and not marked(version, entry.rule):
            rule = c.machine.named.get(version.names[entry.rule])
            place = (c.machine.program.return_rule or 0) if rule is None else back_rule(rule)
            collect(c, c.machine.wallets[name], entry.given, entry.gone, place)


def restore(c: Context, receipt: Receipt, event: str, whole: bool = False) -> None:
    """Gives the lots back that were taken, as far as their rule says, an entry for each wallet; what was reserved is redeemed first."""
    machine, version = c.machine, c.machine.book.at_version(receipt.version)
    sums: dict[tuple[int, str], int] = {}
    give_back_vouchers(c, receipt, version.names)
    for taken in receipt.took:
        if taken.voucher is not None:
            continue
        name = version.by_place[taken.wallet].name
        rule = machine.named[version.names[taken.rule]]
        share = Fraction(taken.units) if whole else share_of(rule.rule.gives_back)(c) * taken.units
        units = share.numerator // share.denominator
        reserved = holds.of_event(c, name, event)
        if reserved is not None:
            holds.close(c, name, reserved, REDEEMED)
        if name in machine.wallets and units:
            put_back(c, name, taken, units)
            sums[back_rule(rule), name] = sums.get((back_rule(rule), name), 0) + units
    for (place, name), units in sums.items():
        c.recording.append(Entry(place, machine.wallets[name].place, units, 0, 0, 1, units))


def give_back_vouchers(c: Context, receipt: Receipt, names: Sequence[str]) -> None:
    """Gives back the vouchers that were taken, as many as their rule says."""
    for place in dict.fromkeys(taken.rule for taken in receipt.took if taken.voucher is not None):
        rule = c.machine.named[names[place]]
        mine = [taken for taken in receipt.took if taken.rule == place]
        for voucher in handed_in.share_back(mine, share_of(rule.rule.gives_back)(c)):
            handed_in.put_back(c, back_rule(rule), voucher)


def back_rule(rule: RuleMachine) -> int:
    """The rule whose clauses a cancellation cites."""
    return rule.index if rule.rule.back_rule is None else rule.rule.back_rule


def put_back(c: Context, name: str, taken: Taken, units: int) -> None:
    """Puts units back as a lot of the day on which they were earned; what would have lapsed since lapses tomorrow."""
    wallet = c.machine.wallets[name]
    alive = max(taken.gone, c.today + 1) if taken.gone < NEVER else NEVER
    if any(name == held.name for _, wallets in c.machine.kept_alive_by for held in wallets):
        alive = max(alive, wallet.life(c, taken.earned))
    holding, lot = lots.credit(c.holding(name), units, c.next_serial(), taken.earned, alive, taken.earned)
    c.hold(name, holding)
    c.moved.append(Movement(name, REDEEMED, ACTIVE, units, lot))
