"""Benefits in full: allowances in money, cool-downs, guests, shared seats, places and who waits for them, suspension."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.shop import Shop

from regulars.engine.model import Decision
from regulars.engine.view import benefit, view
from regulars.words.days import day_of

CLUB = """
program: club
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
account: {suspend: {on: staff.suspend, until: staff.reinstate}}
facts:
  line: {kind: {of: [goods, hotel, drink], else: goods}, item: text?, age: count?}
  use_perk.lounge: {guests: lines}
  use_perk.presale: {general_sale: moment}
  use_perk.ride: {event: text, capacity: count}
  use_perk.class: {event: text}
  transfer: {to: text}
wallets: {points: {}}
earn: {base: {give: {points: 1 per 1.00}}}
tiers: {club: {levels: {none: {}, member: {by: join}}}}
prices:
  guest: {on: use_perk.lounge, add: {band: line.age, from: {0: 0.00, 3: 30.00, 18: 50.00}}}
  delivery: {add: 6.99, unless: can.delivery}
  first: {lines: line.kind == 'goods', off: 35%, at_most: [20.00 per purchase, once ever]}
benefits:
  members:
    needs: {members_only: club == 'member'}
    each:
      lounge: {needs: {two_guests: use_perk.guests.size() <= 2}}
      hotel: {lines: line.kind == 'hotel', off: 100%, at_most: 300.00 per half_year}
      ride_credit: {off: 100%, at_most: {by: event.month, 12: 35.00 per month, else: 15.00 per month}}
      drink: {lines: line.kind == 'drink', free: 1, at_most: once per last 2 hours}
      ride: {at_most: once per use_perk.event, places: = use_perk.capacity}
      class: {at_most: once per use_perk.event, places: 1, when_full: refuse}
      presale: {open: from 48 hours before use_perk.general_sale}
  delivery: {when: club == 'member', shared_with: {seats: 1}}
  passing_on: {on: transfer, needs: {personal: "false"}}
