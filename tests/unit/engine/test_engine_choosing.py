"""Choices that hold from a later day."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.shop import HEAD, Shop, code

from regulars.engine.model import Member, pack_member
from regulars.words.days import day_of

TRACKS = """
wallets: {{slow: {{}}, fast: {{}}}}
choices: {{track: {{options: [slow, fast], default: slow, starts: {starts}, at_most: {limit}}}}}
earn:
  slow: {{when: track == 'slow', give: {{slow: 1}}}}
  fast: {{when: track == 'fast', give: {{fast: 1}}}}
"""
FACTS = HEAD.replace("stay: {", "activation: {why: text?}, stay: {")


def tracks(starts: str, limit: str = "9 times ever") -> Shop:
    return Shop(TRACKS.format(starts=starts, limit=limit), FACTS)


def given_to(shop: Shop, at: str) -> str:
    (entry,) = shop.buy("1.00", at=at).receipt.entries
    return shop.book.at_version(0).names[entry.rule].removeprefix("earn.")


def test_a_choice_that_starts_the_next_day_does_not_hold_before_it() -> None:
    shop = tracks("next day")
    shop.post("choose.track", at="2026-03-02", option="fast")
    assert given_to(shop, "2026-03-02") == "slow"
    assert given_to(shop, "2026-03-03") == "fast"


def test_a_choice_without_a_start_holds_at_once() -> None:
    shop = tracks("at once")
    shop.post("choose.track", at="2026-03-02", option="fast")
    assert given_to(shop, "2026-03-02") == "fast"


def test_a_choice_of_friday_that_starts_the_next_business_day_holds_on_monday() -> None:
    shop = tracks("next business day")
    shop.post("choose.track", at="2026-03-06", option="fast")
    assert given_to(shop, "2026-03-08") == "slow"
    assert given_to(shop, "2026-03-09") == "fast"


def test_a_choice_that_starts_the_next_month_holds_from_its_first_day() -> None:
    shop = tracks("next month")
    shop.post("choose.track", at="2026-03-02", option="fast")
    assert given_to(shop, "2026-03-31") == "slow"
    assert given_to(shop, "2026-04-01") == "fast"


def test_a_choice_that_starts_on_an_event_holds_after_it() -> None:
    shop = tracks("on activation")
    shop.post("choose.track", at="2026-03-02", option="fast")
    assert given_to(shop, "2026-04-02") == "slow"
    shop.post("activation", at="2026-04-03")
    assert given_to(shop, "2026-04-03") == "fast"


def test_of_two_choices_for_the_same_day_the_last_one_holds() -> None:
    shop = tracks("next month")
    shop.post("choose.track", at="2026-03-02", option="fast")
    shop.post("choose.track", at="2026-03-20", option="slow")
    assert given_to(shop, "2026-04-01") == "slow"


def test_a_change_counts_against_its_limit_on_the_day_it_is_made() -> None:
    shop = tracks("next month", "once per month")
    shop.post("choose.track", at="2026-03-31", option="fast")
    assert code(shop.post("choose.track", at="2026-03-31", option="slow")) == "limit_reached"
    assert code(shop.post("choose.track", at="2026-04-01", option="slow")) is None


def test_what_is_no_option_changes_nothing() -> None:
    shop = tracks("next day")
    assert code(shop.post("choose.track", at="2026-03-02", option="faster")) == "event.unknown_value"
    assert given_to(shop, "2026-03-03") == "slow"


def test_news_of_a_choice_that_comes_late_holds_from_its_own_day() -> None:
    shop = tracks("next day")
    shop.buy("1.00", at="2026-03-10")
    shop.post("choose.track", at="2026-03-02", option="fast")
    assert given_to(shop, "2026-03-10") == "fast"


def test_the_day_on_which_a_choice_begins_falls_due() -> None:
    shop = tracks("next day")
    shop.post("choose.track", at="2026-03-02", option="fast")
    assert shop.member().due == day_of("2026-03-03")


def test_days_that_are_chosen_are_all_kept_when_they_begin() -> None:
    shop = Shop("choices: {days: {options: dates, starts: next day}}\nwallets: {points: {}}\n"
                "earn: {mine: {when: event.date in days, give: {points: 1}}}")  # fmt: skip
    for day in ("2026-03-20", "2026-03-21"):
        shop.post("choose.days", at="2026-03-02", option=day)
    shop.buy("1.00", at="2026-03-20")
    shop.buy("1.00", at="2026-03-21")
    assert shop.units() == (2, 0)


def test_of_two_accounts_that_become_one_the_choice_of_the_one_kept_stands() -> None:
    shop = tracks("next month")
    shop.post("choose.track", at="2026-03-02", option="slow")
    shop.post("tick", at="2026-04-01")
    shop.post("choose.track", at="2026-04-02", option="fast", member="bob")
    assert (
        code(shop.post("merge", at="2026-04-03", into="ann", member="bob", reason="one person", by="staff-7")) is None
    )
    assert given_to(shop, "2026-05-02") == "slow"


def test_what_a_second_account_chose_for_later_comes_along_where_the_first_chose_nothing() -> None:
    shop = tracks("next month")
    shop.buy("1.00", at="2026-03-01")
    shop.post("choose.track", at="2026-04-02", option="fast", member="bob")
    assert (
        code(shop.post("merge", at="2026-04-03", into="ann", member="bob", reason="one person", by="staff-7")) is None
    )
    assert given_to(shop, "2026-04-30") == "slow"
    assert given_to(shop, "2026-05-02") == "fast"


@settings(max_examples=25, deadline=None)
@given(
    chosen=st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["slow", "fast"])), min_size=1, max_size=4),
    stops=st.sets(st.integers(0, 80), max_size=5),
    starts=st.sampled_from(["next day", "next business day", "next month"]),
)
def test_choices_hold_the_same_in_any_steps_of_time(
    chosen: list[tuple[int, str]], stops: set[int], starts: str
) -> None:
    first = day_of("2026-03-01")
    shop = tracks(starts)
    for at, option in sorted(chosen):
        shop.post("choose.track", at=f"2026-{3 + at // 28:02d}-{1 + at % 28:02d}", option=option)
    member = shop.member()
    stepped: Member = member
    for stop in sorted(stops):
        if first + stop > stepped.day:
            stepped = shop.book.advance(stepped, first + stop)
    end = first + 100
    assert pack_member(shop.book.advance(stepped, end)) == pack_member(shop.book.advance(member, end))
