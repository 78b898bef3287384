"""Secrets that have to be read again, sealed with a key that is not in the database: AES-GCM under keys made of one master.

What a sealed value is for stands in its seal: moved to another tenant, another row or another use it cannot be opened.
"""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_BYTES: Final = 32
_NONCE: Final = 12


class SealBroken(Exception):
    """Raised when a sealed value does not open: another master key, another place, or somebody changed it."""


class Vault:
    """Keys made of a master key of 32 random bytes, one a purpose."""

    def __init__(self, master: bytes) -> None:
        assert len(master) == _BYTES, "a master key has 32 bytes"
        self._master = master

    def key(self, purpose: str) -> bytes:
        """32 bytes for a purpose, always the same ones."""
        return HKDF(SHA256(), _BYTES, None, b"regulars/" + purpose.encode()).derive(self._master)

    def seal(self, plain: bytes, purpose: str) -> bytes:
        """The value, sealed for a purpose."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self.key(purpose)).encrypt(nonce, plain, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """The value that was sealed for the purpose; raises `SealBroken`."""
        try:
            return AESGCM(self.key(purpose)).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken("a sealed value does not open; is the master key the one it was sealed with?") from error
