"""Playing a history says what everybody has at its end."""

from __future__ import annotations

import json

from tests.unit.simulation.test_memory import book, purchase

from regulars.simulation import play
from regulars.words.days import day_of


def test_a_history_ends_with_what_each_member_has() -> None:
    played = play(book(), [purchase(amount="12.00"), purchase("e2", "bob", "3.00")])
    assert played.decided == 2
    wallet = played.members["ann"]["wallets"]["points"]
    assert wallet["available"] == "17"
    assert wallet["lots"] == [{"amount": "17", "earned": "2026-03-02", "last_day": "2026-09-01"}]
    assert played.members["bob"]["wallets"]["points"]["available"] == "8"


def test_members_can_be_shown_on_a_later_day() -> None:
    played = play(book(), [purchase(amount="12.00")], as_of=day_of("2026-09-02"))
    assert played.members["ann"]["wallets"]["points"]["available"] == "0"


def test_what_is_no_event_is_listed_and_the_rest_is_played() -> None:
    wrong = {"id": "e9", "type": "purchase", "member": "ann", "happened_at": "2026-03-02", "lines": [{"amount": 1.5}]}
    played = play(book(), [wrong, purchase(), purchase()])
    assert (played.decided, played.repeated) == (1, 1)
    assert [(one.place, one.id) for one in played.unread] == [(1, "e9")]
    assert played.unread[0].refusal.code.startswith("event.")


def test_a_refused_request_is_counted_and_changes_nothing() -> None:
    asked = {"id": "r1", "type": "redeem.mug", "member": "ann", "happened_at": "2026-03-03"}
    played = play(book(), [asked])
    assert (played.decided, played.refused) == (1, 1)


def test_the_summary_is_plain_data_that_json_can_write() -> None:
    plain = play(book(), [purchase()]).plain()
    assert json.loads(json.dumps(plain)) == plain
