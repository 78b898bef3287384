"""How often, or up to what."""

from __future__ import annotations

from fractions import Fraction

from regulars.program.forms.spans import span
from regulars.program.forms.tree import Limit, Period
from regulars.program.forms.words import FormError, Words, reading
from regulars.program.problems import did_you_mean


def read_limit(text: str) -> Limit | FormError:
    """The limit that a text like `4 stamps per purchase`, `once ever` or `500000.00 of spend per year` says."""
    return reading(text, "a limit", _limit, "per", "ever", "last")


def _limit(words: Words) -> Limit:
    if words.take("never"):
        return Limit(Fraction(0), times=True)
    value, times, noun, money = _tally(words)
    periods: list[Period] = []
    while words.at("per") or words.at("ever"):
        periods.append(_period(words))
    if not periods:
        near = did_you_mean(words.see().text, ["per", "ever"])
        words.expected_text("`per` and a window, an event or a member (`per year`), or `ever`", near)
    return Limit(value, times=times, noun=noun, money=money, periods=tuple(periods))


def _tally(words: Words) -> tuple[Fraction, bool, str | None, bool]:
    if words.take("once"):
        return Fraction(1), True, None, False
    token = words.see()
    if token.text == "twice":
        words.wrong("`twice` is written `2 times`")
    value, decimal = words.number("a limit (`once per year`, `3 times per month`, `100 points per week`, ..)")
    if decimal:
        if words.take("of"):
            return value, False, words.name("the name of a wallet or base"), False
        if words.see().kind == "name" and words.see().text not in ("per", "ever"):
            words.wrong(f"a number with a point takes `of`: write `{token.text} of {words.see().text}`", token=token)
        return value, False, None, True
    following = words.see()
    if following.text == "times":
        words.step()
        return value, True, None, False
    if following.text == "time":
        words.wrong(f"write `{token.text} times` or `once`")
    if following.text == "of" and words.see(1).kind == "name":
        noun = words.see(1).text
        words.wrong(f"a whole number takes its noun directly: write `{token.text} {noun}`", token=token)
    if following.text in ("per", "ever") or following.kind == "end":
        rest = words.text[following.offset :].strip() or "per year"
        words.wrong(
            f"{token.text} of what?", f"write `{token.text} points {rest}` or `{token.text} times {rest}`", token
        )
    return value, False, words.name("`times` or what is counted"), False


def _period(words: Words) -> Period:
    if words.take("ever"):
        return Period()
    words.need("per")
    if words.take("last"):
        return Period(last=span(words))
    token = words.see()
    if token.kind == "integer":
        rest = words.text[token.offset :].strip()
        words.wrong("a time up to now is written with `last`", f"write `per last {rest}`")
    if token.text in ("ever", "all"):
        words.wrong(f"`per {token.text}` is written `ever`")
    return Period(name=words.name("a window, an event, a fact, or `member`, `card`, `everybody`, ..", path=True))
