"""The master key: 32 bytes that are not in the database, and that all sealed in it hangs on."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from pathlib import Path
from typing import Final

from regulars.sealing import Vault

BYTES: Final = 32
FILE: Final = "master.key"


class MasterKeyBad(Exception):
    """Raised when what should be a master key is none."""


def vault_of(written: str | None, folder: Path) -> Vault:
    """The vault of a master key as it is written (base64, 32 bytes), else of the file `master.key` in a folder.

    A file that is missing is made, readable by its owner alone; of several processes that make it at once, one does.
    Raises `MasterKeyBad`.
    """
    if written:
        return Vault(_read(written, "REGULARS_MASTER_KEY"))
    path = folder / FILE
    if not path.exists():
        _make(path)
    return Vault(_read(path.read_text(encoding="ascii", errors="replace"), str(path)))


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{FILE}.{os.getpid()}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(base64.b64encode(secrets.token_bytes(BYTES)).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        # Whole or not at all, and never over one that somebody else was quicker to make.
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def _read(written: str, where: str) -> bytes:
    try:
        key = base64.b64decode(written.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != BYTES:
        raise MasterKeyBad(
            f"{where} holds no master key: 32 random bytes, written in base64 (`openssl rand -base64 32`)"
        )
    return key
