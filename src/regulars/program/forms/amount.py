"""How much: a number, a share, so much of a thing, a rate, a word, or an expression."""

from __future__ import annotations

from fractions import Fraction

from regulars.program.forms.tree import Amount, Cel, Measure, Number, Of, Percent, Rate, Word
from regulars.program.forms.words import FormError, Words, Wrong, reading


def read_amount(text: str) -> Amount | FormError:
    """The amount that a text like `2 per 1.00`, `20%`, `9 stamps` or `= redeem.cost` says."""
    start = len(text) - len(text.lstrip())
    if text.startswith("=", start):
        return _expression(text, start)
    return reading(text, "an amount", _amount, "per", "of", "whole")


def _expression(text: str, start: int) -> Cel | FormError:
    rest = text[start + 1 :]
    expression = rest.strip()
    if not expression:
        return FormError(len(text.rstrip()), "expected an expression after `=`")
    return Cel(expression, start + 1 + len(rest) - len(rest.lstrip()))


def _amount(words: Words) -> Amount:
    if words.take("given"):
        return Word("given")
    if words.take("own"):
        return Word("own")
    if words.take("rest"):
        return Word("rest")
    if words.take("all"):
        return Of(None, words.name("the name of a wallet"))
    token = words.see()
    if token.kind in ("name", "path"):
        # A bare name reads like an expression that lost its sign.
        hint = f"an expression begins with `=`: `= {words.text.strip()}`"
        words.wrong(f"expected an amount (`10`, `1 per 1.00`, `20%`, ..), not `{token.text}`", hint)
    value, decimal = words.number("an amount (`10`, `1 per 1.00`, `20%`, `9 stamps`, ..)")
    if words.take("%"):
        return Percent(value / 100)
    if words.take("per"):
        return _rate(words, value, decimal, None)
    if words.see().kind == "end":
        return Number(value, decimal)
    return _of_a_thing(words, value, decimal)


def _of_a_thing(words: Words, value: Fraction, decimal: bool) -> Amount:
    written = words.see(-1)
    if words.at("of"):
        if not decimal:
            noun = words.see(1).text or "points"
            words.wrong(
                f"a whole number takes its noun directly: write `{written.text} {noun}`",
                f"if it is money, `{written.text}.00 of {noun}`",
                written,
            )
        words.need("of")
        return Of(value, words.name("the name of a wallet"), decimal=True)
    noun = words.name("`per`, `of`, `%` or the name of a wallet")
    if decimal:
        words.wrong(f"a number with a point takes `of`: write `{written.text} of {noun}`", token=written)
    if words.take("per"):
        return _rate(words, value, False, noun)
    return Of(value, noun)


def _rate(words: Words, value: Fraction, decimal: bool, noun: str | None) -> Rate:
    whole = words.take("whole")
    measure = _measure(words)
    return Rate(value, measure, whole=whole, decimal=decimal, noun=noun)


def _measure(words: Words) -> Measure:
    token = words.see()
    if token.kind not in ("integer", "decimal"):
        return Measure(Fraction(1), words.name("what it is per: `1.00`, `night`, `line.qty`, ..", path=True))
    n, decimal = words.number("a number")
    if n == 0:
        raise Wrong(token.offset, "nothing can be measured in parts of 0")
    following = words.see()
    if decimal:
        if following.kind in ("name", "path"):
            hint = f"write `per {token.text}`, or a whole number of `{following.text}`"
            words.wrong("a number with a point is money", hint, token)
        return Measure(n, None, money=True)
    if following.kind not in ("name", "path"):
        hint = f"write `per {token.text}.00` for money, or `per {token.text} points`"
        words.wrong(f"{token.text} of what?", hint, token)
    return Measure(n, words.name("what it is per", path=True))
