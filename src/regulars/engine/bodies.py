"""The parts of a body: records with the fields that a program declares, ids, quantities, and values as they are stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from regulars.engine.fields import Bad, reader
from regulars.program.model import Fact
from regulars.words.ids import check_id
from regulars.words.moments import Zone

DEEPEST = 20
LARGEST = 2**63


class Record:
    """A line, tender, or the facts of an event: attributes by the program's declaration."""

    __slots__ = ()


def record_class(name: str, attributes: tuple[str, ...], base: type[Record] = Record) -> type[Any]:
    """A slotted record with these attributes."""
    return type(name, (base,), {"__slots__": attributes})


UNSAID = {"count": 0, "number": 0, "money": 0, "bool": False, "date": 1, "moment": 0, "span": (0, 0), "lines": ()}
"""What a fact of a type is, when an event that does not carry it is asked for it."""


def unsaid_class(facts: Iterable[Fact], currency_exponent: int, zone: Zone) -> type[Record]:
    """What events are that say nothing of these facts: each is its default, nothing, or none.

    A condition may speak of a fact that only some of its rule's events carry; asked of the others, it is not said.
    """
    values: dict[str, Any] = {}
    for fact in facts:
        if fact.type.base != "unread":
            _, default, required = reader(fact.type, currency_exponent, zone)
            value = UNSAID.get(fact.type.base) if required else default
            values[fact.attribute] = value if values.get(fact.attribute, value) == value else None
    return type("Unsaid", (Record,), {"__slots__": (), **values})


def said(record: Any, attribute: str) -> Any:
    """A fact of a record that carries it; None of one that does not."""
    return getattr(record, attribute, None) if attribute in getattr(record, "__slots__", ()) else None


class Shape:
    """How the fields of one kind of record are read: attribute, name, reader, default, required."""

    __slots__ = ("cls", "fields", "known", "name", "of_lines")

    def __init__(
        self,
        name: str,
        facts: Mapping[str, Fact],
        extra: tuple[str, ...],
        currency_exponent: int,
        zone: Zone,
        base: type[Record] = Record,
    ) -> None:
        self.name = name
        attributes = tuple(dict.fromkeys((*extra, *(fact.attribute for fact in facts.values()))))
        self.cls = record_class(name.title().replace(".", ""), attributes, base)
        self.fields: list[tuple[str, str, Callable[[Any], Any], Any, bool]] = []
        for fact in facts.values():
            read, default, required = reader(fact.type, currency_exponent, zone)
            self.fields.append((fact.attribute, fact.name, read, default, required))
        self.known = frozenset(facts)
        self.of_lines = tuple(
            (fact.name, fact.attribute, fact.type.base == "lines")
            for fact in facts.values()
            if fact.type.base in {"line", "lines"}
        )

    def fill(self, record: Any, raw: Mapping[str, Any], pointer: str) -> int:
        """Reads the declared fields of `raw` into `record`; how many of them `raw` had."""
        seen = 0
        for attribute, name, read, default, required in self.fields:
            value = raw.get(name)
            if value is None:
                if required:
                    raise Bad("event.missing_field", f"The field `{name}` is missing.", f"{pointer}/{name}")
                setattr(record, attribute, default)
                if name in raw:
                    seen += 1
            else:
                seen += 1
                try:
                    setattr(record, attribute, read(value))
                except Bad as bad:
                    raise bad.of(name, f"{pointer}/{name}") from None
        return seen


def reader_of_money(exponent: int) -> Callable[[Any], int]:
    """The reader of non-negative money of so many decimals."""
    from regulars.engine.fields import money_reader

    return money_reader(exponent)


def identifier(raw: Mapping[str, Any], key: str) -> str:
    """The id in a field of a body; refused where there is none that could be one."""
    value = raw.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value:
        raise Bad("event.missing_field", f"The field `{key}` is missing.", f"/{key}")
    refusal = check_id(value)
    if refusal is not None:
        raise Bad(
            "event.bad_id", f"The field `{key}` is no id: {refusal.text[:1].lower()}{refusal.text[1:]}", f"/{key}"
        )
    return value


def quantity(value: Any, pointer: str) -> int:
    """A number of pieces, from 1."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 1_000_000:
        raise Bad("event.out_of_range", "The field `qty` must be a whole number from 1.", pointer)
    return value


def uses(raw: Any) -> tuple[Mapping[str, Any], ...]:
    """What `use` names, each as an object."""
    if not isinstance(raw, list):
        raise Bad("event.bad_use", "The field `use` must be a list.", "/use")
    uses: list[Mapping[str, Any]] = []
    for number, item in enumerate(raw):
        if isinstance(item, int | str) and not isinstance(item, bool):
            item = {"voucher": item}
        if not isinstance(item, Mapping) or not ({"voucher", "reward", "perk", "code"} & set(item)):
            raise Bad(
                "event.bad_use",
                "What is used is written {voucher: ..}, {reward: ..}, {perk: ..} or {code: ..}.",
                f"/use/{number}",
            )
        uses.append(item)
    return tuple(uses)


def return_line(raw: Any, number: int) -> Mapping[str, Any]:
    """A line of a return, which must be an object."""
    if not isinstance(raw, Mapping):
        raise Bad("event.bad_lines", "A line must be an object.", f"/lines/{number}")
    return raw


def plain(value: Any, depth: int = 0) -> Any:
    """The value as it is stored: what JSON and msgpack both have."""
    if isinstance(value, str):
        return stored_text(value)
    if value is None or (isinstance(value, int) and -LARGEST < value < LARGEST):
        return value
    if isinstance(value, int):
        raise Bad("event.out_of_range", "A number in the event is absurdly large.", "")
    if depth > DEEPEST:
        raise Bad("event.too_deep", f"The event is nested deeper than {DEEPEST} levels.", "")
    if type(value) is dict:
        # What almost every line of a basket is made of is looked at here, without a call for each.
        return {
            key if type(key) is str and key.isprintable() else stored_text(str(key)): item
            if ((kind := type(item)) is int and -LARGEST < item < LARGEST) or (kind is str and item.isprintable())
            else plain(item, depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, Mapping):
        return {stored_text(str(key)): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, depth + 1) for item in value]
    if isinstance(value, float):
        raise Bad("event.float", f"The number {value!r} is a float; write it as text or as an exact decimal.", "")
    return str(value)


def stored_text(value: str) -> str:
    """The text, when it can be stored: half a character (a lone surrogate) or a null cannot."""
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Bad(
                "event.bad_text", "A text in the event holds half a character that no encoding can store.", ""
            ) from None
    if "\0" in value:
        raise Bad("event.bad_text", "A text in the event holds a null character.", "")
    return value
