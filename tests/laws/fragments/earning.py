"""Rules that give: every form of amount, every way in which rules meet, limits that they share, groups, and milestones."""

from __future__ import annotations

from typing import Any

from tests.laws.drafting import MONEY, UNITS, Draft
from tests.laws.fragments.conditions import condition, limit, lines, span, trimmings, window
from tests.laws.fragments.grounds import rounded

RATES = ("1 per 1.00", "2 per 1.00", "0.5 per 1.00", "1.5 per 1.00", "5 per whole 10.00", "1 per 3.00")
SHARES = ("5%", "2.5%", "100%", "1%")


def rate(d: Draft, kind: str) -> str:
    """So much of what was bought."""
    return str(d.choose(RATES if kind == UNITS else SHARES))


def table(d: Draft, kind: str) -> Any:
    """A rate that hangs on something."""
    one, two, three = rate(d, kind), rate(d, kind), rate(d, kind)
    forms: list[Any] = [
        {"by": "line.kind", "drink": one, "food": two, "else": three},
        {"by": "line.kind", "drink, food": one, "other": two},
        {"by": d.fact("event", "channel", {"of": ["store", "online"], "else": "store"}), "online": one, "else": two},
        {"band": "basket.spend", "from": {"0.00": one, "30.00": two, "100.00": three}},
        {"band": "basket.spend", "up_to": {"9.99": one, "50.00": two}, "else": three},
        {"since": {"start": one, "2026-03-01": two}},
        {"by": d.fact("tender", "method", "text"), "card": one, "else": two},
        {"by": "event.weekday", "sat, sun": one, "else": two, "terms": "T5"},
        {
            "by": ["event.channel", "line.kind"],
            "across": ["drink", "food"],
            "store": [one, two],
            "online": [two, three],
        },
    ]
    d.fact("event", "channel", {"of": ["store", "online"], "else": "store"})
    for name, levels in d.ladders.items():
        forms.append({"by": name, levels[0]: one, "else": two})
    for name, options in d.choices.items():
        forms.append({"by": name, options[0]: one, options[1]: two, "else": one})
    return d.choose(forms)


def amount(d: Draft, kind: str) -> Any:
    """How much a purchase gives, in any form."""
    fixed = d.some("10", "3", "25") if kind == UNITS else d.some("0.50", "2.00")
    pieces = (
        d.some("1 per line.qty", "2 per whole 3 line.qty", "= event.lines.size()")
        if kind == UNITS
        else "0.20 per line.qty"
    )
    worked = (
        d.some("= spend * 2 / 3", "= max(spend, 1.00) / 1.00", "= basket.list * 0.5")
        if kind == UNITS
        else "= spend * 3 / 100"
    )
    forms = (rate(d, kind), table(d, kind), fixed, pieces, [fixed, rate(d, kind)], worked)
    return d.choose(forms)


def base_rule(d: Draft) -> None:
    """The plain rate of a wallet, on which others build."""
    wallet = d.choose(d.of_kind(UNITS))
    name = d.new("base")
    block = rounded(
        d, {"give": {wallet: d.some(rate(d, UNITS), table(d, UNITS))}} | trimmings(d, "purchase", wallet), wallet
    )
    if d.maybe(4):
        block["lines"] = lines(d)
    if d.maybe(6):
        block["on_return"] = d.some("share", "revalue", "keep", "take back")
    d.put("earn", name, block)
    d.rates.append(name)


def any_rule(d: Draft) -> None:
    """A rule on a purchase of any form."""
    wallet = d.choose(list(d.wallets))
    block = rounded(d, {"give": {wallet: amount(d, d.wallets[wallet])}} | trimmings(d, "purchase", wallet), wallet)
    if d.maybe(3):
        block["lines"] = lines(d)
    if d.maybe(5):
        block["except"] = lines(d)
    if d.maybe(6):
        d.fact("tender", "method", "text")
        block["paid_with"] = d.some("tender.method == 'card'", "tender.method != 'gift'")
    if d.maybe(6):
        block["pending"] = d.some("none", "until confirm", "3 days after earned")
    if d.maybe(6):
        block["on_return"] = d.some("share", "revalue", "keep", "take back")
    if d.rates and d.maybe(5):
        block["instead_of"] = d.choose(d.rates)
    if d.maybe(6):
        block["best_of"] = "extra"
        d.put("earn", d.new("rival"), {"give": {d.choose(d.of_kind(UNITS)): "12"}, "best_of": "extra"})
    d.put("earn", d.new("gives"), block)


