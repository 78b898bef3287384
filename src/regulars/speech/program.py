"""A program in plain words, section by section, as a member would want to read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from regulars.program.forms.tree import Number, Percent
from regulars.program.model import AmountCell, Ladder, Level, Program, Referral, Rule, Wallet
from regulars.speech import forms, later
from regulars.speech.amounts import all_given, cell_words, counted, gifts, measured_goods
from regulars.speech.conditions import words
from regulars.speech.effects import cost, effect, lead_conditions, tail
from regulars.speech.language import Language, capital, human
from regulars.speech.paid import cycle_words, offers, plan_words
from regulars.speech.voice import Voice, short, title

EARNING = ("earn", "rules", "milestones")
TITLES = (
    "earn",
    "lapse",
    "tiers",
    "convert",
    "rewards",
    "vouchers",
    "offers",
    "prices",
    "benefits",
    "plans",
    "subscriptions",
    "choices",
    "referrals",
    "returns",
    "limits",
)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the sentences beneath it."""

    title: str
    sentences: tuple[str, ...]


def describe(program: Program, language: Language) -> list[Section]:
    """The program in plain words: what it is, how one earns, how points lapse, levels, rewards, returns, limits.

    Sections without anything to say are left out; rules keep the order of the file.
    """
    voice = Voice(program, language)
    said = {
        "earn": [*_earning(voice), *_bases(voice)],
        "lapse": _lapses(voice),
        "tiers": _tiers(voice),
        "convert": _conversions(voice),
        "choices": _choices(voice),
        "referrals": _referrals(voice),
        "returns": _returns(voice),
        "limits": _limits(voice),
        "rewards": [_exchange(voice, rule) for rule in _of(program, "rewards")],
        "offers": [_offer(voice, rule) for rule in offers(program)],
        "plans": [sentence for plan in program.plans.values() for sentence in plan_words(voice, plan)],
        "subscriptions": [
            sentence for cycle in program.subscriptions.values() for sentence in cycle_words(voice, cycle)
        ],
        "vouchers": _vouchers(voice),
        "prices": [_plain(voice, rule) for rule in _of(program, "prices")],
        "benefits": [_plain(voice, rule) for rule in _of(program, "benefits")],
    }
    found = [Section(capital(human(program.name)), tuple(_head(voice)))]
    found += [Section(voice.say(f"title.{key}"), tuple(said[key])) for key in TITLES if said[key]]
    return found


def _of(program: Program, *sections: str) -> Iterator[Rule]:
    return (rule for rule in program.rules if rule.section in sections)


def _head(voice: Voice) -> Iterator[str]:
    program, language = voice.program, voice.language
    money = voice.all_of([language.currency(code) for code in program.currency])
    yield voice.say("program.in_force", day=language.day(program.first), money=money, zone=program.timezone)
    if program.markets:
        yield voice.say("program.markets", markets=voice.any_of(program.markets))
    if program.account.suspend is not None:
        yield voice.say("program.suspend")
    if program.account.on_close == "keep":
        yield voice.say("program.kept")


# Earning.


def _earning(voice: Voice) -> list[str]:
    counting = {give.target for rule in voice.program.rules for give in rule.give if _of_a_rule(give.target)}
    rules = [rule for rule in _of(voice.program, *EARNING) if not any(give.target in counting for give in rule.give)]
    return [earning(voice, rule) for rule in rules]


def earning(voice: Voice, rule: Rule) -> str:
    """One earning rule: "For each $1.00 of goods after discounts you get 1 point (Gold 1.2, Reserve 1.7)."."""
    said = all_given(voice, rule)
    lead = [one for one in (forms.triggers(voice, rule),) if one]
    if said.measure:
        lead.append(voice.say("rule.for_each", measure=said.measure))
    if not lead:
        lead = [voice.say("on.purchase")]
    conditions = lead_conditions(voice, rule)
    if conditions and lead == [voice.say("on.purchase")]:
        lead = [f"{lead[0]} {conditions[0]}", *conditions[1:]]
    else:
        lead += conditions
    rest = tail(voice, rule, conditions=False)
    if rule.marks:
        marks = voice.all_of([_mark(voice, rule, mark) for mark in rule.marks])
        return _sentence(voice.say("rule.marks", marks=marks, amount=said.much), rest)
    return _sentence(_core(voice, rule, _lead(lead), said.much), rest)


