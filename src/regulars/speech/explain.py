"""Why a receipt is as it is: what each rule measured, its rate, its rounding and limits, and which rules were silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from regulars.engine.book import Book
from regulars.engine.machine import Machine
from regulars.engine.model import Entry, Receipt
from regulars.engine.rules import NO_LINES, NOT_CLAIMED, NOT_IN_FORCE, NOT_OPEN, NOTHING, UNLESS
from regulars.engine.sides import Side, sides
from regulars.program.cel import Checked
from regulars.program.model import Rule
from regulars.speech.conditions import only_quoted, words
from regulars.speech.language import Language
from regulars.speech.refusals import text as refusal_text
from regulars.speech.shaping import limited_by, rate_of, raw_of
from regulars.speech.voice import Voice, short
from regulars.words.days import iso
from regulars.words.money import minor
from regulars.words.refusals import Refusal
from regulars.words.sharing import share

SILENT = {
    NOT_IN_FORCE: "silent.not_in_force",
    NOT_OPEN: "silent.not_open",
    NO_LINES: "silent.no_lines",
    NOTHING: "silent.nothing",
    NOT_CLAIMED: "silent.not_claimed",
}


@dataclass(frozen=True, slots=True)
class Step:
    """What one rule did to one wallet; numbers are texts, `units` is `given` in the wallet's smallest units.

    `rule` is its full name, `name` as words; `terms` its clauses; `measured` what was measured (money as "20.00"; None
    where nothing was), `rate` "1.2 per 1.00", `level` the level whose rate it was; `raw` before rounding, `rounded`
    before limits; `limited` which limits held it back; `shaped` on which rule it was worked out; `lines` each line's
    share; `last_day` the last day of what was credited.
    """

    rule: str
    name: str
    terms: tuple[str, ...]
    wallet: str
    units: int
    given: str
    measured: str | None = None
    rate: str | None = None
    level: str | None = None
    raw: str | None = None
    rounded: str | None = None
    limited: tuple[str, ...] = ()
    shaped: tuple[str, ...] = ()
    lines: tuple[tuple[int, str], ...] = ()
    last_day: str | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """A rule that gave nothing: why, in words, and the condition that failed as it was written."""

    rule: str
    name: str
    reason: str
    written: str | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """A voucher, reward, price or benefit that acted: what it took off, as money (negative: it added)."""

    rule: str
    name: str
    terms: tuple[str, ...]
    off: str
    minor: int
    voucher: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """A voucher that a rule issued."""

    rule: str
    serial: int
    voucher: str
    worth: str | None
    last_day: str | None


@dataclass(frozen=True, slots=True)
class Other:
    """A partner's part: `role` is `hands_over`, `settles` or `keeps`; `given` so many units of the wallet, or money without one."""

    partner: str
    role: str
    rule: str
    name: str
    wallet: str | None
    given: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A receipt, opened up.

    `event` is the type of the event, `version` the first day of the version that judged; `steps` is what the event did,
    `dues` what fell due before it; `levels` (ladder, from, to); `pay` is money, negative when paid back.
    """

    event: str
    version: str
    language: str
    refused: str | None = None
    code: str | None = None
    steps: tuple[Step, ...] = ()
    dues: tuple[Step, ...] = ()
    silent: tuple[Silence, ...] = ()
    used: tuple[Effect, ...] = ()
    issued: tuple[Given, ...] = ()
    lapsed: tuple[int, ...] = ()
    levels: tuple[tuple[str, str, str], ...] = ()
    pay: str | None = None
    late: bool = False
    charged: tuple[Effect, ...] = ()
    """What plans charged (negative: paid back), each under the plan's rule."""
    others: tuple[Other, ...] = ()
    """Partners whom the receipt concerns."""


def explain(book: Book, receipt: Receipt, body: Mapping[str, Any], language: Language) -> Explanation:
    """What a receipt says, rule by rule, in a language.

    The receipt is read by the version that judged it, never by today's. `body` is the event as it was sent (of which
    its type and lines are looked at).
    """
    machine = book.at_version(receipt.version)
    voice = Voice(machine.program, language)
    amounts = _line_amounts(voice, receipt, body)
    return Explanation(
        event=str(body.get("type", "")),
        version=iso(machine.program.first),
        language=language.tag,
        refused=_refused(voice, receipt),
        code=receipt.refused[0] if receipt.refused is not None else None,
        steps=tuple(_step(voice, machine, entry, amounts) for entry in receipt.entries),
        dues=tuple(_step(voice, machine, entry, None) for entry in receipt.dues),
        silent=_silent(voice, receipt),
        used=tuple(_used(voice, place.rule, place.off, place.voucher) for place in receipt.used),
        issued=tuple(
            Given(
                voice.program.rules[one.rule].name,
                one.serial,
                one.name,
                None if one.worth is None else voice.plain(one.worth),
                iso(one.gone - 1) if one.gone else None,
            )
            for one in receipt.issued
        ),
        lapsed=receipt.gone,
        levels=tuple(_level(voice, *change) for change in receipt.levels),
        pay=None if receipt.pay is None else voice.plain(receipt.pay),
        late=receipt.late,
        charged=tuple(_used(voice, charge.rule, charge.amount, 0) for charge in receipt.charged),
        others=tuple(_other(voice, side) for side in sides(book, receipt)),
    )


