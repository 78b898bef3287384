"""Wallets that only share out what flows in: once an event, by a share of the member's own, and back with the goods."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.shop import Shop

from regulars.program.load import load
from regulars.words.days import day_of

TRACKS = """
wallets: {miles: {splits: {saver: = share / 100, treat: rest}, terms: M1}, saver: {lasts: 3 months}, treat: {}}
choices: {share: {options: percent, default: 50}}
earn: {base: {give: {miles: 1 per 1.00}}, extra: {when: event.weekday == 'mon', give: {miles: 3}}}
"""


def both(shop: Shop) -> tuple[int, int]:
    return shop.units("saver")[0], shop.units("treat")[0]


def test_what_flows_in_is_shared_out_once_an_event_and_the_rest_takes_what_is_left() -> None:
    shop = Shop(TRACKS)
    shop.buy("10.00", at="2026-03-02")
    assert shop.units("miles") == (0, 0)
    # 13 at once: 6 and 7. Rule by rule it would have been 5 + 1 and 5 + 2.
    assert both(shop) == (6, 7)
    assert shop.sums("miles") == {"issued": -13, "redeemed": 13}


def test_the_share_is_the_members_own_and_counts_from_the_next_event() -> None:
    shop = Shop(TRACKS)
    shop.post("set_preference.share", option=20)
    shop.buy("10.00", at="2026-03-03")
    assert both(shop) == (2, 8)


def test_each_part_lives_as_its_wallet_says_and_says_why() -> None:
    shop = Shop(TRACKS)
    receipt = shop.buy("10.00", at="2026-03-03").receipt
    rule = next(rule for rule in shop.book.program.rules if rule.name == "wallets.miles.split")
    assert rule.terms == ("M1",)
    assert [(one.wallet, one.given) for one in receipt.entries if one.rule == rule.index] == [(0, -10), (1, 5), (2, 5)]
    assert shop.units("saver", "2026-06-03") == (0, 0)
    assert shop.units("treat", "2026-06-03") == (5, 0)


def test_goods_that_come_back_take_their_parts_from_the_wallets_that_got_them() -> None:
    shop = Shop(TRACKS)
    shop.buy("6.00", "4.00", at="2026-03-03")
    shop.bring_back("e1", 1)
    assert both(shop) == (3, 3)
    shop.bring_back("e1", 0)
    assert both(shop) == (0, 0)


def test_only_the_lines_that_earned_give_something_back() -> None:
    shop = Shop(TRACKS.replace("base: {", "base: {except: line.kind == 'shipping', "))
    lines = [{"item": "i0", "amount": "10.00"}, {"item": "i1", "kind": "shipping", "amount": "5.00"}]
    shop.post("purchase", "2026-03-03", lines=lines)
    shop.post("return", "2026-03-04", of="e1", lines=[{"item": "i1"}])
    assert both(shop) == (5, 5)


def test_units_that_wait_are_shared_out_when_they_open_and_taken_back_wherever_they_are() -> None:
    shop = Shop(TRACKS.replace("terms: M1", "pending: through 5 days after earned"))
    shop.buy("10.00", at="2026-03-03")
    assert shop.units("miles") == (0, 10)
    shop.buy("4.00", at="2026-03-04")
    shop.bring_back("e2", 0, at="2026-03-05")
    assert shop.units("miles") == (0, 10)
    assert both(shop) == (0, 0)
    shop.post("update", "2026-03-10")
    assert both(shop) == (5, 5)
    shop.bring_back("e1", 0, at="2026-03-11")
    assert both(shop) == (0, 0)


def test_a_reversal_takes_the_parts_back_and_shares_nothing_out_again() -> None:
    shop = Shop(TRACKS)
    shop.buy("10.00", at="2026-03-03")
    shop.post("reversal", "2026-03-04", of="e1", reason="a slip")
    assert both(shop) == (0, 0)
    assert shop.units("miles") == (0, 0)


def test_a_counter_of_a_part_sees_it() -> None:
    shop = Shop(TRACKS.replace("treat: {}}", "treat: {}, year: {counts: saver, lasts: end of year}}"))
    shop.buy("10.00", at="2026-03-03")
    assert shop.units("year") == (5, 0)


def test_parts_are_counted_alike_or_the_file_says_so() -> None:
    from tests.unit.engine.shop import HEAD

    problems = load(HEAD + TRACKS.replace("treat: {}", "treat: {unit: 0.1}"))
    assert isinstance(problems, list)
    assert [one.code for one in problems] == ["splits"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 5000), min_size=1, max_size=4),
    st.integers(0, 100),
    st.sampled_from(["down", "nearest", "up"]),
    st.integers(0, 3),
)
def test_a_funnel_loses_and_invents_nothing(cents: list[int], share: int, mode: str, back: int) -> None:
    shop = Shop(TRACKS.replace("terms: M1", f"round: {mode}").replace("default: 50", f"default: {share}"))
    shop.buy(*(f"{n // 100}.{n % 100:02}" for n in cents), at="2026-03-03")
    assert sum(both(shop)) == sum(cents) // 100
    shop.bring_back("e1", min(back, len(cents) - 1))
    kept = sum(cents) - cents[min(back, len(cents) - 1)]
    assert abs(sum(both(shop)) - kept / 100) < 3
    assert min(both(shop)) >= 0


@pytest.mark.parametrize("day", ["2026-03-03", "2026-03-20"])
def test_a_funnel_is_judged_the_same_however_its_time_is_run(day: str) -> None:
    one, other = (Shop(TRACKS.replace("terms: M1", "pending: through 5 days after earned")) for _ in range(2))
    for shop in (one, other):
        shop.buy("10.00", at="2026-03-03")
    for step in ("2026-03-05", "2026-03-09", day):
        if step <= day:
            one.memory.advance("ann", day_of(step))
    assert one.member("2026-04-01") == other.member("2026-04-01")