def _lead(parts: list[str]) -> str:
    joined = ", ".join(parts)
    return joined if "," not in joined else f"{joined},"


def meeting(voice: Voice, rule: Rule) -> tuple[str, str]:
    """The rule that a rule multiplies or raises, and by how much: ("base", "2"), ("base", "4 points")."""
    name, cell = (*rule.multiply, *rule.top_up)[0]
    if rule.multiply:
        return short(name), _times(voice, rule, cell)
    return short(name), cell_words(voice, rule, cell, _given_by(voice, name))


def _core(voice: Voice, rule: Rule, lead: str, much: str) -> str:
    after = lead if lead.endswith(",") else f"{lead},"
    if rule.multiply:
        name, times = meeting(voice, rule)
        return voice.say("rule.times", lead=after, times=times, rule=name)
    if rule.top_up:
        name, least = meeting(voice, rule)
        return voice.say("rule.top_up", lead=after, rule=name, amount=least)
    if len(rule.give) == 1 and rule.give[0].amount == Percent(Fraction(1)) and voice.is_money(rule.give[0].target):
        wallet = human(rule.give[0].target)
        quiet = lead == voice.say("on.purchase")
        return voice.say(
            "rule.counts", lead="" if quiet else lead, of=measured_goods(voice, rule), wallet=wallet
        ).strip()
    return voice.say("rule.get", lead=lead, amount=much)


def _times(voice: Voice, rule: Rule, cell: AmountCell) -> str:
    return voice.number(cell.value) if isinstance(cell, Number) else cell_words(voice, rule, cell)


def _given_by(voice: Voice, name: str) -> str:
    other = voice.program.rule(name)
    return other.give[0].target if other is not None and other.give else ""


def _mark(voice: Voice, rule: Rule, mark: object) -> str:
    value = getattr(mark, "value", None)
    name = rule.of if isinstance(rule.of, str) else ""
    if value is not None:
        return voice.amount(value, name.rpartition(".")[2] if _of_a_rule(name) else name)
    every, first, last = (voice.number(getattr(mark, key)) for key in ("every", "first", "last"))
    return f"{first}, +{every} .. {last}"


def _sentence(core: str, rest: list[str]) -> str:
    return capital(", ".join([core, *rest])) + "."


def _bases(voice: Voice) -> list[str]:
    bases = voice.program.bases
    return [
        voice.say("base.counts", n=len(bases), name=human(base.name), what=counted(voice, base))
        for base in bases.values()
        if base.excepted is not None or base.paid_with is not None or base.when is not None
    ]


# Wallets and levels.


def _lapses(voice: Voice) -> list[str]:
    named = [wallet for wallet in voice.program.wallets.values() if not _of_a_rule(wallet.name)]
    return [sentence for wallet in named for sentence in _wallet(voice, wallet)]


def _of_a_rule(wallet: str) -> bool:
    """Whether a counter has no name of its own: a ladder or milestone that looks at a base over some time has one."""
    return "." in wallet


def _wallet(voice: Voice, wallet: Wallet) -> Iterator[str]:
    name = capital(human(wallet.name))
    n = 2 if name.endswith("s") else 1
    only = next(iter(wallet.lasts), None)
    window = getattr(only, "end_of", None) if len(wallet.lasts) == 1 else None
    if window is not None and (wallet.counter or wallet.counts):
        end = forms.life_end(voice, only)[0]  # type: ignore[arg-type]
        if wallet.counts is not None and getattr(only, "next", False):
            yield voice.say(
                "lapse.mirrors", n=n, wallet=name, of=_mirrored(voice, wallet), when=forms.lapse(voice, wallet.lasts)
            )
        elif wallet.counts is not None:
            yield voice.say("lapse.counts", n=n, wallet=name, of=_mirrored(voice, wallet), end=end)
        else:
            yield voice.say("lapse.restart", n=n, wallet=name, end=end)
    elif not wallet.lasts:
        yield voice.say("lapse.never", n=n, wallet=name)
    else:
        when = forms.lapse(voice, wallet.lasts, "available" if wallet.counter and wallet.pending else "earned")
        if wallet.unless is None:
            yield voice.say("lapse.lapses", n=n, wallet=name, when=when)
        else:
            yield voice.say("lapse.lapses_except", n=n, wallet=name, when=when, words=words(voice, wallet.unless))
    yield from later.waits(voice, wallet)
    if wallet.ceiling is not None:
        yield voice.say("lapse.ceiling", wallet=name, ceiling=voice.number(Fraction(wallet.ceiling, wallet.scale)))


