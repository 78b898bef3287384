"""What a door takes, and what only the engine itself makes."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.engine.model import Decision
from regulars.engine.outside import accept
from regulars.program.load import load
from regulars.program.model import Program
from regulars.simulation import Memory
from regulars.words.refusals import Refusal

TEXT = """
program: corner
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts: {line: {kind: [drink, food]}, friend.other: {}}
wallets: {points: {}}
earn: {base: {give: {points: 1 per 1.00}}}
tiers: {club: {levels: {no: {}, yes: {any: {card: true}}}}}
benefits:
  lounge: {when: club == 'yes', shared_with: {seats: 2}, item: a seat}
  tasting: {on: use_perk.tasting, places: 1, item: a place}
subscriptions: {beans: {every: 1 month, remind: {on: 3 days before next_order}}}
referrals: {friend: {pays_on: first purchase, referee: {points: 10}, referrer: {points: 20}}}
"""


def book() -> Book:
    program = load(TEXT, "corner.yaml")
    assert isinstance(program, Program), program
    return Book([program])


def sent(kind: str, **more: Any) -> dict[str, Any]:
    return {"id": "x-1", "type": kind, "member": "ann", "happened_at": "2026-03-02T10:00", **more}


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("friend.friend", {"friend": "bob"}),
        ("shared.lounge", {"by": "bob"}),
        ("unshared.lounge", {"by": "bob"}),
        ("waits.tasting", {"place": "places:benefits.tasting", "by": "bob", "places": 9}),
        ("freed.tasting", {"place": "places:benefits.tasting", "by": "bob"}),
        ("placed.tasting", {"place": "places:benefits.tasting"}),
        ("remind.beans", {"next": "2026-04-01"}),
        ("tick", {}),
    ],
)
def test_what_the_engine_makes_of_other_events_cannot_be_sent(kind: str, facts: dict[str, Any]) -> None:
    body = sent(kind, **facts)
    assert isinstance(book().read(body), Event)
    refused = accept(book(), body)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.pointer) == ("event.derived", "/type")


def test_an_event_of_the_program_s_own_is_taken_though_it_begins_alike() -> None:
    assert isinstance(accept(book(), sent("friend.other")), Event)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("id", "p-1/friend", "id.reserved"),
        ("member", "~places:benefits.tasting", "id.reserved"),
        ("source", "derived", "event.derived"),
        ("source", "clock", "event.derived"),
    ],
)
def test_ids_and_sources_of_the_engine_s_own_cannot_be_sent(field: str, value: str, code: str) -> None:
    body = sent("join", **{field: value})
    assert isinstance(book().read(body), Event)
    refused = accept(book(), body)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.pointer) == (code, f"/{field}")


@pytest.mark.parametrize("kind", ["opening", "purchase.brought_in"])
def test_what_a_member_brings_from_elsewhere_is_for_who_opens_the_books(kind: str) -> None:
    body = sent(kind, **({"lines": [{"amount": "5.00", "kind": "food"}]} if kind.startswith("purchase") else {}))
    refused = accept(book(), body)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.pointer) == ("event.opening", "/type")
    assert isinstance(accept(book(), body, openings=True), Event)


def test_what_cannot_be_read_is_refused_as_it_always_is() -> None:
    refused = accept(book(), sent("theft"))
    assert isinstance(refused, Refusal)
    assert refused.code == "event.unknown_type"


def test_what_an_event_causes_is_still_delivered() -> None:
    shop = Memory(book())
    line = {"amount": "5.00", "kind": "food"}
    for body in (sent("join", referred_by="bob"), sent("purchase", id="p-1", lines=[line])):
        event = accept(shop.book, body)
        assert isinstance(event, Event)
        assert isinstance(shop.post(event), Decision)
    assert shop.member("bob").holdings["points"].active == 20
