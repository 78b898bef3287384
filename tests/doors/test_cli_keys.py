"""`regulars keys`, `staff` and `audit`."""

from __future__ import annotations

import asyncio

import pytest
from tests.doors.conftest import Regulars

from regulars.access.tokens import read_token
from regulars.postgres.connect import connect
from regulars.wiring import URL


@pytest.fixture
def shop(database: str, monkeypatch: pytest.MonkeyPatch, regulars: Regulars) -> Regulars:
    monkeypatch.setenv(URL, database)
    return regulars


def test_a_key_is_made_shown_once_listed_rotated_and_revoked(shop: Regulars) -> None:
    made = shop(
        "keys", "make", "till 3", "--scope", "events:write", "--scope", "members:read", "--expires", "2999-01-01"
    )
    assert made.code == 0
    token = made.lines[-1].strip()
    assert read_token(token) is not None
    listed = shop("keys", "list")
    assert "till 3" in listed.out
    assert token not in listed.out
    (key,) = shop("keys", "list", "--json").json["keys"]
    assert key["scopes"] == ["events:write", "members:read"]
    assert key["expires_at"] == "2999-01-01T00:00:00+00:00"
    new = shop("keys", "rotate", key["id"], "--overlap-hours", 2, "--json").json
    assert read_token(new["token"]) is not None
    assert new["key"]["replaces"] == key["id"]
    assert shop("keys", "revoke", key["id"]).code == 0
    states = {one["id"]: one["revoked_at"] for one in shop("keys", "list", "--json").json["keys"]}
    assert states[key["id"]] is not None
    assert states[new["key"]["id"]] is None
    assert "(revoked)" in shop("keys", "list").out


def test_what_cannot_be_made_is_refused_with_a_hint(shop: Regulars) -> None:
    unknown = shop("keys", "make", "till", "--scope", "events:fly")
    assert unknown.code == 2
    assert "events:fly" in unknown.err
    assert shop("keys", "make", "till").code == 2
    assert shop("keys", "make", "till", "--scope", "events:write", "--expires", "soon").code == 2
    assert shop("keys", "make", "till", "--scope", "events:write", "--expires", "2001-01-01").code == 1
    for word in ("rotate", "revoke"):
        ran = shop("keys", word, "key_none")
        assert ran.code == 1
        assert "regulars keys list" in ran.err


def test_people_are_added_given_roles_and_closed(shop: Regulars) -> None:
    added = shop("staff", "add", "ana@shop.example", "--role", "owner", "--json").json
    token = read_token(added["invitation"])
    assert token is not None
    assert token.kind == "invitation"
    assert shop("staff", "add", "bob@shop.example", "--role", "owner").code == 0
    assert shop("staff", "add", "bob@shop.example", "--role", "owner").code == 1
    assert shop("staff", "add", "eve@shop.example", "--role", "queen").code == 2
    assert shop("staff", "role", "bob@shop.example", "cashier").code == 0
    assert shop("staff", "invite", "bob@shop.example").code == 0
    assert shop("staff", "disable", "bob@shop.example").code == 0
    last = shop("staff", "disable", "ana@shop.example")
    assert last.code == 1
    assert "owner" in last.err
    roles = {
        one["email"]: (one["role"], one["disabled_at"] is None) for one in shop("staff", "list", "--json").json["staff"]
    }
    assert roles == {"ana@shop.example": ("owner", True), "bob@shop.example": ("cashier", False)}
    assert "(disabled)" in shop("staff", "list").out


def test_everything_is_in_the_log_which_is_proved(shop: Regulars, database: str) -> None:
    shop("keys", "make", "till", "--scope", "events:write")
    shop("staff", "add", "ana@shop.example", "--role", "owner")
    rows = shop("audit", "list", "--json").json["rows"]
    assert [(row["n"], row["actor"], row["action"]) for row in rows] == [
        (2, "operator", "staff.added"),
        (1, "operator", "key.made"),
    ]
    assert "ana@shop.example" not in str(rows)
    assert "key.made" in shop("audit", "list").out
    proof = shop("audit", "verify")
    assert proof.code == 0
    head = proof.lines[-1].rpartition(" ")[2]
    assert shop("audit", "verify", "--head", head).code == 0
    assert shop("audit", "verify", "--head", head.replace("2:", "1:")).code == 1
    assert shop("audit", "verify", "--head", "nonsense").code == 2

    async def meddle() -> None:
        connection = await connect(database)
        await connection.execute("set session_replication_role = replica")
        await connection.execute("update audit_log set actor = 'somebody' where n = 1")
        await connection.close()

    asyncio.run(meddle())
    found = shop("audit", "verify")
    assert found.code == 1
    assert "BROKEN" in found.out
    told = shop("audit", "verify", "--json").json
    assert (told["ok"], told["first"][0]["n"]) == (False, 1)


def test_a_tenant_that_is_not_there_has_no_keys_and_is_not_made_by_looking(shop: Regulars) -> None:
    for words in (("keys", "list"), ("staff", "list"), ("audit", "list"), ("audit", "verify")):
        ran = shop(*words, "--tenant", "other")
        assert ran.code == 2
        assert "other" in ran.err
