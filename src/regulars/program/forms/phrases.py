"""The short forms: the order of lots, how a plan ends and what follows it, when a referral pays, what a column sets."""

from __future__ import annotations

from typing import TypeVar

from regulars.program.forms.spans import span
from regulars.program.forms.tree import Ending, Import, Order, Pays, Then
from regulars.program.forms.words import FormError, Words, reading
from regulars.program.problems import nearest

P = TypeVar("P", bound=str)

ORDERS: tuple[Order, ...] = ("oldest first", "newest first", "first to lapse", "newest compartment that has enough")
ENDINGS: tuple[Ending, ...] = ("at end", "at once", "refund in full", "refund months left")


def read_order(text: str) -> Order | FormError:
    """Which lots go first: `oldest first`, `newest first`, `first to lapse` or `newest compartment that has enough`."""
    return _one_of(text, ORDERS, "an order of lots")


def read_ending(text: str) -> Ending | FormError:
    """How a plan ends: `at end`, `at once`, `refund in full` or `refund months left`."""
    return _one_of(text, ENDINGS, "an ending")


def read_then(text: str) -> Then | FormError:
    """The plan that follows and after how long: `annual after 48 months`."""
    return reading(text, "what follows a plan", _then)


def read_pays(text: str) -> Pays | FormError:
    """When a referral pays: `first purchase`, `30.00 of spend`, or `purchase` for each."""
    return reading(text, "what a referral pays on", _pays)


def read_import(text: str) -> Import | FormError:
    """What a column of an opening-balance file sets: `last purchase`, `vouchers waiting`, `plan.start`, .."""
    return reading(text, "what a column sets", _import)


def _one_of(text: str, phrases: tuple[P, ...], what: str) -> P | FormError:
    said = " ".join(text.split())
    for phrase in phrases:
        if phrase == said:
            return phrase
    listed = ", ".join(f"`{phrase}`" for phrase in phrases)
    near = nearest(said, phrases)
    begin = len(text) - len(text.lstrip())
    return FormError(begin, f"expected {what}: {listed}", f"did you mean `{near}`?" if near else "")


def _then(words: Words) -> Then:
    plan = words.name("the name of a plan")
    words.need("after")
    return Then(plan, span(words))


def _pays(words: Words) -> Pays:
    if words.take("first"):
        return Pays("first", words.name("the name of an event, or `earning`"))
    token = words.see()
    if token.kind in ("integer", "decimal"):
        value, decimal = words.number("a sum of money")
        if not decimal:
            words.wrong(f"money has a point: write `{token.text}.00 of spend`", token=token)
        words.need("of")
        return Pays("spend", words.name("the name of a base"), value)
    return Pays("event", words.name("`first purchase`, `30.00 of spend` or the name of an event"))


def _import(words: Words) -> Import:
    for verb in ("last", "ever", "used", "shared"):
        if words.at(verb) and words.see(1).kind != "end":
            words.step()
            return Import(verb, words.name("a name"))
    if words.at("vouchers") and words.see(1).kind != "end":
        words.step()
        if not words.at("waiting") and not words.at("live"):
            words.expected(["waiting", "live"])
        return Import("vouchers", words.step().text)
    return Import("name", words.name("what the column sets (`last purchase`, `plan.start`, ..)", path=True))
