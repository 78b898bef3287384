"""Events from JSON Lines: an object a line. What an earlier run added to a refused line is taken off again."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec

from regulars.flows.importing.bytelines import BOM, ByteLines
from regulars.flows.importing.frames import Frame, Item, Position, Share
from regulars.words.refusals import Refusal

LINES: Final = 4_000
BYTES: Final = 16 * 1024 * 1024
CODE, TEXT, WRITTEN = "refusal_code", "refusal_text", "refusal_line"
"""What a line of a rejects file has besides the event: why, and the line itself where it is no object."""
NOT_JSON: Final = "event.not_json"


class JsonSource:
    """A file of JSON Lines, plain or gzip."""

    def __init__(self, path: Path, share: Share, most: int = LINES) -> None:
        self._path, self._share, self._most = path, share, most
        self._decode = msgspec.json.Decoder(float_hook=Decimal).decode
        self.cut = False

    def frames(self, begin: Position) -> Iterator[Frame]:
        """The frames from a position on."""
        lines = ByteLines(self._path, begin.byte)
        row, items, size = begin.row, [], 0
        for line in lines:
            row += 1
            if row == 1:
                line = line.removeprefix(BOM)
            if not line.strip():
                continue
            item = self._item(row, line, whole=lines.ended)
            if self._share.owns(item.member):
                items.append(item)
                size += len(line)
            if len(items) >= self._most or size >= BYTES:
                yield Frame(items, Position(row, lines.at))
                items, size = [], 0
        self.cut = self.cut or lines.cut
        yield Frame(items, Position(row, lines.at))

    def _item(self, row: int, line: bytes, whole: bool) -> Item:
        found = self._read(line)
        if isinstance(found, dict) and WRITTEN in found:
            line = str(found[WRITTEN]).encode("utf-8", "surrogatepass")
            found = self._read(line)
        if isinstance(found, Refusal):
            if not whole and found.code == NOT_JSON:
                self.cut = True
                found = Refusal("import.cut_file", "The file ends in the middle of this line.")
            return _Line(row, "", line, found)
        for name in (CODE, TEXT):
            found.pop(name, None)
        return _Line(row, str(found.get("member", "")), line, found)

    def _read(self, line: bytes) -> dict[str, Any] | Refusal:
        try:
            found = self._decode(line)
        except msgspec.DecodeError as error:
            return Refusal(NOT_JSON, f"This line is no JSON: {error}.")
        except (UnicodeDecodeError, RecursionError, ArithmeticError):
            return Refusal(NOT_JSON, "This line is no JSON in UTF-8.")
        if not isinstance(found, dict):
            return Refusal(
                "event.not_an_object", "An event is an object with `id`, `type`, `member` and `happened_at`."
            )
        return found


class _Line:
    __slots__ = ("_found", "_line", "member", "row")

    def __init__(self, row: int, member: str, line: bytes, found: dict[str, Any] | Refusal) -> None:
        self.row, self.member, self._line, self._found = row, member, line, found

    def raw(self) -> dict[str, Any] | Refusal:
        return self._found

    def original(self) -> str:
        return self._line.decode("utf-8", "surrogateescape").rstrip("\r\n")


def rejected_line(code: str, text: str, original: str) -> bytes:
    """A line of a rejects file: the event with why it was refused in front, or the broken line as a text."""
    why = {CODE: code, TEXT: text}
    try:
        read = msgspec.json.decode(original.encode("utf-8", "surrogateescape"), type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        broken = original.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        return msgspec.json.encode({**why, WRITTEN: broken}) + b"\n"
    kept = {name: value for name, value in read.items() if name not in {CODE, TEXT}}
    return msgspec.json.encode({**why, **kept}) + b"\n"
