"""What is earned and not usable yet."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.shop import Shop

UNTIL_CONFIRM = """
wallets: {points: {pending: until confirm}}
earn:
  base: {give: {points: 1 per 1.00}}
  extra: {give: {points: 5}}
"""


def test_what_waits_is_promised_and_not_written() -> None:
    shop = Shop(UNTIL_CONFIRM)
    receipt = shop.buy("20.00").receipt
    assert shop.units() == (0, 25)
    assert receipt.entries == ()
    assert [entry.given for entry in receipt.promised] == [20, 5]


def test_what_waits_stays_apart_by_rule_and_event() -> None:
    shop = Shop(UNTIL_CONFIRM)
    shop.buy("20.00", id="a")
    shop.buy("30.00", id="b")
    waiting = shop.member().holdings["points"].waiting
    assert [(one.event, one.left) for one in waiting] == [("a", 20), ("a", 5), ("b", 30), ("b", 5)]


def test_an_event_opens_what_the_event_it_names_gave() -> None:
    shop = Shop(UNTIL_CONFIRM)
    shop.buy("20.00", id="a")
    shop.buy("30.00", id="b")
    receipt = shop.post("confirm", of="b").receipt
    assert shop.units() == (35, 25)
    names = [shop.book.at_version(0).names[entry.rule] for entry in receipt.entries]
    assert sorted(zip(names, [entry.given for entry in receipt.entries], strict=True)) == [
        ("earn.base", 30),
        ("earn.extra", 5),
    ]


def test_an_event_that_names_none_opens_all_that_waits_for_it() -> None:
    shop = Shop(UNTIL_CONFIRM)
    shop.buy("20.00")
    shop.buy("30.00")
    shop.post("confirm")
    assert shop.units() == (60, 0)


def test_a_second_confirmation_opens_nothing() -> None:
    shop = Shop(UNTIL_CONFIRM)
    shop.buy("20.00", id="a")
    shop.post("confirm", of="a")
    assert shop.post("confirm", of="a").receipt.entries == ()
    assert shop.units() == (25, 0)


def test_a_day_opens_what_waits_for_it_and_the_rule_is_written_then() -> None:
    shop = Shop(
        "wallets: {points: {pending: through 14 days after earned}}\nearn: {base: {give: {points: 1 per 1.00}}}"
    )
    shop.buy("20.00")
    assert shop.units(day="2026-03-16") == (0, 20)
    assert shop.units(day="2026-03-17") == (20, 0)
    due = shop.buy("1.00", at="2026-03-17").receipt.dues
    assert [entry.given for entry in due] == [20]


def test_a_life_runs_from_the_day_earned_unless_it_says_available() -> None:
    for life, last in (("3 months after earned", "2026-06-02"), ("3 months after available", "2026-06-17")):
        shop = Shop(f"""
wallets: {{points: {{pending: through 14 days after earned, lasts: {life}}}}}
earn: {{base: {{give: {{points: 1 per 1.00}}}}}}
""")
        shop.buy("20.00")
        day = last[:8] + f"{int(last[8:]) - 1:02d}"
        assert shop.units(day=day) == (20, 0)
        assert shop.units(day=last) == (0, 0)


def test_a_return_takes_what_waits_of_its_own_sale_and_writes_nothing() -> None:
    shop = Shop(UNTIL_CONFIRM)
    shop.buy("20.00", id="a")
    shop.buy("30.00", "10.00", id="b")
    receipt = shop.bring_back("b", 0).receipt
    assert receipt.entries == ()
    waiting = shop.member().holdings["points"].waiting
    assert [one.left for one in waiting if one.event == "a"] == [20, 5]
    assert next(one.left for one in waiting if one.event == "b") == 10


def test_a_return_after_it_opened_takes_it_from_what_is_usable() -> None:
    shop = Shop(UNTIL_CONFIRM)
    shop.buy("20.00", id="a")
    shop.post("confirm", of="a")
    shop.bring_back("a", 0)
    assert shop.units() == (0, 0)
    assert shop.sums() == {"issued": -25, "returned": 25}


def test_a_wait_can_be_looked_up() -> None:
    shop = Shop("""
wallets: {points: {pending: {by: member.vip, true: none, else: until confirm}}}
earn: {base: {give: {points: 1 per 1.00}}}
""")
    shop.buy("20.00")
    assert shop.units() == (0, 20)
    shop.post("update", vip=True)
    shop.buy("7.00")
    assert shop.units() == (7, 20)


def test_what_a_referrer_gets_waits_for_the_friends_confirmation() -> None:
    shop = Shop("""
wallets: {cash: {is: money, pending: until confirm}}
referrals: {friend: {pays_on: first purchase, referee: {cash: 5.00}, referrer: {cash: 10.00}}}
""")
    shop.memory.post({"id": "j", "type": "join", "member": "bob", "happened_at": "2026-03-01", "referred_by": "ann"})
    shop.memory.post(
        {"id": "p", "type": "purchase", "member": "bob", "happened_at": "2026-03-02", "lines": [{"amount": "9.00"}]}
    )
    assert shop.units("cash") == (0, 1000)
    shop.memory.post({"id": "c", "type": "confirm", "member": "bob", "happened_at": "2026-03-05", "of": "p"})
    assert shop.units("cash") == (1000, 0)


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.sampled_from(["buy", "confirm", "return"]), st.integers(0, 3), st.integers(100, 9999)), max_size=12
    )
)
def test_nothing_is_lost_or_invented_on_the_way(steps: list[tuple[str, int, int]]) -> None:
    shop = Shop(UNTIL_CONFIRM)
    sold: list[str] = []
    for what, which, cents in steps:
        if what == "buy":
            sold.append(f"s{len(sold)}")
            shop.buy(f"{cents // 100}.{cents % 100:02d}", id=sold[-1])
        elif sold and what == "confirm":
            shop.post("confirm", of=sold[which % len(sold)])
        elif sold:
            shop.bring_back(sold[which % len(sold)], 0)
    sums = shop.sums()
    assert shop.units() == (sums.get("active", 0), sums.get("pending", 0))
    assert sum(sums.values()) == 0
