"""Requests made of the service's own description, a few hundred: no 5xx, no status and no shape that is not described."""

from __future__ import annotations

from tests.fuzz import fuzz, seeded
from tests.served import served

CASES = 400
SEED = 1


def test_whatever_is_sent_is_answered_as_the_description_says(database: str) -> None:
    with served(database) as service:
        seeded(service)
        done = fuzz(service.port, CASES, SEED)
    assert done.faults == {}
    assert done.cases >= CASES
    assert {200, 201, 400, 404, 422} <= done.statuses.keys()


def test_an_answer_that_is_not_described_is_found(database: str) -> None:
    with served(database) as service:
        seeded(service)
        slip = fuzz(service.port, 30, SEED, only="/v1/members/{member}/wallets", but="404")
    assert any("404" in fault for fault in slip.faults.values())
