"""Sign-in by a provider, over a real socket: what is believed, and everything that is not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from time import time_ns
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from joserfc.jwk import KeySet, RSAKey
from tests.office import Office, office, somebody, token_of
from tests.oidc_provider import (
    CLIENT,
    REDIRECT,
    SECRET,
    Claims,
    provider,
    signed_by_a_stranger,
    signed_with_client_secret,
    signed_with_public_key,
    unsigned,
)
from tests.oidc_provider import Provider as Peer

from regulars.access.model import NewSession
from regulars.access.providers import AGAIN, Provider, Providers
from regulars.access.sign_in_by_provider import LASTS, providers_of, set_provider
from regulars.access.staff import clear
from regulars.flows.sign_in import begin_by_provider, finish_by_provider
from regulars.flows.staff import disable_staff
from regulars.flows.staff import set_provider as set_up
from regulars.postgres.connect import connect, transaction
from regulars.words.refusals import Refusal

ANA = "ana@shop.example"


class Desk:
    """An office whose staff sign in by a provider."""

    def __init__(self, office: Office, peer: Peer, providers: Providers) -> None:
        self.office, self.peer, self.providers = office, peer, providers
        office.now = time_ns() // 1_000

    async def begin(self, id: str = "sso") -> tuple[str, str]:
        made = await begin_by_provider(
            self.office.ledger, self.office.vault, self.providers, id, REDIRECT, self.office.now
        )
        assert not isinstance(made, Refusal), made
        return made

    async def finish(self, state: str, code: str, after: int = 0) -> NewSession | Refusal:
        at = self.office.now + after
        return await finish_by_provider(
            self.office.ledger, self.office.vault, self.providers, state, code, at, "198.51.100.0/24"
        )

    async def come_in(self) -> NewSession | Refusal:
        """Through the whole walk: begun, to the provider, back."""
        address, _ = await self.begin()
        return await self.finish(*await asyncio.to_thread(self.peer.come_back, address))


@asynccontextmanager
async def desk(database: str, clock: Callable[[], float] | None = None) -> Any:
    with provider() as peer:
        async with office(database) as open_one, httpx2.AsyncClient() as client:
            providers = Providers(client, here=True) if clock is None else Providers(client, clock, here=True)
            async with transaction(open_one.ledger.pool) as connection:
                known = Provider("sso", peer.issuer, CLIENT, SECRET)
                await set_provider(connection, open_one.vault, open_one.number, known)
            yield Desk(open_one, peer, providers)


def told(database: str, story: Callable[[Desk], Awaitable[None]]) -> None:
    async def go() -> None:
        async with desk(database) as open_one:
            await story(open_one)

    asyncio.run(go())


def check(found: object) -> str:
    """Which check of a token failed."""
    assert isinstance(found, Refusal), found
    assert found.code == "access.not_vouched"
    return str(dict(found.values)["check"])


def code(found: object) -> str:
    assert isinstance(found, Refusal), found
    return found.code


def test_whoever_the_provider_vouches_for_comes_in_and_is_known_by_its_name_from_then_on(database: str) -> None:
    async def story(desk: Desk) -> None:
        id = await desk.office.hire(ANA, password=None)
        first = await desk.come_in()
        assert isinstance(first, NewSession)
        assert (first.session.staff, first.session.role) == (id, "support")
        assert token_of(first.token).kind == "session"
        desk.peer.email, desk.peer.verified = "renamed@shop.example", False
        again = await desk.come_in()
        assert isinstance(again, NewSession)
        assert again.session.staff == id
        assert (await desk.office.log()).count("staff.signed_in_by_provider") == 2

    told(database, story)


def test_the_walk_has_state_nonce_and_a_challenge_and_tells_no_secret(database: str) -> None:
    async def story(desk: Desk) -> None:
        address, state = await desk.begin()
        asked = parse_qs(urlsplit(address).query)
        assert asked["state"] == [state]
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["redirect_uri"] == [REDIRECT]
        assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 43
        other = parse_qs(urlsplit((await desk.begin())[0]).query)
        assert all(other[name] != asked[name] for name in ("state", "nonce", "code_challenge"))
        owner = await connect(database)
        kept = await owner.fetch(
            "select t::text as all from oidc_begun t union all select t::text from oidc_providers t"
        )
        await owner.close()
        assert all(SECRET not in row["all"] and state not in row["all"] for row in kept)
        assert (await providers_of(desk.office.ledger.pool, desk.office.number))[0].client_secret is None

    told(database, story)


def with_claim(**changed: Any) -> Callable[[Claims], Claims]:
    return lambda claims: {**claims, **changed}


def without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def aged(seconds: int) -> Callable[[Claims], Claims]:
    return lambda claims: {**claims, "iat": claims["iat"] - seconds, "exp": claims["exp"] - seconds}


SLIPS: list[tuple[Callable[[Claims], Claims], str]] = [
    (with_claim(iss="https://elsewhere.example"), "iss"),
    (without("iss"), "iss"),
    (with_claim(aud="another-client"), "aud"),
    (with_claim(aud=["another-client"]), "aud"),
    (without("aud"), "aud"),
    (with_claim(aud=[CLIENT, "another-client"]), "azp"),
    (with_claim(azp="another-client"), "azp"),
    (aged(3600), "exp"),
    (without("exp"), "exp"),
    (with_claim(exp="soon"), "exp"),
    (with_claim(exp=True), "exp"),
    (aged(-3600), "iat"),
    (without("iat"), "iat"),
    (with_claim(nbf=4_000_000_000), "nbf"),
    (with_claim(nonce="of another sign-in"), "nonce"),
    (without("nonce"), "nonce"),
    (with_claim(sub=""), "sub"),
    (with_claim(sub=7), "sub"),
]


def test_a_token_that_says_the_wrong_thing_is_not_believed(database: str) -> None:
    async def story(desk: Desk) -> None:
        await desk.office.hire(ANA, password=None)
        failed = []
        for slip, _ in SLIPS:
            desk.peer.slip = slip
            failed.append(check(await desk.come_in()))
        assert failed == [expected for _, expected in SLIPS]
        assert "staff.signed_in_by_provider" not in await desk.office.log()

    told(database, story)


def test_a_token_that_the_provider_did_not_sign_is_not_believed(database: str) -> None:
    async def story(desk: Desk) -> None:
        await desk.office.hire(ANA, password=None)
        peer = desk.peer
        forgers: dict[str, Callable[[Claims], str]] = {
            "unsigned": unsigned,
            "stranger": signed_by_a_stranger,
            "public key": lambda claims: signed_with_public_key(peer, claims),
            "client secret": signed_with_client_secret,
            "cut": lambda claims: peer.honestly(claims)[:-8],
            "garbage": lambda _: "this is no token",
            "long": lambda claims: peer.honestly({**claims, "more": "x" * 20_000}),
            "changed": lambda claims: ".".join(
                [*peer.honestly(claims).split(".")[:1], *peer.honestly({**claims, "sub": "x"}).split(".")[1:2], "AAAA"]
            ),
        }
        failed = {}
        for name, forge in forgers.items():
            peer.sign = forge
            failed[name] = check(await desk.come_in())
        assert failed == {name: "length" if name == "long" else "signature" for name in forgers}
        peer.sign = peer.honestly
        assert isinstance(await desk.come_in(), NewSession)

    told(database, story)


def test_a_token_of_an_earlier_sign_in_is_not_believed_again(database: str) -> None:
    async def story(desk: Desk) -> None:
        await desk.office.hire(ANA, password=None)
        kept: list[str] = []

        def keep(claims: Claims) -> str:
            kept.append(desk.peer.honestly(claims))
            return kept[0]

        desk.peer.sign = keep
        assert isinstance(await desk.come_in(), NewSession)
        assert check(await desk.come_in()) == "nonce"

    told(database, story)


def test_a_sign_in_is_finished_once_and_soon_and_only_here(database: str) -> None:
    async def story(desk: Desk) -> None:
        await desk.office.hire(ANA, password=None)
        brought = await asyncio.to_thread(desk.peer.come_back, (await desk.begin())[0])
        found = await asyncio.gather(*(desk.finish(*brought) for _ in range(3)))
        assert sum(isinstance(one, NewSession) for one in found) == 1
        assert {code(one) for one in found if isinstance(one, Refusal)} == {"access.unknown_sign_in"}
        late = await asyncio.to_thread(desk.peer.come_back, (await desk.begin())[0])
        assert code(await desk.finish(*late, after=LASTS)) == "access.unknown_sign_in"
        assert code(await desk.finish("a state of nobody", "code")) == "access.unknown_sign_in"
        await desk.begin()
        await clear(desk.office.ledger.pool, desk.office.number, desk.office.now + LASTS)
        assert await desk.office.ledger.pool.fetchval("select count(*) from oidc_begun") == 0

    told(database, story)


def test_a_code_of_another_sign_in_does_not_fit_the_verifier(database: str) -> None:
    async def story(desk: Desk) -> None:
        await desk.office.hire(ANA, password=None)
        mine, theirs = [await asyncio.to_thread(desk.peer.come_back, (await desk.begin())[0]) for _ in range(2)]
        assert check(await desk.finish(mine[0], theirs[1])) == "code"
        assert check(await desk.finish(theirs[0], "made up")) == "code"

    told(database, story)


def test_an_address_that_the_provider_has_not_verified_lets_nobody_in(database: str) -> None:
    async def story(desk: Desk) -> None:
        await desk.office.hire(ANA, password=None)
        desk.peer.verified = False
        assert code(await desk.come_in()) == "access.not_staff"
        desk.peer.slip = with_claim(email_verified="true")
        assert code(await desk.come_in()) == "access.not_staff"

    told(database, story)


def test_whom_the_provider_knows_and_we_do_not_is_not_let_in_and_not_added(database: str) -> None:
    async def story(desk: Desk) -> None:
        desk.peer.email = "stranger@shop.example"
        assert code(await desk.come_in()) == "access.not_staff"
        id = await desk.office.hire(ANA, "owner", password=None)
        await desk.office.hire("second@shop.example", "owner", password=None)
        desk.peer.email = ANA
        assert isinstance(await desk.come_in(), NewSession)
        assert not isinstance(await disable_staff(desk.office.ledger, somebody(), id, desk.office.now), Refusal)
        assert code(await desk.come_in()) == "access.not_staff"

    told(database, story)


def test_keys_that_the_provider_changed_are_read_again_but_not_at_every_bad_token(database: str) -> None:
    async def story() -> None:
        clock = [1_000.0]
        async with desk(database, lambda: clock[0]) as front:
            await front.office.hire(ANA, password=None)
            assert isinstance(await front.come_in(), NewSession)
            front.peer.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
            front.peer.published = KeySet([front.peer.key])
            assert check(await front.come_in()) == "signature"
            clock[0] += AGAIN
            assert isinstance(await front.come_in(), NewSession)
            front.peer.sign = signed_by_a_stranger
            reads = front.peer.asked.count("/keys")
            for _ in range(3):
                assert check(await front.come_in()) == "signature"
            assert front.peer.asked.count("/keys") == reads

    asyncio.run(story())


def test_a_provider_that_says_the_wrong_thing_of_itself_is_not_talked_to(database: str) -> None:
    wrong: list[dict[str, Any]] = [
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": None},
        {"jwks_uri": "http://203.0.113.7/keys"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ]

    async def story(desk: Desk) -> None:
        office = desk.office
        for desk.peer.discovery in wrong:
            found = await begin_by_provider(office.ledger, office.vault, desk.providers, "sso", REDIRECT, office.now)
            assert code(found) == "access.provider_silent", desk.peer.discovery

    told(database, story)


def test_a_provider_that_is_away_or_not_set_up_is_a_refusal(database: str) -> None:
    async def story(desk: Desk) -> None:
        office = desk.office

        async def begun(id: str) -> str:
            return code(await begin_by_provider(office.ledger, office.vault, desk.providers, id, REDIRECT, office.now))

        assert await begun("none") == "access.unknown_provider"
        async with transaction(office.ledger.pool) as connection:
            gone = Provider("gone", "http://127.0.0.1:9", CLIENT)
            await set_provider(connection, office.vault, office.number, gone)
        assert await begun("gone") == "access.provider_silent"
        strict = Providers(httpx2.AsyncClient())
        found = await begin_by_provider(office.ledger, office.vault, strict, "sso", REDIRECT, office.now)
        assert code(found) == "access.provider_silent", "without TLS only where it was asked for"

    told(database, story)


def test_a_provider_without_tls_is_not_set_up(database: str) -> None:
    async def story(desk: Desk) -> None:
        office = desk.office

        async def set_one(issuer: str) -> Provider | Refusal:
            return await set_up(office.ledger, office.vault, somebody(), Provider("other", issuer, CLIENT, SECRET))

        for issuer in ("http://sso.example", "ftp://sso.example", "https://", "https://a@sso.example", "x"):
            assert code(await set_one(issuer)) == "access.bad_issuer", issuer
        assert isinstance(await set_one("https://sso.example"), Provider)
        assert await office.log() == ["provider.set"]

    told(database, story)
