"""What a history of events says about a program: rewards too dear for a typical member, units that lapse before anything
can be had, levels that nobody reaches, rules that never fire.

A typical member is the one in the middle: half of the members earn as much or more. Nothing is said of what a history is
too short to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.engine.rules import NO_LINES, NOT_CLAIMED, NOT_IN_FORCE, NOT_OPEN, NOTHING, UNLESS
from regulars.program.advice import Advice, Units
from regulars.program.advice.model import Value
from regulars.program.advice.never import event_kinds
from regulars.program.advice.places import Places
from regulars.program.advice.reach import cheapest
from regulars.program.forms.tree import Number, Of
from regulars.program.model import Ladder, Level, Program, Rule
from regulars.simulation.memory import Memory
from regulars.simulation.typical import Seen, look
from regulars.words.refusals import Refusal

SHORTEST = 28
"""Days of a history below which nothing is said of a year."""
TOLD = ("earn", "rules", "milestones", "prices", "convert")
ASKED = frozenset({"redeem", "convert", "use_perk", "choose", "set_preference", "clip", "print", "friend", "reach"})


@dataclass(frozen=True, slots=True)
class Heard:
    """What a history said: the advice, how many events were decided and refused as no events, and of how many members."""

    advice: tuple[Advice, ...]
    events: int
    unread: tuple[Refusal, ...]
    members: int


def hear(
    book: Book,
    events: Iterable[Event | Mapping[str, Any] | Refusal],
    known: Iterable[Advice] = (),
    file: str = "",
    progress: Callable[[int], None] = lambda _: None,
) -> Heard:
    """What a history says of the newest version of a program, run in memory in the order given.

    `known` is what the file alone says already: of those rules nothing is said again. `progress` is told how many events
    are done.
    """
    memory = Memory(book)
    unread: list[Refusal] = []
    first = last = 0
    done = 0
    for event in events:
        read = event if isinstance(event, Event | Refusal) else book.read(event)
        answer = read if isinstance(read, Refusal) else memory.post(read)
        if isinstance(answer, Refusal):
            unread.append(answer)
        elif isinstance(read, Event):
            first, last = min(first or read.day, read.day), max(last, read.day)
            done += 1
        progress(done)
    if not done:
        return Heard((), 0, tuple(unread), 0)
    program = book.program
    costs = {name: prices[0][1] for name in program.wallets if (prices := cheapest(program, name))}
    seen = look(book, memory, first, last, costs)
    places = Places(program)
    dear = [*_dear(program, seen, places)]
    silenced = {str(one.values["rule"]) for one in (*known, *dear) if "rule" in one.values}
    found = [
        *dear,
        *_lapsing(program, seen, places),
        *_levels(program, seen, places),
        *_silent(program, seen, places, silenced),
    ]
    return Heard(tuple(replace(one, file=file) for one in sorted(found)), done, tuple(unread), seen.members)


def _of(rule: Rule, places: Places, key: str = "") -> tuple[int, int]:
    mark = places.of(rule.section, rule.name.partition(".")[2], key)
    return mark.line, mark.column


def _dear(program: Program, seen: Seen, places: Places) -> Iterator[Advice]:
    """What costs more than the member in the middle earns in a year."""
    if seen.days < SHORTEST:
        return
    for name in program.wallets:
        costs = cheapest(program, name)
        values: dict[str, Value]
        if not costs:
            continue
        earned = seen.a_year(name)
        if not earned:
            rule, least = costs[0]
            values = {"wallet": name, "rule": rule.name, "cost": Units(name, least)}
            mark = places.of("wallets", name)
            yield Advice(mark.line, mark.column, "seen.unearned", values)
            continue
        for rule, units in costs:
            if units > earned:
                values = {"rule": rule.name, "cost": Units(name, units), "earned": Units(name, earned)}
                yield Advice(*_of(rule, places), "seen.dear", values)


def _lapsing(program: Program, seen: Seen, places: Places) -> Iterator[Advice]:
    """Units that more than half of those who earned some lost before they ever had enough for the cheapest thing."""
    for name in program.wallets:
        costs = cheapest(program, name)
        purses = [purse for purse in seen.purses.get(name, {}).values() if purse.peak > 0]
        lost = sum(purse.lost for purse in purses)
        if costs and seen.a_year(name) < costs[0][1] and seen.days >= SHORTEST:
            # What nobody can pay in a year is dear, however long units last.
            continue
        if costs and lost * 2 > len(purses):
            rule, least = costs[0]
            mark = places.of("wallets", name, "lasts")
            values: dict[str, Value] = {
                "wallet": name, "members": lost, "all": len(purses), "cost": Units(name, least), "rule": rule.name,
            }  # fmt: skip
            yield Advice(mark.line, mark.column, "seen.lapse", values)


def _levels(program: Program, seen: Seen, places: Places) -> Iterator[Advice]:
    """Levels with marks that nobody reached, and would not in a year at the pace of the best."""
    for name, ladder in program.ladders.items():
        for place, level in enumerate(ladder.levels):
            if place <= seen.levels.get(name, 0) or not level.marks or level.flags or _near(program, seen, level):
                continue
            mark = places.inside("tiers", name, "levels", level.name)
            yield Advice(mark.line, mark.column, *_unreached(program, seen, ladder, level))


def _unreached(program: Program, seen: Seen, ladder: Ladder, level: Level) -> tuple[str, dict[str, Value]]:
    values: dict[str, Value] = {"ladder": ladder.name, "level": level.name}
    counter = level.marks[0][0]
    if len(level.marks) > 1 or counter not in program.wallets or "." in counter:
        return "seen.level_bare", values
    return "seen.level", values | {"most": Units(counter, seen.peak(counter))}


def _near(program: Program, seen: Seen, level: Level) -> bool:
    """Whether a history of less than a year may only be too short for the level."""
    if seen.days >= 365:
        return False
    for counter, cell in level.marks:
        wallet = program.wallets.get(counter)
        if wallet is None or not isinstance(cell, Number | Of) or cell.value is None:
            return True
        if seen.peak(counter) * 365 >= int(cell.value * wallet.scale) * seen.days:
            return True
    return False


def _silent(program: Program, seen: Seen, places: Places, known: set[str]) -> Iterator[Advice]:
    """Rules in force that never fired, with why most often."""
    for rule in program.rules:
        if rule.section not in TOLD or not rule.line or rule.name in seen.fired or rule.name in known:
            continue
        if _asked(rule) or not _in_force(program, rule, seen) or _only_levels(rule):
            continue
        kinds = event_kinds(rule)
        if kinds and not any(_came(seen, kind) for kind in kinds):
            yield Advice(*_of(rule, places), "seen.no_event", {"rule": rule.name, "event": kinds[0]})
            continue
        why = _why(rule, seen)
        values: dict[str, Value] = {"rule": rule.name}
        code = "seen.silent" if why else "seen.silent_bare"
        yield Advice(*_of(rule, places), code, values | {"why": why} if why else values)


def _came(seen: Seen, kind: str) -> bool:
    return kind in seen.kinds


def _asked(rule: Rule) -> bool:
    """Whether the rule waits for somebody to ask for it, or for something that another rule tells."""
    return any(kind.partition(".")[0] in ASKED for kind in event_kinds(rule)) or rule.stage in {"ask", "perk", "use"}


def _only_levels(rule: Rule) -> bool:
    """Whether a rule gives nothing but standings, which no entry tells of."""
    return bool(rule.give) and all(give.kind == "standing" for give in rule.give)


def _in_force(program: Program, rule: Rule, seen: Seen) -> bool:
    first = max(rule.first or 0, program.first)
    return first <= seen.last and (rule.until is None or rule.until > seen.first)


def _why(rule: Rule, seen: Seen) -> str:
    """The condition that kept the rule silent most often, as it is written; nothing where none did."""
    counted = seen.silent.get(rule.name)
    if not counted:
        return ""
    why = counted.most_common(1)[0][0]
    if why == UNLESS and rule.unless is not None:
        return f"unless: {rule.unless.text}"
    if why == NO_LINES and rule.lines is not None:
        return f"lines: {rule.lines.text}"
    if why in {NO_LINES, NOT_CLAIMED, NOT_IN_FORCE, NOT_OPEN, NOTHING, UNLESS} or rule.when is None:
        return ""
    parts = rule.when.parts
    return f"when: {parts[why][0]}" if why < len(parts) else ""
