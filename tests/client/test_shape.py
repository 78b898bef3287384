"""Both clients are one: the same methods, the same words, for every address of the service; exact numbers only."""

from __future__ import annotations

import inspect
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from mypy import api

from regulars.client import AsyncClient, Client
from regulars.client.call import Call, Method, exact
from regulars.client.methods import Methods
from regulars.doors.http.app import routes

METHODS = {name: value for kind in Methods.__mro__ for name, value in vars(kind).items() if isinstance(value, Method)}
NOT_FOR_CLIENTS = {"sign-in", "service"}
"""Tags of addresses for browsers, monitors and readers."""
OF_THE_CONSOLE = {"list_providers", "put_provider"}


def public(client: object) -> dict[str, inspect.Signature]:
    names = [name for name in dir(client) if not name.startswith("_")]
    return {name: inspect.signature(getattr(client, name)) for name in names}


def test_both_clients_have_the_same_methods_with_the_same_words() -> None:
    one, other = public(Client("http://127.0.0.1", "k")), public(AsyncClient("http://127.0.0.1", "k"))
    assert set(one) == set(other) >= {*METHODS, "call", "close"}
    assert {name for name in one if str(one[name]) != str(other[name])} == set()


def test_both_clients_are_made_with_the_same_words() -> None:
    one, other = inspect.signature(Client).parameters, inspect.signature(AsyncClient).parameters
    assert list(one) == list(other)
    assert [name for name in one if name != "wait" and one[name] != other[name]] == []


def test_a_method_explains_itself() -> None:
    client = Client("http://127.0.0.1", "k")
    assert [name for name in METHODS if not (getattr(client, name).__doc__ or "").endswith((".", ".\n        "))] == []
    assert client.wallets.__name__ == "wallets"
    assert list(inspect.signature(client.wallets).parameters) == ["member", "as_of"]


GIVEN: dict[str, Any] = {
    "act": "subscribe", "bodies": [{}], "body": {}, "basket": {}, "lines": [], "amount": 1, "fields": {}, "content": b"", "scopes": [],
    "event": "e1", "number": 0, "count": 1, "kind": "email", "seconds": 60,
}  # fmt: skip


def call_of(name: str, **given: Any) -> Call[Any]:
    """The call of a method with something for each word that it must have."""
    build = METHODS[name].build
    words = {
        word: given.get(word, GIVEN.get(word, "x"))
        for word, one in inspect.signature(build).parameters.items()
        if word != "self" and one.default is one.empty and one.kind is not one.VAR_KEYWORD
    }
    if name == "use_codes":
        words["event"] = {}
    return build(None, **words)


def test_every_address_of_the_service_has_a_method_and_no_method_leads_nowhere() -> None:
    calls = [call_of(name) for name in METHODS]
    calls += [call_of("plan", act=act) for act in ("renew", "cancel", "upgrade", "downgrade", "charge_failed")]
    calls += [call_of("subscription", act=act) for act in ("skip", "reschedule", "ship")]
    known, reached = routes(), set()
    for call in calls:
        found = [one for one in known if one.method == call.method and re.fullmatch(_pattern(one.path), call.path)]
        # `subscribe` is no act of a subscription; it is what this test says where nothing better is given.
        assert found or call.path.endswith("/subscriptions/x/subscribe"), call
        reached |= {one.name for one in found}
    assert {one.name for one in known if one.tag not in NOT_FOR_CLIENTS} - OF_THE_CONSOLE - reached == set()


def _pattern(path: str) -> str:
    return re.sub(r"\{\w+:\w+\}", "[^/]+", path)


def test_a_query_names_only_parameters_that_the_address_has() -> None:
    for name in METHODS:
        call = call_of(name)
        for one in routes():
            if one.method == call.method and one.path == call.path:
                assert set(call.query) <= set(one.query), name


@pytest.mark.parametrize("value", [3.5, [3.5], {"a": {"b": (1, 3.5)}}])
def test_a_float_is_refused_before_anything_is_sent(value: Any) -> None:
    nobody = Client("http://127.0.0.1:1", "k", attempts=1)
    with pytest.raises(TypeError, match="write money as text or Decimal"):
        nobody.purchase("ann", [{"amount": value}])
    with pytest.raises(TypeError):
        nobody.redeem("ann", "mug", points=value)


def test_decimals_and_moments_go_as_texts_that_are_exact() -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert exact({"a": (Decimal("1E+3"), Decimal("0.10")), "at": at, "n": 10**20, "yes": True, "no": None}) == {
        "a": ["1000", "0.10"],
        "at": "2026-03-02T09:00:00+00:00",
        "n": 10**20,
        "yes": True,
        "no": None,
    }


def test_ids_are_escaped_in_addresses() -> None:
    assert call_of("wallets", member="a/b ü?").path == "/v1/members/a%2Fb%20%C3%BC%3F/wallets"


TYPED = """
from typing import assert_type
from regulars.client import AsyncClient, Client, Receipt, Wallets

async def typed(shop: Client, other: AsyncClient) -> None:
    assert_type(shop.wallets("ann"), Wallets)
    assert_type(await other.wallets("ann", as_of="2026-03-02"), Wallets)
    assert_type(shop.purchase("ann", [], id="p-1", store="7"), Receipt)
    shop.wallets(7)
    shop.wallets("ann", dry_run=True)
    await other.redeem("ann")
"""
ROOT = Path(__file__).parents[2]


def test_the_type_checker_knows_what_each_client_takes_and_gives(tmp_path: Any) -> None:
    page = tmp_path / "typed.py"
    page.write_text(TYPED, encoding="utf-8")
    words = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(ROOT / ".mypy_cache"), str(page)]
    said, _, _ = api.run(words)
    wrong = re.findall(r"typed\.py:(\d+): error", said)
    assert wrong == ["9", "10", "11"], said
