"""Conditions in words: common comparisons of facts as phrases, anything else quoted as it was written."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from regulars.program.cel import Checked
from regulars.program.cel.nodes import Call, Chain, Constant, Dot, Infix, Items, Node, Prefix, Word, path_of
from regulars.program.cel.syntax import read
from regulars.speech.language import capital, human
from regulars.speech.voice import Voice

FLIPPED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
COMPARED = {
    "==": "cond.is",
    "!=": "cond.is_not",
    ">=": "cond.at_least",
    ">": "cond.more",
    "<=": "cond.at_most",
    "<": "cond.less",
}
_TIME = {"<": "cond.before", ">=": "cond.from", "<=": "cond.until", ">": "cond.after"}
KINDS = frozenset({"line.kind", "line.department", "line.category", "line.type"})
"""Facts of a line by which goods are called."""
_CLOCK = re.compile(r"\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Goods:
    """What a condition on lines says: the kinds it names, the kinds it leaves out, and whatever else holds of them."""

    kinds: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    which: tuple[str, ...] = ()


def words(voice: Voice, checked: Checked | str, negated: bool = False) -> str:
    """A condition in words: "on Tuesdays before 10:00", "for Gold and above"; what has no words is quoted."""
    text = checked if isinstance(checked, str) else checked.text
    return _joined(_clauses(voice, read(text), text, negated))


def only_quoted(voice: Voice, text: str) -> bool:
    """Whether a condition has no words and is quoted whole."""
    return words(voice, text) == voice.say("cond.quoted", text=text)


def goods(voice: Voice, checked: Checked | None) -> Goods:
    """What a condition on lines says of goods."""
    if checked is None:
        return Goods()
    found: dict[str, list[str]] = {"kinds": [], "left_out": [], "which": []}
    _goods(voice, read(checked.text), checked.text, found)
    return Goods(*(tuple(found[key]) for key in ("kinds", "left_out", "which")))


def _joined(clauses: list[str]) -> str:
    return ", ".join(clauses)


def _goods(voice: Voice, node: Node, text: str, found: dict[str, list[str]]) -> None:
    defined = _defined(voice, node)
    if defined is not None:
        _goods(voice, read(defined), defined, found)
    elif isinstance(node, Chain) and node.sign == "&&":
        for one in node.operands:
            _goods(voice, one, text, found)
    else:
        named = _membership(node, False)
        if named is not None and named[0] in KINDS:
            found["kinds" if named[2] else "left_out"].extend(human(value) for value in named[1])
        else:
            found["which"].append(_clause(voice, node, text, False))


def _defined(voice: Voice, node: Node) -> str | None:
    if isinstance(node, Word) and node.name in voice.program.defines:
        return voice.program.defines[node.name].text
    return None


def _clauses(voice: Voice, node: Node, text: str, negated: bool) -> list[str]:
    defined = _defined(voice, node)
    if defined is not None:
        return _clauses(voice, read(defined), defined, negated)
    if isinstance(node, Chain) and node.sign == ("||" if negated else "&&"):
        parts = [clause for one in node.operands for clause in _clauses(voice, one, text, negated)]
        return _on_the_day(node, parts)
    return [_clause(voice, node, text, negated)]


def _on_the_day(node: Chain, parts: list[str]) -> list[str]:
    """A weekday and the time right after it are one phrase."""
    paths = [path_of(one.left) if isinstance(one, Infix) else None for one in node.operands]
    if len(parts) == len(paths):
        for place in range(len(paths) - 1):
            if paths[place] == "event.weekday" and paths[place + 1] == "event.time":
                joined = f"{parts[place]} {parts[place + 1]}"
                return [*parts[:place], joined, *parts[place + 2 :]]
    return parts


def _clause(voice: Voice, node: Node, text: str, negated: bool) -> str:
    if isinstance(node, Prefix) and node.sign == "!":
        return _joined(_clauses(voice, node.of, text, not negated))
    if isinstance(node, Chain):
        parts = [_joined(_clauses(voice, one, text, negated)) for one in node.operands]
        return voice.any_of(parts)
    defined = _defined(voice, node)
    if defined is not None:
        return _joined(_clauses(voice, read(defined), defined, negated))
    for kind in (_member, _compare, _call, _truth):
        said = kind(voice, node, negated)
        if said is not None:
            return said
    written = text[node.start : node.end]
    return voice.say("cond.quoted", text=f"!({written})" if negated else written)


def _membership(node: Node, negated: bool) -> tuple[str, tuple[str, ...], bool] | None:
    """(path, texts, whether it is one of them) of `x == 'a'`, `x in ['a', 'b']` and their opposites."""
    if isinstance(node, Prefix) and node.sign == "!":
        return _membership(node.of, not negated)
    if not isinstance(node, Infix) or node.sign not in {"==", "!=", "in"}:
        return None
    path = path_of(node.left)
    items = node.right.items if isinstance(node.right, Items) and node.sign == "in" else (node.right,)
    texts = tuple(item.value for item in items if isinstance(item, Constant) and isinstance(item.value, str))
    if path is None or len(texts) != len(items) or (node.sign == "in") != isinstance(node.right, Items):
        return None
    return path, texts, (node.sign != "!=") != negated


def _member(voice: Voice, node: Node, negated: bool) -> str | None:
    """One of some texts: a weekday, a level, a method of payment, a channel, a kind."""
    if isinstance(node, Infix) and node.sign == "in" and not isinstance(node.right, Items):
        return _in_list(voice, node, negated)
    found = _membership(node, negated)
    if found is None:
        return None
    path, texts, held = found
    levels = voice.ladder_of(path)
    if levels is not None:
        return _levels(voice, levels, texts if held else tuple(level for level in levels if level not in texts))
    special = _SPECIAL.get(path.rpartition(".")[2] if path.endswith(".channel") else path)
    if special is not None:
        return special(voice, texts, held)
    values = voice.any_of([human(text) for text in texts])
    return voice.say("cond.is" if held else "cond.is_not", fact=fact(path), value=values)


def _levels(voice: Voice, levels: tuple[str, ...], named: tuple[str, ...]) -> str:
    """Levels that are all above a mark are said by it."""
    places = [levels.index(name) for name in named if name in levels]
    if len(places) > 1 and places == list(range(places[0], len(levels))):
        return voice.say("cond.level_from", level=voice.level(levels[places[0]]))
    return voice.say("cond.level", levels=voice.any_of([voice.level(name) for name in named]))


def _weekdays(voice: Voice, texts: tuple[str, ...], held: bool) -> str:
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    named = texts if held else tuple(day for day in days if day not in texts)
    return voice.say("cond.weekday", days=voice.all_of([voice.language.weekday(day) or day for day in named]))


def _methods(voice: Voice, texts: tuple[str, ...], held: bool) -> str:
    methods = voice.any_of([human(text) for text in texts])
    return voice.say("cond.paid" if held else "cond.not_paid", methods=methods)


def _channels(voice: Voice, texts: tuple[str, ...], held: bool) -> str:
    if held and texts in {("online",), ("store",)}:
        return voice.say(f"cond.{texts[0]}")
    return voice.say(
        "cond.channel" if held else "cond.not_channel", names=voice.any_of([human(text) for text in texts])
    )


def _kinds(voice: Voice, texts: tuple[str, ...], held: bool) -> str:
    kinds = voice.any_of([human(text) for text in texts])
    return (
        voice.say("cond.is", fact=fact("line.kind"), value=kinds) if held else voice.say("cond.not_kind", kinds=kinds)
    )


_SPECIAL: dict[str, Callable[[Voice, tuple[str, ...], bool], str]] = {
    "event.weekday": _weekdays,
    "tender.method": _methods,
    "channel": _channels,
    "line.kind": _kinds,
}


def _in_list(voice: Voice, node: Infix, negated: bool) -> str | None:
    """A text among a fact's texts, or the event's day among named ones."""
    where, left = path_of(node.right), path_of(node.left)
    if where is None:
        return None
    if left == "event.date" and not negated:
        if where in voice.program.choices:
            return voice.say("cond.chosen_days", name=human(where))
        return voice.say("cond.named_days", name=human(where))
    if isinstance(node.left, Constant) and isinstance(node.left.value, str):
        return voice.say("cond.not_tagged" if negated else "cond.tagged", value=human(node.left.value))
    return None


def _compare(voice: Voice, node: Node, negated: bool) -> str | None:
    """A fact against a number, an amount of money, or a time of the day."""
    if not isinstance(node, Infix) or not isinstance(node.right, Constant) or node.sign not in COMPARED:
        return None
    path, value = path_of(node.left), node.right.value
    if path is None or value is None or isinstance(value, bool):
        return None
    sign = FLIPPED[node.sign] if negated else node.sign
    if isinstance(value, str):
        if path == "event.time" and sign in _TIME and _CLOCK.fullmatch(value):
            return voice.say(_TIME[sign], time=value)
        levels = voice.ladder_of(path)
        return (
            None
            if levels is not None or sign not in {"==", "!="}
            else voice.say(COMPARED[sign], fact=fact(path), value=human(value))
        )
    shown = voice.major(value) if isinstance(value, Fraction) and _is_money(voice, path) else voice.number(value)
    if path == "line.price" and sign == ">=":
        return voice.say("cond.piece", money=shown)
    if path.startswith("basket.") and sign == ">=":
        return voice.say("cond.basket", fact=fact(path), value=shown)
    return voice.say(COMPARED[sign], fact=fact(path), value=shown)


def _is_money(voice: Voice, path: str) -> bool:
    first, _, rest = path.partition(".")
    if path in {"line.amount", "line.price", "plan.price", "voucher.worth"} or first == "basket":
        return True
    if first in voice.program.wallets or path in voice.program.bases:
        return voice.is_money(first)
    declared = (facts for kind, facts in voice.program.facts.items() if kind.partition(".")[0] == first)
    return any(rest in facts and facts[rest].type.base == "money" for facts in declared)


def _call(voice: Voice, node: Node, negated: bool) -> str | None:
    """`has(x)`, `LADDER.at_least('gold')`, `paid('cash')`."""
    if not isinstance(node, Call) or len(node.arguments) != 1:
        return None
    given = node.arguments[0]
    if node.name == "has" and node.of is None and (path := path_of(given)) is not None:
        return voice.say("cond.false" if negated else "cond.true", fact=fact(path))
    if not isinstance(given, Constant) or not isinstance(given.value, str):
        return None
    if node.name == "paid":
        return _methods(voice, (given.value,), not negated)
    if node.name != "at_least" or node.of is None:
        return None
    levels = voice.ladder_of(path_of(node.of) or "")
    if negated:
        return voice.say("cond.level_below", level=voice.level(given.value))
    if levels and levels[-1] == given.value:
        return voice.say("cond.level", levels=voice.level(given.value))
    return voice.say("cond.level_from", level=voice.level(given.value))


def _truth(voice: Voice, node: Node, negated: bool) -> str | None:
    """A fact that is true or false, a benefit that one has."""
    if (
        isinstance(node, Infix)
        and node.sign in {"==", "!="}
        and isinstance(node.right, Constant)
        and isinstance(node.right.value, bool)
    ):
        return _truth(voice, node.left, negated != ((node.sign == "==") != node.right.value))
    path = path_of(node)
    if path is None or not isinstance(node, Dot | Word):
        return None
    if path.startswith("can."):
        return voice.say("cond.cannot" if negated else "cond.can", name=human(path[4:]))
    if path == "line.by_voucher":
        return voice.say("cond.not_by_voucher" if negated else "cond.by_voucher")
    return voice.say("cond.false" if negated else "cond.true", fact=fact(path))


def fact(path: str) -> str:
    """A fact's name as words: `purchase.own_cup` -> "own cup"; of a wallet or basket the whole path."""
    first, _, rest = path.partition(".")
    if rest and first not in {"line", "event", "tender", "member", "purchase", "return", "sale", "activity", "basket"}:
        return human(path.replace(".", " "))
    return human(path.rpartition(".")[2])


def key_label(voice: Voice, key: Checked, value: object) -> str:
    """What a row of a table stands for: a level, a kind, whether something holds."""
    if isinstance(value, bool) and key.text == "unused":
        return voice.say("cond.unused" if value else "cond.used")
    if isinstance(value, bool):
        return words(voice, key, negated=not value)
    if key.text in voice.program.ladders:
        return capital(human(str(value)))
    return human(str(value))
