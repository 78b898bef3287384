"""Events as JSON Lines: one a line, numbers exact; a line that is broken is a refusal and stops nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from regulars.words.refusals import Refusal

Line = tuple[int, "dict[str, Any] | Refusal"]


def read_lines(file: Path) -> Iterator[Line]:
    """Each line that is not empty by its number from 1: the object that stands there, or why there is none."""
    decode = msgspec.json.Decoder(float_hook=Decimal).decode
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line.strip():
                yield number, _read(decode, line)


def _read(decode: Any, line: bytes) -> dict[str, Any] | Refusal:
    try:
        found = decode(line)
    except msgspec.DecodeError as error:
        return Refusal("event.not_an_object", f"This line is no JSON: {error}.")
    except (UnicodeDecodeError, RecursionError, ArithmeticError):
        return Refusal("event.not_an_object", "This line is no JSON in UTF-8.")
    if not isinstance(found, dict):
        return Refusal("event.not_an_object", "An event is an object with `id`, `type`, `member` and `happened_at`.")
    return found
