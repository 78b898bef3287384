"""What is tried again, how often and when: an event counts once, whatever became of the answers to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import token_hex
from typing import Any

import msgspec
import pytest
from tests.client.spoiling import AWAY, LOST, Instead, Spoiler
from tests.service_factory import SLUG, Service, free_port

from regulars.client import Client, Refused, ServiceAway
from regulars.client.call import Call
from regulars.client.trial import LONGEST_WAIT, Trial, wait_before

LINES = [{"amount": "23.50", "kind": "food"}]


class Waits(list[float]):
    """Waits for nothing, and remembers how long it was asked to."""

    def __call__(self, seconds: float) -> Over:
        self.append(seconds)
        return Over()


class Over:
    """A wait that is over, for whoever awaits it and whoever does not."""

    def __await__(self) -> Iterator[None]:
        return iter(())


@pytest.fixture
def spoiled(running: Service, opened: Callable[..., Any]) -> Callable[..., Any]:
    """Opens a client behind a spoiler, told what goes wrong: client, waits, requests."""

    @contextmanager
    def standing(*spoils: str | Instead, **more: Any) -> Iterator[tuple[Any, Waits, Spoiler]]:
        spoiler, waits = Spoiler(running, list(spoils)), Waits()
        with spoiler.standing() as there:
            yield opened(there, wait=waits, **more), waits, spoiler

    return standing


def points(shop: Any, member: str) -> str:
    return str(shop.wallets(member).wallets["points"]["available"])


def counts_once(shop: Any) -> None:
    """A purchase whose first answer is lost is in the books once."""
    ann = f"m_{token_hex(8)}"
    told = shop.purchase(ann, LINES)
    assert (told.status, told.wallets["points"].available) == ("repeated", "23")
    assert points(shop, ann) == "23"


def test_a_purchase_whose_first_answer_is_lost_counts_once(spoiled: Any) -> None:
    with spoiled(LOST) as (shop, waits, spoiler):
        counts_once(shop)
        first, second = spoiler.requests[:2]
        assert first == second
        assert len(waits) == 1


class Forgetful(Trial[Any]):
    """A planted slip: each try has an id of its own."""

    def request(self) -> dict[str, Any]:
        found = super().request()
        if found["content"] is not None:
            found["content"] = msgspec.json.encode(msgspec.json.decode(found["content"]) | {"id": token_hex(8)})
        return found


def test_a_client_that_makes_a_new_id_for_each_try_is_caught(spoiled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("synchronous", "asynchronous"):
        monkeypatch.setattr(f"regulars.client.{module}.Trial", Forgetful)
    with spoiled(LOST) as (shop, _, _), pytest.raises(AssertionError):
        counts_once(shop)


def test_a_connection_that_is_cut_before_anything_was_heard_is_tried_again(spoiled: Any) -> None:
    with spoiled(AWAY, AWAY, AWAY) as (shop, waits, _):
        assert shop.purchase(f"m_{token_hex(8)}", LINES).status == "recorded"
        assert len(waits) == 3
        assert waits == sorted(waits)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_it_comes_again_when_it_was_asked_to(spoiled: Any, status: int) -> None:
    with spoiled(Instead(status, retry_after="7")) as (shop, waits, _):
        assert shop.purchase(f"m_{token_hex(8)}", LINES).status == "recorded"
        assert waits == [7.0]


def test_it_waits_longer_each_time_but_never_for_ever() -> None:
    assert [wait_before(tried, None, 1.0) for tried in (1, 2, 3)] == [0.1, 0.2, 0.4]
    assert wait_before(1, None, 0.0) == 0.05
    assert wait_before(50, None, 1.0) == 10.0
    assert wait_before(1, "0", 1.0) == 0.0
    assert wait_before(1, "99999", 1.0) == LONGEST_WAIT
    assert wait_before(1, "Wed, 21 Oct 2026 07:28:00 GMT", 1.0) == 0.1


def test_a_service_that_never_answers_is_away_and_the_error_says_how_often_it_was_tried(
    running: Service, opened: Callable[..., Any]
) -> None:
    nobody = Service(f"http://127.0.0.1:{free_port()}", "key", running.process)
    waits = Waits()
    shop = opened(nobody, attempts=3, wait=waits)
    with pytest.raises(ServiceAway, match=r"^POST /v1/events was tried 3 times: ConnectError") as away:
        shop.purchase("ann", LINES)
    assert (away.value.tried, len(waits)) == (3, 2)


def test_a_service_that_always_asks_to_come_again_is_away_too(spoiled: Any) -> None:
    away = Instead(503, "service.database")
    told = r"2 times: it answered 503 \(service\.database\)$"
    with spoiled(away, away, attempts=2) as (shop, _, _), pytest.raises(ServiceAway, match=told):
        shop.wallets("ann")


def test_a_refusal_is_the_last_word(spoiled: Any) -> None:
    with spoiled() as (shop, waits, spoiler):
        with pytest.raises(Refused):
            shop.wallets("nobody")
        assert (len(spoiler.requests), waits) == (1, [])


def test_what_does_not_answer_in_problems_is_refused_with_its_status(spoiled: Any) -> None:
    with spoiled(Instead(404)) as (shop, _, _), pytest.raises(Refused) as refused:
        shop.wallets("ann")
    assert (refused.value.code, refused.value.status) == ("service.unreadable", 404)


def test_what_staff_does_once_is_done_once(spoiled: Any) -> None:
    ann, bob = f"m_{token_hex(8)}", f"m_{token_hex(8)}"
    with spoiled() as (shop, _, spoiler):
        shop.enrol(member=ann)
        shop.purchase(ann, LINES)
        shop.purchase(bob, LINES)
        for act in (
            lambda: shop.enrol(member=bob, fields={"name": "Bob"}),
            lambda: shop.goodwill(ann, "points", 50, "late delivery"),
            lambda: shop.merge(bob, ann, "joined twice"),
            lambda: shop.redeem(ann, "mug"),
            lambda: shop.close_member(ann, "asked for it"),
        ):
            spoiler.spoils.append(LOST)
            spoiler.requests.clear()
            act()
            first, second = spoiler.requests
            assert first == second
        kinds = [one.type for one in shop.activity(ann).items]
    assert kinds == ["close", "redeem.mug", "merged", "goodwill", "purchase"]


def test_a_reservation_whose_answers_are_lost_sets_aside_once(spoiled: Any) -> None:
    ann = f"m_{token_hex(8)}"
    with spoiled() as (shop, _, spoiler):
        shop.goodwill(ann, "points", 120, "welcome")
        spoiler.spoils.append(LOST)
        reserved = shop.reserve(ann, "mug")
        spoiler.spoils.append(LOST)
        shop.confirm(ann, reserved.id)
        assert points(shop, ann) == "70"


def test_what_would_be_done_twice_is_not_tried_again_once_it_may_have_arrived(spoiled: Any) -> None:
    batch = f"b{token_hex(4)}"
    with spoiled() as (shop, waits, spoiler):
        shop.make_batch(batch, 3, kind="ten_off", pattern="####-####-####-C")
        for spoil in (LOST, Instead(502), Instead(503, "service.database")):
            spoiler.spoils.append(spoil)
            with pytest.raises(ServiceAway, match="tried 1 time:") as away:
                shop.print_code(batch)
            assert away.value.tried == 1
        assert waits == []
        for spoil in (Instead(503, "service.stopping"), Instead(429, "rate.exceeded")):
            spoiler.spoils.append(spoil)
            assert shop.print_code(batch)
        assert len(waits) == 2


def test_what_would_be_done_twice_is_tried_again_when_nobody_was_there(running: Service) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    waits: list[float] = []
    with Client(nobody, "key", attempts=4, wait=waits.append) as shop, pytest.raises(ServiceAway, match="4 times"):
        shop.make_webhook("https://shop.example.org/hooks")
    assert len(waits) == 3


def test_the_same_bytes_go_out_in_every_try() -> None:
    trial = Trial(Call("POST", "/v1/events", bytes, body=b"{}", key="k"), 3)
    assert trial.request() == trial.request()
    assert trial.tried == 2


def test_a_program_that_is_named_goes_with_every_try(spoiled: Any) -> None:
    with spoiled(LOST, program=SLUG) as (shop, _, _):
        counts_once(shop)
