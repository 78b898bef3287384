"""What differs between two versions of a program, thing by thing and field by field, as plain values.

Only what a file says is compared: places of rules and lines of the file are not, and conditions count as the same when
their text is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from regulars.program.cel import Checked
from regulars.program.model import Program

What = Literal[
    "program",
    "rule",
    "wallet",
    "ladder",
    "level",
    "voucher",
    "limit",
    "base",
    "choice",
    "referral",
    "plan",
    "subscription",
    "define",
    "window",
    "event",
    "fact",
    "dates",
    "text",
]
DERIVED = frozenset(
    {
        "index",
        "line",
        "stage",
        "use_rule",
        "claim_rule",
        "lapse_rule",
        "split_rule",
        "back_rule",
        "rule",
        "end_rule",
        "carry_rule",
        "referee_rule",
        "referrer_rule",
        "return_rule",
        "counter",
        "attribute",
        "levels",
        "name",
        "section",
        "worth",
    }
)
"""Fields that follow from others, are places, or are compared by themselves."""
OF_ITS_RULE = frozenset({"terms", "open", "given"})
"""Fields of a voucher that its rule has too."""
OF_PROGRAM = ("name", "currency", "timezone", "terms", "markets", "account", "checkout", "returns", "ends", "imports")
MAPPINGS: tuple[tuple[What, str], ...] = (
    ("wallet", "wallets"),
    ("voucher", "vouchers"),
    ("ladder", "ladders"),
    ("limit", "limits"),
    ("base", "bases"),
    ("choice", "choices"),
    ("referral", "referrals"),
    ("plan", "plans"),
    ("subscription", "subscriptions"),
    ("define", "defines"),
    ("window", "windows"),
    ("event", "events"),
    ("dates", "dates"),
    ("text", "says"),
)
STANDING_IN = (".lapse", ".end", ".carry_in", ".referrer", ".claim", ".clip", ".trial")
"""Ends of names of rules that only carry what another thing says."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference of the thing that `what` and `name` say; a change has its `field`, old and new value."""

    kind: Literal["added", "removed", "changed"]
    what: What
    name: str
    field: str = ""
    old: Any = None
    new: Any = None


def diff(old: Program, new: Program) -> list[Change]:
    """Everything that differs from one version to another: the head, then rules in file order, then other things.

    A rule that stands elsewhere among the others is a change of the field `order`.
    """
    found = [
        Change("changed", "program", new.slug, name, getattr(old, name), getattr(new, name))
        for name in OF_PROGRAM
        if not same(getattr(old, name), getattr(new, name))
    ]
    rules = (_rules(old), _rules(new))
    found += _mapping("rule", *rules)
    found += _moved(*rules)
    for what, attribute in MAPPINGS:
        found += _mapping(what, getattr(old, attribute), getattr(new, attribute))
    for name in [name for name in old.ladders if name in new.ladders]:
        found += _levels(name, old, new)
    found += _mapping("fact", _facts(old), _facts(new))
    return found


def _rules(program: Program) -> dict[str, Any]:
    """Rules by name, without those that only stand in for another thing."""
    return {
        rule.name: rule
        for rule in program.rules
        if not rule.name.endswith(STANDING_IN)
        and rule.section not in {"tiers", "returns", "wallets", "choices", "referrals"}
    }


def _moved(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Rules of both versions that stand elsewhere among the others: as few as say it."""
    before, after = [name for name in old if name in new], [name for name in new if name in old]
    stay = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    kept = {name for block in stay for name in after[block.b : block.b + block.size]}
    yield from (Change("changed", "rule", name, "order") for name in after if name not in kept)


def _facts(program: Program) -> dict[str, Any]:
    return {f"{kind}.{name}": fact for kind, facts in program.facts.items() for name, fact in facts.items()}


def _mapping(what: What, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name, value in new.items():
        if name not in old:
            yield Change("added", what, name, new=value)
        else:
            yield from _fields(what, name, old[name], value)
    for name, value in old.items():
        if name not in new:
            yield Change("removed", what, name, old=value)


def _fields(what: What, name: str, old: Any, new: Any) -> Iterator[Change]:
    if not is_dataclass(new) or isinstance(new, Checked) or type(old) is not type(new):
        if not same(old, new):
            yield Change("changed", what, name, "", old, new)
        return
    for one in fields(new):
        if one.name in DERIVED or (what == "voucher" and one.name in OF_ITS_RULE):
            continue
        before, after = getattr(old, one.name), getattr(new, one.name)
        if not same(before, after):
            yield Change("changed", what, name, one.name, before, after)


def _levels(name: str, old: Program, new: Program) -> Iterator[Change]:
    before = {f"{name}.{level.name}": level for level in old.ladders[name].levels}
    after = {f"{name}.{level.name}": level for level in new.ladders[name].levels}
    yield from _mapping("level", before, after)
    if [key for key in before if key in after] != [key for key in after if key in before]:
        yield Change("changed", "ladder", name, "order", tuple(before), tuple(after))


def same(old: Any, new: Any) -> bool:
    """Whether two values say the same: places and what was compiled from a text do not count."""
    return bool(_plain(old) == _plain(new))


def _plain(value: Any) -> Any:
    if isinstance(value, Checked):
        return value.text
    if is_dataclass(value) and not isinstance(value, type):
        return (
            type(value).__name__,
            *(
                (one.name, _plain(getattr(value, one.name)))
                for one in fields(value)
                if one.name not in {"index", "line"}
            ),
        )
    if isinstance(value, Mapping):
        return {key: _plain(inside) for key, inside in value.items()}
    if isinstance(value, tuple | list):
        return tuple(_plain(inside) for inside in value)
    return value
