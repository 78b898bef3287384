"""The JSON Schema of program files, made from the table of keys: for editors that complete and check while one writes.

It knows keys, words and the shape of values; what a text form says inside is the loader's to check.
"""

from __future__ import annotations

import re
from typing import Any

from regulars.program.keys import BLOCKS, Key

Schema = dict[str, Any]

_NAME, _PATH = r"^[a-z][a-z0-9_]*$", r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$"
_OF_NAMES = {"NAME": _NAME, "PATH": _PATH, "CODE": _PATH, "LANGUAGE": r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"}
_TABLED = ("AMOUNT", "LIMIT", "LIFE", "OPENING", "ENDING", "WAIT", "GIVE")


def _text(description: str, *types: str, **more: Any) -> Schema:
    return {
        "type": list(types) if len(types) > 1 else types[0] if types else "string",
        "description": description,
        **more,
    }


FORMS: dict[str, Schema] = {
    "TEXT": _text("a text", "string", "number", "boolean"),
    "SLUG": _text("small letters, digits and -", pattern="^[a-z0-9][a-z0-9-]*$"),
    "NAME": _text("a name", pattern=_NAME),
    "PATH": _text("a name, or names joined by points", pattern=_PATH),
    "DATE": _text("a day, 2026-01-31", pattern=r"^\d{4}-\d\d-\d\d$"),
    "INT": _text("a whole number", "integer", minimum=0),
    "NUMBER": _text("a number", "number", exclusiveMinimum=0),
    "BOOL": _text("true or false", "boolean"),
    "CEL": _text("a condition or value in CEL: line.kind == 'drink'", "string", "boolean", "number"),
    "AMOUNT": _text("how much: 1 per 1.00, 20%, 100 points, 5.00, = CEL", "string", "number"),
    "LIMIT": _text("how often or up to what: once per year, 4 stamps per purchase, never"),
    "LIFE": _text("how long: 60 days, 6 months after earned to end of month, end of next year, never"),
    "OPENING": _text("when: from 2026-04-01, 7 days from birthday, on tue, thu from 09:00"),
    "TRIGGER": _text("on what: purchase, start of month, yearly 15 February, 3 days before birthday"),
    "WINDOW": _text("a tiling of the calendar: week from sunday, year from 1 October, starts 1 February, 1 June"),
    "SPREAD": _text("measured over: last 12 months, a window, or a life"),
    "CUTOFF": _text("up to when: by end of last season, by yesterday", pattern="^by "),
    "WAIT": _text("until when: until confirm, through 15 days after earned, none"),
    "START": _text(
        "at once, next day, next business day, next WINDOW, on EVENT", pattern="^(at once|next (business )?.+|on .+)$"
    ),
    "ROUND": _text("down, nearest or up, to 0.1, per purchase; or exact", pattern="^(down|nearest|up|exact)"),
    "MARK": _text("a number, or every 10 from 20 to 100", "string", "number"),
    "ORDER": _text("which lots go first"),
    "PAYS": _text("first purchase, 30.00 of spend, or an event"),
    "IMPORT": _text("last purchase, used friend, vouchers waiting, member.card"),
    "SPAN": _text("1 month, or a fact with a unit: subscribe.every_weeks weeks"),
    "ENDING": {"enum": ["at end", "at once", "refund in full", "refund months left"]},
    "THEN": _text("the plan that follows: annual after 48 months"),
}
"""Text forms: what a text must look like, as far as a pattern can say it."""


def json_schema() -> Schema:
    """The schema, draft 2020-12: a program as an object, each block under `$defs`."""
    definitions: Schema = {name: dict(schema) for name, schema in FORMS.items()}
    definitions |= {block: _block(keys) for block, keys in BLOCKS.items()}
    definitions |= _mixed()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A loyalty program",
        "$ref": "#/$defs/PROGRAM",
        "$defs": definitions,
    }


def _block(keys: dict[str, Key]) -> Schema:
    properties = {}
    for name, key in keys.items():
        default = "" if key.default in ("none", "required") else f" (default: {key.default})"
        properties[name] = {"description": key.meaning + default, **of_type(key.type)}
    required = [name for name, key in keys.items() if key.default == "required"]
    made: Schema = {"type": ["object", "null"], "properties": properties, "additionalProperties": False}
    # A group holds rules and not what each of them must have.
    if required and "each" not in keys:
        made |= {"type": "object", "required": required}
    return made


def of_type(written: str) -> Schema:
    """The schema of a type as it stands in the table of keys."""
    parts = written.split(" / ") if "{" not in written else [written]
    if len(parts) > 1:
        words = [part for part in parts if not part.isupper()]
        others = [of_type(part) for part in parts if part.isupper()]
        return {"anyOf": [*others, {"enum": words}]} if others else {"enum": words}
    if written.endswith("[]"):
        return _one_or_list(of_type(written[:-2]))
    inside = re.fullmatch(r"([A-Z]+)\{(.+)\}", written)
    if inside is not None:
        value = of_type(inside.group(2))
        return {
            "type": ["object", "null"],
            "patternProperties": {_OF_NAMES[inside.group(1)]: value},
            "additionalProperties": False,
        }
    if not written.isupper():
        return {"const": written}
    if written == "NAMES":
        return _one_or_list({"$ref": "#/$defs/TEXT"})
    if written == "DAYS":
        return _one_or_list({"$ref": "#/$defs/DATE"})
    plain = {"$ref": f"#/$defs/{written}"}
    return {"anyOf": [plain, {"$ref": "#/$defs/TABLE"}]} if written in _TABLED else plain


def _one_or_list(one: Schema) -> Schema:
    return {"anyOf": [one, {"type": "array", "items": one}]}


def _mixed() -> Schema:
    """What has names of the program's own as keys."""
    amount = {"anyOf": [{"$ref": "#/$defs/AMOUNT"}, {"$ref": "#/$defs/TABLE"}, {"$ref": "#/$defs/CALCULATOR"}]}
    several = {"anyOf": [*amount["anyOf"], {"type": "array", "items": amount}]}
    named = {"type": "object", "patternProperties": {_NAME: several}, "additionalProperties": False}
    listed = {"type": "array", "items": {"type": ["string", "number", "boolean"]}, "minItems": 1}
    return {
        "GIVE": {**named, "description": "wallet, voucher or standing: how much, or which level"},
        "COST": {"anyOf": [{"$ref": "#/$defs/AMOUNT"}, {"$ref": "#/$defs/TABLE"}, named]},
        "CALCULATOR": {"type": "object", "required": ["calculator"], "properties": {"calculator": {"type": "string"}}},
        "TABLE": {
            "type": "object",
            "description": "by: KEY with a value a row, band: VALUE with from:, or since: with days",
            "anyOf": [{"required": ["by"]}, {"required": ["band"]}, {"required": ["since"]}],
        },
        "TYPE": {
            "description": "text, count, number, money, bool, date, moment, day_of_year, span, or one of [a, b]",
            "anyOf": [
                {"type": "string"},
                listed,
                {
                    "type": "object",
                    "properties": {"of": listed, "else": {"type": ["string", "number", "boolean"]}},
                    "required": ["of"],
                    "additionalProperties": False,
                },
            ],
        },
        "SAID": {"anyOf": [{"type": "string"}, of_type("LANGUAGE{TEXT}")]},
        "RETURNS": {
            "type": ["object", "null"],
            "properties": {"terms": of_type("NAMES")},
            "additionalProperties": of_type("take back / keep"),
        },
    }
