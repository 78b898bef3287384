"""Tables in words: each row with what it stands for, "Gold 1.2, Reserve 1.7"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from regulars.program.cel import Date, Money
from regulars.program.cel.types import inner
from regulars.program.model import Table
from regulars.speech.conditions import key_label
from regulars.speech.voice import Voice


def rows(voice: Voice, table: Table) -> Iterator[tuple[str, Any, bool]]:
    """(label, cell, whether it is what holds without a label) of each row, tables inside it spread out."""
    lowest = _lowest(voice, table)
    for keys, cell in table.rows:
        label = _label(voice, table, keys)
        plain = lowest is not None and lowest in keys
        if isinstance(cell, Table):
            for inside, value, _ in rows(voice, cell):
                yield f"{label}, {inside}", value, False
        else:
            yield label, cell, plain
    if isinstance(table.otherwise, Table):
        yield from rows(voice, table.otherwise)
    elif table.otherwise is not None:
        yield "", table.otherwise, False


def _lowest(voice: Voice, table: Table) -> str | None:
    """The level that everybody has, when a table goes by a ladder."""
    if table.kind != "by" or len(table.keys) != 1:
        return None
    levels = voice.ladder_of(table.keys[0].text)
    return None if levels is None else levels[0]


def _label(voice: Voice, table: Table, keys: tuple[object, ...]) -> str:
    if table.kind == "since":
        first = keys[0]
        return (
            voice.say("table.start")
            if not isinstance(first, int)
            else voice.say("table.since", day=voice.language.day(first))
        )
    if table.kind == "band":
        bound = keys[0]
        money = isinstance(inner(table.keys[0].type), Money)
        shown = (
            voice.language.day(int(str(bound)))
            if isinstance(inner(table.keys[0].type), Date)
            else voice.money(int(str(bound)))
            if money
            else voice.number(int(str(bound)))
            if isinstance(bound, int)
            else str(bound)
        )
        return voice.say("table.up_to" if table.up_to else "table.from", bound=shown)
    if table.kind == "across":
        return ", ".join(key_label(voice, key, value) for key, value in zip(table.keys, keys, strict=True))
    return voice.any_of([key_label(voice, table.keys[0], value) for value in keys])


def labelled(voice: Voice, label: str, cell: str) -> str:
    """A row as it is said; without a label it is what holds otherwise."""
    return voice.say("table.cell", label=label, cell=cell) if label else voice.say("table.else", cell=cell)


def table_words(voice: Voice, table: Table, render: Callable[[Any], str]) -> str:
    """All rows in a sentence, each cell said by `render`."""
    return "; ".join(labelled(voice, label, render(cell)) for label, cell, _ in rows(voice, table))
