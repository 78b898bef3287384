"""Problems by RFC 9457: what a refusal or a fault is as an answer, in the caller's language."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct

from regulars.doors.http.status import RETRY, status_of
from regulars.program.model import Program
from regulars.speech.language import Language, language
from regulars.speech.refusals import DAYS, shown
from regulars.speech.refusals import text as refusal_text
from regulars.words.refusals import Refusal, fill

MEDIA: Final = b"application/problem+json"
PAGES: Final = "/problems/"
"""Where a code is explained: the `type` of a problem leads there."""


class Place(Struct, frozen=True, omit_defaults=True):
    """A mistake in a text that was sent: line and column from 1, a stable code, what is wrong and what to do."""

    line: int
    column: int
    code: str
    message: str
    hint: str = ""


class Problem(Struct, frozen=True, omit_defaults=True):
    """Why something could not be had.

    `type` leads to a page about the code; `title` says it in general, `detail` in this case, `hint` what the sender can
    do; `pointer` names the field (RFC 6901); `rule` the rule of the program that refused; `values` what it compared;
    `mistakes` places in a program's text.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    hint: str = ""
    pointer: str | None = None
    rule: str | None = None
    values: dict[str, Any] = {}
    mistakes: tuple[Place, ...] = ()


class Refused(Exception):
    """Ends a request with a refusal. `headers` go with the answer; `program` words its own refusals."""

    def __init__(
        self,
        refusal: Refusal,
        *,
        headers: tuple[tuple[bytes, bytes], ...] = (),
        program: Program | None = None,
        mistakes: tuple[Place, ...] = (),
    ) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.headers = headers
        self.program = program
        self.mistakes = mistakes


def refuse(code: str, text: str = "", pointer: str | None = None, **values: Any) -> Refused:
    """The exception that ends a request with a code."""
    return Refused(Refusal(code, text, pointer=pointer, values=tuple(values.items())))


def problem_of(
    refusal: Refusal, tongue: Language, program: Program | None = None, mistakes: tuple[Place, ...] = ()
) -> Problem:
    """The problem of a refusal, in a language; what a program refuses is said in the program's own words."""
    code = refusal.code
    sentence, hint = tongue.codes.get(code) or tongue.codes["not_entitled"]
    values = {name: value for name, value in refusal.values if value is not None}
    texts = {name: str(value) for name, value in values.items()}
    if program is not None:
        rule = program.rule(refusal.rule) if refusal.rule is not None else None
        texts = shown(program, refusal, rule)
        # A number of days since some day, or of microseconds, says nothing to whoever reads the answer.
        values |= {name: texts[name] for name in values.keys() & {*DAYS, "first_moment"}}
        detail = refusal_text(program, refusal, tongue)
    elif refusal.text and tongue.locale.language == "en":
        detail = refusal.text
    else:
        detail = sentence
    blanks = dict.fromkeys((*DAYS, "first_moment", "held", "asked", "cost"), "-")
    return Problem(
        type=PAGES + code,
        title=fill(sentence, {**blanks, "worth": "-", "minimum": "-", "mark": "-", **texts}),
        status=status_of(code),
        code=code,
        detail=detail[:1].upper() + detail[1:],
        hint=fill(hint, {**blanks, **texts}),
        pointer=refusal.pointer or None,
        rule=refusal.rule,
        values=values,
        mistakes=mistakes,
    )


def tongue_of(accepted: str) -> Language:
    """The language that an `Accept-Language` header likes best among those there are; English where there is none."""
    best: tuple[float, str] = (0.0, "en")
    for part in accepted[:200].split(","):
        tag, _, options = part.strip().partition(";")
        weight = _weight(options)
        if weight > best[0]:
            try:
                language(tag)
            except ValueError:
                continue
            best = (weight, tag)
    return language(best[1])


def _weight(options: str) -> float:
    name, _, value = options.replace(" ", "").partition("=")
    if name != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


def retry_headers(code: str, seconds: int = 1) -> tuple[tuple[bytes, bytes], ...]:
    """`Retry-After` where trying again may help."""
    return ((b"retry-after", str(seconds).encode()),) if code in RETRY else ()


encode: Final = msgspec.json.Encoder(decimal_format="string", enc_hook=str).encode