def on_others(d: Draft) -> None:
    """Rules on other events and days, that give units or money."""
    wallet = d.choose(list(d.wallets))
    kind = d.wallets[wallet]
    d.fact("activity.survey", "score", "count = 1")
    d.fact("activity.review", "words", "count = 0")
    much = d.some("10", "4") if kind == UNITS else d.some("1.00", "0.25")
    on, give = d.some(
        ("activity.survey", "= activity.score" if kind == UNITS else "0.10 per activity.score"),
        ("activity.review", much), ("join", much), ("birthday", much), ("start of month", much),
        ("start of quarter", much), ("yearly 1 March", much), ("yearly 15 February, 15 August", much),
        ("3 days before birthday", much), ("start of birthday_month", much), ("confirm", much),
        (["activity.review", "activity.survey"], much), (f"start of {window(d)}", much),
    )  # fmt: skip
    d.fact("member", "birthday", "day_of_year?")
    d.fact("confirm", "ok", "bool = true")
    block = {"on": on, "give": {wallet: give}} | trimmings(d, "", wallet)
    d.put("earn", d.new("also"), block)
    d.fired.append(str(on))


def stays(d: Draft) -> None:
    """Rules on an event without lines."""
    wallet = d.choose(d.of_kind(UNITS))
    d.fact("stay", "nights", "count of night")
    d.fact("stay", "room", "money")
    d.fact("stay", "check_in", "date?")
    forms: list[dict[str, Any]] = [
        {"give": {wallet: "100 per night"}},
        {"give": {wallet: "3 per 1.00"}, "of": "stay.room"},
        {"give": {wallet: "= stay.nights * 10"}},
        {"give": {wallet: {"band": "stay.nights", "from": {"1": 10, "3": 40}}}},
    ]
    if "rooms" in d.names("base"):
        forms.append({"give": {wallet: "2 per 1.00"}, "of": "rooms"})
    block = {"on": "stay"} | d.choose(forms) | trimmings(d, "", wallet)
    if d.ladders and d.maybe(2):
        block["as_of"] = "has(stay.check_in) ? stay.check_in : event.date"
    d.put("earn", d.new("stayed"), block)


def litres(d: Draft) -> None:
    """A rule on a number that has a unit of its own."""
    wallet = d.choose(d.of_kind(UNITS))
    d.fact("fuel", "litres", "number of litre")
    d.fact("fuel", "amount", "money")
    block = {"on": "fuel"} | d.some(
        {"give": {wallet: "1 per whole litre"}},
        {"give": {wallet: "1.5 per 2 litres"}},
        {"of": "fuel.amount", "give": {wallet: "1 per 1.00"}},
    )
    d.put("earn", d.new("fuelled"), block | trimmings(d, "", wallet))


def upon_rates(d: Draft) -> None:
    """Rules that build on another's result: multiply, top up, a share, a sum over a week."""
    if not d.rates:
        base_rule(d)
    base = d.choose(d.rates)
    wallet = next(iter(d.top["earn"][base]["give"]))
    banded = {"band": "spend", "from": {"30.00": 10, "100.00": 25}}
    forms: list[dict[str, Any]] = [
        {"multiply": {base: d.some(2, 3, "1.5")}},
        {"top_up": {base: d.some("4 per 1.00", "3 per 1.00")}},
        {"of": f"earn.{base}", "give": {wallet: d.some("25%", "10%")}},
        {"multiply": {base: 2}, "lines": lines(d)},
        {"over": d.some("week", "month", "last 7 days", "day"), "give": {wallet: d.some("5 per whole 20.00", banded)}},
    ]  # fmt: skip
    block = d.choose(forms)
    block |= trimmings(d, "purchase", wallet)
    if "over" in block:
        block.pop("at_most", None)
    d.put("earn", d.new("upon"), block)


