"""What a rule does, and under which conditions, in words: the two halves of a sentence."""

from __future__ import annotations

from fractions import Fraction

from regulars.program.forms.tree import Percent, Word
from regulars.program.model import AmountCell, Rule, VoucherKind
from regulars.speech import forms, later
from regulars.speech.amounts import all_given, amount, cell_words, goods_words
from regulars.speech.conditions import Goods, goods, words
from regulars.speech.language import human
from regulars.speech.voice import Voice, short


def effect(voice: Voice, rule: Rule) -> str:
    """What a reward, voucher, price or benefit does: "$2.00 off", "1 drink or food free, worth up to $20.00"."""
    parts = list(_effects(voice, rule))
    if rule.give or rule.give_table is not None:
        said = all_given(voice, rule)
        parts.append(voice.say("amount.each", amount=said.much, measure=said.measure) if said.measure else said.much)
    if rule.choose:
        options = [f"{short(one.name.rpartition('.')[2])} ({_option(voice, one)})" for one in rule.choose]
        parts.append(voice.say("effect.choose", options=voice.any_of(options)))
    if rule.item is not None:
        parts.append(voice.quote(rule.item))
    if not parts:
        parts.append(_bare(voice, rule))
    return voice.all_of(parts)


def _option(voice: Voice, rule: Rule) -> str:
    return ", ".join([effect(voice, rule), *tail(voice, rule)])


def _bare(voice: Voice, rule: Rule) -> str:
    """What does nothing by itself: it tells another member, opens goods, lets them come back, or is just had."""
    if rule.tell is not None:
        return voice.say("effect.tells")
    if any(trigger.name == "return" for trigger in rule.on):
        return voice.say("effect.return", goods=goods_words(voice, rule))
    if rule.lines is not None:
        return voice.say("effect.opens", goods=goods_words(voice, rule))
    return voice.say("effect.has")


def _effects(voice: Voice, rule: Rule) -> list[str]:
    found: list[str] = []
    which = goods_words(voice, rule) if rule.lines is not None else None
    if rule.free is not None:
        found.append(voice.say("effect.free", n=voice.number(rule.free), goods=which or voice.say("goods.any")))
    elif isinstance(rule.off, Word):
        found.append(voice.say("effect.given"))
    elif isinstance(rule.off, Percent) and rule.off.share == 1:
        found.append(voice.say("effect.free_goods", goods=which or voice.say("goods.any")))
    elif rule.off is not None:
        found.append(_off(voice, rule, rule.off, which))
    if rule.to is not None:
        found.append(voice.say("effect.to", text=rule.to.text))
    if rule.add is not None:
        found.append(voice.say("effect.add", amount=cell_words(voice, rule, rule.add)))
    return found


def _off(voice: Voice, rule: Rule, cell: AmountCell, which: str | None) -> str:
    said = amount(voice, rule, cell, "")
    if said.measure:
        return voice.say("amount.each", amount=voice.say("effect.off", amount=said.much), measure=said.measure)
    return (
        voice.say("effect.off", amount=said.much)
        if which is None
        else voice.say("effect.off_goods", amount=said.much, goods=which)
    )


def tail(voice: Voice, rule: Rule, kind: VoucherKind | None = None, conditions: bool = True) -> list[str]:
    """The conditions and limits of a rule, each a phrase; without `conditions` only what limits it."""
    found: list[str] = []
    if rule.up_to is not None:
        found.append(voice.say("tail.up_to", amount=cell_words(voice, rule, rule.up_to)))
    found += _left_out(voice, rule)
    if conditions:
        found += lead_conditions(voice, rule)
    if rule.unless is not None:
        found.append(voice.say("tail.except", words=words(voice, rule.unless)))
    found += [
        voice.say("limit.never") if condition.text == "false" else words(voice, condition)
        for _, condition in rule.needs
    ]
    found += _held(voice, rule)
    if rule.open is not None:
        found.append(forms.opening(voice, rule.open))
    if kind is not None:
        found += _voucher(voice, rule, kind)
    found += later.exchange(voice, rule)
    found += _limited(voice, rule)
    return [one for one in found if one]


def _left_out(voice: Voice, rule: Rule) -> list[str]:
    found: Goods = goods(voice, rule.excepted)
    out = [*found.kinds, *found.which]
    return [voice.say("tail.left_out", goods=voice.any_of(out))] if out else []


def lead_conditions(voice: Voice, rule: Rule) -> list[str]:
    """The conditions with which a sentence on earning begins: when, and paid how."""
    return [words(voice, one) for one in (rule.when, rule.paid_with) if one is not None]


def _held(voice: Voice, rule: Rule) -> list[str]:
    found = []
    if rule.minimum is not None:
        if rule.minimum_of is None:
            found.append(voice.say("tail.minimum", amount=cell_words(voice, rule, rule.minimum)))
        else:
            found.append(voice.say("tail.held", amount=cell_words(voice, rule, rule.minimum, rule.minimum_of)))
    if rule.earned is not None and rule.earned.window is not None:
        found.append(voice.say("tail.by_last", window=voice.window(rule.earned.window)))
    elif rule.earned is not None:
        found.append(voice.say("tail.by_yesterday"))
    return found


def _voucher(voice: Voice, rule: Rule, kind: VoucherKind) -> list[str]:
    found = [] if kind.lasts is None else [voice.say("tail.valid", valid=forms.valid(voice, kind.lasts, "issued"))]
    if kind.claim is not None:
        found.append(voice.say(f"tail.claim_{kind.claim}"))
    if rule.off is not None and rule.surplus == "lost" and not isinstance(rule.off, Percent):
        found.append(voice.say("tail.covers"))
    return [*found, *later.goods_back(voice, rule, kind)]


def _limited(voice: Voice, rule: Rule) -> list[str]:
    found: list[str] = list(later.sent(voice, rule))
    if rule.surplus != "lost":
        found.append(voice.say(f"tail.surplus_{rule.surplus}"))
    if rule.stock is not None:
        found.append(voice.say("tail.stock"))
    if rule.places is not None:
        many = cell_words(voice, rule, rule.places)
        found.append(voice.say("tail.places_wait" if rule.when_full == "wait" else "tail.places_refuse", places=many))
    if rule.seats is not None:
        found.append(voice.say("tail.seats", n=voice.number(rule.seats)))
    if rule.any_name:
        found.append(voice.say("tail.open_names"))
    if rule.instead_of:
        found.append(voice.say("tail.instead", names=voice.any_of([short(name) for name in rule.instead_of])))
    if rule.best_of is not None:
        found.append(voice.say("tail.best", name=human(rule.best_of)))
    if rule.at_most:
        found.append(forms.limits(voice, rule.at_most))
    if rule.within:
        found.append(voice.say("tail.within", names=voice.all_of([human(name) for name in rule.within])))
    if rule.pending is not None:
        found.append(voice.say("tail.pending", when=forms.wait(voice, rule.pending)))
    if rule.first is not None and rule.first > voice.program.first:
        found.append(voice.say("tail.from", day=voice.language.day(rule.first)))
    if rule.until is not None:
        found.append(voice.say("tail.until", day=voice.language.day(rule.until)))
    return found


def cost(voice: Voice, rule: Rule) -> str:
    """What an exchange takes: "100 points"."""
    if rule.every is not None:
        wallet, units = rule.every
        return _units(voice, wallet, units)
    return voice.all_of([cell_words(voice, rule, cell, wallet) for wallet, cell in rule.cost])


def _units(voice: Voice, wallet: str, units: int) -> str:
    held = voice.program.wallets[wallet]
    return voice.amount(Fraction(units, held.scale), wallet)
