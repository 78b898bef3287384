"""Which vouchers a basket can use, and why not the others: each is tried alone in a dry run of the engine, so no rule is said twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.engine.model import Decision, Facts, Member
from regulars.words.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Offered:
    """A voucher to be tried: a number or a code, its kind, what `use` says to use it, and why it cannot be tried, if so."""

    voucher: int | str
    kind: str
    item: Mapping[str, Any]
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Qualified:
    """What a voucher would do: whether it is `usable`, what it takes off in minor units (below zero: it adds), the units of
    wallets that it changes, or the refusal.
    """

    voucher: int | str
    kind: str
    usable: bool
    off: int = 0
    gives: tuple[tuple[str, int], ...] = ()
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """A basket with one more voucher in use, read; or the refusal that came first."""

    offered: Offered | None
    event: Event | Refusal


def trials(book: Book, basket: Mapping[str, Any], offered: Sequence[Offered]) -> list[Trial]:
    """The basket as it is, then once with each of the vouchers on top of what it uses."""
    use = basket.get("use")
    use = use if isinstance(use, list) else []
    tried = [Trial(one, one.refusal or book.read({**basket, "use": [*use, one.item]})) for one in offered]
    return [Trial(None, book.read(basket)), *tried]


def qualify(book: Book, member: Member, tried: Sequence[Trial], left: Mapping[str, int]) -> list[Qualified] | Refusal:
    """What each voucher would do, in order, given what shared budgets have `left`; a refusal when the basket itself is refused.

    Pure, and nothing is used up: each trial begins from the same member.
    """
    bare = _decided(book, member, tried[0], left)
    if isinstance(bare, Refusal):
        return bare
    return [_answer(book, one.offered, bare, _decided(book, member, one, left)) for one in tried[1:] if one.offered]


def asked(book: Book, member: Member, tried: Sequence[Trial]) -> dict[str, int | None]:
    """The shared budgets and stocks that the trials could touch, with their ceilings; None where an operator sets it."""
    events = [one.event for one in tried if isinstance(one.event, Event)]
    return {key: ceiling for event in events for key, ceiling in book.asks(member, event).budgets}


def _decided(book: Book, member: Member, trial: Trial, left: Mapping[str, int]) -> Decision | Refusal:
    if isinstance(trial.event, Refusal):
        return trial.event
    decision = book.decide(member, trial.event, Facts(None, dict(left)))
    return decision if decision.refusal is None else decision.refusal


def _answer(book: Book, one: Offered, bare: Decision, done: Decision | Refusal) -> Qualified:
    if isinstance(done, Refusal):
        return Qualified(one.voucher, one.kind, False, refusal=done)
    machine = book.at_version(done.receipt.version)
    rule = machine.vouchers[one.kind].use_rule
    acted = [use.voucher for use in done.receipt.used if use.rule == rule]
    acted_before = [use.voucher for use in bare.receipt.used if use.rule == rule]
    if len(acted) <= len(acted_before):
        code = Refusal("voucher.no_effect", "It would take nothing off this basket.", rule=f"vouchers.{one.kind}")
        return Qualified(one.voucher, one.kind, False, refusal=code)
    off = (bare.receipt.pay or 0) - (done.receipt.pay or 0)
    return Qualified(one.voucher, one.kind, True, off, _gives(book, bare, done))


def _gives(book: Book, bare: Decision, done: Decision) -> tuple[tuple[str, int], ...]:
    """How much more, or less, each wallet gets with the voucher than without it."""
    sums: dict[str, int] = {}
    for sign, decision in ((1, done), (-1, bare)):
        wallets = book.at_version(decision.receipt.version).by_place
        for entry in (*decision.receipt.entries, *decision.receipt.promised):
            if entry.wallet >= 0:
                name = wallets[entry.wallet].name
                sums[name] = sums.get(name, 0) + sign * entry.given
    return tuple(sorted((name, units) for name, units in sums.items() if units))
