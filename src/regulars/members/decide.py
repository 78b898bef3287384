"""What may be known of a person, and in which form: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from regulars.members.model import FIELDS, KINDS, Identifier
from regulars.words.days import day_of
from regulars.words.ids import check_id
from regulars.words.refusals import Refusal

MOST_IDENTIFIERS: Final = 20
LONGEST: Final = 200


def identifier(kind: str, value: Any, region: str | None = None) -> Identifier | Refusal:
    """The identifier in its one form. `region` (ISO 3166) is whose telephone numbers are written without a country.

    Refused: `identifier.unknown_kind`, `identifier.unreadable`.
    """
    if kind not in KINDS:
        return Refusal("identifier.unknown_kind", values=(("kind", kind), ("kinds", ", ".join(KINDS))))
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST or not value.strip().isprintable():
        return _unreadable(kind)
    text = value.strip()
    if kind == "email":
        return _email(text)
    if kind == "phone":
        return _phone(text, region)
    if kind == "card":
        text = text.replace(" ", "").replace("-", "").upper()
        return Identifier(kind, text) if text.isascii() and text.isalnum() else _unreadable(kind)
    return Identifier(kind, text)


def identifiers(raw: Any, region: str | None = None) -> tuple[Identifier, ...] | Refusal:
    """Identifiers as they are sent, `[{"kind": "email", "value": "ann@example.org"}]`, each once, in order of kind."""
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) > MOST_IDENTIFIERS:
        return Refusal("identifier.unreadable", values=(("kind", "identifiers"),), pointer="/identifiers")
    found: set[Identifier] = set()
    for number, one in enumerate(raw):
        kind, value = (one.get("kind"), one.get("value")) if isinstance(one, Mapping) else (None, None)
        read = identifier(str(kind), value, region)
        if isinstance(read, Refusal):
            return Refusal(read.code, read.text, values=read.values, pointer=f"/identifiers/{number}")
        found.add(read)
    return tuple(sorted(found))


def fields(raw: Any) -> dict[str, str | None] | Refusal:
    """Fields as they are sent; None takes one away. Refused: `person.unknown_field`, `person.unreadable_field`."""
    if not isinstance(raw, Mapping):
        return Refusal("person.unreadable_field", values=(("field", "fields"),), pointer="/fields")
    found: dict[str, str | None] = {}
    for name, value in raw.items():
        pointer = f"/fields/{name}"
        if name not in FIELDS:
            return Refusal(
                "person.unknown_field", values=(("field", str(name)), ("fields", ", ".join(FIELDS))), pointer=pointer
            )
        if value is not None and not _fits(name, value):
            return Refusal("person.unreadable_field", values=(("field", name),), pointer=pointer)
        found[name] = value
    return found


def opaque(member: str) -> Refusal | None:
    """Why an id says too much of a person to stand in the ledger: `member.personal_id`, or `id.…` when it is no id."""
    if "@" in member or member.startswith("+"):
        return Refusal("member.personal_id", pointer="/member")
    return check_id(member)


def merged(kept: Mapping[str, str], gone: Mapping[str, str]) -> dict[str, str]:
    """What is known of a person of whom there were two records: what the kept one lacks comes from the other."""
    return {**gone, **kept}


def _email(text: str) -> Identifier | Refusal:
    try:
        return Identifier("email", validate_email(text, check_deliverability=False).normalized.lower())
    except EmailNotValidError:
        return _unreadable("email")


def _phone(text: str, region: str | None) -> Identifier | Refusal:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return _unreadable("phone")
    if not phonenumbers.is_possible_number(number):
        return _unreadable("phone")
    return Identifier("phone", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _fits(name: str, value: Any) -> bool:
    if not isinstance(value, str) or not value.strip() or len(value) > FIELDS[name]:
        return False
    if name == "born":
        try:
            day_of(value)
        except ValueError:
            return False
    if name == "country":
        return len(value) == 2 and value.isascii() and value.isupper()
    return value.isprintable() or name == "note"


def _unreadable(kind: str) -> Refusal:
    return Refusal("identifier.unreadable", values=(("kind", kind),))
