"""A call as a value: what is sent, under which key, and how the answer is read. Nothing here waits or sends."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from types import MethodType
from typing import Any, Concatenate, Final, Generic, ParamSpec, TypeVar, overload
from urllib.parse import quote

import msgspec
from msgspec import Struct

P = ParamSpec("P")
T = TypeVar("T")
Moment = datetime | str

KEY_BYTES: Final = 16


class Call(Struct, Generic[T], frozen=True):
    """A call: method, path, query and body as they go out, the key under which it counts once, and how to read the answer.

    `repeatable`: sent twice it is done once. What is not is sent again only when the first try cannot have arrived.
    """

    method: str
    path: str
    read: Callable[[bytes], T]
    query: dict[str, str] = {}
    body: bytes | None = None
    key: str | None = None
    headers: dict[str, str] = {}
    repeatable: bool = True

    def all_headers(self) -> dict[str, str]:
        """The headers that the call needs."""
        found = dict(self.headers)
        if self.body is not None:
            found.setdefault("content-type", "application/json")
        if self.key is not None:
            found["idempotency-key"] = self.key
        return found


class Synchronous:
    """What waits for an answer."""

    def call(self, call: Call[T]) -> T:
        """The answer to a call."""
        raise NotImplementedError


class Asynchronous:
    """What is awaited for an answer."""

    async def call(self, call: Call[T]) -> T:
        """The answer to a call."""
        raise NotImplementedError


class Method(Generic[P, T]):
    """A method of both clients, made of a function that builds its call: of one it gives the answer, of the other it is awaited."""

    def __init__(self, build: Callable[Concatenate[Any, P], Call[T]]) -> None:
        self.build = build
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, client: Synchronous, owner: Any = None) -> Callable[P, T]: ...
    @overload
    def __get__(self, client: Asynchronous, owner: Any = None) -> Callable[P, Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, client: None, owner: Any = None) -> Callable[Concatenate[Any, P], Call[T]]: ...
    def __get__(self, client: Synchronous | Asynchronous | None, owner: Any = None) -> Callable[..., Any]:
        if client is None:
            return self.build

        build = MethodType(self.build, client)

        @functools.wraps(build)
        def ask(*given: Any, **named: Any) -> Any:
            return client.call(build(*given, **named))

        return ask


def get(path: str, shape: Any, **query: str | int | None) -> Call[Any]:
    """A call that only reads."""
    return Call("GET", path, as_shape(shape), queried(query))


def post(path: str, shape: Any, value: Any = None, **more: Any) -> Call[Any]:
    """A call that sends a value as JSON, None for no body; `more` are other fields of the call."""
    return Call("POST", path, as_shape(shape), body=None if value is None else encoded(value), **more)


def as_shape(shape: Any) -> Callable[[bytes], Any]:
    """What reads JSON in a shape."""
    return msgspec.json.Decoder(shape).decode


def as_items(shape: Any) -> Callable[[bytes], Any]:
    """What reads the items of a page that is the only one."""
    read = msgspec.json.Decoder(dict[str, Any]).decode
    return lambda body: msgspec.convert(read(body)["items"], list[shape])


def as_field(name: str) -> Callable[[bytes], Any]:
    """What reads one field of an object."""
    read = msgspec.json.Decoder(dict[str, Any]).decode
    return lambda body: read(body)[name]


def as_none(_: bytes) -> None:
    """Nothing."""


def queried(given: Mapping[str, str | int | None]) -> dict[str, str]:
    """The parameters of a query, without those that are None."""
    return {name: str(value) for name, value in given.items() if value is not None}


def at(*parts: str) -> str:
    """A path under `/v1`, each part escaped."""
    return "/v1/" + "/".join(quote(part, safe="") for part in parts)


def encoded(value: Any) -> bytes:
    """A value as JSON, decimals as texts; raises TypeError for a float, which may not be what was meant."""
    return msgspec.json.encode(exact(value))


def exact(value: Any) -> Any:
    """The value with exact decimals and moments as texts; raises TypeError for a float."""
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float: write money as text or Decimal")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: exact(item) for name, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [exact(item) for item in value]
    return value


def shown(moment: Moment | None) -> str:
    """A moment as text, now when there is none."""
    found = datetime.now(UTC) if moment is None else moment
    return found.isoformat() if isinstance(found, datetime) else found


def past(moment: Moment | None) -> str | None:
    """A moment as text, or None."""
    return None if moment is None else shown(moment)


def new_key() -> str:
    """A key that nobody had before."""
    return secrets.token_hex(KEY_BYTES)
