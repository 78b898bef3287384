"""A full return leaves wallets, counters and tier as if the purchase had not been, wherever the program takes back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from tests.laws.histories import History, histories, samples
from tests.laws.law import catches, hold
from tests.laws.shops import Shop

from regulars.engine import kept as keeping
from regulars.engine import lots, standings
from regulars.engine.lots import EMPTY
from regulars.engine.model import Decision, Member, Receipt
from regulars.simulation.memory import Memory, Repeated

LATER = (0, 1, 31, 100, 400, 800)


def spent(shop: Shop, receipt: Receipt) -> bool:
    """Whether something hangs on the purchase that a return leaves alone: what it gave was spent at once, a voucher was
    used or issued, or a friend was paid for."""
    machine = shop.book.at_version(receipt.version)
    took = any(entry.given < 0 for entry in receipt.entries)
    friends = any(machine.names[one.rule].startswith("referrals.") for one in (*receipt.entries, *receipt.promised))
    return took or friends or bool(receipt.issued) or any(use.voucher for use in receipt.used)


def bought(shop: Shop, receipt: Receipt) -> bool:
    """Whether a level was bought as the goods came back: whatever changes a wallet lets its owner climb."""
    names = shop.book.at_version(receipt.version).names
    return any(entry.given < 0 and names[entry.rule].startswith("tiers.") for entry in receipt.entries)


def kept_alive(shop: Shop) -> frozenset[str]:
    """The wallets whose lots live longer after any purchase, returned or not, and the ladders that look at them."""
    wallets = {
        wallet.name for machine in shop.book.machines for _, wallets in machine.kept_alive_by for wallet in wallets
    } | {wallet.name for machine in shop.book.machines for wallet in machine.idle}
    ladders = {
        ladder.name
        for machine in shop.book.machines
        for ladder in machine.ladders.values()
        if any(mark.wallet in wallets for marks in ladder.marks for mark in marks)
    }
    return frozenset(wallets | ladders)


def has(shop: Shop, member: Member, day: int, leaving_out: frozenset[str]) -> dict[str, object]:
    """What a member has on a day: units of each wallet, active and pending, and the level on each ladder."""
    member = shop.book.advance(member, day)
    held = {name: member.holdings.get(name, EMPTY) for name in shop.book.program.wallets if name not in leaving_out}
    levels = {
        name: max((one.level for one in member.grants.get(name, ()) if one.first <= day < one.gone), default=0)
        for name in shop.book.at(day).ladders
        if name not in leaving_out
    }
    return {name: (one.active, one.pending) for name, one in held.items()} | levels


def a_full_return_undoes(history: History) -> None:
    """Each purchase is brought back as it is told; what is left is compared with what time alone would have left.

    Without corrections: a level outlives the count that staff took away, and not the count that a return takes away.
    """
    shop, history = history.shop, history.without("goodwill")
    alive = kept_alive(shop)
    memory = Memory(shop.book)
    for body in history.events:
        event = shop.book.read(body)
        name = body["member"]
        before = memory.member(name)
        answer = memory.post(body)
        fresh = isinstance(answer, Decision) and not isinstance(answer, Repeated) and answer.refusal is None
        if (
            body["type"] != "purchase"
            or not fresh
            or event.day < before.day
            or not before.events
            or spent(shop, answer.receipt)
        ):
            continue
        head = {"member": name, "happened_at": body["happened_at"]}
        back = memory.post({"id": f"{body['id']}/back", "type": "return", "of": body["id"], **head})
        hold(isinstance(back, Decision) and (back.refusal is None or bool(back.refusal.rule)), body, back)
        if back.refusal is not None or back.receipt.issued or bought(shop, back.receipt):
            continue
        after = memory.member(name)
        for later in LATER:
            ignored = alive if later else frozenset()
            was, is_ = (has(shop, member, event.day + later, ignored) for member in (before, after))
            hold(was == is_, body, f"{later} days later", was, is_)


@given(histories(most=16))
def test_a_full_return_leaves_everything_as_if_the_purchase_had_not_been(history: History) -> None:
    a_full_return_undoes(history)


def test_it_holds_in_the_sample() -> None:
    for history in samples():
        a_full_return_undoes(history)


def all_but_one(kept: Any, entry: Any, back: Any) -> int:
    """A return takes one unit less than was given."""
    return _due(kept, entry, back) - 1 if sum(back) else 0


def refreshes(holding: Any, *args: Any) -> Any:
    """Whatever the goods earned, the units that lapse first are taken."""
    return _give_back(holding, *args[:6])


def ends_all(c: Any, ladder: Any, level: str, cause: str, open_only: bool = False) -> None:
    """A return ends the level that last year earned as well."""
    _end(c, ladder, level, cause)


_due, _give_back, _end = keeping.shared, lots.give_back, standings.end


@pytest.mark.parametrize(
    ("where", "name", "slip"),
    [
        (keeping, "shared", all_but_one),
        (lots, "give_back", refreshes),
        (standings, "end", lambda c, ladder, level, cause, open_only: None),
        (standings, "end", ends_all),
    ],
    ids=["a unit is kept", "units live longer", "a level is kept", "last year's level is lost"],
)
def test_the_law_catches_a_slip(where: Any, name: str, slip: object, monkeypatch: pytest.MonkeyPatch) -> None:
    assert catches(a_full_return_undoes, monkeypatch, where, name, slip)
