"""Limits: windows, what slides, what is shared, and news that come late."""

from __future__ import annotations

import pytest
from tests.laws.till import Till, code

from regulars.engine.limits import KEPT_WINDOWS
from regulars.engine.model import Decision

POINTS = "wallets: {points: {}}\nearn: {base: {give: {points: 10}, at_most: %s}}\n"


def earned(limit: str, *moments: str) -> list[int]:
    """What each of these purchases gives."""
    till = Till(POINTS % limit)
    return [sum(entry.given for entry in till.buys(at, "1.00").receipt.entries) for at in moments]


@pytest.mark.parametrize(
    ("limit", "moments", "given"),
    [
        ("once per day", ["2026-03-28T23:59", "2026-03-29T00:00", "2026-03-29T23:59"], [10, 10, 0]),
        ("15 points per week", ["2026-03-02", "2026-03-08", "2026-03-09"], [10, 5, 10]),
        ("15 points per month", ["2028-02-01", "2028-02-29", "2028-03-01"], [10, 5, 10]),
        ("2 times per quarter", ["2026-01-01", "2026-02-01", "2026-03-31", "2026-04-01"], [10, 10, 0, 10]),
        ("25 points per year", ["2026-01-01", "2026-06-01", "2026-12-31", "2027-01-01"], [10, 10, 5, 10]),
        ("2 times ever", ["2026-01-01", "2027-01-01", "2028-01-01"], [10, 10, 0]),
        ("once per last 7 days", ["2026-03-01T10:00", "2026-03-08T09:59", "2026-03-08T10:00"], [10, 0, 10]),
        ("once per last 2 hours", ["2026-03-01T10:00", "2026-03-01T11:59", "2026-03-01T12:00"], [10, 0, 10]),
        ("7 points per purchase", ["2026-03-01", "2026-03-01"], [7, 7]),
        ("never", ["2026-03-01"], [0]),
    ],
)
def test_a_limit_clips_in_its_window(limit: str, moments: list[str], given: list[int]) -> None:
    assert earned(limit, *moments) == given


def test_what_a_limit_clipped_is_on_the_receipt_with_its_name() -> None:
    till = Till(POINTS % "7 points per purchase")
    (entry,) = till.buys("2026-03-01", "1.00").receipt.entries
    assert (entry.given, entry.rounded, entry.shaped) == (7, 10, (entry.rule,))


def test_news_that_come_late_count_in_the_window_in_which_they_happened() -> None:
    assert earned("15 points per month", "2026-01-10", "2026-03-10", "2026-01-20", "2026-01-30") == [10, 10, 5, 0]


def test_a_window_that_is_no_longer_known_lets_nothing_through() -> None:
    months = [f"{2026 + n // 12}-{n % 12 + 1:02}-05" for n in range(1, KEPT_WINDOWS + 1)]
    assert earned("15 points per month", *months, "2026-01-05") == [10] * KEPT_WINDOWS + [0]


def test_rules_that_share_a_limit_share_what_is_left_in_file_order() -> None:
    till = Till(
        "wallets: {points: {}}\nlimits: {day: {at_most: 12 points per day}}\n"
        "earn: {a: {give: {points: 10}, within: day}, b: {give: {points: 10}, within: day}}\n"
    )
    assert [entry.given for entry in till.buys("2026-03-01", "1.00").receipt.entries] == [10, 2]


CEILING = "wallets: {points: {}, year: {counts: points, ceiling: 30, lasts: end of year}}\n"


def test_a_ceiling_holds_for_all_that_one_event_gives() -> None:
    till = Till(CEILING + "earn: {a: {give: {points: 20}}, b: {give: {points: 20}}, c: {give: {points: 20}}}\n")
    till.buys("2026-03-01", "1.00")
    assert (till.points(), till.points(wallet="year")) == (30, 30)


def test_a_budget_counts_what_is_given_after_a_ceiling() -> None:
    till = Till(CEILING + "earn: {a: {give: {points: 40}, at_most: 50 points per everybody ever}}\n")
    for member in ("ann", "bob"):
        till.buys("2026-03-01", "1.00", member=member)
    assert [till.points(member=member) for member in ("ann", "bob")] == [30, 20]
    assert till.memory.left("earn.a") == 0


BOUGHT = "wallets: {points: {}}\nearn: {base: {give: {points: 1 per 1.00}}}\n"


@pytest.mark.parametrize(
    ("rule", "given"),
    [
        (
            "milestones: {m: {of: points, at: [10], give: {points: 7}, at_most: 10 points per everybody ever}}\n",
            [17, 13, 10],
        ),
        (
            "convert: {m: {every: 10 points, give: {v: 1}, at_most: 2 times per everybody ever}}\nvouchers: {v: {off: 1.00}}\n",
            [0, 0, 10],
        ),
    ],
    ids=["a milestone", "a conversion at once"],
)
def test_a_budget_holds_for_what_comes_of_an_event_later(rule: str, given: list[int]) -> None:
    till = Till(BOUGHT + rule)
    for n in range(3):
        till.buys("2026-03-01", "10.00", member=f"m{n}")
    assert [till.points(member=f"m{n}") for n in range(3)] == given


def test_a_budget_holds_for_rules_of_the_calendar() -> None:
    till = Till(
        "facts: {member: {birthday: day_of_year?}}\nwallets: {points: {}}\n"
        "earn: {gift: {on: birthday, give: {points: 10}, at_most: 15 points per everybody ever}}\n"
    )
    for member in ("ann", "bob", "cy"):
        till.does("join", "2026-02-01", member, birthday="03-01")
    for member in ("ann", "bob", "cy"):
        till.does("tick", "2026-03-01T00:00", member)
    assert [till.points(member=member) for member in ("ann", "bob", "cy")] == [10, 5, 0]


def test_a_budget_and_a_stock_hold_for_a_reward_that_is_used_on_a_purchase() -> None:
    for more in ("at_most: 1 times per everybody ever", "stock: 1"):
        till = Till(BOUGHT + f"rewards: {{euro: {{cost: 5 points, off: 1.00, {more}}}}}\n")
        found: list[Decision] = []
        for member in ("ann", "bob"):
            till.buys("2026-03-01", "10.00", member=member)
            found.append(till.buys("2026-03-02", "10.00", member=member, use=[{"reward": "euro"}]))
        assert found[0].receipt.pay == 900
        assert code(found[1]) == ("sold_out" if "stock" in more else "limit_reached")


def test_a_limit_on_a_price_may_be_in_money() -> None:
    till = Till(BOUGHT + "prices: {deal: {off: 50%, at_most: 8.00 per month}}\n")
    assert [till.buys(f"2026-03-0{day}", "10.00").receipt.pay for day in (1, 2, 3)] == [500, 700, 1000]
