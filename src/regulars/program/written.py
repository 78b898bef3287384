"""Values of the text forms as text again: what `regulars show --rules` prints, in the words of the grammar."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from regulars.program.cel import Checked, Date, Money
from regulars.program.cel.types import inner
from regulars.program.forms.tree import (
    Amount,
    Cel,
    Cutoff,
    Edge,
    Life,
    Limit,
    Mark,
    Number,
    Of,
    Opening,
    Percent,
    Period,
    Point,
    Rate,
    Round,
    Span,
    Spread,
    Trigger,
    Wait,
    Word,
)
from regulars.program.model import Calculator, CelAmount, Give, Sum, Table
from regulars.words.days import iso

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def number(value: Fraction, decimals: int = 0) -> str:
    """An exact number in decimals: at least so many, more where needed, a quotient where none do."""
    for places in range(decimals, 19):
        scaled = value * 10**places
        if scaled.denominator == 1:
            digits = f"{abs(scaled.numerator):0{places + 1}d}"
            sign = "-" if value < 0 else ""
            return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)
    return f"{value.numerator}/{value.denominator}"


def span(value: Span) -> str:
    """`6 months`, `1 day`."""
    return f"{value.n} {value.unit}{'' if value.n == 1 else 's'}"


def point(value: Point) -> str:
    """`earned`, `last purchase`, `end of year`."""
    return {"name": "", "last": "last ", "end_of": "end of "}[value.kind] + value.name


def life(value: Life) -> str:
    """`6 months after earned to end of month`."""
    if value.never:
        return "never"
    if value.span is None:
        return f"end of {'next ' if value.next else ''}{value.end_of}"
    after = f" after {' or '.join(point(anchor) for anchor in value.anchors)}" if value.anchors else ""
    sweep = f" to end of {value.to_end_of}" if value.to_end_of else ""
    return f"{'through ' if value.through else ''}{span(value.span)}{after}{sweep}"


def edge(value: Edge) -> str:
    """`2020-08-04`, `3 days before birthday`."""
    if value.day is not None:
        return value.day
    where = point(value.point) if value.point is not None else ""
    return where if value.span is None else f"{span(value.span)} {'before' if value.before else 'after'} {where}"


def opening(value: Opening) -> str:
    """`from 2020-08-04 through 2020-08-19`, `on tue, thu from 09:00`."""
    first = edge(value.first) if value.first is not None else ""
    last = edge(value.last) if value.last is not None else ""
    names = ", ".join(value.names)
    if value.kind == "from":
        return f"from {first}" + (f" through {last}" if last else "")
    if value.kind in ("through", "until"):
        return f"{value.kind} {last}"
    if value.kind == "span":
        return f"{span(value.span) if value.span else ''} from {first}"
    if value.kind == "on":
        return f"on {names}" + (f" from {value.time}" if value.time else "")
    return f"within {names}" if value.kind == "within" else names


def days(value: tuple[tuple[int, int], ...]) -> str:
    """`15 February, 15 June`."""
    return ", ".join(f"{day} {_MONTHS[month - 1]}" for month, day in value)


def trigger(value: Trigger) -> str:
    """`purchase`, `start of month`, `yearly 1 March`, `3 days before birthday`."""
    if value.kind == "start_of":
        return f"start of {value.name}"
    if value.kind == "yearly":
        return f"yearly {days(value.days)}"
    if value.kind == "offset" and value.span is not None and value.point is not None:
        return f"{span(value.span)} {'before' if value.before else 'after'} {point(value.point)}"
    return value.name


def spread(value: Spread) -> str:
    """`last 12 months`, `week`."""
    if value.last is not None:
        return f"last {span(value.last)}"
    return life(value.life) if value.life is not None else value.window or ""


def wait(value: Wait) -> str:
    """`until confirm`, `none`, or a life."""
    if value.until is not None:
        return f"until {value.until}"
    return life(value.life) if value.life is not None else "none"


def rounding(value: Round) -> str:
    """`down to 0.1 per purchase`."""
    to = f" to {number(value.to)}" if value.to is not None else ""
    return value.mode + to + (f" per {value.per}" if value.per else "")


def limit(value: Limit) -> str:
    """`4 stamps per purchase`, `once ever`, `never`."""
    if value.times and not value.value:
        return "never"
    if value.times:
        tally = "once" if value.value == 1 else f"{number(value.value)} times"
    elif value.money:
        tally = number(value.value, 2)
    else:
        decimal = value.value.denominator != 1
        tally = f"{number(value.value)}{' of' if decimal else ''} {value.noun}"
    return " ".join((tally, *(_period(period) for period in value.periods)))


def _period(value: Period) -> str:
    if value.last is not None:
        return f"per last {span(value.last)}"
    return f"per {value.name}" if value.name else "ever"


def mark(value: Mark) -> str:
    """`8000.00`, `every 10 from 20 to 100`."""
    if value.value is None:
        return f"every {value.every} from {value.first} to {value.last}"
    return number(value.value, 2 if value.decimal else 0)


def cutoff(value: Cutoff) -> str:
    """`by end of last season`, `by yesterday`."""
    return f"by end of last {value.window}" if value.window else "by yesterday"


def amount(value: Amount) -> str:
    """`1.2 per 1.00`, `20%`, `100 points`, `all cash`."""
    if isinstance(value, Number):
        return number(value.value, 2 if value.decimal else 0)
    if isinstance(value, Percent):
        return number(value.share * 100) + "%"
    if isinstance(value, Word):
        return value.word
    if isinstance(value, Cel):
        return f"= {value.text}"
    if isinstance(value, Of):
        if value.value is None:
            return f"all {value.name}"
        return f"{number(value.value, 2)} of {value.name}" if value.decimal else f"{number(value.value)} {value.name}"
    return _rate(value)


def _rate(value: Rate) -> str:
    measure = value.measure
    counted = f"{number(measure.n)} {measure.name}" if measure.n != 1 else str(measure.name)
    per = number(measure.n, 2) if measure.money else counted
    first = number(value.value, 2 if value.decimal and not measure.money else 0) + (
        f" {value.noun}" if value.noun else ""
    )
    return f"{first} per {'whole ' if value.whole else ''}{per}"


def table(value: Table, exponent: int = 2) -> str:
    """A table in braces, as it could stand in a file."""
    parts: list[str] = []
    rows = [(", ".join(_key(key, value, exponent) for key in row), said(cell, exponent)) for row, cell in value.rows]
    if value.kind == "by":
        parts.append(f"by: {value.keys[0].text}")
        parts.extend(f"{key}: {cell}" for key, cell in rows)
    elif value.kind == "across":
        parts.append(f"by: [{', '.join(key.text for key in value.keys)}]")
        parts.extend(f'"{key}": {cell}' for key, cell in rows)
    else:
        inside = "{" + ", ".join(f"{key}: {cell}" for key, cell in rows) + "}"
        if value.kind == "band":
            parts += [f"band: {value.keys[0].text}", f"{'up_to' if value.up_to else 'from'}: {inside}"]
        else:
            parts.append(f"since: {inside}")
    if value.otherwise is not None:
        parts.append(f"else: {said(value.otherwise, exponent)}")
    return "{" + ", ".join(parts) + "}"


def _key(key: object, of: Table, exponent: int) -> str:
    if of.kind == "since":
        return iso(key) if isinstance(key, int) else "start"
    kinds = [inner(one.type) for one in of.keys]
    if isinstance(key, bool):
        return str(key).lower()
    if isinstance(key, int) and isinstance(kinds[0], Money):
        return number(Fraction(key, 10**exponent), exponent)
    if isinstance(key, int) and isinstance(kinds[0], Date):
        return iso(key)
    return str(key)


def gives(value: tuple[Give, ...], exponent: int = 2) -> str:
    """`{stars: 1 per 1.00, status: gold}`."""
    return "{" + ", ".join(f"{give.target}: {give.level or said(give.amount, exponent)}" for give in value) + "}"


def said(value: object, exponent: int = 2) -> str:
    """Any value of a rule as text; `exponent` is the number of decimals of the program's money."""
    if isinstance(value, tuple) and value and isinstance(value[0], Give):
        return gives(value, exponent)
    if isinstance(value, tuple):
        parts = [said(part, exponent) for part in value]
        return parts[0] if len(parts) == 1 else f"[{', '.join(parts)}]"
    if isinstance(value, Checked):
        return value.text
    if isinstance(value, CelAmount):
        return f"= {value.checked.text}"
    if isinstance(value, Calculator):
        return f"{{calculator: {value.name}}}"
    if isinstance(value, Sum):
        return f"[{', '.join(said(part, exponent) for part in value.parts)}]"
    if isinstance(value, Table):
        return table(value, exponent)
    writer = _WRITERS.get(type(value))
    return str(value) if writer is None else writer(value)


_WRITERS: dict[type, Callable[..., str]] = {
    Life: life, Opening: opening, Trigger: trigger, Spread: spread, Wait: wait, Round: rounding,
    Limit: limit, Mark: mark, Cutoff: cutoff, Span: span, Point: point, Number: amount, Percent: amount, Of: amount,
    Rate: amount, Word: amount, Cel: amount,
}  # fmt: skip
