"""Advice from a history: what a typical member cannot have, what lapses too soon, levels nobody reaches, rules that never fire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from regulars.engine.book import Book
from regulars.program.advice import Units, advise
from regulars.program.load import load
from regulars.program.model import Program
from regulars.simulation.advice import Heard, hear
from regulars.words.days import day_of, iso

SHOP = """\
program: shop
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts: {line: {kind: [drink, food]}, purchase: {channel: [store, web]}}
wallets: {points: {lasts: 3 months}}
earn:
  base: {give: {points: 1 per 1.00}}
  web: {when: purchase.channel == 'web', give: {points: 5}}
  review: {on: review, give: {points: 5}, at_most: once per day}
rewards:
  cup: {cost: 60 points, item: cup}
  bike: {cost: 5000 points, item: bike}
tiers: {status: {of: points, levels: {member: {}, silver: {at: 20}, gold: {at: 900}}, lasts: end of next year}}
"""


def history(members: int = 5, days: int = 360, every: int = 30, amount: str = "10.00") -> Iterator[dict[str, Any]]:
    """Everybody shops for the same amount, so many days apart."""
    for number in range(0, days + 1, every):
        for member in range(members):
            yield {
                "id": f"p{member}-{number}", "type": "purchase", "member": f"m{member}", "channel": "store",
                "happened_at": iso(day_of("2026-01-01") + number), "lines": [{"kind": "food", "amount": amount}],
            }  # fmt: skip


def heard(text: str = SHOP, **of: Any) -> Heard:
    program = load(text)
    assert isinstance(program, Program), list(program)
    return hear(Book([program]), history(**of), advise(program), "shop.yaml")


def codes(said: Heard) -> list[tuple[str, object]]:
    return [
        (one.code, one.values.get("rule") or one.values.get("wallet") or one.values.get("level")) for one in said.advice
    ]


def test_a_history_says_what_is_too_dear_what_lapses_too_soon_and_what_never_fires() -> None:
    said = heard()
    assert (said.events, said.members, said.unread) == (65, 5, ())
    assert sorted(codes(said)) == [
        ("seen.dear", "rewards.bike"),
        ("seen.lapse", "rewards.cup"),
        ("seen.level", "gold"),
        ("seen.no_event", "earn.review"),
        ("seen.silent", "earn.web"),
    ]
    by_code = {one.code: one for one in said.advice}
    assert by_code["seen.silent"].values["why"] == "when: purchase.channel == 'web'"
    # Thirteen purchases of 10.00 in 361 days are 131 points in 365.
    assert by_code["seen.dear"].values["earned"] == Units("points", 130 * 365 // 361)
    assert by_code["seen.lapse"].values["members"] == 5


def test_the_typical_member_is_the_one_in_the_middle() -> None:
    events = [
        *history(members=3),
        *({**one, "id": f"x{one['id']}", "member": "rich"} for one in history(members=1, amount="500.00")),
    ]
    program = load(SHOP)
    assert isinstance(program, Program)
    said = hear(Book([program]), events)
    (dear,) = [one for one in said.advice if one.code == "seen.dear"]
    assert dear.values["earned"] == Units("points", 130 * 365 // 361)
    assert "seen.level" not in {one.code for one in said.advice}


def test_members_who_have_enough_in_time_are_left_alone() -> None:
    said = heard(SHOP.replace("cost: 5000 points", "cost: 200 points").replace("at: 900", "at: 100"), every=5)
    assert [code for code, _ in codes(said)] == ["seen.silent", "seen.no_event"]


def test_a_history_too_short_to_tell_says_nothing_of_a_year() -> None:
    assert {code for code, _ in codes(heard(days=20, every=5))} == {"seen.silent", "seen.no_event", "seen.level"}


def test_a_level_is_not_called_out_of_reach_when_the_best_are_on_their_way_to_it() -> None:
    assert "seen.level" not in {code for code, _ in codes(heard(days=40, every=5, amount="20.00"))}


def test_who_earns_nothing_is_told_once_and_not_for_each_reward() -> None:
    text = SHOP.replace(
        "base: {give: {points: 1 per 1.00}}", "base: {lines: line.kind == 'drink', give: {points: 1 per 1.00}}"
    )
    said = heard(text)
    assert [code for code, _ in codes(said)].count("seen.unearned") == 1
    assert "seen.dear" not in {code for code, _ in codes(said)}


def test_what_the_file_says_already_is_not_said_again() -> None:
    text = SHOP.replace(
        "when: purchase.channel == 'web'", "when: purchase.channel == 'web' && purchase.channel != 'web'"
    )
    program = load(text)
    assert isinstance(program, Program)
    assert [one.code for one in advise(program)] == ["never.condition"]
    assert ("seen.silent", "earn.web") not in codes(heard(text))


def test_what_is_no_event_is_counted_and_the_others_speak() -> None:
    program = load(SHOP)
    assert isinstance(program, Program)
    said = hear(Book([program]), [{"type": "purchase"}, *history(members=1)])
    assert [one.code for one in said.unread] == ["event.missing_field"]
    assert said.events == 13


def test_no_event_at_all_says_nothing() -> None:
    program = load(SHOP)
    assert isinstance(program, Program)
    assert hear(Book([program]), []) == Heard((), 0, (), 0)
