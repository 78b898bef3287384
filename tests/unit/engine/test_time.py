"""Time: what falls due across versions and after late news, and that receipts do not hang on how a snapshot was kept."""

from __future__ import annotations

import pytest
from tests.laws.till import HEAD, Till, code

from regulars.engine.model import pack_member, pack_receipt, unpack_member

FIRST = HEAD + "wallets: {points: {}}\nearn: {base: {give: {points: 1 per 1.00}}}\n"
SECOND = FIRST.replace("from: 2026-01-01", "from: 2026-06-01\nfollows: story-2026")
SECOND = SECOND.replace("1.00}}}", "1.00}}, season: {on: start of month, give: {points: 3}}}")


def test_late_news_of_an_old_version_leave_the_schedule_of_the_new_one() -> None:
    till = Till(FIRST, SECOND)
    till.buys("2026-06-10", "1.00")
    till.buys("2026-05-10", "1.00")
    assert till.points("2026-06-30") == 2
    assert till.points("2026-07-01") == 5


def test_several_wallets_that_lapse_on_a_day_do_so_in_one_order_however_the_snapshot_was_kept() -> None:
    till = Till(
        "wallets: {zebra: {lasts: end of year}, ant: {lasts: end of year}}\nearn: {z: {give: {zebra: 1}}, a: {give: {ant: 1}}}\n"
    )
    till.buys("2026-03-01", "1.00")
    member = till.now()
    stored = unpack_member(pack_member(member))
    tick = till.book.tick(member, member.day + 400)
    assert pack_receipt(till.book.decide(member, tick).receipt) == pack_receipt(till.book.decide(stored, tick).receipt)


@pytest.mark.parametrize("balances", [{"a": 1, "b": 2}, {"b": 2, "a": 1}])
def test_the_order_of_names_in_a_body_does_not_count(balances: dict[str, int]) -> None:
    till = Till("wallets: {b: {}, a: {}}\nearn: {x: {give: {a: 1}}, y: {give: {b: 1}}}\n")
    till.does("opening", "2026-03-01", balances=balances)
    assert [(moved.wallet, moved.amount) for _, _, moved in till.memory.movements] == [("a", 1), ("b", 2)]


OPENINGS = [
    ("from 2026-03-05 through 2026-03-07", ["2026-03-04", "2026-03-05", "2026-03-07T23:59", "2026-03-08"]),
    ("until 2026-03-05", ["2026-03-05", "2026-03-04", "2026-03-04", "2026-03-06"]),
    ("on tue, thu from 09:00", ["2026-03-03T08:59", "2026-03-03T09:00", "2026-03-05T23:59", "2026-03-06"]),
    (
        "from 3 days before birthday through 3 days after birthday",
        ["2026-02-24", "2026-02-25", "2026-03-03", "2026-03-04"],
    ),
    ("7 days from birthday", ["2026-02-27", "2026-02-28", "2026-03-06", "2026-03-07"]),
    ("birthday_month", ["2026-01-31", "2026-02-01", "2026-02-28T23:59", "2026-03-01"]),
]


@pytest.mark.parametrize(("opening", "moments"), OPENINGS, ids=[opening for opening, _ in OPENINGS])
def test_a_thing_is_to_be_had_only_while_it_is_open(opening: str, moments: list[str]) -> None:
    text = (
        "facts: {member: {birthday: day_of_year?}}\nwallets: {points: {}}\nearn: {base: {give: {points: 1 per 1.00}}}\n"
        f"benefits: {{gift: {{open: '{opening}'}}}}\n"
    )
    found = []
    for at in moments:
        till = Till(text)
        till.does("join", "2026-01-01", birthday="02-29")
        found.append(code(till.does("use_perk.gift", at)))
    assert found == ["not_open", "", "", "not_open"]
