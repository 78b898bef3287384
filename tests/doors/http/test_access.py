"""Keys, staff, sign-in and audit over HTTP; and nobody reaches what is another tenant's or another member's."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import time_ns
from typing import Any

import httpx2
import pyotp
from litestar.testing import AsyncTestClient
from tests.http_factory import EVERYTHING, LASTING, TENANT, Asking, purchase
from tests.ledger_factory import program
from tests.oidc_provider import CLIENT, REDIRECT, SECRET, provider

from regulars.access.keys import SECONDS
from regulars.access.model import PERMISSIONS
from regulars.access.providers import Providers
from regulars.doors.http.app import Behind, make_app, routes
from regulars.doors.http.caller import SCOPES, Caller, KeyTable
from regulars.doors.http.entrance import SIGN_INS, Entrance
from regulars.doors.http.metrics import Metrics
from regulars.flows.callers import Callers
from regulars.flows.rooms import Rooms
from regulars.flows.serving import Serving
from regulars.ledger.programs import publish
from regulars.postgres.connect import connect, pool
from regulars.sealing import Vault
from regulars.webhooks.sending import Sender

PASSWORD = "correct horse battery"
OTHER = "elsewhere"
VAULT = Vault(bytes(range(32)))


@asynccontextmanager
async def office(dsn: str) -> AsyncIterator[Asking]:
    """The door with its entrance, before two tenants that both run the program; a first key for each."""
    first = {name: Caller(name, EVERYTHING, "key:first") for name in (TENANT, OTHER)}

    @asynccontextmanager
    async def opening(metrics: Metrics) -> AsyncIterator[Behind]:
        async with pool(dsn, size=2) as owners, httpx2.AsyncClient() as client:
            for tenant in (TENANT, OTHER):
                await publish(owners, tenant, program(LASTING))
            serving = Serving(dsn, owners, metrics.committed)
            rooms = Rooms(serving, VAULT, Sender(), lambda: time_ns() // 1_000)
            access = Entrance(Callers(serving, VAULT), VAULT, Providers(client, here=True), KeyTable(first))
            try:
                yield Behind(serving, access, rooms)
            finally:
                await rooms.close()

    app = make_app(opening)
    async with AsyncTestClient(app, raise_server_exceptions=False) as client:
        yield Asking(client, dsn, app)


def told(dsn: str, story: Callable[[Asking], Awaitable[None]]) -> None:
    async def go() -> None:
        async with office(dsn) as asking:
            await story(asking)

    asyncio.run(go())


async def key_of(asking: Asking, *scopes: str, tenant: str = TENANT, **more: Any) -> str:
    """The token of a new key."""
    made = await asking.post("/v1/keys", {"label": "till", "scopes": list(scopes), **more}, tenant)
    return str(made["token"])


async def hired(asking: Asking, role: str = "support", email: str = "ana@shop.example") -> str:
    """The token of somebody's session."""
    made = await asking.post("/v1/staff", {"email": email, "role": role}, TENANT)
    await asking.post("/v1/invitations/accept", {"invitation": made["invitation"], "password": PASSWORD}, None)
    return str((await signed_in(asking, email=email))["token"])


async def signed_in(asking: Asking, code: str = "", email: str = "ana@shop.example") -> Any:
    return await asking.post(
        "/v1/sign-in", {"tenant": TENANT, "email": email, "password": PASSWORD, "code": code}, None
    )


def test_the_doors_scopes_are_the_permissions_that_there_are() -> None:
    assert set(SCOPES) == PERMISSIONS


def test_a_key_does_what_its_scopes_say_until_it_is_revoked(database: str) -> None:
    async def story(asking: Asking) -> None:
        made = await asking.post("/v1/keys", {"label": "till 3", "scopes": ["events:write"]}, TENANT)
        token, id = made["token"], made["key"]["id"]
        assert (await asking.post("/v1/events", purchase(), token))["status"] == "recorded"
        assert await asking.code("GET", "/v1/members/ann", token) == (403, "access.scope")
        assert await asking.code("GET", "/v1/keys", token) == (403, "access.scope")
        listed = await asking.get("/v1/keys", TENANT)
        assert [key["label"] for key in listed["items"]] == ["till 3"]
        assert token not in str(listed)
        assert (await asking.post(f"/v1/keys/{id}/revoke", None, TENANT))["revoked_at"] is not None
        access = asking.app.door.access
        assert isinstance(access, Entrance)
        fresh = Entrance(Callers(asking.app.door.serving, VAULT), VAULT, access.providers, KeyTable({}))
        asking.app.door.access = fresh
        assert await asking.code("POST", "/v1/events", token, json=purchase("e2")) == (401, "access.revoked")
        assert SECONDS <= 5

    told(database, story)


