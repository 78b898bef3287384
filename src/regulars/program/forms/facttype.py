"""The type of a fact."""

from __future__ import annotations

import re
from datetime import date

from regulars.program.forms.tree import FactType
from regulars.program.forms.words import RESERVED, FormError, Token, Words, reading
from regulars.program.problems import did_you_mean

TYPES = ("text", "count", "number", "money", "bool", "date", "moment", "day_of_year", "span", "member", "line", "lines")
_OFTEN_MEANT = {
    "int": "count",
    "integer": "count",
    "string": "text",
    "str": "text",
    "decimal": "number",
    "float": "number",
    "boolean": "bool",
    "datetime": "moment",
    "timestamp": "moment",
    "birthday": "day_of_year",
    "amount": "money",
}
_DEFAULTS = {
    "count": (r"[0-9]{1,18}", "a whole number"),
    "number": (r"[0-9]{1,18}(\.[0-9]{1,18})?", "a number"),
    "money": (r"[0-9]{1,15}\.[0-9]{1,4}", "money with its point, like `0.00`"),
    "bool": (r"true|false", "`true` or `false`"),
    "date": (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "a day like `2026-01-31`"),
    "text": (r".+", "a text"),
}


def read_type(text: str) -> FactType | FormError:
    """The type that a text like `count of night`, `money = 0.00`, `list of text` or `date?` says."""
    kind, equals, default = text.partition("=")
    found = reading(kind, "a type", _type, "of")
    if isinstance(found, FormError) or not equals:
        return found
    value = default.strip()
    offset = len(kind) + 1 + len(default) - len(default.lstrip())
    if not value:
        return FormError(offset, "expected a value after `=`")
    return _with_default(found, value, offset)


def _type(words: Words) -> FactType:
    many = False
    if words.at("list"):
        words.step()
        words.need("of")
        many = True
    token = words.see()
    if token.text not in TYPES:
        _unknown(words, token)
    base = words.step().text
    unit = None
    if words.take("of"):
        if base not in ("count", "number"):
            words.wrong(f"only a `count` or a `number` is of a unit, not a `{base}`", token=token)
        unit = words.name("a unit word like `night`")
    return FactType(base, unit=unit, many=many, optional=words.take("?"))


def _unknown(words: Words, token: Token) -> None:
    if token.kind in ("name", "path") and token.text not in RESERVED:
        meant = _OFTEN_MEANT.get(token.text)
        hint = f"did you mean `{meant}`?" if meant else did_you_mean(token.text, TYPES)
        words.wrong(f"`{token.text}` is no type", hint or f"types are {', '.join(TYPES)}, or a list of values `[a, b]`")
    words.expected_text("a type (`text`, `count`, `money`, `bool`, `date`, ..)")


def _with_default(found: FactType, value: str, offset: int) -> FactType | FormError:
    form = _DEFAULTS.get(found.base)
    if found.many or form is None:
        kind = "list" if found.many else f"`{found.base}`"
        return FormError(offset, f"a {kind} has no default", "write `?` for a fact that may be missing")
    if not re.fullmatch(form[0], value) or (found.base == "date" and not _is_day(value)):
        return FormError(offset, f"the default of a `{found.base}` is {form[1]}, not `{value}`")
    return FactType(found.base, unit=found.unit, optional=found.optional, default=value)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
