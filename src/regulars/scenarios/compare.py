"""Whether what must hold after a step does hold. The first thing that does not is the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from regulars.engine.book import Book
from regulars.engine.model import Member, Receipt
from regulars.engine.view import benefit, held, level_view, live_vouchers
from regulars.scenarios.amounts import smallest
from regulars.scenarios.coupons import Labels
from regulars.scenarios.entries import Written, ledger
from regulars.scenarios.model import Step
from regulars.words.days import NEVER, Day, iso
from regulars.words.money import text as money_text
from regulars.words.refusals import Refusal

NO_REFUSALS = ("event.", "return.unknown", "engine.", "unknown")
"""Codes that say the event was no event of this program, or named nothing: never what a scenario means by `refused`."""


class Miss(NamedTuple):
    """What did not hold: what was looked at, expected, came."""

    what: str
    expected: str
    came: str


class After(NamedTuple):
    """The state right after a step: who, day and minute, receipt, refusal, members by id, what was written since,
    coupon labels.
    """

    book: Book
    step: Step
    day: Day
    minute: int
    receipt: Receipt | None
    refusal: Refusal | None
    members: Mapping[str, Member]
    written: Mapping[str, Written]
    labels: Labels

    @property
    def member(self) -> Member:
        """The step's member."""
        return self.members[self.step.who]


def first_miss(after: After) -> Miss | None:
    """The first thing of `then` that does not hold, None when everything does."""
    return next(misses(after), None)


def misses(after: After) -> Iterator[Miss]:
    """Everything that does not hold."""
    then = after.step.then
    yield from refusal(after)
    yield from pay(after)
    yield from balances(after, after.member, then.get("balance") or {}, "available", "balance")
    yield from balances(after, after.member, then.get("pending") or {}, "pending", "pending")
    for who, wanted in (then.get("balances") or {}).items():
        yield from balances(after, after.members.get(who, Member(who)), wanted, "available", f"balance of {who}")
    # Who is refused has written nothing; of what fell due before, only the close of a counter's window need not be said there.
    unsaid = after.refusal is not None and "ledger" not in then
    for found in ledger(after.book.at(after.day), after.step.who, then.get("ledger") or (), after.written, unsaid):
        yield Miss(*found)
    yield from tier(after)
    yield from coupons(after)
    yield from entitlements(after)


def refusal(after: After) -> Iterator[Miss]:
    """A step is refused exactly when it says so, and for what a member could be refused."""
    wanted, came = after.step.then.get("refused"), after.refusal
    if came is not None and (wanted is None or came.code.startswith(NO_REFUSALS)):
        where = f" at {came.pointer}" if came.pointer else ""
        by = f" by {came.rule}" if came.rule else ""
        yield Miss(
            "refused",
            "not refused" if wanted is None else f"refused: {wanted}",
            f"refused{by}: {came.code} {came.text}{where}".rstrip(),
        )
    elif wanted is not None and came is None:
        yield Miss("refused", f"refused: {wanted}", "not refused")


def pay(after: After) -> Iterator[Miss]:
    """What the event charged."""
    wanted = after.step.then.get("pay")
    if wanted is None:
        return
    machine = after.book.at(after.day)
    came = None if after.receipt is None else after.receipt.pay
    if after.step.do == "tick":
        came = after.written[after.step.who].charged
    # `pay: 0` is what the form writes for an event that charges nothing: a suspension, a cycle that is not renewed.
    if smallest(wanted, machine.minor) != (came or 0):
        yield Miss("pay", str(wanted), "nothing" if came is None else money_text(came, machine.program.currency[0]))


def balances(after: After, member: Member, wanted: Mapping[str, Any], which: str, what: str) -> Iterator[Miss]:
    """What a member holds, in active or in pending units."""
    machine = after.book.at(after.day)
    for unit, amount in wanted.items():
        wallet = machine.wallets.get(unit)
        if wallet is None:
            yield Miss(f"{what} {unit}", str(amount), "the program has no such wallet")
            continue
        holding = member.holdings.get(unit)
        came = 0 if holding is None else holding.active if which == "available" else holding.pending
        if smallest(amount, wallet.scale) != came:
            yield Miss(f"{what} {unit}", str(amount), wallet.text(came))


def tier(after: After) -> Iterator[Miss]:
    """The level of the first ladder, and its last day."""
    then = after.step.then
    if "tier" not in then and "tier_until" not in then:
        return
    machine = after.book.at(after.day)
    ladder = next(iter(machine.ladders), None)
    if ladder is None:
        yield Miss("tier", str(then.get("tier")), "the program has no tiers")
        return
    level = level_view(machine, after.member, ladder, after.day)["level"]
    if "tier" in then and then["tier"] != level:
        yield Miss("tier", str(then["tier"]), level)
    if "tier_until" in then:
        gone = held(after.member, ladder, after.day)[1]
        came = "no last day" if gone >= NEVER else iso(gone - 1)
        wanted = "no last day" if then["tier_until"] is None else str(then["tier_until"])
        if wanted != came:
            yield Miss("tier_until", wanted, came)


def coupons(after: After) -> Iterator[Miss]:
    """The full set of live vouchers; labels keep to the voucher that they stood for first."""
    wanted = after.step.then.get("coupons")
    if wanted is None:
        return
    machine = after.book.at(after.day)
    live = live_vouchers(after.member, after.day)
    missing, left = after.labels.match(machine, after.step.who, wanted, live)
    if missing or left:
        shown = [after.labels.shown(machine, voucher) for voucher in live]
        yield Miss(
            "coupons", "; ".join(after.labels.written(one) for one in wanted) or "none", "; ".join(shown) or "none"
        )


def entitlements(after: After) -> Iterator[Miss]:
    """What the member can have now (`can`), and how often still (`uses_left`)."""
    then = after.step.then
    for name, wanted in (then.get("can") or {}).items():
        found = benefit(after.book, after.member, name, after.day, after.minute)
        # What the program does not have nobody has: `unknown_names` says it, so that a slip of the pen can be seen.
        if wanted if found is None else found.can != wanted:
            yield Miss(
                f"can {name}",
                str(wanted).lower(),
                "the program has no such benefit" if found is None else str(found.can).lower(),
            )
    for name, wanted in (then.get("uses_left") or {}).items():
        found = benefit(after.book, after.member, name, after.day, after.minute)
        if found is None or found.left != (smallest(wanted, after.book.at(after.day).minor) if found.money else wanted):
            came = (
                "the program has no such benefit"
                if found is None
                else "no limit"
                if found.left is None
                else str(found.left)
            )
            yield Miss(f"uses_left {name}", str(wanted), came)


def unknown_names(after: After) -> tuple[str, ...]:
    """The names under `can` that the program has no benefit of: they hold when they should be false."""
    return tuple(
        f"can: {name}"
        for name in after.step.then.get("can") or {}
        if benefit(after.book, after.member, name, after.day, after.minute) is None
    )
