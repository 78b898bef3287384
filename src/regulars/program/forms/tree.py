"""The text forms of the language as values: what `6 months after earned to end of month` is once it is read.

One frozen class a form of the closed grammar (docs/language.md, "Text forms"). The readers beside this file make them from text;
the engine compiles them. No class here knows a program: names are kept as they were written and are resolved later.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Unit = Literal["minute", "hour", "day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class Span:
    """So many units of time; `n` is a number or the path of a fact that holds it."""

    n: int | str
    unit: Unit


@dataclass(frozen=True, slots=True)
class Point:
    """A point in time: a name or path (`earned`, `sale.date`), `last NAME`, or `end of NAME`."""

    kind: Literal["name", "last", "end_of"]
    name: str


@dataclass(frozen=True, slots=True)
class Life:
    """How long something lasts.

    `span` after the latest of `anchors` (empty: the default anchor of the thing), swept to the end of window `to_end_of`;
    `through` counts the anchor's day as day 0 (last day = anchor + span), otherwise the first day is day 1.
    `end_of` is `end of [next] NAME` and stands without a span. All empty: `never`.
    """

    span: Span | None = None
    anchors: tuple[Point, ...] = ()
    to_end_of: str | None = None
    through: bool = False
    end_of: str | None = None
    next: bool = False

    @property
    def never(self) -> bool:
        return self.span is None and self.end_of is None


@dataclass(frozen=True, slots=True)
class Edge:
    """One side of an opening: a day (`2020-08-04`), a point, or a span before or after a point."""

    day: str | None = None
    span: Span | None = None
    before: bool = False
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """When something is open.

    kinds: `from` (first, and last inclusive if given), `through` (last inclusive), `until` (last exclusive), `span`
    (`7 days from birthday`: `span` from `first.point`), `on` (weekdays or named days in `names`, from `time` "HH:MM"),
    `within` (a fact that holds a span of days), `window` (one NAME of a window).
    """

    kind: Literal["from", "through", "until", "span", "on", "within", "window"]
    first: Edge | None = None
    last: Edge | None = None
    span: Span | None = None
    names: tuple[str, ...] = ()
    time: str | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """On what a rule fires.

    kinds: `event` (a NAME or PATH), `start_of` (a window), `yearly` (days as (month, day)), `offset` (a span before or after a point).
    """

    kind: Literal["event", "start_of", "yearly", "offset"]
    name: str = ""
    days: tuple[tuple[int, int], ...] = ()
    span: Span | None = None
    before: bool = False
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class WindowForm:
    """A named tiling of the calendar.

    kinds: `week` (from weekday `name`), `year` (from (month, day)), `month` (from `point`), `starts` (at each of `days`).
    """

    kind: Literal["week", "year", "month", "starts"]
    name: str = ""
    days: tuple[tuple[int, int], ...] = ()
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """What a rule is measured over: `last SPAN`, a LIFE, or a window's NAME."""

    last: Span | None = None
    life: Life | None = None
    window: str | None = None


@dataclass(frozen=True, slots=True)
class Cutoff:
    """Only what was there by then: `by end of last NAME`, or `by yesterday` (window None)."""

    window: str | None


@dataclass(frozen=True, slots=True)
class Wait:
    """Until when something is not available: `until NAME`, `none`, or a LIFE (available the day after its last day)."""

    until: str | None = None
    life: Life | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """First day of a grant: `at once`, `next day`, `next business day`, `next WINDOW`, `on NAME`."""

    kind: Literal["at_once", "next_day", "next_business_day", "next", "on"]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a rate is per: `n` of a thing. `name` None: `n` is money (`1.00`); else a unit word, a fact's path or a wallet."""

    n: Fraction
    name: str | None = None
    money: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A plain number, exact; `decimal` tells whether it was written with a point (money where the quantity is money)."""

    value: Fraction
    decimal: bool = False


@dataclass(frozen=True, slots=True)
class Percent:
    """A share: 20% is Fraction(1, 5)."""

    share: Fraction


@dataclass(frozen=True, slots=True)
class Of:
    """So much of a thing: `100 points`, `5.00 of balance`; `all` takes what there is (value None)."""

    value: Fraction | None
    name: str
    decimal: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """So much per measure: `2 per 1.00`, `1 per whole 2 litres`, `4.00 per whole 2 line.qty`, `1 per whole 2 points`.

    `noun` is the wallet when the numerator names one (`100 points per 1.00`).
    """

    value: Fraction
    measure: Measure
    whole: bool = False
    decimal: bool = False
    noun: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """`given`, `own` or `rest`."""

    word: Literal["given", "own", "rest"]


@dataclass(frozen=True, slots=True)
class Cel:
    """An expression, as written (without `= ` where the form had it); `offset` is where it begins inside the text."""

    text: str
    offset: int = 0


Amount = Number | Percent | Of | Rate | Word | Cel


@dataclass(frozen=True, slots=True)
class Period:
    """One `per ..`: `name` is a window, a fact's path, an event, or member, person ..; `last` a sliding span; both None: `ever`."""

    name: str | None = None
    last: Span | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """How often or up to what.

    `times` counts firings; otherwise `value` of `noun` (a wallet, `spend`, lines, litres; None with `money` True: money of the thing
    itself). `never` is a limit of zero times. At least one period.
    """

    value: Fraction
    times: bool = False
    noun: str | None = None
    money: bool = False
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Round:
    """`down to 0.1 per purchase`; `exact` keeps what the wallet's unit keeps."""

    mode: Literal["down", "nearest", "up", "exact"]
    to: Fraction | None = None
    per: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Marks of a milestone: one number, or every N from A to B; `decimal` tells whether written with a point (money)."""

    value: Fraction | None = None
    every: int = 0
    first: int = 0
    last: int = 0
    decimal: bool = False


@dataclass(frozen=True, slots=True)
class FactType:
    """The type of a fact.

    base: text, enum (values; `default` after else), count, number, money, bool, date, moment, day_of_year, span, member, line, lines;
    `unit` is the unit word of `count of night`; `many` for `list of T`; `optional` for `T?`; `default` for `T = v` (as written).
    """

    base: str
    values: tuple[str, ...] = ()
    unit: str | None = None
    many: bool = False
    optional: bool = False
    default: str | None = None


Order = Literal["oldest first", "newest first", "first to lapse", "newest compartment that has enough"]
Ending = Literal["at end", "at once", "refund in full", "refund months left"]


@dataclass(frozen=True, slots=True)
class Then:
    """The plan that follows another once it has run for a span."""

    plan: str
    span: Span


@dataclass(frozen=True, slots=True)
class Pays:
    """When a referral pays: on the `first` event of a name (or `earning`), once `amount` of base `name` is reached, or on each `event`."""

    kind: Literal["first", "spend", "event"]
    name: str
    amount: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Import:
    """What a column sets: `verb` is last, ever, used, shared or vouchers (`name` waiting or live), or `name` for a bare name or path."""

    verb: Literal["last", "ever", "used", "shared", "vouchers", "name"]
    name: str
