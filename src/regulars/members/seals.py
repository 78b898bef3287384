"""A key a member: what is known of them opens with it alone, and it is kept sealed under the master key.

AES-GCM; a nonce is random; what a seal is for is part of it, so no record can be put in another's place. What members are found by is
kept as a keyed hash (HMAC-SHA-256, half of it), which nobody without the master key can try addresses against.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from regulars.members.model import Identifier
from regulars.sealing import SealBroken, Vault

KEY_BYTES: Final = 32
_NONCE: Final = 12


class Seals:
    """Seals and opens what a tenant knows of its members."""

    def __init__(self, vault: Vault, tenant: int) -> None:
        self._vault, self._tenant = vault, tenant
        self._blind = vault.key(f"members/{tenant}/found-by")

    def blind(self, one: Identifier) -> bytes:
        """Under what an identifier is looked up: 16 bytes, the same for the same identifier."""
        return hmac.digest(self._blind, f"{one.kind}\0{one.value}".encode(), hashlib.sha256)[:16]

    def new_key(self, member: str) -> bytes:
        """A new key for a member, sealed."""
        return self._vault.seal(secrets.token_bytes(KEY_BYTES), self._purpose(member))

    def seal(self, member: str, key: bytes, value: Any) -> bytes:
        """A value under the member's sealed key."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._opened(member, key).encrypt(nonce, msgspec.msgpack.encode(value), member.encode())

    def open(self, member: str, key: bytes, sealed: bytes) -> Any:
        """The value again; raises `SealBroken` under another master key, or when somebody changed or moved it."""
        try:
            plain = self._opened(member, key).decrypt(sealed[:_NONCE], sealed[_NONCE:], member.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken("what is known of a member does not open") from error
        return msgspec.msgpack.decode(plain)

    def _opened(self, member: str, key: bytes) -> AESGCM:
        return AESGCM(self._vault.open(key, self._purpose(member)))

    def _purpose(self, member: str) -> str:
        return f"members/{self._tenant}/{member}"
