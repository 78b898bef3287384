"""What comes after: what waits, what is called off, what comes back with the goods, and how a term ends. Phrases and sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from regulars.program.forms.tree import Percent
from regulars.program.model import Ladder, Rule, VoucherKind, Wallet
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
    if rule.as_of is not None:
        yield voice.say("tail.as_of", text=rule.as_of.text)
    if rule.section == "milestones" and rule.over is not None and rule.over.life is not None:
        yield voice.say("tail.over", life=forms.life_end(voice, rule.over.life)[0])


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
    if wallet.pending is not None:
        yield voice.say("lapse.waits", wallet=capital(human(wallet.name)), when=forms.wait(voice, wallet.pending))


def term(voice: Voice, ladder: Ladder) -> Iterator[str]:
    """What becomes of a level at its last day."""
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