def _mirrored(voice: Voice, wallet: Wallet) -> str:
    of = human(wallet.counts or "")
    names = dict.fromkeys(short(rule) for rule in wallet.only)
    return voice.say("lapse.only", of=of, names=voice.all_of(list(names))) if names else of


def _tiers(voice: Voice) -> list[str]:
    return [sentence for ladder in voice.program.ladders.values() for sentence in _ladder(voice, ladder)]


def _ladder(voice: Voice, ladder: Ladder) -> Iterator[str]:
    levels = ", ".join(level_words(voice, level) for level in ladder.levels)
    yield voice.say("tiers.levels", name=capital(human(ladder.name)), levels=levels)
    if ladder.lasts is not None:
        yield voice.say("tiers.lasts", valid=forms.valid(voice, ladder.lasts, "reached"))
    yield from later.term(voice, ladder)
    if any(level.marks for level in ladder.levels):
        yield voice.say("tiers.undo" if ladder.on_return == "undo" else "tiers.keep")
    if ladder.carry_in is not None:
        yield voice.say("tiers.carry_in", text=ladder.carry_in.text)


def level_words(voice: Voice, level: Level) -> str:
    """A level with what grants it: "Gold from 500 year stars"."""
    name = voice.level(level.name)
    if level.source == "by" and level.by is not None:
        return voice.say(f"level.by.{level.by}", level=name)
    if level.cost is not None:
        wallet, units = level.cost
        return voice.say(
            "level.cost", level=name, marks=voice.amount(Fraction(units, voice.program.wallets[wallet].scale), wallet)
        )
    marks = marks_of(voice, level)
    return voice.say("level.at", level=name, marks=marks) if marks else name


def marks_of(voice: Voice, level: Level) -> str:
    """The marks and flags of a level: "500 year stars or the card"; empty when it has none."""
    rule = Rule("", 0, "", "settle")
    marks = [cell_words(voice, rule, cell, counter) for counter, cell in level.marks]
    marks += [voice.say(f"level.{flag}") for flag in level.flags]
    return voice.any_of(marks) if level.source == "any" else voice.all_of(marks)


# Exchanges, vouchers, prices, benefits.


def _conversions(voice: Voice) -> list[str]:
    found = []
    for rule in _of(voice.program, "convert"):
        lead = forms.triggers(voice, rule)
        if rule.tell is not None and not rule.give:
            found.append(_plain(voice, rule))
            continue
        if rule.every is None and not rule.cost:
            # It takes nothing: it comes on top of what another one gives.
            found.append(earning(voice, rule))
            continue
        said = voice.say(
            "rule.becomes" if rule.every is not None else "rule.becomes_all",
            lead=f"{lead}," if lead else "",
            cost=cost(voice, rule),
            effect=effect(voice, rule),
        ).strip()
        found.append(
            _sentence(f"{said} {voice.say('rule.at_once')}" if rule.stage == "settle" else said, tail(voice, rule))
        )
    return found


def _exchange(voice: Voice, rule: Rule) -> str:
    key = "rule.every" if rule.every is not None else "rule.cost"
    if rule.every is None and not rule.cost:
        return _plain(voice, rule)
    said = effect(voice, rule)
    if said == voice.say("effect.has"):
        return _sentence(voice.say("rule.does", name=title(rule), effect=cost(voice, rule)), tail(voice, rule))
    return _sentence(voice.say(key, name=title(rule), cost=cost(voice, rule), effect=said), tail(voice, rule))


