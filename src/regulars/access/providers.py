"""Talks with a provider of sign-in (OpenID Connect): where its doors are, which keys it signs with, a code for a token.

What a provider serves is kept for an hour; a token signed with a key that is not known makes the keys be read again, once
a minute at most. A provider speaks TLS. Redirects are not followed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from regulars.words.refusals import Refusal

KEPT: Final = 3600.0
AGAIN: Final = 60.0
SECONDS: Final = 10.0
LARGEST: Final = 1 << 20
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as a tenant has set it up."""

    id: str
    issuer: str
    client_id: str
    client_secret: str | None = None


@dataclass(frozen=True, slots=True)
class Doors:
    """Where a provider's doors are."""

    authorize: str
    token: str
    keys: str


class ProviderSilent(Exception):
    """Raised when a provider does not answer, or not as the protocol says."""


def acceptable_issuer(issuer: str) -> Refusal | None:
    """Nothing when an address can be a provider's; else `access.bad_issuer`."""
    parts = urlsplit(issuer)
    if parts.scheme == "https" and parts.hostname and not (parts.query or parts.fragment or parts.username):
        return None
    return Refusal(
        "access.bad_issuer", "A provider's address begins with https:// and has no query.", pointer="/issuer"
    )


class Providers:
    """What is known of providers; safe to share between tasks."""

    def __init__(
        self, client: httpx2.AsyncClient, clock: Callable[[], float] = time.monotonic, *, here: bool = False
    ) -> None:
        """`here` lets a provider on this machine speak without TLS, to try things out."""
        self._client = client
        self._here = here
        self._clock = clock
        self._doors: dict[str, tuple[float, Doors]] = {}
        self._keys: dict[str, tuple[float, KeySet]] = {}

    async def doors(self, issuer: str) -> Doors:
        """Where the doors of a provider are; raises `ProviderSilent`."""
        until, doors = self._doors.get(issuer, (0.0, None))
        if doors is None or until <= self._clock():
            told = await self._ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if told.get("issuer") != issuer:
                raise ProviderSilent(f"{issuer} says that it is somebody else")
            found = [told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
            places = [place for place in found if isinstance(place, str) and self._safe(place)]
            if len(places) != len(found):
                raise ProviderSilent(f"{issuer} does not say where its doors are")
            doors = Doors(*places)
            self._doors[issuer] = self._clock() + KEPT, doors
        return doors

    async def keys(self, issuer: str, again: bool = False) -> KeySet:
        """The keys that a provider signs with; with `again` read anew, unless that was just done."""
        until, kept = self._keys.get(issuer, (0.0, None))
        read_at = until - KEPT
        if kept is None or until <= self._clock() or (again and read_at + AGAIN <= self._clock()):
            doors = await self.doors(issuer)
            told = await self._ask("GET", doors.keys)
            try:
                kept = KeySet.import_key_set({"keys": _public(told)})
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise ProviderSilent(f"the keys of {issuer} cannot be read") from error
            self._keys[issuer] = self._clock() + KEPT, kept
        return kept

    async def id_token(self, provider: Provider, code: str, verifier: str, redirect: str) -> str | None:
        """The token that a provider gives for a code, None when it gives none; raises `ProviderSilent`."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": verifier,
            "client_id": provider.client_id,
            **({"client_secret": provider.client_secret} if provider.client_secret else {}),
        }
        doors = await self.doors(provider.issuer)
        token = (await self._ask("POST", doors.token, form, refusing=True)).get("id_token")
        return token if isinstance(token, str) else None

    def _safe(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme == "https" or (self._here and parts.scheme == "http" and parts.hostname in _HERE)

    async def _ask(
        self, method: str, url: str, form: Mapping[str, str] | None = None, refusing: bool = False
    ) -> dict[str, Any]:
        """The object that is served there; with `refusing` a refusal (a status of 400 to 499) is an empty one."""
        if not self._safe(url):
            raise ProviderSilent(f"{url} is no address that begins with https://")
        try:
            async with self._client.stream(method, url, data=form, timeout=SECONDS, follow_redirects=False) as answer:
                if refusing and 400 <= answer.status_code < 500:
                    return {}
                if answer.status_code != 200:
                    raise ProviderSilent(f"{url} answers {answer.status_code}")
                body = b""
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > LARGEST:
                        raise ProviderSilent(f"{url} answers without end")
            told = httpx2.Response(200, content=body).json()
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise ProviderSilent(f"{url} does not answer: {type(error).__name__}") from error
        if not isinstance(told, dict):
            raise ProviderSilent(f"{url} answers something else")
        return told


def _public(told: Mapping[str, Any]) -> list[Any]:
    """The keys for signatures by two keys: a shared secret among them would let anybody sign who reads it."""
    keys = told["keys"]
    return [key for key in keys if key.get("kty") in {"RSA", "EC", "OKP"} and key.get("use", "sig") == "sig"]
