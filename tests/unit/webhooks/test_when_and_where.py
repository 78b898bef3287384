"""Where messages may go, when they are tried again, and when an endpoint rests or is given up."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from regulars.webhooks.decide import SECOND, checked, given_up, next_attempt, rests_until
from regulars.words.refusals import Refusal


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1/hook", "webhook.private_address"),
        ("https://10.0.0.8/hook", "webhook.private_address"),
        ("https://169.254.169.254/latest/meta-data", "webhook.private_address"),
        ("https://[::1]/hook", "webhook.private_address"),
        ("https://[::ffff:127.0.0.1]/hook", "webhook.private_address"),
        ("https://[fd00::1]/hook", "webhook.private_address"),
        ("https://0.0.0.0/hook", "webhook.private_address"),
        ("ftp://example.org/hook", "webhook.bad_url"),
        ("http://example.org/hook", "webhook.bad_url"),
        ("https://ann:secret@example.org/hook", "webhook.bad_url"),
        ("https://", "webhook.bad_url"),
        ("https://example.org:99999/", "webhook.bad_url"),
    ],
)
def test_messages_do_not_go_inside(url: str, code: str) -> None:
    found = checked(url, (), ())
    assert isinstance(found, Refusal)
    assert found.code == code


@pytest.mark.parametrize("url", ["https://example.org/hook", "https://8.8.8.8/", "https://[2606:4700::1111]:8443/in"])
def test_public_addresses_are_fine(url: str) -> None:
    assert checked(url, ("points.earned",), ()) is None


def test_a_network_that_the_operator_names_is_open_and_its_neighbour_is_not() -> None:
    allowed = (ip_network("10.1.0.0/16"),)
    assert checked("http://10.1.2.3:8080/hook", (), allowed) is None
    assert checked("http://10.2.2.3:8080/hook", (), allowed) is not None


def test_a_type_that_nobody_tells_is_refused() -> None:
    found = checked("https://example.org/", ("points.eaten",), ())
    assert found is not None
    assert (found.code, found.pointer) == ("webhook.unknown_type", "/types")


def test_attempts_grow_apart_for_about_a_day_and_then_end() -> None:
    now, waits = 0, []
    for attempts in range(1, 20):
        again = next_attempt(attempts, now, 0.0)
        if again is None:
            break
        waits.append(again - now)
        now = again
    assert waits == sorted(waits)
    assert 20 * 3_600 * SECOND < now < 26 * 3_600 * SECOND
    assert next_attempt(1, 0, 1.0) > waits[0]  # type: ignore[operator]


def test_an_endpoint_rests_longer_the_more_it_fails_and_never_longer_than_an_hour() -> None:
    rests = [rests_until(failures, 0) for failures in range(1, 2_000)]
    assert rests[:4] == [None] * 4
    known = [rest for rest in rests if rest is not None]
    assert known == sorted(known)
    assert known[-1] == 3_600 * SECOND


def test_an_endpoint_is_given_up_after_five_days_of_nothing_else() -> None:
    day = 86_400 * SECOND
    assert not given_up(None, 9 * day)
    assert not given_up(0, 5 * day - 1)
    assert given_up(0, 5 * day)
