"""What was issued is held, redeemed, expired, returned or adjusted, nothing else; and no account goes below its floor."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given
from msgspec.structs import replace
from tests.laws.histories import History, histories, samples
from tests.laws.law import Law, catches, hold, members, played, steps

from regulars.engine import earning, lots, pending, timing
from regulars.engine.lots import EMPTY
from regulars.engine.model import (
    ACTIVE,
    ADJUSTED,
    EXPIRED,
    IN_TRANSIT,
    ISSUED,
    MEMBER_ACCOUNTS,
    PENDING,
    REDEEMED,
    RESERVED,
    RETURNED,
    Holding,
    Movement,
    Waiting,
)  # fmt: skip

Accounts = dict[tuple[str, str, str], int]
ACCOUNTS = MEMBER_ACCOUNTS | {ISSUED, REDEEMED, EXPIRED, RETURNED, ADJUSTED, IN_TRANSIT}
OUTSIDE = "partner:"


def booked(accounts: Accounts, member: str, movement: Movement) -> None:
    accounts[member, movement.wallet, movement.source] -= movement.amount
    accounts[member, movement.wallet, movement.target] += movement.amount


def points_are_conserved(history: History) -> None:
    """Account by account: the movements add up to what the member holds, and to nothing over all accounts."""
    memory = played(history)
    accounts: Accounts = defaultdict(int)
    for member, event, movement in memory.movements:
        hold(movement.amount > 0, "a movement of nothing", event, movement)
        booked(accounts, member, movement)
    for member in members(memory):
        for wallet in history.shop.book.program.wallets:
            at = {
                account: units for (who, name, account), units in accounts.items() if (who, name) == (member.id, wallet)
            }
            held = member.holdings.get(wallet, EMPTY)
            reserved = sum(one.units for one in held.reserved)
            hold(all(one in ACCOUNTS or one.startswith(OUTSIDE) for one in at), member.id, wallet, "an odd account", at)
            hold(accounts[member.id, wallet, ACTIVE] == held.active, member.id, wallet, "active", held)
            hold(accounts[member.id, wallet, PENDING] == held.pending, member.id, wallet, "pending", held)
            hold(accounts[member.id, wallet, RESERVED] == reserved, member.id, wallet, "reserved", held)
            gone = sum(units for account, units in at.items() if account not in MEMBER_ACCOUNTS and account != ISSUED)
            hold(-at.get(ISSUED, 0) == held.active + held.pending + reserved + gone, member.id, wallet, at)


def lots_are_what_is_held(history: History) -> None:
    """Lots are the active units and what waits the pending ones; who owes has no lot."""
    for body, decision, _ in steps(history):
        for wallet, held in decision.member.holdings.items():
            opened = sum(lot.left for lot in held.lots)
            closed = sum(one.left for one in held.waiting)
            hold(all(part.left > 0 for part in (*held.lots, *held.waiting)), body["id"], wallet, "an empty lot", held)
            hold(opened == max(held.active, 0), body["id"], wallet, "active", held)
            hold(closed == held.pending, body["id"], wallet, "pending", held)
            hold(all(decision.member.day < lot.gone for lot in held.lots), body["id"], wallet, "a lapsed lot", held)
            hold(
                all(decision.member.day < one.opens for one in held.waiting), body["id"], wallet, "an opened lot", held
            )


def receipts_explain_holdings(history: History) -> None:
    """What the entries of all receipts add up to is what the member can use."""
    memory, book = played(history), history.shop.book
    for member in members(memory):
        sums: dict[str, int] = defaultdict(int)
        for receipt in memory.receipts(member.id):
            places = book.at_version(receipt.version).by_place
            for entry in (*receipt.dues, *receipt.entries):
                if entry.wallet >= 0:
                    sums[places[entry.wallet].name] += entry.given
        for wallet in book.program.wallets:
            held = member.holdings.get(wallet, EMPTY)
            hold(sums[wallet] == held.active, member.id, wallet, sums[wallet], held)


def no_account_goes_below_its_floor(history: History) -> None:
    """Movement by movement: only a wallet that may owe is ever below zero, and only in what is active."""
    memory = played(history)
    wallets = {
        name: wallet for machine in history.shop.book.machines for name, wallet in machine.program.wallets.items()
    }
    accounts: Accounts = defaultdict(int)
    for member, event, movement in memory.movements:
        booked(accounts, member, movement)
        if movement.source in MEMBER_ACCOUNTS:
            left = accounts[member, movement.wallet, movement.source]
            may = wallets[movement.wallet].may_owe and movement.source == ACTIVE
            hold(left >= 0 or may, event, movement, left)


LAWS = (points_are_conserved, lots_are_what_is_held, receipts_explain_holdings, no_account_goes_below_its_floor)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_it_holds_in_the_sample(law: Law) -> None:
    for history in samples():
        law(history)


@given(histories())
def test_points_are_conserved_and_no_account_goes_below_its_floor(history: History) -> None:
    for law in LAWS:
        law(history)


_take, _credit, _release, _lapse, _give_back = lots.take, lots.credit, lots.release, lots.lapse, lots.give_back


def drops_a_unit(*args, **kept):
    """A lot loses one unit more than was moved."""
    held, moved = _take(*args, **kept)
    return replace(held, active=held.active - 1), moved


def forgets_debt(held: Holding, n: int, serial: int, earned: int, gone: int, since: int):
    """A credit makes a lot of all of it although some of it pays a debt."""
    clean = replace(held, active=max(held.active, 0))
    grown, lot = _credit(clean, n, serial, earned, gone, since)
    return replace(grown, active=held.active + grown.active - clean.active), lot


def opens_unmoved(held: Holding, one: Waiting, wallet: str, day: int, gone: int):
    """More is active than the movement of what opens says."""
    opened, moved = _release(held, one, wallet, day, gone)
    return opened, moved._replace(amount=1)


def lapses_pending_only(held: Holding, due: set[int], wallet: str, target: str):
    """What lapses is written as if it had been pending."""
    lapsed, moved, units = _lapse(held, due, wallet, target)
    return lapsed, [movement._replace(source=PENDING) for movement in moved], units


def owes_always(held, n, wallet, target, may_owe, *more):
    """A return takes every wallet below zero."""
    return _give_back(held, n, wallet, target, True, *more)


def never_lapses(c, wallet, name, day):
    """Lots open, but none ever goes."""
    pending.open_by(c, name, day)


def credits_unsaid(c, wallet, units, gone):
    """One unit more is credited than the receipt says."""
    _credit_of_rule(c, wallet, units + 1, gone)


_credit_of_rule = earning.credit


@pytest.mark.parametrize(
    ("law", "where", "name", "slip"),
    [
        (points_are_conserved, lots, "take", drops_a_unit),
        (points_are_conserved, lots, "release", opens_unmoved),
        (points_are_conserved, lots, "lapse", lapses_pending_only),
        (lots_are_what_is_held, lots, "credit", forgets_debt),
        (lots_are_what_is_held, timing, "mature_and_lapse", never_lapses),
        (receipts_explain_holdings, earning, "credit", credits_unsaid),
        (no_account_goes_below_its_floor, lots, "give_back", owes_always),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_the_law_catches_a_slip(law: Law, where: Any, name: str, slip: object, monkeypatch: pytest.MonkeyPatch) -> None:
    assert catches(law, monkeypatch, where, name, slip)
