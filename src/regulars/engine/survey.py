"""What a program mentions: event kinds, last events. Found by walking its data, so that no section can be forgotten."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from regulars.engine.bodies import said
from regulars.engine.calculators import Exactly
from regulars.program.cel import Checked
from regulars.program.forms.tree import Point, Trigger, Wait
from regulars.program.model import Program

_LAST = re.compile(r"c\.last\('([a-z0-9_.]+)'\)")
NOT_KINDS = frozenset({"event", "line", "tender", "member"})


def walk(value: Any) -> Iterator[Any]:
    """Every value inside a program's data, itself included."""
    yield value
    if isinstance(value, Checked):
        return
    if is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from walk(getattr(value, one.name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from walk(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from walk(item)


def last_names(program: Program) -> set[str]:
    """The event kinds and sets whose last day a program asks for."""
    names: set[str] = set()
    for value in walk(program):
        if isinstance(value, Point) and value.kind == "last":
            names.add(value.name)
        elif isinstance(value, Checked):
            names.update(_LAST.findall(value.source))
    for referral in program.referrals.values():
        if referral.pays_on == "first" and referral.event not in {"earning", *program.events}:
            names.add(referral.event)
    return names


def openers(program: Program) -> frozenset[str]:
    """The event kinds for which something waits (`until confirm`), or with which a choice begins to hold."""
    waits = (value.until for value in walk((program.rules, program.wallets)) if isinstance(value, Wait) and value.until)
    starts = (choice.starts.name for choice in program.choices.values() if choice.starts.kind == "on")
    return frozenset((*waits, *starts))


def names_of_events(program: Program) -> set[str]:
    """Every event kind that the program declares or acts on."""
    kinds = {kind for kind in program.facts if kind not in NOT_KINDS}
    for value in walk(program.rules):
        if isinstance(value, Trigger) and value.kind == "event":
            kinds.add(value.name)
    for base in program.bases.values():
        kinds.update(base.on)
    kinds.update(openers(program))
    if any(rule.gives_back is not None for rule in program.rules):
        kinds.add("cancel")
    rules = {rule.name for rule in program.rules}
    for members in program.events.values():
        kinds.update(member for member in members if member not in rules)
    kinds.update(f"friend.{name}" for name in program.referrals)
    # A standing that rises is told by the engine, never from outside.
    return {kind for kind in kinds if not kind.startswith("reach.")} | asked_kinds(program)


def asked_kinds(program: Program) -> set[str]:
    """The event kinds that plans, recurring orders, offers, shared benefits, places and suspensions bring."""
    kinds: set[str] = set(program.account.suspend or ())
    if program.plans:
        for event in ("subscribe", "renew", "cancel", "upgrade", "downgrade", "charge_failed"):
            kinds.update((event, *(f"{event}.{name}" for name in program.plans)))
        kinds.update(plan.on for plan in program.plans.values())
        kinds.update(plan.starts.name for plan in program.plans.values() if plan.starts.kind == "on")
    if program.subscriptions:
        kinds.update(("subscribe", "cancel", "skip", "reschedule", "ship"))
        kinds.update(
            f"{event}.{name}"
            for name in program.subscriptions
            for event in ("subscribe", "cancel", "skip", "reschedule", "ship", "remind")
        )
    for voucher in program.vouchers.values():
        if voucher.issued == "operator":
            kinds.add("claim_code")
        if voucher.claim is not None:
            kinds.update((voucher.claim, f"{voucher.claim}.{voucher.name}"))
    for rule in program.rules:
        name = rule.name.partition(".")[2]
        if rule.seats is not None:
            kinds.update(f"{event}.{name}" for event in ("share", "unshare", "shared", "unshared"))
        if rule.receiver is not None:
            kinds.update((f"sent.{name}", f"sent_back.{name}", *((rule.tell,) if rule.tell else ())))
        if rule.places is not None:
            kinds.update(f"{event}.{name}" for event in ("cancel", "waits", "freed", "placed"))
    return kinds


def event_sets(
    program: Program, named: Mapping[str, int]
) -> tuple[dict[int, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """The event sets of each rule, by its place, and of each kind of event; a name whose last event is asked for is a set of its own."""
    of_rule: dict[int, tuple[str, ...]] = {}
    of_kind: dict[str, tuple[str, ...]] = {}
    for name, members in program.events.items():
        for member in members:
            place = named.get(member)
            if place is not None:
                of_rule[place] = (*of_rule.get(place, ()), name)
            else:
                of_kind[member] = (*of_kind.get(member, ()), name)
    for name in last_names(program) - set(program.events):
        of_kind[name] = (*of_kind.get(name, ()), name)
    return of_rule, of_kind


def counted(program: Program, name: str) -> tuple[Callable[..., Any], bool]:
    """What a rate's measure counts, a fact by its path or by its unit word, and whether it is one of the lines."""
    first, _, rest = name.partition(".")
    if first == "line":
        found = program.facts.get("line", {}).get(rest)
        exact = found is not None and found.type.base == "number"
        return _of_line(rest if found is None else found.attribute, exact), True
    if rest:
        return (lambda c, _line: said(c.facts, rest) or 0), False
    units = {name, name.removesuffix("s")}
    known = [
        (kind, fact) for kind, facts in program.facts.items() for fact in facts.values() if fact.type.unit in units
    ]
    if not known:
        return (lambda c, _line: c.taken), False
    if known[0][0] == "line":
        return _of_line(known[0][1].attribute, known[0][1].type.base == "number"), True
    attributes = tuple(dict.fromkeys(fact.attribute for _, fact in known))
    return (lambda c, _line: next((found for one in attributes if (found := said(c.facts, one)) is not None), 0)), False


def _of_line(attribute: str, exact: bool) -> Callable[..., Any]:
    def count(_c: Any, line: Any) -> Any:
        return getattr(line, attribute) or 0

    return Exactly(count) if exact else count