def _other(voice: Voice, side: Side) -> Other:
    given = voice.plain(side.units) if side.wallet is None else voice.units(side.wallet, side.units)
    return Other(side.partner, side.role, side.rule, short(side.rule), side.wallet, given)


def _refused(voice: Voice, receipt: Receipt) -> str | None:
    if receipt.refused is None:
        return None
    code, rule, values = receipt.refused
    return refusal_text(voice.program, Refusal(code, rule=rule, values=tuple(values.items())), voice.language)


def _step(voice: Voice, machine: Machine, entry: Entry, amounts: Sequence[int] | None) -> Step:
    rule, wallet = voice.program.rules[entry.rule], tuple(voice.program.wallets)[entry.wallet]
    step = Step(rule.name, short(rule.name), rule.terms, wallet, entry.given, voice.units(wallet, entry.given))
    if entry.given < 0 or rule.stage in {"calendar", "settle", "back"}:
        return replace(step, lines=_lines(voice, wallet, entry, None))
    rate, level, measured = rate_of(voice, machine, rule, wallet, entry)
    limited, shaped = limited_by(voice, rule, entry)
    raw = raw_of(voice, rule, wallet, entry)
    return replace(
        step,
        measured=measured,
        rate=rate,
        level=level,
        raw=raw,
        rounded=voice.units(wallet, entry.rounded),
        limited=limited,
        shaped=shaped,
        lines=_lines(voice, wallet, entry, amounts if measured is not None else None),
        last_day=iso(entry.gone - 1) if entry.gone else None,
    )


def _lines(voice: Voice, wallet: str, entry: Entry, amounts: Sequence[int] | None) -> tuple[tuple[int, str], ...]:
    """Each line's share of an entry, by its weights, else by what the lines cost."""
    weights = entry.weights if entry.weights is not None else amounts
    if not weights or len(weights) < 2 or entry.given <= 0 or not sum(weights):
        return ()
    parts = share(entry.given, weights)
    return tuple((place, voice.units(wallet, part)) for place, part in enumerate(parts) if part)


def _line_amounts(voice: Voice, receipt: Receipt, body: Mapping[str, Any]) -> Sequence[int] | None:
    """What each line cost, in minor units; None when that is not known."""
    if receipt.nets is not None:
        return receipt.nets
    lines = body.get("lines")
    if not isinstance(lines, list) or not all(isinstance(line, Mapping) for line in lines):
        return None
    found = [
        minor(line.get("amount", "0"), voice.program.currency[0])
        for line in lines
        if not isinstance(line.get("amount"), float)
    ]
    amounts = [one for one in found if isinstance(one, int)]
    return amounts if len(amounts) == len(lines) else None


def _silent(voice: Voice, receipt: Receipt) -> tuple[Silence, ...]:
    rules = voice.program.rules
    pairs = zip(receipt.silent[::2], receipt.silent[1::2], strict=True)
    fired = [rules[entry.rule] for entry in receipt.entries]
    return tuple(_silence(voice, rules[place], why, fired) for place, why in pairs)


def _silence(voice: Voice, rule: Rule, why: int, fired: Sequence[Rule]) -> Silence:
    """Why a rule gave nothing, with the condition that failed in words and as it was written."""
    name = short(rule.name)
    instead = next((other for other in fired if rule.name in other.instead_of), None)
    if why == NOTHING and instead is not None:
        return Silence(rule.name, name, voice.say("silent.instead", name=short(instead.name)))
    if why in SILENT:
        return Silence(rule.name, name, voice.say(SILENT[why]))
    if why == UNLESS:
        written = rule.unless.text if rule.unless is not None else ""
        return Silence(rule.name, name, _in_words(voice, "silent.unless", written), written)
    written = _part(rule.when, why)
    return Silence(rule.name, name, _in_words(voice, "silent.when", written), written)


def _part(when: Checked | None, place: int) -> str:
    if when is None:
        return ""
    return when.parts[place][0] if place < len(when.parts) else when.text


def _in_words(voice: Voice, key: str, written: str) -> str:
    quoted = f"`{written}`"
    if not written or only_quoted(voice, written):
        return voice.say("silent.quoted", written=quoted)
    return voice.say(key, words=words(voice, written), written=quoted)


def _used(voice: Voice, place: int, off: int, serial: int) -> Effect:
    rule = voice.program.rules[place]
    return Effect(rule.name, short(rule.name), rule.terms, voice.plain(off), off, serial)


def _level(voice: Voice, ladder: str, old: int, new: int) -> tuple[str, str, str]:
    levels = voice.program.ladders[ladder].levels
    return ladder, levels[old].name, levels[new].name
