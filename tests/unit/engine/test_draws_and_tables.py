"""Tables with stable ties, draws that anybody can check, and awards that are given once."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st
from tests.laws.till import Till, code

from regulars.engine.draws import draw, fingerprint
from regulars.engine.rankings import Gain, ranked
from regulars.words.days import day_of

entries = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=4), st.integers(0, 9), max_size=12)


@given(entries, st.text(max_size=8), st.integers(0, 15))
def test_a_draw_gives_different_members_with_entries_whatever_order_they_are_told_in(
    held: dict[str, int], seed: str, winners: int
) -> None:
    drawn = draw(seed, held, winners)
    assert len(set(drawn)) == len(drawn) == min(winners, sum(units > 0 for units in held.values()))
    assert all(held[one] > 0 for one in drawn)
    assert draw(seed, dict(reversed(held.items())), winners) == drawn
    assert draw(seed, held, winners + 1)[: len(drawn)] == drawn


def test_a_draw_can_be_done_by_hand() -> None:
    held = {"bob": 3, "ann": 1, "cy": 0}
    mark = sha256(b"ann 1\nbob 3\n").hexdigest()
    assert fingerprint(held) == mark
    ticket = int(sha256(f"{mark}:2026-04-01:0".encode()).hexdigest(), 16) % 4
    assert draw("2026-04-01", held) == (("ann",) if ticket == 0 else ("bob",))


def test_who_has_more_entries_is_drawn_more_often() -> None:
    first = [draw(str(seed), {"ann": 1, "bob": 3})[0] for seed in range(400)]
    assert 60 < first.count("ann") < 140


def test_of_two_with_as_much_who_had_it_first_stands_first_then_who_comes_first_by_id() -> None:
    gains = [Gain("cy", 5, 30), Gain("bob", 5, 20), Gain("ann", 5, 30), Gain("dan", 9, 90), Gain("eve", 0, 1)]
    assert [(place.rank, place.member) for place in ranked(gains)] == [(1, "dan"), (2, "bob"), (3, "ann"), (4, "cy")]
    assert [place.member for place in ranked(gains, 2)] == ["dan", "bob"]


CLUB = """
facts: {run: {km: count}, place: {rank: count, of: text}}
wallets: {points: {}, km: {lasts: end of month}}
earn:
  km: {on: run, of: run.km, give: {km: 100%}}
  podium: {on: place, give: {points: {by: place.rank, 1: 50, 2: 20}}, at_most: once per place.of}
account: {unknown: refuse}
"""


def club() -> Till:
    till = Till(CLUB)
    for member in ("ann", "bob", "cy"):
        till.does("join", "2026-01-01", member)
    till.does("run", "2026-03-02", "bob", km=10)
    till.does("run", "2026-03-05", "ann", km=4)
    till.does("run", "2026-03-09", "ann", km=6)
    till.does("run", "2026-03-31T23:59", "cy", km=1)
    till.does("run", "2026-04-01T00:00", "cy", km=99)
    return till


def table(till: Till) -> list[tuple[int, str, int]]:
    since, until = (till.book.zone.start_of(day_of(day)) for day in ("2026-03-01", "2026-04-01"))
    return [(place.rank, place.member, place.units) for place in till.memory.table("km", since, until)]


def test_a_table_is_of_its_span_of_time_whenever_it_is_made() -> None:
    till = club()
    assert table(till) == [(1, "bob", 10), (2, "ann", 10), (3, "cy", 1)]
    till.does("tick", "2026-06-01", "ann")
    assert table(till) == [(1, "bob", 10), (2, "ann", 10), (3, "cy", 1)]


def test_an_award_is_given_once_and_another_list_under_its_name_is_refused() -> None:
    till = club()
    body = {"gives": "place", "of": "2026-03"}
    for _ in range(2):
        assert code(till.does("award", "2026-04-01", "table", id="t-3", members=["bob", "ann"], **body)) == ""
    assert code(till.does("award", "2026-04-01", "table", id="t-3", members=["ann"], **body)) == "event.id_reused"
    assert code(till.does("award", "2026-04-02", "table", id="t-4", members=["cy", "bob"], **body)) == ""
    assert [till.points(member=one) for one in ("bob", "ann", "cy")] == [50, 20, 50]


def test_an_award_to_nobody_to_somebody_twice_or_of_no_event_is_refused() -> None:
    till = club()
    for members in ([], ["ann", "ann"], ["ann", ""], "ann", None):
        assert code(till.does("award", "2026-04-01", "table", gives="place", members=members)) == "event.wrong_type"
    assert code(till.does("award", "2026-04-01", "table", gives="nothing", members=["ann"])) == "event.unknown_value"


def test_a_rule_that_gives_two_things_gives_both_within_its_one_time() -> None:
    till = Till("""
wallets: {points: {}, stamps: {}, stars: {}}
earn: {base: {give: {points: 5, stamps: 1, stars: 2}, at_most: [once per day, 8 points per week]}}
""")
    till.buys("2026-01-05", "1.00")
    till.buys("2026-01-05", "1.00")
    till.buys("2026-01-06", "1.00")
    assert [till.points(wallet=wallet) for wallet in ("points", "stamps", "stars")] == [8, 2, 4]
