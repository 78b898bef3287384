"""Refusals: the answer no, as a value.

What a caller may do wrong is answered with a Refusal and never raised; an exception is a broken promise of ours.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

_PLACEHOLDER: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.]*)\}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not done: a stable code for programs, a text for people.

    code: stable and dotted, part of the public interface, never shown to a member (`money.too_precise`).
    text: one finished sentence in English; empty when the texts of the program say it.
    rule: the rule of the program that refused, if one did.
    pointer: where in the request the cause stands, as a JSON pointer (RFC 6901).
    values: the named values of the case, in order, with which a text of another language is filled.
    """

    code: str
    text: str = ""
    rule: str | None = None
    pointer: str | None = None
    values: tuple[tuple[str, object], ...] = ()


def fill(template: str, values: Mapping[str, object] | Iterable[tuple[str, object]]) -> str:
    """The template with each `{name}` replaced by its value.

    A name without a value stays as it is, and braces inside a value are not looked at again.
    """
    known = dict(values)

    def put(match: re.Match[str]) -> str:
        name = match[1]
        return str(known[name]) if name in known else match[0]

    return _PLACEHOLDER.sub(put, template)
