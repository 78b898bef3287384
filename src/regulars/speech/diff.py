"""What changed between two versions, in words: "Gold now from 600 year stars instead of 500 year stars"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from regulars.program.cel import Checked
from regulars.program.diff import Change, diff
from regulars.program.forms.tree import Life, Limit, Opening, Span, Spread, Trigger, Wait
from regulars.program.model import Program, Rule, Table
from regulars.program.written import spread
from regulars.speech import forms
from regulars.speech.amounts import all_given, cell_words
from regulars.speech.effects import cost
from regulars.speech.language import Language
from regulars.speech.program import level_words, marks_of, meeting
from regulars.speech.voice import Voice

AMOUNTS = frozenset({"off", "add", "minimum", "up_to", "part_pay", "places", "gives_back"})
GIVES = frozenset({"give", "give_table"})
COSTS = frozenset({"cost", "every"})


def changes(old: Program, new: Program, language: Language) -> list[str]:
    """Every difference of two versions as a sentence, in the order of `program.diff`; one when there is none."""
    said = [_said(Voice(old, language), Voice(new, language), change) for change in diff(old, new)]
    return list(dict.fromkeys(said)) or [language.say("diff.none")]


def _said(old: Voice, new: Voice, change: Change) -> str:
    what = f"`{change.name}`"
    if change.kind != "changed":
        return new.say(f"diff.{change.kind}", what=what)
    if change.what == "level":
        before, after = _level(old, change.name), _level(new, change.name)
        return new.say("diff.level", level=after[0], new=after[1], old=before[1])
    if change.field == "order" and change.what == "ladder":
        names = [new.all_of([name.rpartition(".")[2] for name in value]) for value in (change.new, change.old)]
        return new.say("diff.order_levels", what=what, new=names[0], old=names[1])
    if change.field == "order":
        return new.say("diff.order", what=what)
    rules = (old.program.rule(change.name), new.program.rule(change.name))
    if change.field in COSTS and rules[0] is not None and rules[1] is not None:
        return new.say("diff.cost", what=what, new=cost(new, rules[1]), old=cost(old, rules[0]))
    before_text = _value(old, rules[0], change.field, change.old)
    after_text = _value(new, rules[1], change.field, change.new)
    return new.say("diff.changed", what=what, field=change.field or change.what, new=after_text, old=before_text)


def _level(voice: Voice, name: str) -> tuple[str, str]:
    """A level's name, and what grants it."""
    ladder, _, level = name.partition(".")
    found = next(one for one in voice.program.ladders[ladder].levels if one.name == level)
    label = voice.level(level)
    said = marks_of(voice, found) or level_words(voice, found).removeprefix(label).strip()
    return label, said or voice.say("diff.nothing")


def _value(voice: Voice, rule: Rule | None, field: str, value: Any) -> str:
    if value is None or value in ((), ""):
        return voice.say("diff.nothing")
    if rule is not None and field in GIVES:
        said = all_given(voice, rule)
        return voice.say("amount.each", amount=said.much, measure=said.measure) if said.measure else said.much
    if rule is not None and field in AMOUNTS:
        return cell_words(voice, rule, value, rule.minimum_of or "" if field == "minimum" else "")
    if rule is not None and field in {"multiply", "top_up"}:
        return ": ".join(meeting(voice, rule))
    if field in {"first", "until"} and isinstance(value, int):
        return voice.language.day(value)
    return _form(voice, field, value)


def _form(voice: Voice, field: str, value: Any) -> str:
    """A value of any kind: a text form in words, a condition quoted, anything else as it is written."""
    if isinstance(value, Checked):
        return f"`{value.text}`"
    if isinstance(value, tuple | list):
        joined = voice.all_of([_form(voice, field, one) for one in value])
        return joined or voice.say("diff.nothing")
    if isinstance(value, Table):
        value_of = {"lasts": forms.valid, "open": forms.opening, "at_most": forms.limit, "pending": forms.wait}.get(
            field
        )
        if value_of is None:
            return cell_words(voice, Rule("", 0, "", "settle"), value)
        return forms.valid(voice, value, "earned") if field == "lasts" else value_of(voice, value)  # type: ignore[operator]
    if isinstance(value, Life):
        return forms.valid(voice, value, "earned")
    if isinstance(value, Limit):
        return forms.limit(voice, value)
    if isinstance(value, Opening):
        return forms.opening(voice, value)
    if isinstance(value, Trigger):
        return forms.trigger(voice, value)
    if isinstance(value, Span):
        return forms.span(voice, value)
    if isinstance(value, Spread):
        return f"`{spread(value)}`"
    if isinstance(value, Wait):
        return forms.wait(voice, value)
    return _written(value)


def _written(value: Any) -> str:
    """What is left: names, numbers, and values that are made of them."""
    return f"`{_flat(value)}`"


def _flat(value: Any) -> str:
    if isinstance(value, Checked):
        return value.text
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_flat(inside)}" for key, inside in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(_flat(inside) for inside in value)
    if is_dataclass(value) and not isinstance(value, type):
        kept = [getattr(value, one.name) for one in fields(value)]
        return " ".join(_flat(one) for one in kept if one not in (None, (), "", False))
    return str(value)
