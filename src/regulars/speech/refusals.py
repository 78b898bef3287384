"""What a refusal says to a person: the program's own text, found by the longest key, else the language's phrase."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from regulars.program.model import Program, Rule
from regulars.speech.language import Language
from regulars.words.days import NEVER, iso
from regulars.words.moments import Zone
from regulars.words.money import text as money_text
from regulars.words.refusals import Refusal, fill

DAYS = frozenset({"first_day", "last_day", "next_time"})
MINUTE = len("2026-03-02T09:00")


class Code(NamedTuple):
    """A code with one sentence for people and one hint for whoever sent the request."""

    code: str
    sentence: str
    hint: str


def codes(language: Language) -> list[Code]:
    """Every code that is built in, in the order of the table; codes under `needs` of a program are its own."""
    return [Code(code, sentence, hint) for code, (sentence, hint) in language.codes.items()]


def text(program: Program, refusal: Refusal, language: Language) -> str:
    """The text of a refusal, filled in.

    By `says` of the program, the longest key first: `section.name.code`, `name.code` (rule, limit or group), `code`;
    then the refusal's own sentence where the language is English; then the built-in phrase. A code of the program
    without a text of its own reads as the phrase of `not_entitled`, and the phrase of a field ends with its name. Days
    are written as 2026-01-31, moments as local 2026-01-31T09:00; a blank without a value is a dash.
    """
    rule = program.rule(refusal.rule) if refusal.rule is not None else None
    values = shown(program, refusal, rule)
    for key in keys(refusal, rule):
        own = _in(program.says.get(key), language)
        if own is not None:
            return _filled(own, values)
    if refusal.text and language.locale.language == "en":
        return refusal.text
    sentence, _ = language.codes.get(refusal.code) or language.codes["not_entitled"]
    field = _field(refusal)
    return _filled(sentence if field is None else f"{sentence.rstrip('.')}: `{field}`.", values)


def _field(refusal: Refusal) -> str | None:
    """The name of the field that the pointer of an event's refusal ends at; None where it ends at none."""
    if refusal.pointer is None or not refusal.code.startswith("event."):
        return None
    names = [part for part in refusal.pointer.split("/") if part and not part.isdigit()]
    return names[-1] if names else None


def keys(refusal: Refusal, rule: Rule | None) -> Iterator[str]:
    """The keys under which a program may say its own text, longest first."""
    code = refusal.code
    if refusal.rule is not None:
        yield f"{refusal.rule}.{code}"
        section, _, name = refusal.rule.partition(".")
        group = rule.group if rule is not None else None
        if group is not None:
            yield f"{section}.{group}.{code}"
        yield f"{name}.{code}"
        yield from (f"{limit}.{code}" for limit in (rule.within if rule is not None else ()))
        if group is not None:
            yield f"{group}.{code}"
    yield code


def _in(said: Mapping[str, str] | None, language: Language) -> str | None:
    """The text in the language, in its plain form, without a language, or in whichever there is."""
    if not said:
        return None
    base = language.locale.language
    return next((said[tag] for tag in (language.tag, base, "") if tag in said), next(iter(said.values())))


def _filled(phrase: str, values: Mapping[str, str]) -> str:
    blanks = dict.fromkeys((*DAYS, "first_moment", "held", "asked", "cost", "worth", "minimum", "mark"), "-")
    return fill(phrase, {**blanks, **values})


def shown(program: Program, refusal: Refusal, rule: Rule | None) -> dict[str, str]:
    """The values of a refusal as they are written."""
    found: dict[str, str] = {}
    for name, value in refusal.values:
        if value is None:
            continue
        if isinstance(value, int) and not isinstance(value, bool):
            found[name] = _number(program, rule, name, value)
        else:
            found[name] = str(value)
    return found


def _number(program: Program, rule: Rule | None, name: str, value: int) -> str:
    if name in DAYS:
        return iso(value) if 1 <= value < NEVER - 1 else "-"
    if name == "first_moment":
        return Zone(program.timezone).text(value)[:MINUTE]
    money = name in {"worth", "minimum"}
    if name == "asked" and rule is not None and rule.asked is not None:
        money = type(rule.asked.type).__name__ == "Money"
    return money_text(value, program.currency[0]) if money else str(value)
