"""What comes after: what waits, what is called off, what comes back with the goods, and how a term ends. Phrases and sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from regulars.program.forms.tree import Percent, Word
from regulars.program.model import AmountCell, Choice, Ladder, Referral, Rule, SharedLimit, VoucherKind, Wallet
from regulars.speech import forms
from regulars.speech.amounts import cell_words
from regulars.speech.language import capital, human
from regulars.speech.voice import Voice


def exchange(voice: Voice, rule: Rule) -> Iterator[str]:
    """Of an exchange: the share paid in money, and what comes back when it is called off. Of any rule: whose level counts."""
    if rule.part_pay is not None:
        yield voice.say("tail.part_pay", share=cell_words(voice, rule, rule.part_pay))
    if isinstance(rule.gives_back, Percent) and rule.gives_back.share == 1:
        yield voice.say("tail.gives_back")
    elif rule.gives_back is not None:
        yield voice.say("tail.gives_back_part", share=cell_words(voice, rule, rule.gives_back))
    if rule.hold is not None:
        yield voice.say("tail.hold", when=forms.wait(voice, rule.hold))
    if rule.partner is not None:
        yield voice.say("tail.partner", partner=human(rule.partner))
    if rule.settle_with is not None:
        yield voice.say("tail.settle", partner=human(rule.settle_with))
    if rule.as_of is not None:
        yield voice.say("tail.as_of", text=rule.as_of.text)
    if rule.section == "milestones" and rule.over is not None and rule.over.life is not None:
        yield voice.say("tail.over", life=forms.life_end(voice, rule.over.life)[0])
    if rule.counter is not None and rule.over is not None:
        yield voice.say("tail.adds_up", period=forms.added_up(voice, rule.over))


def sent(voice: Voice, rule: Rule) -> Iterator[str]:
    """Of what goes to another member: to whom, and what that member is told."""
    if rule.receiver is None:
        return
    if rule.give or rule.give_table is not None:
        yield voice.say("tail.receiver", text=rule.receiver.text)
    if rule.tell is not None:
        yield voice.say("tail.tell", text=rule.receiver.text, name=human(rule.tell).replace(".", " "))


def goods_back(voice: Voice, rule: Rule, kind: VoucherKind) -> Iterator[str]:
    """Of a voucher: what a return of the goods does to it."""
    if kind.unused_on_return != "cancel":
        yield voice.say(f"tail.unused_{kind.unused_on_return}")
    if kind.used_on_return != "keep":
        yield voice.say("tail.used_from_refund")
    if rule.on_return == "revalue" and rule.minimum is not None:
        yield voice.say("tail.revalue")


def waits(voice: Voice, wallet: Wallet) -> Iterator[str]:
    """From when what a wallet is given can be used."""
    name = capital(human(wallet.name))
    if wallet.pending is not None:
        yield voice.say("lapse.waits", wallet=name, when=forms.wait(voice, wallet.pending))
    if wallet.held_at is not None:
        yield voice.say("lapse.held_at", wallet=name, partner=human(wallet.held_at))
    if wallet.splits:
        yield voice.say(
            "lapse.splits", wallet=name, shares=voice.all_of([_share(voice, *one) for one in wallet.splits])
        )


def _share(voice: Voice, into: str, cell: AmountCell) -> str:
    """One part of what a wallet shares out: "40% to saver miles", "the rest to treat miles"."""
    if isinstance(cell, Word):
        return voice.say("lapse.share_rest", wallet=human(into))
    return voice.say("lapse.share", share=cell_words(voice, Rule("", 0, "", "settle"), cell), wallet=human(into))


def clipped(voice: Voice, limit: SharedLimit) -> Iterator[str]:
    """What becomes of the rest when a limit that rules share clips something."""
    if limit.empty is not None:
        yield voice.say("limits.empty", name=capital(human(limit.name)), wallet=human(limit.empty))


def referral_tail(voice: Voice, referral: Referral) -> list[str]:
    """How often a referral pays, and whether it is taken back with the goods."""
    found = [forms.limits(voice, referral.at_most)] if referral.at_most else []
    return found + ([voice.say("referral.take_back")] if referral.on_return == "take back" else [])


def term(voice: Voice, ladder: Ladder) -> Iterator[str]:
    """How many levels are climbed at once, and what becomes of a level at its last day."""
    if ladder.one_rung:
        yield voice.say("tiers.one_rung")
    if ladder.at_end is None:
        return
    renew, otherwise = ladder.at_end.get("renew"), ladder.at_end.get("else")
    if isinstance(renew, Mapping):
        yield voice.say("tiers.renew_cost" if "cost" in renew else "tiers.renew_mark")
    if isinstance(otherwise, Mapping):
        yield voice.say("tiers.drop", n=int(otherwise.get("drop", 0)))
    for part in (renew, otherwise):
        for wallet, most in dict(part.get("carry") or {}).items() if isinstance(part, Mapping) else ():
            key = "tiers.carry_renewed" if part is renew else "tiers.carry_dropped"
            yield voice.say(key, most=voice.units(wallet, most), wallet=human(wallet))


def choice_begins(voice: Voice, choice: Choice) -> str | None:
    """From when a choice counts: "a change counts from the next day"; None where it does at once."""
    form = choice.starts
    if form.kind == "at_once":
        return None
    if form.kind == "on":
        return voice.say("choice.starts_on", event=human(form.name).replace(".", " "))
    if form.kind == "next_business_day":
        return voice.say("choice.starts_business_day")
    return voice.say("choice.starts_next", window=voice.window("day" if form.kind == "next_day" else form.name))
