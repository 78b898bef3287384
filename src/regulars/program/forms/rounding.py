"""How an amount is rounded, and the marks of a milestone."""

from __future__ import annotations

from typing import Literal

from regulars.program.forms.tree import Mark, Round
from regulars.program.forms.words import FormError, Words, reading

MAX_MARKS = 1000

_MODES: dict[str, Literal["down", "nearest", "up"]] = {"down": "down", "nearest": "nearest", "up": "up"}


def read_round(text: str) -> Round | FormError:
    """The rounding that a text like `nearest to 0.1 per purchase` or `exact` says."""
    return reading(text, "a rounding", _round, "to", "per")


def read_mark(text: str) -> Mark | FormError:
    """The mark, or row of marks, that `8000.00` or `every 10 from 20 to 100` says."""
    return reading(text, "a mark", _mark, "from", "to")


def _round(words: Words) -> Round:
    if words.take("exact"):
        return Round("exact")
    mode = _MODES.get(words.see().text)
    if mode is None:
        words.expected([*_MODES, "exact"])
    words.step()
    to = None
    if words.take("to"):
        token = words.see()
        to, _ = words.number("a number like `0.1`")
        if to == 0:
            words.wrong("nothing can be rounded to 0", token=token)
    return Round(mode, to, words.name("the name of an event, `line` or `rate`") if words.take("per") else None)


def _mark(words: Words) -> Mark:
    if not words.take("every"):
        value, decimal = words.number("a number, or `every 10 from 20 to 100`")
        return Mark(value=value, decimal=decimal)
    begin = words.see()
    step, by_money = _whole(words)
    words.need("from")
    first, from_money = _whole(words)
    words.need("to")
    token = words.see()
    last, to_money = _whole(words)
    if step == 0:
        words.wrong("marks cannot lie 0 apart", token=begin)
    if last < first:
        words.wrong(f"the last mark, {last}, lies below the first, {first}", token=token)
    if (last - first) // step >= MAX_MARKS:
        words.wrong(f"these are more than {MAX_MARKS} marks", token=begin)
    if len({by_money, from_money, to_money}) > 1:
        words.wrong("write all three numbers with a point (money), or none", token=begin)
    return Mark(every=step, first=first, last=last, decimal=by_money)


def _whole(words: Words) -> tuple[int, bool]:
    token = words.see()
    value, decimal = words.number("a number")
    if value.denominator != 1:
        words.wrong("marks at equal distances are whole numbers", token=token)
    return int(value), decimal
