"""What generated rules ask: conditions over whatever the draft knows, lines, openings, lives, limits and rounding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.laws.drafting import UNITS, Draft

KINDS = ("drink", "food", "other")
Part = Callable[[Draft], str]


def kind_of_line(d: Draft) -> str:
    """The fact that tells lines apart."""
    return d.fact("line", "kind", list(KINDS))


LINES: tuple[Part, ...] = (
    lambda d: f"{kind_of_line(d)} == 'drink'",
    lambda d: f"{kind_of_line(d)} in ['drink', 'food']",
    lambda d: f"{kind_of_line(d)} != 'other' && line.amount >= 2.00",
    lambda d: f"has({d.fact('line', 'brand', 'text?')}) && line.brand == 'own'",
    lambda d: f"'new' in {d.fact('line', 'tags', 'list of text')}",
    lambda d: f"{d.fact('line', 'qty', 'count = 1')} >= 2",
    lambda d: "!line.by_voucher",
    lambda d: "line.price < 20.00",
    lambda d: f"{d.fact('line', 'sale', 'bool = false')}",
)

ALWAYS: tuple[Part, ...] = (
    lambda d: "event.time < '10:00'",
    lambda d: "event.weekday in ['sat', 'sun']",
    lambda d: "event.month == 12 || event.month == 2",
    lambda d: f"{d.fact('event', 'channel', {'of': ['store', 'online'], 'else': 'store'})} == 'online'",
    lambda d: f"{d.fact('member', 'vip', 'bool = false')}",
    lambda d: f"has({d.fact('member', 'birthday', 'day_of_year?')})",
    lambda d: "!has(member.joined) || since(member.joined) <= days(400)",
)
PURCHASE: tuple[Part, ...] = (
    lambda d: f"'double' in {d.fact('purchase', 'tags', 'list of text')}",
    lambda d: f"has({d.fact('purchase', 'card', 'text?')})",
    lambda d: "basket.spend >= 20.00",
    lambda d: "basket.list < 100.00 && event.lines.size() <= 2",
    lambda d: f"{d.fact('purchase', 'points', 'count = 0')} <= 100",
)


def standing(d: Draft) -> Part | None:
    """A condition on a ladder, a choice, a wallet, a voucher or a benefit that is there."""
    found: list[Part] = []
    for name, levels in d.ladders.items():
        found += [
            lambda d, name=name, level=levels[-1]: f"{name}.at_least('{level}')",
            lambda d, name=name, level=levels[0]: f"{name} == '{level}'",
        ]
    found += [lambda d, name=name, value=of[0]: f"{name} == '{value}'" for name, of in d.choices.items()]
    found += [lambda d, name=name: f"{name}.available >= 10" for name in d.spendable if d.wallets[name] == UNITS]
    found += [lambda d, name=name: f"{name}.live > 0" for name in d.vouchers]
    found += [lambda d, name=name: f"can.{name}" for name in d.names("benefits") if name in d.asked]
    found += [lambda d, name=name: name for name in d.names("define")]
    return d.choose(found) if found else None


def condition(d: Draft, on: str = "purchase") -> str:
    """Something that holds or not."""
    known = standing(d) if d.maybe() else None
    part = known or d.choose((*PURCHASE, *ALWAYS) if on == "purchase" else ALWAYS)
    text = part(d)
    if d.maybe(3):
        other = d.choose(ALWAYS)(d)
        text = f"({text}) {d.some('&&', '||')} !({other})"
    return text


def lines(d: Draft) -> str:
    """Which lines are looked at."""
    return str(d.choose(LINES)(d))


def span(d: Draft) -> str:
    """A stretch of time."""
    return str(d.some("3 months", "30 days", "1 month", "90 days", "6 months", "2 weeks", "1 year", "12 months"))


def life(d: Draft, since: tuple[str, ...] = ("earned",)) -> str:
    """How long something lives."""
    anchor = d.choose(since)
    return str(
        d.some(
            span(d),
            f"{span(d)} after {anchor}",
            f"{span(d)} after {anchor} to end of month",
            f"{span(d)} after last purchase",
            f"{span(d)} after {anchor} or last purchase to end of {window(d)}",
            f"through 14 months after end of {d.some('year', 'quarter')}",
            f"through 15 days after {anchor}",
            f"end of {window(d)}",
            f"end of next {d.some('year', 'month', 'quarter')}",
            "never",
        )
    )


def window(d: Draft) -> str:
    """A window of the calendar, of the program's own where it has some."""
    return str(d.choose(("month", "year", "quarter", "half_year", "week", *d.names("windows"))))


def opening(d: Draft, on: str = "purchase") -> Any:
    """When something is open."""
    day = d.some("2026-02-01", "2026-06-01", "2027-01-01")
    found: list[Any] = [
        f"from {day}", f"from {day} through 2027-06-30", "through 2027-12-31", "until 2028-03-01", "30 days from joined",
        "on tue, thu from 09:00", "on sat",
    ]  # fmt: skip
    d.fact("member", "birthday", "day_of_year?")
    found += ["from 3 days before birthday through 3 days after birthday", "birthday_month"]
    found += [f"on {name}" for name in d.names("dates")]
    return d.choose(found)


def limit(d: Draft, wallet: str | None = None, asked: bool = False) -> str:
    """How often, or up to what."""
    tallies = ["once", "2 times", "3 times"]
    if not asked and wallet is not None:
        units = d.wallets.get(wallet) == UNITS
        tallies += [f"40 {wallet}", f"7 {wallet}"] if units else [f"12.50 of {wallet}"]
    tally = d.choose(tallies)
    if d.maybe(5):
        return f"{tally} per last {d.some('7 days', '2 hours', '1 month')}"
    scope = d.some("", "", "", "per everybody ")
    return f"{tally} {scope}{d.some('per month', 'per week', 'per year', 'ever', 'per day', f'per {window(d)}', 'per event')}"


def limits(d: Draft, wallet: str | None = None, asked: bool = False) -> Any:
    """A limit, several, or a table of them."""
    if d.ladders and d.maybe(5):
        name, levels = next(iter(d.ladders.items()))
        return {"by": name, levels[0]: limit(d, None, asked), "else": "never"}
    return limit(d, wallet, asked) if d.maybe() else [limit(d, wallet, asked), limit(d, wallet, asked)]


def rounding(d: Draft, wallet: str) -> str:
    """Where and how an amount is rounded."""
    to = d.some("", " to 0.05") if d.wallets.get(wallet) == "money" else d.some("", " to 5")
    return f"{d.some('down', 'nearest', 'up')}{to}{d.some('', ' per purchase', ' per line', ' per rate')}"


def trimmings(d: Draft, on: str = "purchase", wallet: str | None = None, dated: bool = True) -> dict[str, Any]:
    """What any rule may say besides: clauses, from when, when, and how often."""
    found: dict[str, Any] = {}
    if d.maybe(3):
        found["terms"] = d.clause()
    if d.maybe(4):
        found["when"] = condition(d, on)
    if d.maybe(6):
        found["unless"] = condition(d, on)
        if found["unless"] == found.get("when"):
            del found["when"]
    if dated and d.maybe(8):
        found["from"] = "2026-02-01"
    if dated and d.maybe(8):
        found["until"] = "2028-01-01"
    if dated and d.maybe(8):
        found["open"] = opening(d, on)
    if wallet is not None and d.maybe(3):
        found["at_most"] = limits(d, wallet)
    if d.limits and wallet is not None and d.maybe(2):
        found["within"] = d.choose(d.limits)
        d.asked.add(found["within"])
    return found