def _vouchers(voice: Voice) -> list[str]:
    found = []
    for kind in voice.program.vouchers.values():
        rule = voice.program.rules[kind.use_rule]
        if rule.uses is not None:
            continue
        found.append(
            _sentence(voice.say("rule.does", name=title(rule), effect=effect(voice, rule)), tail(voice, rule, kind))
        )
    return found


def _offer(voice: Voice, rule: Rule) -> str:
    """What an offer gives once it is clipped."""
    priced = rule.off is not None or rule.to is not None or rule.free is not None
    said = _plain(voice, rule) if priced else f"{title(rule)}: {earning(voice, rule)}"
    return f"{said.removesuffix('.')}, {voice.say('tail.claim_clip')}."


def _plain(voice: Voice, rule: Rule) -> str:
    return _sentence(voice.say("rule.does", name=title(rule), effect=effect(voice, rule)), tail(voice, rule))


# The rest.


def _choices(voice: Voice) -> list[str]:
    found = []
    for choice in voice.program.choices.values():
        asked = (
            choice.options[0]
            if len(choice.options) == 1 and choice.options[0] in {"date", "dates", "percent", "member"}
            else None
        )
        options = voice.say(f"choice.{asked}") if asked else voice.any_of([human(option) for option in choice.options])
        shared = [voice.program.limits[name].at_most for name in choice.within]
        rest = [forms.limits(voice, cells) for cells in (choice.at_most, *shared) if cells]
        begins = later.choice_begins(voice, choice)
        if begins is not None:
            rest = [begins, *rest]
        found.append(_sentence(voice.say("choice.options", name=human(choice.name), options=options), rest))
    return found


def _referrals(voice: Voice) -> list[str]:
    return [_referral(voice, referral) for referral in voice.program.referrals.values()]


def _referral(voice: Voice, referral: Referral) -> str:
    rules = voice.program.rules
    parts = []
    if referral.referrer and referral.referrer_rule is not None:
        rule = rules[referral.referrer_rule]
        parts.append(voice.say("referral.referrer", amount=gifts(voice, rule, referral.referrer)))
    if referral.referee and referral.referee_rule is not None:
        parts.append(voice.say("referral.referee", amount=gifts(voice, rules[referral.referee_rule], referral.referee)))
    said = f"{_pays(voice, referral)} {voice.all_of(parts)}"
    return _sentence(said, later.referral_tail(voice, referral))


def _pays(voice: Voice, referral: Referral) -> str:
    if referral.pays_on == "spend":
        return voice.say("referral.spend", amount=voice.money(referral.amount or 0))
    if referral.pays_on == "event":
        return voice.say("referral.event", name=human(referral.event).replace(".", " "))
    if referral.event == "purchase":
        return voice.say("referral.first_purchase")
    return voice.say(
        "referral.first", n=1 if referral.event == "earning" else 2, name=human(referral.event).replace(".", " ")
    )


def _returns(voice: Voice) -> list[str]:
    program = voice.program
    names = {name: human(name) for name in (*program.wallets, "vouchers")}
    names["vouchers"] = voice.say("returns.vouchers")
    taken = [names[name] for name, word in program.returns.items() if word == "take back" and name in names]
    kept = [names[name] for name, word in program.returns.items() if word == "keep" and name in names]
    owing = [human(wallet.name) for wallet in program.wallets.values() if wallet.may_owe]
    found = [voice.say("returns.take", names=voice.all_of(taken))] if taken else []
    if kept:
        found.append(voice.say("returns.keep", names=voice.all_of(kept)))
    if program.returns.get("without_sale") == "take back":
        found.append(voice.say("returns.without_sale"))
    if owing and taken:
        found.append(voice.say("returns.owe", names=voice.all_of(owing)))
    return found


def _limits(voice: Voice) -> list[str]:
    found = []
    for limit in voice.program.limits.values():
        rules = [short(rule.name) for rule in voice.program.rules if limit.name in rule.within]
        said = forms.limits(voice, limit.at_most)
        found.append(voice.say("limits.shared", name=capital(human(limit.name)), limit=said, rules=voice.all_of(rules)))
        found += later.clipped(voice, limit)
    return found