def test_a_key_is_replaced_by_another_with_the_same_rights(database: str) -> None:
    async def story(asking: Asking) -> None:
        made = await asking.post("/v1/keys", {"label": "shop", "scopes": ["members:read"]}, TENANT)
        new = await asking.post(f"/v1/keys/{made['key']['id']}/rotate", {"overlap_hours": 1}, TENANT)
        assert new["key"]["replaces"] == made["key"]["id"]
        await asking.post("/v1/events", purchase(), TENANT)
        for token in (made["token"], new["token"]):
            assert (await asking.get("/v1/members/ann/wallets", token))["member"] == "ann"
        assert await asking.code("POST", "/v1/keys/none/rotate", TENANT, json={}) == (404, "access.no_such_key")

    told(database, story)


def test_a_key_cannot_make_a_key_that_may_do_more(database: str) -> None:
    async def story(asking: Asking) -> None:
        token = await key_of(asking, "access:write", "events:write")
        body = {"label": "x", "scopes": ["audit:read"]}
        assert await asking.code("POST", "/v1/keys", token, json=body) == (403, "access.beyond_own")
        narrow = await key_of(asking, "access:write", "events:write", program="ledger-shop")
        wide = {"label": "x", "scopes": ["events:write"]}
        assert await asking.code("POST", "/v1/keys", narrow, json=wide) == (403, "access.other_program")
        assert await asking.code("POST", "/v1/keys", TENANT, json={"label": "x", "scopes": []}) == (
            422,
            "access.no_scope",
        )
        end = {"label": "x", "scopes": ["events:write"], "expires_at": "soon"}
        assert (await asking.code("POST", "/v1/keys", TENANT, json=end))[1] == "moment.unreadable"

    told(database, story)


def test_what_is_no_token_of_ours_opens_nothing(database: str) -> None:
    async def story(asking: Asking) -> None:
        token = await key_of(asking, "events:write")
        made = await asking.post("/v1/staff", {"email": "bob@shop.example", "role": "cashier"}, TENANT)
        changed = token.replace("regulars_key_1_", "regulars_key_2_")
        for text in (token[:-1], changed, "regulars_key_9999_x", "a.b.c", made["invitation"], "x" * 5_000, "regulars_"):
            status, code = await asking.code("POST", "/v1/events", text, json=purchase())
            assert (status, code.partition(".")[0]) == (401, "access"), text

    told(database, story)


def test_somebody_is_invited_signs_in_and_out_and_has_the_rights_of_a_role(database: str) -> None:
    async def story(asking: Asking) -> None:
        session = await hired(asking)
        await asking.post("/v1/events", purchase(), session)
        assert (await asking.get("/v1/members/ann/wallets", session))["member"] == "ann"
        assert await asking.code("GET", "/v1/audit", session) == (403, "access.scope")
        staff = (await asking.get("/v1/staff", TENANT))["items"][0]
        assert (staff["email"], staff["role"], staff["password"]) == ("ana@shop.example", "support", True)
        changed = await asking.ask("PUT", f"/v1/staff/{staff['id']}/role", TENANT, json={"role": "auditor"})
        assert changed.json() == {"role": "auditor"}
        assert (await asking.get("/v1/audit", session))["items"] != []
        assert await asking.code("POST", "/v1/events", session, json=purchase("e2")) == (403, "access.scope")
        await asking.post("/v1/sign-out", None, session)
        assert await asking.code("GET", "/v1/audit", session) == (401, "access.unknown_session")

    told(database, story)


