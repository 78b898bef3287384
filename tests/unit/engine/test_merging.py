"""Two accounts of one person become one; an account is closed. Nothing is lost on the way, and nobody uses it again."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from regulars.engine.book import Book
from regulars.engine.model import IN_TRANSIT, Decision
from regulars.engine.view import view
from regulars.program.load import load
from regulars.program.model import Program
from regulars.simulation.memory import Memory

PROGRAM = """
program: merging
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts:
  line: {kind: [food, drink]}
  member: {birthday: day_of_year?, favourite: text?}
account: {on_close: lapse}
wallets:
  points: {lasts: 6 months after earned, may_owe: true}
  later: {pending: 10 days, lasts: end of next year}
  stamps: {}
  year_spend: {is: money, lasts: end of year}
earn:
  base: {give: {points: 1 per 1.00}}
  slow: {give: {later: 1 per 1.00}, at_most: 150 later per month}
  stamp: {lines: line.kind == 'drink', give: {stamps: 1}}
  spend: {give: {year_spend: 100%}}
  monthly: {on: start of month, give: {points: 5}}
convert: {tenth: {every: 9 stamps, give: {free_drink: 1}}}
vouchers: {free_drink: {lines: line.kind == 'drink', free: 1, lasts: 60 days}}
rewards: {mug: {cost: 50 points, item: mug}}
tiers:
  status: {of: year_spend, levels: {member: {}, gold: {at: 300.00}}, lasts: end of next year}
milestones: {hundred: {of: points, at: 100, over: year, give: {stamps: 1}}}
benefits: {lounge: {when: status == 'gold', shared_with: {seats: 1}, item: a seat}}
choices: {gift: {options: [tea, coffee], default: tea}}
returns: {points: take back}
"""


class Shop:
    """Members' events in memory, each a little later than the one before."""

    def __init__(self, text: str = PROGRAM) -> None:
        program = load(text, "merging.yaml")
        assert isinstance(program, Program), program
        self.memory = Memory(Book([program]))
        self.number = 0

    def post(self, member: str, kind: str, day: str = "2026-03-02", **body: Any) -> Decision:
        self.number += 1
        event = {
            "id": f"e{self.number}",
            "type": kind,
            "member": member,
            "happened_at": f"{day}T{self.number // 60 + 8:02d}:{self.number % 60:02d}",
        }
        decision = self.memory.post({**event, **body})
        assert isinstance(decision, Decision), decision
        return decision

    def buys(self, member: str, amount: str, day: str = "2026-03-02", kind: str = "food") -> str:
        assert self.post(member, "purchase", day, lines=[{"kind": kind, "amount": amount}]).refusal is None
        return f"e{self.number}"

    def merge(self, member: str, into: str, day: str = "2026-03-10") -> Decision:
        return self.post(member, "merge", day, into=into, reason="the same person", by="staff-7")

    def active(self, member: str, wallet: str = "points") -> int:
        held = self.memory.member(member).holdings.get(wallet)
        return 0 if held is None else held.active

    def in_transit(self) -> dict[str, int]:
        """What is on its way, by wallet."""
        on_its_way: Counter[str] = Counter()
        for _, _, movement in self.memory.movements:
            on_its_way[movement.wallet] += movement.amount * (
                (movement.target == IN_TRANSIT) - (movement.source == IN_TRANSIT)
            )
        return {wallet: units for wallet, units in on_its_way.items() if units}


def code(decision: Decision) -> str | None:
    return None if decision.refusal is None else decision.refusal.code


def test_all_that_two_accounts_had_is_in_the_one_that_is_kept() -> None:
    shop = Shop()
    shop.buys("old", "60.00", "2026-02-01")
    shop.buys("old", "10.00", "2026-03-01")
    shop.buys("kept", "20.00", "2026-02-20")
    before = {lot.gone: lot.left for lot in shop.memory.member("old").holdings["points"].lots}
    assert code(shop.merge("old", "kept")) is None
    # Both had five units on the first of March.
    assert shop.active("kept") == 90 + 5 + 5
    after = Counter[int]()
    for lot in shop.memory.member("kept").holdings["points"].lots:
        after[lot.gone] += lot.left
    assert all(after[gone] >= left for gone, left in before.items())
    assert shop.memory.member("old").holdings == {}
    assert shop.in_transit() == {}


