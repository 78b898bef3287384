"""What is earned and not usable yet: promised with what gave it, made usable by a day or by an event, taken back by a return.

While units wait nothing is written of them but that they were promised; the entry of the rule that gave them is written when they
become usable, so what a ledger shows is always what can be used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from regulars.engine import lots
from regulars.engine.lots import EMPTY
from regulars.engine.model import EXPIRED, ISSUED, PENDING, RETURNED, Entry, Movement, Waiting
from regulars.words.days import NEVER, Day

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.rules import RuleMachine
    from regulars.engine.wallets import WalletMachine


def waits(c: Context, rule: RuleMachine, wallet: WalletMachine) -> Day:
    """The day on which units that a rule gives now become usable, NEVER when an event must say; 0 when they are usable at once."""
    wait = rule.pending or wallet.pending
    if wait is None:
        return 0
    opens = wait.opens(c, c.today)
    return opens if opens > c.today else 0


def promise(c: Context, rule: RuleMachine, wallet: WalletMachine, opens: Day, entry: Entry) -> None:
    """Puts units aside until they open, and notes on the receipt what was promised."""
    wait = rule.pending or wallet.pending
    assert wait is not None
    assert c.event is not None
    if c.recording is c.entries:
        # What time gave before the event is none of the event's.
        known = opens < NEVER or not wallet.from_opening
        gone = wallet.life(c, opens if wallet.from_opening else c.today) if known else NEVER
        c.promised = (*c.promised, replace(entry, gone=gone if gone < NEVER else 0))
    if not entry.given:
        return
    one = Waiting(
        c.next_serial(), entry.given, c.today, opens, rule.index, c.machine.version, c.event.id, wait.until(c)
    )
    c.holdings[wallet.name] = lots.promise(c.holdings.get(wallet.name, EMPTY), one)
    c.due = min(c.due, opens)
    c.moved.append(Movement(wallet.name, ISSUED, PENDING, entry.given, one.serial))


def open_by(c: Context, name: str, day: Day) -> None:
    """What waited in a wallet for a day that has come becomes usable."""
    for one in c.holdings[name].waiting:
        if one.opens <= day:
            release(c, name, one)


def open_on(c: Context, kind: str, of: str | None) -> None:
    """What waited for an event of this kind becomes usable: what the event `of` gave, or everything where it names none."""
    for name, holding in sorted(c.holdings.items()):
        for one in holding.waiting:
            if one.until == kind and of in {None, one.event}:
                release(c, name, one)


def release(c: Context, name: str, one: Waiting) -> None:
    """Makes waiting units usable today, with an entry of the rule that gave them."""
    wallet = c.machine.wallets.get(name)
    gone = NEVER if wallet is None else wallet.life(c, c.today if wallet.from_opening else one.earned)
    holding, moved = lots.release(c.holdings[name], one, name, c.today, gone)
    c.hold(name, holding)
    c.moved.append(moved)
    place = -1 if wallet is None else wallet.place
    c.recording.append(
        Entry(rule_now(c, one), place, one.left, 0, 0, 1, one.left, (), None, gone if gone < NEVER else 0)
    )
    if gone <= c.today:
        holding, lapsed, units = lots.lapse(holding, {one.serial}, name, EXPIRED)
        c.hold(name, holding)
        c.moved.extend(lapsed)
        c.recording.append(Entry(lapsing(c, wallet), place, -units, units, 0, 1, units))


def lapsing(c: Context, wallet: WalletMachine | None) -> int:
    """The place of the rule by which units of a wallet lapse; the one of returns, where the wallet has none."""
    rule = None if wallet is None else wallet.lapse_rule
    return (c.machine.program.return_rule or 0) if rule is None else rule


def rule_now(c: Context, one: Waiting) -> int:
    """The place in today's version of the rule that promised units; of one that is gone, the rule of returns, which has no clause."""
    if one.version == c.machine.version:
        return one.rule
    named = c.machine.named.get(c.machine.book.at_version(one.version).names[one.rule])
    return (c.machine.program.return_rule or 0) if named is None else named.index


def take_back(c: Context, wallet: str, version: int, rule: int, event: str, units: int, target: str = RETURNED) -> int:
    """Takes back what an event's rule promised to the account `target`, as far as it still waits; how many units that were."""
    left = units
    for one in c.holdings.get(wallet, EMPTY).waiting:
        if left and (one.event, one.rule, one.version) == (event, rule, version):
            part = min(left, one.left)
            holding, moved = lots.withdraw(c.holdings[wallet], one, part, wallet, target)
            c.hold(wallet, holding)
            c.moved.append(moved)
            left -= part
    return units - left
