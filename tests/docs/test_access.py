"""The pages about access say what the code does."""

from __future__ import annotations

import re
from typing import get_args

from tests.docs.blocks import DOCS

from regulars.access.decide import FREE_FAILURES
from regulars.access.keys import SECONDS
from regulars.access.member_tokens import LASTS, LONGEST
from regulars.access.model import Role
from regulars.access.passwords import SHORTEST
from regulars.access.staff import INVITATION, SESSION
from regulars.access.totp import RECOVERY_CODES
from regulars.doors.http.app import routes
from regulars.doors.http.caller import SCOPES
from regulars.words.moments import DAY, MINUTE

GIVE = (DOCS / "do/give-access.md").read_text(encoding="utf-8")
KEPT = (DOCS / "understand/security.md").read_text(encoding="utf-8")


def test_every_scope_is_on_the_page_as_the_door_says_it() -> None:
    assert [name for name, says in SCOPES.items() if f"| `{name}` | {says} |" not in GIVE] == []


def test_every_role_is_on_the_page() -> None:
    assert re.findall(r"^\| `([a-z]+)` \|", GIVE, re.MULTILINE) == list(get_args(Role))


def test_the_addresses_on_the_page_are_routes() -> None:
    paths = {re.sub(r"\{\w+:\w+\}", "*", route.path) for route in routes()}
    named = re.findall(r"`(?:POST|GET|PUT|DELETE) (/v1/[^`]*)`", GIVE)
    assert len(named) > 6
    assert {re.sub(r"/(ID|sso)(?=/|$)", "/*", path) for path in named} - paths == set()


def test_the_numbers_on_the_pages_are_those_of_the_code() -> None:
    assert (SECONDS, LASTS, LONGEST, SESSION, INVITATION) == (5, 15 * MINUTE, 60 * MINUTE, 720 * MINUTE, 3 * DAY)
    assert (SHORTEST, FREE_FAILURES, RECOVERY_CODES) == (12, 5, 10)
    for said in ("five\nseconds", "15 minutes, an hour at most", "lasts twelve hours", "three days", "12 characters"):
        assert said in GIVE
    assert "five seconds" in KEPT
