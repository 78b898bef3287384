"""Bodies as they come: JSON that says one thing only, with exact numbers, or a problem that says what is wrong.

What JSON parsers let pass silently is refused here: names that stand twice, numbers that are none, half characters.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Final, TypeVar

import msgspec

from regulars.doors.http.problems import refuse

T = TypeVar("T")

MOST_BYTES: Final = 8 * 2**20
"""The largest body of events or of anything else that is JSON; a file for an import may be larger."""

LONGEST_NUMBER: Final = 60
"""Characters of a number: more are no amount of anything."""

DEEPEST: Final = 60

_decode: Final = msgspec.json.Decoder(float_hook=Decimal).decode
_NAMES: Final = re.compile(rb'"[ \t\r\n]*:')
_NO_NUMBER: Final = re.compile(rb"[-+]?(NaN|Infinity|inf|nan)\b")
_HALF: Final = re.compile(rb"\\u[dD](?:[89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|[c-fC-F])")
"""A high half without its low one after it, or a low one: looked for only in what could not be read."""


def parsed(body: bytes) -> Any:
    """The value of a JSON text, numbers with a point as exact decimals. Raises `Refused` with `request.*`."""
    try:
        value = _decode(body)
    except RecursionError:
        raise refuse("request.too_deep", "The body is nested too deeply.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, ArithmeticError, ValueError) as error:
        raise _unreadable(body, error) from None
    # A name that stands twice makes more names in the text than in the value; escaped quotes before a colon, too.
    if len(_NAMES.findall(body)) != _count(value, 0):
        _look_closely(body)
    return value


def parsed_object(body: bytes) -> dict[str, Any]:
    """The object of a JSON text; no text at all is an empty one."""
    value = parsed(body) if body else {}
    if not isinstance(value, dict):
        raise refuse("request.not_an_object", "The body is a JSON object.")
    return value


def converted(value: Any, shape: type[T]) -> T:
    """The value in a declared shape; raises `Refused` with `request.bad_field` and the pointer."""
    try:
        return msgspec.convert(value, shape, strict=True)
    except msgspec.ValidationError as error:
        said, _, path = str(error).partition(" - at `$")
        raise refuse("request.bad_field", f"{said}.", pointer=_pointer(path.rstrip("`"))) from None


def _pointer(path: str) -> str:
    """`.lines[0].amount` as a JSON pointer; `[...]` is a name that is not known."""
    parts = re.findall(r"\.([^.\[\]]+)|\[(\d+)\]", path)
    return "".join(f"/{name or number}" for name, number in parts)


def _count(value: Any, depth: int) -> int:
    """How many names stand in a value, however deep."""
    if depth > DEEPEST:
        raise refuse("request.too_deep", f"The body is nested deeper than {DEEPEST} levels.")
    if type(value) is dict:
        found = len(value)
        for item in value.values():
            kind = type(item)
            if kind is dict or kind is list:
                found += _count(item, depth + 1)
            elif kind is Decimal or kind is int or kind is float:
                _check_number(item)
        return found
    if type(value) is list:
        return sum(_count(item, depth + 1) for item in value)
    return 0


def _check_number(value: Decimal | int | float) -> None:
    if isinstance(value, int):
        return
    if (
        isinstance(value, float)
        or not value.is_finite()
        or abs(value.adjusted()) > LONGEST_NUMBER
        or len(str(value)) > LONGEST_NUMBER
    ):
        raise refuse("request.bad_number", "A number in the body is larger or longer than a number can be.")


def _look_closely(body: bytes) -> None:
    """Refuses a name that stands twice in one object."""

    def look(pairs: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                shown = name if len(name) <= 60 else f"{name[:60]}…"
                raise refuse("request.repeated_name", f"The name {shown!r} stands twice in one object.", name=shown)
            seen.add(name)

    try:
        json.loads(body, object_pairs_hook=look, parse_int=_nothing, parse_float=_nothing)
    except RecursionError:
        raise refuse("request.too_deep", "The body is nested too deeply.") from None
    except ValueError as error:
        raise refuse("request.not_json", f"The body is no JSON: {error}.") from None


def _nothing(_: str) -> None:
    """Numbers do not matter when names are looked at, and long ones are slow to read."""


def _unreadable(body: bytes, error: Exception) -> Exception:
    said = str(error)
    if isinstance(error, UnicodeDecodeError) or "utf-8" in said.lower() or "surrogate" in said.lower():
        return refuse("request.bad_text", "The body holds what is no UTF-8, or half a character.")
    if _HALF.search(body):
        return refuse("request.bad_text", "The body holds half a character: a lone surrogate.")
    if "number" in said.lower() or "out of range" in said or isinstance(error, ArithmeticError):
        return refuse("request.bad_number", f"A number in the body cannot be read: {said}.")
    place = re.search(r"byte (\d+)", said)
    if place is not None and _NO_NUMBER.match(body, int(place[1])):
        return refuse("request.bad_number", "NaN and Infinity are no JSON; leave the field out, or send a number.")
    return refuse("request.not_json", f"The body is no JSON: {said}.")
