"""What is paid for and ordered again and again, in words: plans, recurring orders, offers to clip."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from regulars.program.model import Rule, Table
from regulars.program.paid import Cycle, Plan
from regulars.speech import forms
from regulars.speech.amounts import cell_words
from regulars.speech.conditions import words
from regulars.speech.effects import effect, tail
from regulars.speech.language import capital, human
from regulars.speech.tables import rows, table_words
from regulars.speech.voice import Voice

NO_RULE = Rule("", 0, "", "settle")
PRICED = ("off", "to", "free", "add")


def plan_words(voice: Voice, plan: Plan) -> list[str]:
    """A plan, sentence by sentence: what it costs, how it begins, renews, changes and ends."""
    name = capital(human(plan.name))
    every = (
        voice.say("plan.life") if plan.every is None else voice.say("plan.every", span=forms.span(voice, plan.every))
    )
    price = voice.say("plan.nothing") if plan.price is None else price_words(voice, plan.price)
    first = voice.say("plan.costs", name=name, price=price, every=every, grants=_grants(voice, plan.grants))
    return [
        first,
        *(capital(one) + "." for one in (*_begins(voice, plan), *_goes_on(voice, plan), *_ends(voice, plan))),
    ]


def price_words(voice: Voice, cell: Any) -> str:
    """What a plan costs: "$119.00 at first, $139.00 since February 18, 2022"."""
    if not isinstance(cell, Table):
        return cell_words(voice, NO_RULE, cell)
    told = [(label, price_words(voice, inside)) for label, inside, _ in rows(voice, cell)]
    return ", ".join(_from(voice, label, price) for label, price in told)


def _from(voice: Voice, label: str, price: str) -> str:
    return voice.say("plan.when", price=price, when=label) if label else voice.say("table.else", cell=price)


def _grants(voice: Voice, grants: tuple[tuple[str, str], ...]) -> str:
    return voice.all_of([voice.say("plan.level", level=voice.level(level)) for _, level in grants])


def _begins(voice: Voice, plan: Plan) -> Iterator[str]:
    for _, condition in voice.program.rules[plan.rule].needs:
        yield voice.say("plan.only", words=words(voice, condition))
    if plan.on != "subscribe":
        yield voice.say("plan.on", event=human(plan.on).replace(".", " "))
    if plan.trial is not None:
        limit = f", {forms.limits(voice, plan.trial.at_most)}" if plan.trial.at_most else ""
        said = forms.valid(voice, plan.trial.lasts, "joined")
        yield voice.say("plan.trial", valid=said, grants=_grants(voice, plan.trial.grants)) + limit
    if plan.starts.kind == "on":
        yield voice.say("plan.starts_on", event=human(plan.starts.name))
    elif plan.starts.kind != "at_once":
        yield voice.say("plan.starts_later")


def _goes_on(voice: Voice, plan: Plan) -> Iterator[str]:
    if not plan.renews:
        yield voice.say("plan.ends")
    elif plan.renewals is not None:
        yield voice.say("plan.renewals", price=price_words(voice, plan.renewals))
    if plan.then is not None:
        yield voice.say("plan.then", span=forms.span(voice, plan.then.span), plan=human(plan.then.plan))
    if plan.prorates:
        yield voice.say("plan.prorates")
    if plan.every is not None and plan.renews:
        yield voice.say("plan.pauses" if plan.pauses else "plan.fails")


def _ends(voice: Voice, plan: Plan) -> Iterator[str]:
    if plan.every is not None and plan.renews:
        yield ending_words(voice, plan.cancel)
    if plan.empties is not None:
        yield voice.say("plan.empties", noun=human(plan.empties))


def ending_words(voice: Voice, cell: str | Table) -> str:
    """What cancelling does."""
    if isinstance(cell, Table):
        return table_words(voice, cell, lambda inner: ending_words(voice, inner))
    return voice.say(f"plan.cancel_{cell.replace(' ', '_')}")


def cycle_words(voice: Voice, cycle: Cycle) -> list[str]:
    """A recurring order, sentence by sentence."""
    rule = voice.program.rules[cycle.rule]
    name = capital(human(cycle.name))
    found = [
        voice.say("order.shop", name=name)
        if cycle.every is None
        else voice.say("order.every", name=name, span=forms.span(voice, cycle.every))
        if isinstance(cycle.every.n, int)
        else voice.say("order.own", name=name)
    ]
    if any(getattr(rule, key) is not None for key in PRICED):
        found.append(capital(", ".join([effect(voice, rule), *tail(voice, rule)])) + ".")
    elif rule.open is not None:
        found.append(voice.say("order.open", open=forms.opening(voice, rule.open)))
    if cycle.every is not None:
        found.append(voice.say("order.change"))
    if cycle.remind is not None:
        found.append(voice.say("order.remind", when=forms.trigger(voice, cycle.remind)))
    return found


def offers(program: Any) -> list[Rule]:
    """The rules that hold once an offer is clipped."""
    return [rule for rule in program.rules if rule.uses is not None]