def grouped(d: Draft) -> None:
    """A group whose members inherit what stands beside them."""
    wallet = d.choose(d.of_kind(UNITS))
    d.fact("activity.wish", "times", "count = 1")
    block: dict[str, Any] = {"terms": "T6", "at_most": limit(d, wallet), "each": {}}
    if d.maybe():
        block["when"] = condition(d, "")
    block["each"] = {
        d.new("wish"): {"on": "activity.wish", "give": {wallet: "5 per activity.times"}},
        d.new("share"): {"on": "activity.share", "give": {wallet: d.some(3, 8)}},
    }
    d.put("earn", d.new("acts"), block)


def shared_limit(d: Draft) -> None:
    """A limit that several rules share."""
    wallet = d.choose(d.of_kind(UNITS))
    name = d.new("cap")
    block: dict[str, Any] = {"at_most": d.some(limit(d, wallet), [limit(d, wallet), "3 times per month"])}
    if d.maybe(3):
        block["when_clipped"] = {"empty": d.choose(d.spendable), "terms": "T3"}
    if d.maybe(4):
        block["terms"] = d.clause()
    d.put("limits", name, block)
    d.limits.append(name)


def milestone(d: Draft) -> None:
    """What crossing a mark gives: of a counter, or of a base over a stretch."""
    counters = [name for name, block in d.top["wallets"].items() if "counts" in block] or [d.choose(d.of_kind(UNITS))]
    counter = d.choose(counters)
    # A gift that moves its own counter would hold the mark by itself.
    own = {counter, d.top["wallets"][counter].get("counts"), *d.top["wallets"][counter].get("splits", ())}
    free = [name for name in d.of_kind(UNITS) if name not in own and "splits" not in d.top["wallets"][name]]
    gifts = [{name: 1} for name, worth in d.vouchers.items() if not worth] + [{name: d.some(50, 7)} for name in free]
    over = d.some("year", "through 90 days after joined", f"{span(d)} after joined", "membership_year")
    spent = {"of": "spend", "over": over, "at": d.some(["25.00"], ["10.00", "150.00"])}
    counted = {"of": counter, "at": d.some([20, 60], "every 25 from 25 to 200", [100])}
    gift = d.choose(gifts) if gifts else {d.choose(d.of_kind(UNITS)): 7}
    block: dict[str, Any] = (d.some(counted, spent) if gifts else spent) | {"give": gift}
    if d.maybe(4):
        block["give"] = {"by": "crossed", "25": gift, "else": gift} if "every" in str(block["at"]) else gift
    if d.maybe(4):
        block["at_most"] = d.some("once ever", "2 times per year")
    if d.maybe(4):
        block["terms"] = d.clause()
    if d.maybe(5):
        block["when"] = condition(d, "")
    if d.maybe(4):
        block = {"terms": "T2", "each": {d.new("mark"): block}}
    d.put("milestones", d.new("mark"), block)


def raw_rule(d: Draft) -> None:
    """The shape itself, for what no section says."""
    wallet = d.choose(list(d.wallets))
    much = d.some(1, 9) if d.wallets[wallet] == UNITS else "0.10"
    forms: list[dict[str, Any]] = [
        {"on": "activity.rare", "give": {wallet: much}},
        {"give": {wallet: much}, "lines": lines(d)},
        {"on": "purchase", "tell": "friend.heard"},
    ]
    d.put("rules", d.new("odd"), d.choose(forms[:2]) | trimmings(d, "", wallet))


def risen(d: Draft) -> None:
    """Rules on a standing that rose, and that give a standing."""
    if not d.ladders:
        return
    name, levels = next(iter(d.ladders.items()))
    wallet = d.choose(d.of_kind(UNITS))
    if d.maybe():
        d.put("earn", d.new("rose"), {"on": f"reach.{name}", "give": {wallet: {"by": name, levels[-1]: 30, "else": 5}}})
    if d.maybe(2):
        d.put("earn", d.new("lifted"), {"on": "activity.contest", "give": {name: levels[-1]}})


def money_count(d: Draft) -> None:
    """Spend counted in money."""
    for wallet in d.of_kind(MONEY):
        if d.maybe():
            d.put("earn", d.new("spent"), rounded(d, {"give": {wallet: d.choose(SHARES)}}, wallet))


FRAGMENTS = (
    base_rule,
    any_rule,
    any_rule,
    on_others,
    on_others,
    stays,
    litres,
    upon_rates,
    upon_rates,
    grouped,
    milestone,
    raw_rule,
    risen,
    money_count,
)