"""


def club(*others: str) -> Shop:
    shop = Shop(CLUB, head="")
    for member in ("ann", *others):
        shop.post("join", "2026-01-01", member=member)
    return shop


def code(answer: Decision) -> str | None:
    return None if answer.refusal is None else answer.refusal.code


def line(kind: str, amount: str) -> list[dict]:
    return [{"kind": kind, "amount": amount}]


def left(shop: Shop, name: str, day: str) -> int | None:
    found = benefit(shop.book, shop.memory.member("ann"), name, day_of(day))
    return None if found is None else found.left


def can(shop: Shop, name: str, day: str = "2026-03-02", member: str = "ann") -> bool | None:
    found = benefit(shop.book, shop.memory.member(member, day_of(day)), name, day_of(day))
    return None if found is None else found.can


def test_an_allowance_in_money_pays_as_far_as_it_goes_and_comes_anew() -> None:
    shop = club()
    assert shop.post("purchase", lines=line("hotel", "220.00")).receipt.pay == 0
    assert left(shop, "hotel", "2026-03-02") == 8000
    assert shop.post("purchase", lines=line("hotel", "500.00")).receipt.pay == 42000
    assert shop.post("purchase", lines=line("hotel", "10.00")).receipt.pay == 1000
    assert left(shop, "hotel", "2026-07-01") == 30000


def test_an_allowance_that_is_asked_for_pays_its_part_of_the_amount() -> None:
    shop = club()
    assert shop.post("use_perk.ride_credit", "2026-11-05", amount="9.00").receipt.pay == 0
    assert shop.post("use_perk.ride_credit", "2026-11-06", amount="10.00").receipt.pay == 400
    assert code(shop.post("use_perk.ride_credit", "2026-11-07", amount="10.00")) == "limit_reached"
    assert left(shop, "ride_credit", "2026-12-01") == 3500


def test_a_cool_down_runs_from_the_last_one_given_to_the_minute() -> None:
    shop = club()
    ask = lambda at: code(shop.post("use_perk.drink", at, item="tea"))  # noqa: E731
    assert ask("2026-03-02T08:15") == "not_covered"
    drink = lambda at: shop.post("purchase", at, lines=line("drink", "3.00")).receipt.pay  # noqa: E731
    assert [drink("2026-03-02T08:15"), drink("2026-03-02T10:14"), drink("2026-03-02T10:15")] == [0, 300, 0]


def test_guests_are_lines_of_the_visit() -> None:
    shop = club()
    assert shop.post("use_perk.lounge", guests=[{"age": 40}, {"age": 9}]).receipt.pay == 8000
    assert shop.post("use_perk.lounge", guests=[]).receipt.pay == 0
    assert code(shop.post("use_perk.lounge", guests=[{"age": 1}, {"age": 2}, {"age": 3}])) == "two_guests"
    assert can(shop, "lounge") is True


def test_a_price_has_limits_of_its_own() -> None:
    shop = club()
    assert shop.post("purchase", lines=line("goods", "60.00")).receipt.pay == 4000
    assert shop.post("purchase", lines=line("goods", "60.00")).receipt.pay == 6000


def test_what_opens_hours_before_a_moment_of_the_request_opens_to_the_minute() -> None:
    shop = club()
    early = shop.post("use_perk.presale", "2026-09-08T09:59", general_sale="2026-09-10T10:00")
    assert code(early) == "not_open"
    assert code(shop.post("use_perk.presale", "2026-09-08T10:00", general_sale="2026-09-10T10:00")) is None


def test_a_benefit_on_another_event_is_a_gate_of_it() -> None:
    assert code(club().post("transfer", to="bob")) == "personal"


def test_a_seat_gives_the_benefit_as_long_as_the_giver_has_it() -> None:
    shop = club()
    pay = lambda: shop.post("purchase", member="bob", lines=line("drink", "5.00")).receipt.pay  # noqa: E731
    assert pay() == 1199
    shop.post("share.delivery", **{"with": "bob"})
    assert can(shop, "delivery", member="bob") is True
    assert pay() == 500
    shop.post("staff.suspend")
    assert pay() == 1199
    shop.post("staff.reinstate")
    assert pay() == 500
    shop.post("unshare.delivery", **{"with": "bob"})
    assert pay() == 1199


def test_there_are_so_many_seats_and_none_for_oneself_or_for_who_has_no_benefit() -> None:
    shop = club()
    shop.post("share.delivery", **{"with": "bob"})
    assert code(shop.post("share.delivery", **{"with": "bob"})) is None
    assert code(shop.post("share.delivery", **{"with": "cat"})) == "no_seat"
    assert code(shop.post("share.delivery", **{"with": "ann"})) == "no_seat"
    assert code(shop.post("share.delivery", member="dan", **{"with": "cat"})) == "not_entitled"
    assert code(shop.post("unshare.delivery", **{"with": "cat"})) == "not_held"


def test_who_is_suspended_neither_earns_nor_spends_and_loses_no_term() -> None:
    shop = club()
    shop.post("staff.suspend")
    assert can(shop, "lounge") is False
    shop.post("purchase", lines=line("drink", "30.00"))
    assert shop.units() == (0, 0)
    assert code(shop.post("use_perk.lounge", guests=[])) == "suspended"
    assert view(shop.book, shop.memory.member("ann"), day_of("2026-03-02"))["suspended"] == "2026-03-02"
    shop.post("staff.reinstate")
    assert can(shop, "lounge") is True


def test_a_full_class_refuses_and_another_event_has_places_of_its_own() -> None:
    shop = club("bob")
    assert code(shop.post("use_perk.class", event="mon")) is None
    assert code(shop.post("use_perk.class", member="bob", event="mon")) == "sold_out"
    assert code(shop.post("use_perk.class", member="bob", event="tue")) is None
    assert code(shop.post("use_perk.class", event="mon")) == "limit_reached"


def place(shop: Shop, member: str) -> str | None:
    marks = shop.memory.member(member).marks
    return next((how for name, how in marks.items() if name.startswith("place:")), None)


def test_a_place_that_is_given_back_goes_to_the_first_who_waits() -> None:
    shop = club("bob", "cat", "dan")
    for member in ("ann", "bob", "cat", "dan"):
        shop.post("use_perk.ride", member=member, event="sun", capacity=2)
    assert [place(shop, member) for member in ("ann", "bob", "cat", "dan")] == ["held", "held", "waits", "waits"]
    shop.post("cancel.ride", event="sun")
    assert [place(shop, member) for member in ("ann", "bob", "cat", "dan")] == [None, "held", "held", "waits"]
    assert code(shop.post("cancel.ride", event="sun")) == "not_held"
    shop.post("use_perk.ride", event="sun", capacity=2)
    assert place(shop, "ann") == "waits"


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from("abcde"), st.booleans()), max_size=30), st.integers(1, 3))
def test_places_are_never_given_twice_and_none_is_free_while_somebody_waits(
    acts: list[tuple[str, bool]], places: int
) -> None:
    shop = club(*"abcde")
    asked: list[str] = []
    for member, wants in acts:
        if wants:
            if code(shop.post("use_perk.ride", member=member, event="sun", capacity=places)) is None:
                asked.append(member)
        elif code(shop.post("cancel.ride", member=member, event="sun")) is None:
            asked.remove(member)
        # Who has been in the list longest has a place.
        held = [one for one in "abcde" if place(shop, one) == "held"]
        assert sorted(held) == sorted(asked[:places])
        assert sorted(one for one in "abcde" if place(shop, one) == "waits") == sorted(asked[places:])
