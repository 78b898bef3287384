"""An explanation as lines of text for a terminal: "47 stars: 24 for 20.00 at Gold, 23 for the double day"."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from regulars.speech.explain import Explanation, Other, Step
from regulars.speech.language import Language, capital, human, language, noun
from regulars.words.days import day_of


def lines(explanation: Explanation) -> list[str]:
    """The explanation in lines, in its own language: what fell due, was given and why, acted, stayed silent."""
    tongue = language(explanation.language)
    found = [tongue.say("why.due", what=what) for what in _dues(tongue, explanation)]
    if explanation.refused is not None:
        return [*found, tongue.say("why.refused", text=explanation.refused)]
    given = [
        _total(tongue, wallet, steps, explanation.event) for wallet, steps in _by_wallet(explanation.steps).items()
    ]
    given += [tongue.say("why.now", what=_moved(tongue, step)) for step in explanation.steps if _is_taken(step)]
    acted = list(_acted(tongue, explanation))
    found += given or ([] if acted else [tongue.say("why.nothing")])
    found += acted
    found += [_other(tongue, one) for one in explanation.others]
    found += [tongue.say("why.silent", name=one.name, reason=one.reason) for one in explanation.silent]
    if explanation.late:
        found.append(tongue.say("why.late"))
    return found


def _other(tongue: Language, other: Other) -> str:
    """A partner's part in what happened."""
    amount = other.given if other.wallet is None else f"{other.given} {noun(other.wallet, other.given)}"
    return tongue.say(f"why.{other.role}", partner=human(other.partner), amount=amount, name=other.name)


def _dues(tongue: Language, explanation: Explanation) -> Iterator[str]:
    for step in explanation.dues:
        yield _moved(tongue, step)
    for serial in explanation.lapsed:
        yield tongue.say("why.voucher_gone", serial=serial)


def _moved(tongue: Language, step: Step) -> str:
    """What fell due, or what an exchange took."""
    amount = step.given.removeprefix("-")
    key = "why.got" if step.units > 0 else "why.lapsed" if step.rule.endswith(".lapse") else "why.taken"
    return tongue.say(key, n=amount, noun=noun(step.wallet, amount), name=step.name)


def _is_taken(step: Step) -> bool:
    return step.units < 0 and step.rule != "returns"


def _by_wallet(steps: tuple[Step, ...]) -> dict[str, list[Step]]:
    found: dict[str, list[Step]] = {}
    for step in steps:
        if (step.units or step.limited) and not _is_taken(step):
            found.setdefault(step.wallet, []).append(step)
    return found


def _total(tongue: Language, wallet: str, steps: list[Step], event: str) -> str:
    """One wallet: how much in all, and for what."""
    total = str(sum((Decimal(step.given) for step in steps), Decimal(0)))
    alone = sum(1 for step in steps if step.measured is not None and not step.shaped) == 1
    parts = [_part(tongue, step, alone, event) for step in steps]
    return tongue.say("why.total", n=total, noun=noun(wallet, total), parts=", ".join(parts))


def _part(tongue: Language, step: Step, alone: bool, event: str) -> str:
    said = _plain_part(tongue, step, alone, event)
    if not step.limited:
        return said
    return tongue.say("why.limited", part=said, names=tongue.join(step.limited), rounded=step.rounded)


def _plain_part(tongue: Language, step: Step, alone: bool, event: str) -> str:
    if step.rule == "returns" and event in {"opening", "goodwill"}:
        return tongue.say("why.brought" if event == "opening" else "why.goodwill", n=step.given)
    if step.rule == "returns":
        return tongue.say("why.returned", n=step.given)
    if step.measured is None or step.shaped or not alone:
        return tongue.say("why.rule", n=step.given, name=step.name)
    if step.level is not None:
        return tongue.say("why.measured_at", n=step.given, measured=step.measured, level=step.level)
    return tongue.say("why.measured", n=step.given, measured=step.measured)


def _acted(tongue: Language, explanation: Explanation) -> Iterator[str]:
    for one in explanation.used:
        if one.minor > 0:
            yield tongue.say("why.used", name=one.name, amount=one.off)
        elif one.minor < 0:
            yield tongue.say("why.charged", name=one.name, amount=one.off.removeprefix("-"))
        else:
            yield tongue.say("why.used_plain", name=one.name)
    for one in explanation.charged:
        key = "why.plan_back" if one.minor < 0 else "why.plan_charged"
        yield tongue.say(key, name=one.name, amount=one.off.removeprefix("-"))
    if explanation.pay is not None:
        back = explanation.pay.startswith("-")
        yield tongue.say("why.back" if back else "why.pay", amount=explanation.pay.removeprefix("-"))
    for given in explanation.issued:
        key = "why.issued" if given.last_day is None else "why.issued_until"
        what = tongue.say("amount.vouchers", n=1, name=human(given.voucher))
        day = "" if given.last_day is None else tongue.day(day_of(given.last_day))
        yield tongue.say(key, voucher=what, day=day)
    for ladder, old, new in explanation.levels:
        yield tongue.say("why.level", ladder=human(ladder), old=capital(human(old)), new=capital(human(new)))