def test_units_that_wait_go_on_waiting_for_their_day() -> None:
    shop = Shop()
    shop.buys("old", "30.00", "2026-03-08")
    shop.merge("old", "kept")
    kept = shop.memory.member("kept").holdings["later"]
    assert (kept.active, kept.pending) == (0, 30)
    shop.post("kept", "join", "2026-03-18")
    assert shop.active("kept", "later") == 30
    assert shop.in_transit() == {}


def test_counters_add_up_and_lift_the_level_and_stamps_together_make_a_voucher() -> None:
    shop = Shop()
    for member in ("old", "kept"):
        shop.buys(member, "160.00")
        for _ in range(4):
            shop.buys(member, "1.00", kind="drink")
    shop.merge("old", "kept")
    shown = view(shop.memory.book, shop.memory.member("kept"), shop.memory.member("kept").day, 0)
    assert shown["tiers"]["status"]["level"] == "gold"
    # Four stamps each, one for a hundred points each, and the hundred points of either are crossed already.
    assert shop.active("kept", "stamps") == 1
    assert [voucher.name for voucher in shop.memory.member("kept").vouchers] == ["free_drink"]


def test_vouchers_levels_facts_and_choices_come_along_and_what_the_kept_account_has_stays() -> None:
    shop = Shop()
    shop.post("old", "join", birthday="05-09", favourite="tea")
    shop.post("kept", "join", "2026-03-03", favourite="coffee")
    shop.post("old", "choose.gift", "2026-03-03", option="coffee")
    shop.buys("old", "300.00", "2026-03-03")
    for _ in range(9):
        shop.buys("old", "1.00", "2026-03-03", kind="drink")
    (voucher,) = shop.memory.member("old").vouchers
    shop.merge("old", "kept")
    kept = shop.memory.member("kept")
    assert [(held.name, held.gone) for held in kept.vouchers] == [("free_drink", voucher.gone)]
    assert kept.facts == {"birthday": "05-09", "favourite": "coffee"}
    assert kept.marks["choice:gift"] == "coffee"
    used = shop.post(
        "kept",
        "purchase",
        "2026-03-11",
        lines=[{"kind": "drink", "amount": "3.00"}],
        use=[{"voucher": kept.vouchers[0].serial}],
    )
    assert used.receipt.pay == 0


def test_a_limit_is_not_to_be_had_twice() -> None:
    shop = Shop()
    shop.buys("old", "100.00")
    shop.buys("kept", "40.00")
    shop.merge("old", "kept", "2026-03-03")
    shop.buys("kept", "40.00", "2026-03-03")
    assert shop.memory.member("kept").holdings["later"].pending == 150


def test_a_debt_comes_along_and_is_paid_from_what_there_is() -> None:
    shop = Shop()
    sale = shop.buys("old", "60.00")
    assert code(shop.post("old", "redeem.mug")) is None
    shop.post("old", "return", of=sale)
    assert shop.active("old") == -50
    shop.buys("kept", "20.00")
    shop.merge("old", "kept", "2026-03-03")
    assert (shop.active("old"), shop.active("kept")) == (0, -30)
    assert shop.memory.member("kept").holdings["points"].lots == ()
    assert shop.in_transit() == {}


def test_what_comes_later_for_the_merged_account_is_refused_with_the_id_of_the_kept_one() -> None:
    shop = Shop()
    shop.buys("old", "60.00")
    shop.merge("old", "kept")
    for kind, body in (
        ("purchase", {"lines": [{"kind": "food", "amount": "5.00"}]}), ("redeem.mug", {}), ("join", {}),
        ("goodwill", {"wallet": "points", "amount": 5, "reason": "sorry"}), ("close", {"reason": "gone"}),
    ):  # fmt: skip
        decision = shop.post("old", kind, "2026-03-11", **body)
        assert decision.refusal is not None, kind
        assert (decision.refusal.code, dict(decision.refusal.values)) == ("member.merged", {"into": "kept"})
        assert decision.movements == ()


