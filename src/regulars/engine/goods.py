"""What a return of goods does to vouchers: those that the goods earned, and those that made the goods cheaper.

A voucher earned is worked out again on what is kept: what is too much is taken from the voucher while it is unused, or kept from the
refund when it was used. A voucher used, where its kind says `on_return: revalue`, comes off the refund when what is kept is below
its minimum.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from regulars.engine.calculators import Fixed
from regulars.engine.kept import Kept, marked, revalued, weights_of
from regulars.engine.model import Entry, Issue, Use, Voucher
from regulars.engine.vouchers import cancel
from regulars.words.sharing import share

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.wallets import VoucherMachine


def take_back(c: Context, kept: Kept) -> None:
    """Takes back what the goods that come back had earned in vouchers, and what vouchers had taken off goods that are kept."""
    if c.machine.takes_back("vouchers"):
        for batch in earned(kept.sale.receipt.issued):
            if marked(kept.machine, batch[0].rule):
                continue
            kind = c.machine.vouchers.get(batch[0].name)
            due = 0 if kind is None else due_back(kept, batch[0])
            if kind is not None and due > 0:
                give_up(c, kind, batch, due)
    for use in kept.sale.receipt.used:
        forfeit(c, kept, use)


def earned(issued: Sequence[Issue]) -> list[list[Issue]]:
    """The vouchers that goods earned, those of one rule together; the first of them knows on what."""
    batches: list[list[Issue]] = []
    for issue in issued:
        if issue.earned is not None:
            batches.append([issue])
        elif batches and (batches[-1][0].rule, batches[-1][0].name) == (issue.rule, issue.name):
            batches[-1].append(issue)
    return batches


def due_back(kept: Kept, issue: Issue) -> int:
    """How much of the worth, or how many of the vouchers, what is kept does not earn any more, beyond what came back before."""
    entry = issue.earned
    assert entry is not None
    if kept.machine.program.rules[entry.rule].on_return == "keep":
        return 0
    rule = kept.machine.rules.get(entry.rule)
    fixed = rule is not None and any(
        target.name == issue.name and isinstance(target.calculator, Fixed) for target in rule.targets
    )
    if fixed:
        return _all_or_nothing(kept, entry, kept.after) - _all_or_nothing(kept, entry, kept.before)
    return revalued(kept, entry, kept.after, issue.name) - revalued(kept, entry, kept.before, issue.name)


def _all_or_nothing(kept: Kept, entry: Entry, back: Sequence[int]) -> int:
    """A voucher that is the same whatever was bought goes back with the last of the goods."""
    weights = weights_of(kept, entry)
    left = any(weight and amount < size for weight, amount, size in zip(weights, back, kept.sizes, strict=True))
    return 0 if left else entry.given


def give_up(c: Context, kind: VoucherMachine, batch: Sequence[Issue], due: int) -> None:
    """Takes so much worth, or so many vouchers, from those that are unused, and the rest from the refund where the kind says so."""
    spec = kind.kind
    for issue in reversed(batch):
        if due <= 0:
            return
        voucher = next((held for held in c.vouchers if held.serial == issue.serial), None)
        part = min(due, voucher.worth or 0 if voucher is not None else due) if kind.given else 1
        if voucher is not None and spec.unused_on_return != "keep":
            lower(c, voucher, part if kind.given and spec.unused_on_return == "lower" else None)
        elif issue.serial in c.spent and spec.used_on_return == "keep from refund":
            keep_from_refund(c, kind, issue.serial, part if kind.given else kind.worth or 0)
        due -= part


def lower(c: Context, voucher: Voucher, by: int | None) -> None:
    """The voucher is worth so much less; without a number, or with nothing left, it is cancelled."""
    worth = 0 if by is None else (voucher.worth or 0) - by
    if worth <= 0:
        cancel(c, voucher)
        return
    c.vouchers = tuple(replace(held, worth=worth) if held.serial == voucher.serial else held for held in c.vouchers)


def keep_from_refund(c: Context, kind: VoucherMachine, serial: int, worth: int) -> None:
    """Pays back so much less, never less than nothing."""
    part = min(worth, max(-c.added, 0))
    if part:
        c.added += part
        c.used = (*c.used, Use(kind.use_rule, -part, serial))


def forfeit(c: Context, kept: Kept, use: Use) -> None:
    """What a used voucher had taken off comes off the refund when what is kept is below its minimum."""
    rule = kept.machine.program.rules[use.rule]
    least = kept.machine.minimums.get(use.rule)
    if rule.stage != "use" or rule.on_return != "revalue" or use.off <= 0 or least is None:
        return
    c.given = use.off
    minimum = least(c, None)
    part = lost(kept, use, minimum, kept.after) - lost(kept, use, minimum, kept.before)
    if part:
        c.added += part
        c.used = (*c.used, Use(c.machine.vouchers[rule.name.split(".", 1)[1]].use_rule, -part, use.voucher))


def lost(kept: Kept, use: Use, minimum: int, back: Sequence[int]) -> int:
    """What the voucher had taken off the goods that are kept, where these cost less than its minimum without it; nothing otherwise."""
    places = range(len(kept.nets)) if use.lines is None else [place for place in use.lines if place < len(kept.nets)]
    off = share(use.off, [kept.lines[place].amount for place in places])
    still = cheaper = 0
    for place, part in zip(places, off, strict=True):
        net = kept.nets[place]
        if net > 0:
            still += (net + part) * (net - back[place]) // net
            cheaper += part * (net - back[place]) // net
    return cheaper if still < minimum else 0
