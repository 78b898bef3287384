"""A request as the routes see it: who calls, which program is meant, parameters, the clock, the language."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import parse_qsl

from litestar import Request

from regulars.doors.http.bodies import MOST_BYTES
from regulars.doors.http.problems import refuse, tongue_of
from regulars.flows.opened import ProgramUnclear
from regulars.ledger.programs import ProgramUnknown
from regulars.words.ids import check_id
from regulars.words.moments import Moment
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.doors.http.app import Door
    from regulars.doors.http.caller import Caller
    from regulars.flows.serving import Running
    from regulars.speech.language import Language

LONGEST_KEY: Final = 200


class Asked(Request[Any, Any, Any]):
    """A request, with what every route needs of it."""

    @property
    def door(self) -> Door:
        """The service that was asked."""
        return cast("Door", self.scope["litestar_app"].door)  # type: ignore[attr-defined]

    @property
    def caller(self) -> Caller:
        """Who calls; there is one in every route that names a scope."""
        return cast("Caller", self.scope["caller"])  # type: ignore[typeddict-item]

    def header(self, name: bytes) -> str:
        """A header by its name in small letters; empty when it was not sent, the first when it was sent twice."""
        for key, value in self.scope["headers"]:
            if key == name:
                return value.decode("latin-1")
        return ""

    def given(self, known: frozenset[str]) -> dict[str, str]:
        """The parameters of the query; one that is not known, or stands twice, is refused."""
        query = self.scope["query_string"]
        if not query:
            return {}
        found: dict[str, str] = {}
        try:
            pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=50)
        except ValueError:
            raise refuse("request.bad_parameter", "The query cannot be read.") from None
        for name, value in pairs:
            if name not in known or name in found:
                shown = name[:60]
                text = f"There is no parameter {shown!r} here." if name not in known else f"{shown!r} is given twice."
                raise refuse("request.bad_parameter", text, name=shown)
            found[name] = value
        return found

    def path(self, name: str) -> str:
        """A part of the path, which must be an id."""
        value: str = self.scope["path_params"][name]
        bad = check_id(value)
        if bad is not None:
            raise refuse("request.bad_parameter", bad.text, name=name)
        return value

    async def whole(self, most: int = MOST_BYTES) -> bytes:
        """The body; one that is larger than so many bytes is refused before it is read to its end."""
        length = self.header(b"content-length")
        if length.isdigit() and int(length) > most:
            raise refuse("request.too_large", f"The body is larger than {most} bytes.", most=most)
        parts: list[bytes] = []
        size = 0
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise Gone
            part = cast("bytes", message.get("body", b""))
            size += len(part)
            if size > most:
                raise refuse("request.too_large", f"The body is larger than {most} bytes.", most=most)
            if not message.get("more_body", False):
                return part if not parts else b"".join((*parts, part))
            parts.append(part)

    @property
    def now(self) -> Moment:
        """This moment."""
        return time.time_ns() // 1_000

    @property
    def tongue(self) -> Language:
        """The language to answer in."""
        return tongue_of(self.header(b"accept-language"))

    async def running(self, slug: str | None = None) -> Running:
        """The program that is meant: the caller's own, the one that is named, or the tenant's only one."""
        caller = self.caller
        wanted = slug or self.header(b"regulars-program") or None
        if caller.program is not None:
            if wanted not in {None, caller.program}:
                raise refuse("access.other_program", "This key is for another program.")
            wanted = caller.program
        try:
            return await self.door.serving.running(caller.tenant, wanted)
        except ProgramUnclear as unclear:
            text = f"There are several programs; say which: {', '.join(unclear.slugs)}."
            raise refuse("program.ambiguous", text) from None
        except ProgramUnknown:
            raise refuse("program.unknown", "No such program was published here.") from None

    def key(self) -> str | None:
        """The `Idempotency-Key`, or None when there is none; one that cannot be an id is refused."""
        key = self.header(b"idempotency-key").strip().strip('"')
        if not key:
            return None
        bad: Refusal | None = check_id(key)
        if bad is not None or len(key) > LONGEST_KEY:
            raise refuse("request.bad_key", "An Idempotency-Key is a printable text of at most 200 characters.")
        return key


class Gone(Exception):
    """Raised when the client hung up before its request was whole."""
