"""A decision told rule by rule, for a step that failed."""

from __future__ import annotations

from collections.abc import Iterator

from regulars.engine.machine import Machine
from regulars.engine.model import Entry, Receipt
from regulars.engine.rules import NO_LINES, NOT_CLAIMED, NOT_IN_FORCE, NOT_OPEN, NOTHING, UNLESS
from regulars.scenarios.chain import chain
from regulars.words.days import iso

WHY = {
    NOT_IN_FORCE: "not in force on that day",
    NOT_OPEN: "not open",
    UNLESS: "its `unless` held",
    NO_LINES: "no line fitted",
    NOTHING: "nothing was left to give",
    NOT_CLAIMED: "not clipped",
}


def explain(machine: Machine, receipt: Receipt) -> Iterator[str]:
    """What fell due, what each rule gave, what was used and issued, and why other rules were silent; a line each."""
    for entry in receipt.dues:
        yield f"due: {_entry(machine, entry)}"
    for entry in receipt.entries:
        yield _entry(machine, entry)
    for entry in receipt.promised:
        yield f"promised: {_entry(machine, entry)}"
    for use in receipt.used:
        yield f"{machine.names[use.rule]}: {machine.money_text(use.off)} off"
    for charge in receipt.charged:
        yield f"{machine.names[charge.rule]}: charged {machine.money_text(charge.amount)}"
    for issue in receipt.issued:
        last = f" until {iso(issue.gone - 1)}" if issue.gone else ""
        yield f"{machine.names[issue.rule]}: voucher {issue.name}{last}"
    for ladder, was, now in receipt.levels:
        names = machine.ladders[ladder].names
        yield f"tiers.{ladder}: {names[was]} -> {names[now]}"
    for rule, why in zip(receipt.silent[::2], receipt.silent[1::2], strict=True):
        yield f"{machine.names[rule]}: silent, {WHY.get(why, f'part {why + 1} of `when` did not hold')}"


def _entry(machine: Machine, entry: Entry) -> str:
    wallet = machine.by_place[entry.wallet]
    clauses = "/".join(sorted(chain(machine, entry)))
    rate = f", {entry.num}/{entry.den} of {entry.base}" if entry.num else ""
    clipped = (
        f", {wallet.text(entry.rounded)} before limits" if entry.rounded not in {entry.given, -entry.given} else ""
    )
    return f"{machine.names[entry.rule]}: {wallet.text(entry.given)} {wallet.name}{rate}{clipped}" + (
        f" ({clauses})" if clauses else ""
    )
