"""Compartments that are never drawn on together, two ends of life at once, money that runs out, and goods back without a sale."""

from __future__ import annotations

from tests.unit.engine.shop import Shop

from regulars.engine.model import Decision
from regulars.words.days import day_of
from regulars.words.refusals import Refusal

FAMILY = """
program: family
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
account: {is: card}
facts: {line: {kind: {of: [goods], else: goods}}}
wallets: {credits: {divided_by: person, lasts: end of year}}
limits: {yearly: {at_most: 10.00 of money_off per person per year, when_clipped: {empty: credits}}}
earn: {fill: {on: activity.fill, when: yearly.left > 0, give: {credits: 4}}}
convert: {ten: {every: 10 credits, give: {money_off: 5.00}, within: yearly}}
vouchers: {money_off: {off: given}}
"""
IDLE = """
events: {activity: [purchase]}
wallets: {cash: {is: money, lasts: [12 months, 6 months after last activity]}}
earn: {base: {give: {cash: 1%}}}
"""
SEASONS = """
wallets: {points: {divided_by: quarter, spent: newest compartment that has enough}}
earn: {base: {give: {points: 1 per 1.00}}}
rewards: {mug: {cost: 20 points, item: mug}}
"""
BACK = """
wallets: {points: {may_owe: true}}
earn: {base: {give: {points: 1 per 1.00}}}
"""


def code(answer: Decision) -> str | None:
    return None if answer.refusal is None else answer.refusal.code


def issued(answer: Decision) -> list[int | None]:
    return [one.worth for one in answer.receipt.issued]


def test_what_two_people_earn_on_one_card_is_not_added_up() -> None:
    shop = Shop(FAMILY, head="")
    fill = lambda person: issued(shop.post("activity.fill", person=person))  # noqa: E731
    assert [fill("ann"), fill("bob"), fill("ann"), fill("bob")] == [[], [], [], []]
    assert fill("ann") == [500]
    assert shop.units("credits") == (10, 0)


def test_a_limit_by_person_leaves_the_others_theirs() -> None:
    shop = Shop(FAMILY, head="")
    given = [issued(shop.post("activity.fill", person="ann")) for _ in range(8)]
    # Ten credits come together with the third and with the fifth; then the year's limit is reached and none is given.
    assert given == [[], [], [500], [], [500], [], [], []]
    assert [issued(shop.post("activity.fill", person="bob")) for _ in range(3)][-1] == [500]


def test_lots_lapse_by_themselves_and_all_at_once_when_the_account_is_idle() -> None:
    shop = Shop(IDLE)
    shop.buy("300.00", at="2026-01-10")
    shop.buy("200.00", at="2026-06-20")
    shop.buy("100.00", at="2026-12-01")
    assert shop.units("cash", "2027-01-09") == (600, 0)
    assert shop.units("cash", "2027-01-10") == (300, 0)
    assert shop.units("cash", "2027-05-31") == (300, 0)
    assert shop.units("cash", "2027-06-01") == (0, 0)


def test_a_draw_never_spans_two_seasons_and_takes_the_newest_that_has_enough() -> None:
    shop = Shop(SEASONS)
    shop.buy("30.00", at="2026-01-10")
    shop.buy("25.00", at="2026-04-10")
    shop.buy("15.00", at="2026-07-10")
    assert code(shop.post("redeem.mug", "2026-07-11")) is None
    assert [lot.left for lot in shop.member().holdings["points"].lots] == [30, 5, 15]
    assert code(shop.post("redeem.mug", "2026-07-12")) is None
    assert [lot.left for lot in shop.member().holdings["points"].lots] == [10, 5, 15]
    assert code(shop.post("redeem.mug", "2026-07-13")) == "too_little"


def test_goods_without_a_known_sale_are_refused_unless_the_program_takes_them() -> None:
    lines = [{"item": "i0", "amount": "8.00"}]
    strict = Shop(BACK)
    answer = strict.memory.post(
        {"id": "r", "type": "return", "member": "ann", "happened_at": "2026-03-03", "lines": lines}
    )
    assert isinstance(answer, Refusal)
    assert answer.code == "event.missing_field"
    shop = Shop(BACK + "returns: {points: take back, without_sale: take back}")
    shop.buy("5.00")
    assert shop.post("return", "2026-03-03", lines=lines).receipt.pay == -800
    assert shop.units() == (-3, 0)
    assert shop.member().day == day_of("2026-03-03")