def test_wrong_credentials_are_one_answer_and_attempts_are_counted(database: str) -> None:
    async def story(asking: Asking) -> None:
        await hired(asking)
        body = {"tenant": TENANT, "email": "ana@shop.example", "password": PASSWORD}
        for wrong in (
            {"password": "no no no no no"},
            {"email": "bob@shop.example"},
            {"tenant": "nowhere"},
            {"tenant": OTHER},
        ):
            assert await asking.code("POST", "/v1/sign-in", None, json=body | wrong) == (
                401,
                "access.wrong_credentials",
            )
        found = [
            await asking.ask("POST", "/v1/sign-in", None, json=body | {"tenant": "nowhere"}) for _ in range(SIGN_INS)
        ]
        assert found[-1].status_code == 429
        assert found[-1].headers["retry-after"]

    told(database, story)


def test_a_code_is_asked_for_once_an_authenticator_is_set_up(database: str) -> None:
    async def story(asking: Asking) -> None:
        session = await hired(asking)
        given = await asking.post("/v1/second-factor", None, session)
        authenticator = pyotp.TOTP(given["secret"])
        assert await asking.code("POST", "/v1/second-factor/confirm", session, json={"code": "x"}) == (
            422,
            "access.wrong_code",
        )
        step = time_ns() // 30_000_000_000
        await asking.post("/v1/second-factor/confirm", {"code": authenticator.generate_otp(step)}, session)
        body = {"tenant": TENANT, "email": "ana@shop.example", "password": PASSWORD}
        assert await asking.code("POST", "/v1/sign-in", None, json=body) == (401, "access.code_needed")
        assert (await signed_in(asking, authenticator.generate_otp(step + 1)))["role"] == "support"
        assert (await signed_in(asking, given["recovery"][0]))["role"] == "support"
        key = await key_of(asking, "members:read")
        assert await asking.code("POST", "/v1/second-factor", key) == (401, "access.unknown_session")
        staff = (await asking.get("/v1/staff", TENANT))["items"][0]
        dropped = await asking.ask("DELETE", f"/v1/staff/{staff['id']}/second-factor", TENANT)
        assert dropped.json()["second_factor"] is True
        assert (await signed_in(asking))["role"] == "support"

    told(database, story)


def test_a_provider_is_set_up_and_signs_somebody_in(database: str) -> None:
    async def story(asking: Asking) -> None:
        with provider() as peer:
            await asking.post("/v1/staff", {"email": peer.email, "role": "owner"}, TENANT)
            plain = {"issuer": peer.issuer, "client_id": CLIENT, "client_secret": SECRET}
            assert await asking.code("PUT", "/v1/sign-in-providers/sso", TENANT, json=plain) == (
                422,
                "access.bad_issuer",
            )
            safe = {**plain, "issuer": "https://sso.shop.example"}
            assert (await asking.ask("PUT", "/v1/sign-in-providers/sso", TENANT, json=safe)).status_code == 200
            assert SECRET not in str(await asking.get("/v1/sign-in-providers", TENANT))
            # A provider on this machine has no certificate that anybody would believe.
            owner = await connect(database)
            await owner.execute("update oidc_providers set issuer = $1", peer.issuer)
            await owner.close()
            body = {"tenant": TENANT, "redirect": REDIRECT}
            begun = await asking.post("/v1/sign-in/providers/sso/begin", body, None)
            state, code = await asyncio.to_thread(peer.come_back, begun["address"])
            assert state == begun["state"]
            finish = {"tenant": TENANT, "state": state, "code": code}
            session = await asking.post("/v1/sign-in/finish", finish, None)
            assert session["role"] == "owner"
            assert (await asking.get("/v1/staff", session["token"]))["items"][0]["email"] == peer.email
            assert await asking.code("POST", "/v1/sign-in/finish", None, json=finish) == (401, "access.unknown_sign_in")
            unknown = await asking.code("POST", "/v1/sign-in/providers/none/begin", None, json=body)
            assert unknown == (404, "access.unknown_provider")

    told(database, story)


