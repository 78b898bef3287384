"""Named SQL: a file of statements, each with a name and a sentence, read once into a frozen mapping.

-- name: post_events
-- Writes the events of a batch, in the order in which they were decided.
insert into events ...
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib.resources import files
from types import MappingProxyType
from typing import Final

_NAME: Final = re.compile(r"--\s*name:\s*(.*?)\s*")


class QueriesInvalid(ValueError):
    """Raised when a file of named SQL breaks its form; says the line."""


class Queries(Mapping[str, str]):
    """SQL texts by name, as attributes (`queries.post_events`) or items; cannot be changed."""

    __slots__ = ("_texts",)
    _texts: Mapping[str, str]

    def __init__(self, texts: Mapping[str, str]) -> None:
        object.__setattr__(self, "_texts", MappingProxyType(dict(texts)))

    def __getitem__(self, name: str) -> str:
        try:
            return self._texts[name]
        except KeyError:
            near = get_close_matches(name, self._texts, n=1)
            raise KeyError(f"no query {name!r}" + (f"; there is {near[0]!r}" if near else "")) from None

    def __getattr__(self, name: str) -> str:
        # Python asks for names with underscores of its own (copy, pickle); they are never queries.
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(str(error.args[0])) from None

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"queries are frozen; {name!r} cannot be set")

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def load(package: str, file: str = "queries.sql") -> Queries:
    """The named statements of a file inside a package, such as `load("regulars.ledger")`."""
    return parse((files(package) / file).read_text(encoding="utf-8"), f"{package}/{file}")


def parse(text: str, origin: str = "queries.sql") -> Queries:
    """The named statements of a text.

    The name's line is left out of a statement, its sentence stays: it shows in `pg_stat_statements` and in the log.
    Raises `QueriesInvalid` for a bad or repeated name, or a missing sentence or statement.
    """
    texts: dict[str, str] = {}
    for line, name, body in _parts(text, origin):
        where = f"{origin}:{line}: query {name!r}"
        if not name.isidentifier() or name.startswith("_"):
            raise QueriesInvalid(f"{where}: a name is a plain identifier")
        if name in texts or hasattr(Mapping, name):
            raise QueriesInvalid(f"{where}: the name is taken")
        first, *rest = body.splitlines() or [""]
        if not first.startswith("--") or not first.strip("- "):
            raise QueriesInvalid(f"{where}: the line after the name is a comment with a sentence")
        if not any(row.strip() and not row.lstrip().startswith("--") for row in rest):
            raise QueriesInvalid(f"{where}: has no statement")
        texts[name] = body
    return Queries(texts)


def _parts(text: str, origin: str) -> Iterator[tuple[int, str, str]]:
    """Line, name and text of each statement."""
    started: tuple[int, str] | None = None
    body: list[str] = []
    for number, row in enumerate(text.splitlines(), start=1):
        match = _NAME.fullmatch(row.strip())
        if match is None:
            if started is None and row.strip() and not row.lstrip().startswith("--"):
                raise QueriesInvalid(f"{origin}:{number}: a statement without a name")
            body.append(row)
            continue
        if started is not None:
            yield (*started, "\n".join(body).strip())
        started, body = (number, match[1]), []
    if started is not None:
        yield (*started, "\n".join(body).strip())
