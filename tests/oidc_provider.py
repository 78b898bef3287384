"""A provider of sign-in on a socket of its own: OpenID Connect discovery, authorization code with PKCE, keys, ID tokens.

It keeps the protocol's rules, and a test can make it break one: `slip` gets the claims of a token before it is signed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

Claims = dict[str, Any]
CLIENT, SECRET = "regulars-shop", "only the two of us know"
REDIRECT = "https://shop.example/signed-in"


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _unsaid(*_: object) -> None:
    """What the server would write beside a test's output."""


class Provider:
    """The provider: who is signed in there, its keys, and which rule it breaks."""

    def __init__(self) -> None:
        self.subject, self.email, self.verified = "prov-1", "ana@shop.example", True
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
        self.published = KeySet([self.key])
        self.slip: Callable[[Claims], Claims] = lambda claims: claims
        self.sign: Callable[[Claims], str] = self.honestly
        self.discovery: dict[str, Any] = {}
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path.partition("?")[0])
                provider.get(self)

            def do_POST(self) -> None:
                provider.asked.append(self.path)
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                provider.token(self, dict(parse_qsl(body)))

            log_message = _unsaid

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"

    def honestly(self, claims: Claims) -> str:
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key)

    def get(self, handler: BaseHTTPRequestHandler) -> None:
        path, _, query = handler.path.partition("?")
        if path == "/.well-known/openid-configuration":
            doors = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            found = {"issuer": self.issuer, **{name: f"{self.issuer}/{door}" for name, door in doors.items()}}
            _answer(handler, {**found, **self.discovery})
        elif path == "/keys":
            _answer(handler, self.published.as_dict(private=False))
        elif path == "/authorize":
            asked = dict(parse_qsl(query))
            assert asked["response_type"] == "code"
            assert asked["client_id"] == CLIENT
            assert asked["code_challenge_method"] == "S256"
            code = secrets.token_urlsafe(16)
            self._codes[code] = asked
            handler.send_response(302)
            handler.send_header(
                "location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
            )
            handler.send_header("content-length", "0")
            handler.end_headers()
        else:
            _answer(handler, {"error": "not_found"}, 404)

    def token(self, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        asked = self._codes.pop(form.get("code", ""), None)
        right = asked is not None and (
            form["client_id"] == CLIENT
            and form.get("client_secret") == SECRET
            and form["redirect_uri"] == asked["redirect_uri"]
            and b64(hashlib.sha256(form["code_verifier"].encode()).digest()) == asked["code_challenge"]
        )
        if not right or asked is None:
            _answer(handler, {"error": "invalid_grant"}, 400)
            return
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": self.subject,
            "email": self.email,
            "email_verified": self.verified,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        _answer(handler, {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(self.slip(claims))})

    def come_back(self, address: str) -> tuple[str, str]:
        """What somebody's browser brings back from the address that it was sent to: state and code."""
        import http.client

        parts = urlsplit(address)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
        connection.request("GET", f"{parts.path}?{parts.query}")
        answer = connection.getresponse()
        location = answer.headers["location"]
        connection.close()
        assert location.startswith(REDIRECT)
        brought = parse_qs(urlsplit(location).query)
        return brought["state"][0], brought["code"][0]


def unsigned(claims: Claims) -> str:
    """A token with the algorithm `none`."""
    return f"{b64(json.dumps({'alg': 'none', 'typ': 'JWT'}).encode())}.{b64(json.dumps(claims).encode())}."


def signed_with_public_key(provider: Provider, claims: Claims) -> str:
    """A token signed with HMAC and, as the shared secret, the provider's public key, which everybody knows."""
    public = provider.key.as_pem(private=False)
    head, body = b64(json.dumps({"alg": "HS256", "kid": "k1"}).encode()), b64(json.dumps(claims).encode())
    import hmac

    return f"{head}.{body}.{b64(hmac.digest(public, f'{head}.{body}'.encode(), 'sha256'))}"


def signed_with_client_secret(claims: Claims) -> str:
    """A token signed with HMAC and the client's secret."""
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET.encode()))


def signed_by_a_stranger(claims: Claims) -> str:
    """A token signed with a key that names itself as the provider's."""
    return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, RSAKey.generate_key(2048, {"kid": "k1"}))


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that answers for the block."""
    made = Provider()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()
        thread.join()


def _answer(handler: BaseHTTPRequestHandler, value: object, status: int = 200) -> None:
    body = json.dumps(value).encode()
    handler.send_response(status)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