def test_a_members_app_sees_its_member_and_nobody_else(database: str) -> None:
    async def story(asking: Asking) -> None:
        for member in ("ann", "bob"):
            await asking.post("/v1/events", purchase(f"of-{member}", member), TENANT)
        server = await key_of(asking, "tokens:write", "members:read")
        token = (await asking.post("/v1/members/ann/tokens", {}, server))["token"]
        assert (await asking.get("/v1/members/ann/wallets", token))["member"] == "ann"
        assert await asking.code("GET", "/v1/members/bob/wallets", token) == (403, "access.other_member")
        assert await asking.code("POST", "/v1/members/ann/tokens", token, json={}) == (403, "access.scope")
        more = {"scopes": ["members:write"]}
        assert await asking.code("POST", "/v1/members/ann/tokens", server, json=more) == (403, "access.beyond_own")
        assert await asking.code("POST", "/v1/members/ann/tokens", TENANT, json=more) == (422, "access.not_for_members")
        long = {"seconds": 3601}
        assert await asking.code("POST", "/v1/members/ann/tokens", server, json=long) == (422, "access.too_long")

    told(database, story)


def test_every_route_of_members_is_closed_to_another_member(database: str) -> None:
    async def story(asking: Asking) -> None:
        for member in ("ann", "bob"):
            await asking.post("/v1/events", purchase(f"of-{member}", member), TENANT)
        scopes = {"scopes": ["members:read", "events:write", "vouchers:read"]}
        token = (await asking.post("/v1/members/ann/tokens", scopes, TENANT))["token"]
        tried = 0
        for route in routes():
            if route.scope is None:
                continue
            path = re.sub(r"\{member:str\}", "bob", route.path)
            path = re.sub(r"\{\w+:\w+\}", "of-bob", path)
            response = await asking.ask(route.method, path, token, json={})
            assert response.status_code == 403, (route.method, route.path, response.text)
            assert "23" not in response.text
            tried += 1
        assert tried > 15

    told(database, story)


def inside(packed: bytes) -> bytes:
    """All that stands in the files of a zip."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_no_route_shows_another_tenant_what_is_ours(database: str) -> None:
    async def story(asking: Asking) -> None:
        secret = "nobody-else-may-see-this"
        await asking.post("/v1/events", purchase(secret, secret), TENANT)
        await asking.post("/v1/keys", {"label": secret, "scopes": ["events:write"]}, TENANT)
        await asking.post("/v1/staff", {"email": f"{secret}@shop.example", "role": "owner"}, TENANT)
        ours = await asking.ask("GET", f"/v1/members/{secret}/export", TENANT)
        assert b"20.00" in inside(ours.content)
        owner = await key_of(asking, *EVERYTHING, tenant=OTHER)
        tried = 0
        for route in routes():
            if route.scope is None:
                continue
            path = re.sub(r"\{\w+:\w+\}", secret, route.path)
            body = {} if route.method != "GET" else None
            response = await asking.ask(route.method, path, owner, **({} if body is None else {"json": body}))
            assert response.status_code < 500, (route.method, route.path, response.text)
            shown = response.text.replace(path, "")
            assert f"{secret}@" not in shown, route.path
            if response.headers["content-type"] == "application/zip":
                # The member has an account there by now: other routes were asked for acts of that name.
                assert b"20.00" not in inside(response.content), route.path
            elif route.method == "GET" and response.status_code == 200:
                assert "23" not in str(response.json().get("wallets", "")), route.path
                assert not any(secret in str(item) for item in response.json().get("items", [])), route.path
            tried += 1
        assert tried > 15

    told(database, story)


def test_readiness_says_whether_the_database_itself_keeps_tenants_apart(database: str) -> None:
    async def story(asking: Asking) -> None:
        assert (await asking.get("/readyz", None))["second_lock"] == "held"

    told(database, story)


def test_the_log_is_read_page_by_page_and_proved(database: str) -> None:
    async def story(asking: Asking) -> None:
        for _ in range(3):
            await key_of(asking, "events:write")
        auditor = await key_of(asking, "audit:read")
        first = await asking.get("/v1/audit?limit=3", auditor)
        assert [row["action"] for row in first["items"]] == ["key.made"] * 3
        assert [row["n"] for row in first["items"]] == [4, 3, 2]
        rest = await asking.get(f"/v1/audit?limit=3&cursor={first['next']}", auditor)
        assert [row["n"] for row in rest["items"]] == [1]
        assert rest["next"] is None
        proof = await asking.get("/v1/audit/proof", auditor)
        assert (proof["ok"], proof["rows"], proof["faults"]) == (True, 4, 0)
        assert proof["head"] == f"4:{first['items'][0]['hash']}"

    told(database, story)