@pytest.mark.parametrize("day", ["2026-03-10", "2026-01-05"])
def test_an_account_is_not_merged_into_itself_nor_twice_nor_into_a_closed_one_nor_in_a_circle(day: str) -> None:
    shop = Shop()
    for member in ("a", "b", "c"):
        shop.buys(member, "60.00")
    assert code(shop.merge("a", "a", day)) == "merge.itself"
    assert code(shop.merge("a", "b", day)) is None
    assert code(shop.merge("a", "c", day)) == "member.merged"
    assert code(shop.merge("b", "a", day)) == "merge.closed"
    assert code(shop.merge("c", "a", day)) == "merge.closed"
    assert code(shop.merge("b", "c", day)) is None
    assert code(shop.merge("c", "b", day)) == "merge.closed"
    assert shop.active("c") == 180
    assert shop.in_transit() == {}


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"into": "kept"}, "event.missing_field"),
        ({"reason": "same"}, "event.wrong_type"),
        ({"reason": "same", "into": 7}, "event.wrong_type"),
        ({"reason": "same", "into": "~places:x"}, "event.wrong_type"),
        ({"reason": "same", "into": "kept", "id": "x" * 180}, "id.too_long"),
    ],
)
def test_a_merge_that_does_not_say_what_it_has_to_is_refused(body: dict[str, Any], refused: str) -> None:
    shop = Shop()
    shop.buys("old", "60.00")
    assert code(shop.post("old", "merge", **body)) == refused
    assert shop.active("old") == 60


def test_nothing_happens_any_more_to_an_account_that_was_merged() -> None:
    shop = Shop()
    shop.buys("old", "60.00")
    shop.merge("old", "kept")
    later = shop.memory.member("old", shop.memory.book.zone.local(1_800_000_000_000_000)[0])
    assert later.holdings == {}


def test_who_shared_a_seat_of_the_merged_account_is_told() -> None:
    shop = Shop()
    shop.buys("old", "300.00")
    shop.post("old", "share.lounge", **{"with": "friend"})
    assert shop.memory.member("friend").marks == {"shared:lounge": ("old",)}
    shop.merge("old", "kept")
    assert shop.memory.member("friend").marks == {}


def test_what_others_cause_for_a_merged_account_goes_on_to_the_kept_one() -> None:
    shop = Shop()
    shop.merge("friend", "other")
    shop.buys("old", "300.00", "2026-03-11")
    shop.post("old", "share.lounge", "2026-03-11", **{"with": "friend"})
    assert shop.memory.member("other").marks == {"shared:lounge": ("old",)}


def test_what_a_closed_account_had_lapses() -> None:
    shop = Shop()
    shop.buys("old", "60.00")
    closed = shop.post("old", "close", "2026-03-03", reason="asked to go")
    assert {(one.wallet, one.source, one.target, one.amount) for one in closed.movements} == {
        ("points", "active", "expired", 60), ("later", "pending", "expired", 60), ("year_spend", "active", "expired", 6000),
    }  # fmt: skip
    assert code(shop.post("old", "join", "2026-03-04")) == "member.closed"
    assert code(shop.merge("kept", "old", "2026-03-04")) == "merge.closed"
    assert view(shop.memory.book, shop.memory.member("old"), shop.memory.member("old").day, 0)["closed"] == "2026-03-03"


def test_what_a_closed_account_had_is_kept_to_its_last_day_where_the_program_says_so() -> None:
    shop = Shop(PROGRAM.replace("on_close: lapse", "on_close: keep"))
    shop.buys("old", "60.00")
    shop.post("old", "close", "2026-03-03", reason="asked to go")
    assert shop.active("old") == 60
    assert code(shop.post("old", "redeem.mug", "2026-03-04")) == "member.closed"
    book = shop.memory.book
    zone = book.zone
    before, after = (zone.local(zone.parse(day))[0] for day in ("2026-09-01", "2026-09-02"))  # type: ignore[arg-type]
    assert shop.memory.member("old", before).holdings["points"].active == 60
    assert shop.memory.member("old", after).holdings["points"].active == 0
