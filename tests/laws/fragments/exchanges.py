"""What takes something: conversions, rewards, what pays inside a purchase; and what changes a price: prices, vouchers, offers."""

from __future__ import annotations

from typing import Any

from tests.laws.drafting import UNITS, Draft
from tests.laws.fragments.conditions import condition, life, limit, limits, lines, opening, trimmings

SURPLUS = ("lost", "refuse", "paid_out", "kept")


def step(d: Draft) -> dict[str, str]:
    """A price step, where the program has several."""
    return {"step": d.choose(d.top["checkout"])} if "checkout" in d.top and d.maybe() else {}


def gift(d: Draft) -> dict[str, Any]:
    """What an exchange gives: a voucher with its own worth, or units."""
    found: list[dict[str, Any]] = [{name: 1} for name, given in d.vouchers.items() if not given]
    found.append({d.choose(list(d.spendable)): "5"} if not found else found[0])
    made = d.choose(found)
    target = next(iter(made))
    if target in d.wallets and d.wallets[target] != UNITS:
        made = {target: "0.50"}
    return dict(made)


def convert(d: Draft) -> None:
    """Exchanges at once, on a schedule, or asked for."""
    wallet = d.choose([name for name in d.spendable if d.wallets[name] == UNITS])
    given = [name for name, worth in d.vouchers.items() if worth]
    plain = gift(d)
    if next(iter(plain)) == wallet:
        other = next((name for name, worth in d.vouchers.items() if not worth), None)
        plain = {other: 1} if other else ({given[0]: "5.00"} if given else {})
    if given and d.maybe():
        plain = {d.choose(given): "5.00"}
    if not plain or (next(iter(plain)) in d.wallets and next(iter(plain)) != wallet and d.maybe(0) is None):
        return
    block: dict[str, Any] = {"give": plain}
    when = d.some("at once", "by schedule", "asked")
    if when == "at once":
        block["every"] = d.some(f"50 {wallet}", f"9 {wallet}", f"200 {wallet}")
    elif when == "by schedule":
        block["on"] = d.some("start of month", "yearly 15 February, 15 August", "start of quarter")
        block |= d.some({"every": f"25 {wallet}"}, {"cost": f"all {wallet}"}, {"cost": f"40 {wallet}"})
        if d.maybe(2):
            block["earned"] = d.some("by end of last month", "by yesterday", "by end of last quarter")
        if d.maybe(3):
            block["minimum"] = f"30 {wallet}"
        if "every" in block and d.maybe(2):
            block["at_most"] = "2 times per event"
    else:
        d.fact("convert", "units", "count?")
        block["on"] = f"convert.{d.new('swap')}"
        block |= d.some({"cost": f"20 {wallet}"}, {"every": f"10 {wallet}", "asked": "convert.units"})
    if d.maybe(5):
        block["settle"] = "bank"
    block |= {key: value for key, value in trimmings(d, "").items() if key in {"terms", "when", "unless"}}
    d.put("convert", d.new("turned"), block)


def reward(d: Draft) -> None:
    """Something that a member asks for, for units."""
    wallet = d.choose([name for name in d.spendable if d.wallets[name] == UNITS])
    d.fact("redeem", "steps", "count?")
    d.fact("redeem", "cost", "count?")
    cost = d.some(
        f"20 {wallet}",
        f"5 {wallet}",
        {wallet: 12},
        {"by": "event.weekday", "sat, sun": f"30 {wallet}", "else": f"10 {wallet}"},
    )
    forms: list[dict[str, Any]] = [
        {"cost": cost, "item": "mug"},
        {"cost": cost, "give": gift(d)},
        {"cost": cost, "off": "5.00", "surplus": d.choose(SURPLUS[:3])} | step(d),
        {"every": f"10 {wallet}", "asked": "redeem.steps", "give": gift(d)},
        {"every": f"10 {wallet}", "off": "0.50"} | step(d),
        {"cost": cost, "free": 1, "lines": "line.kind == 'drink'", "up_to": "6.00"},
    ]
    block = dict(d.choose(forms))
    if "give" in block and next(iter(block["give"])) == wallet:
        block["give"], block["item"] = None, "bag"
        del block["give"]
        block = {"cost": cost, "item": "bag"}
    if d.maybe(3):
        block["at_most"] = limit(d, None, asked=True)
    if d.maybe(4):
        block["stock"] = d.some(2, "operator")
    if d.maybe(3) and "cost" in block:
        block["cancel"] = {"gives_back": d.some("100%", "50%"), "terms": "T8"}
    if d.maybe(4):
        block["hold"] = d.some("until confirm", "3 days", "7 days")
    if d.maybe(4):
        block["needs"] = {"grown": "!has(member.age) || member.age >= 18"}
    if d.maybe(5):
        block["open"] = opening(d)
    if d.maybe(5):
        block["minimum"] = f"30 {wallet}"
    if d.maybe(6) and "item" in block:
        block["part_pay"] = d.some("50%", "= 25 / 100")
    if d.maybe(5):
        block |= {"partner": "shop", "settle": "shop"}
    if d.maybe(4):
        block["when"] = condition(d, "")
    d.put("rewards", d.new("prize"), block)


def catalogue(d: Draft) -> None:
    """A reward of any name that brings its own cost."""
    wallet = d.choose([name for name in d.spendable if d.wallets[name] == UNITS])
    d.fact("redeem", "cost", "count = 7")
    d.put(
        "rewards", d.new("award"), {"names": "any", "cost": {wallet: "= redeem.cost"}, "cancel": {"gives_back": "100%"}}
    )


def price(d: Draft) -> None:
    """What a member pays less, more, or exactly."""
    d.fact("line", "member_price", "money?")
    d.fact("use_perk.stay_in", "guests", "lines?")
    forms: list[dict[str, Any]] = [
        {"off": d.some("10%", "1.00", "0.20 per line.qty")},
        {"off": {"by": "line.kind", "drink": "20%", "else": "5%"}},
        {"to": "line.member_price", "lines": "has(line.member_price)"},
        {"add": d.some("4.95", {"by": "line.kind", "other": "1.00", "else": "0.00"}), "unless": "basket.list >= 49.00"},
        {"free": 1, "lines": lines(d), "up_to": "4.00"},
        {"off": "= spend * 5 / 100"},
    ]
    block = dict(d.choose(forms))
    more = {key: value for key, value in trimmings(d).items() if key not in {"at_most", "within"}}
    block = more | block
    if "off" in block:
        if d.maybe(3):
            block.setdefault("lines", lines(d))
        if d.maybe(4):
            block["at_most"] = d.some("2 times per month", "20.00 per purchase", "30.00 per month", "once ever")
        if d.maybe(6):
            block["round"] = d.some("nearest per line", "nearest per purchase")
        if d.maybe(6):
            block["minimum"] = "15.00"
        if d.maybe(6):
            block["up_to"] = "7.50"
    d.put("prices", d.new("deal"), block | step(d))


def voucher(d: Draft) -> None:
    """A thing with a worth and a life."""
    forms: list[dict[str, Any]] = [
        {"off": d.some("5.00", "10%")},
        {"free": 1, "lines": "line.kind == 'drink'"},
        {"off": "given"},
        {"item": "express delivery"},
        {"to": "line.price - line.price", "lines": "line.kind == 'food'"},
        {"add": "1.00"},
    ]
    block = dict(d.choose(forms[:4]))
    name = d.new("note")
    if d.maybe():
        block["lasts"] = life(d, ("issued",))
    if d.maybe(3):
        block["surplus"] = d.some(*(SURPLUS if block.get("off") == "given" else SURPLUS[:3]))
    if d.maybe(3) and "off" in block:
        block["minimum"] = d.some("15.00", "= given + 1.00") if block["off"] == "given" else "15.00"
        if d.maybe():
            block["if_unmet"] = d.some("skip", "refuse")
    if d.maybe(3) and "off" in block:
        block["lines"] = lines(d)
    if d.maybe(3):
        block["earned_on_goods"] = {
            "unused": d.some("cancel", "lower", "keep"),
            "used": d.some("keep from refund", "keep"),
            "terms": "T7",
        }
    if d.maybe(5):
        block["claim"] = {
            "by": d.some("clip", "print"),
            "at_most": d.some("once per day", "2 times per month"),
            "terms": "T3",
        }
    if d.maybe(5):
        block["issued"] = "operator"
    if d.maybe(5):
        block["at_most"] = "once per purchase"
    if d.maybe(5):
        block["open"] = d.some("from 1 day after issued", "on sat", "from 2026-02-01")
    if d.maybe(5):
        block["needs"] = {"weekend_only": "event.weekday in ['sat', 'sun']"}
    d.put("vouchers", name, block | step(d))
    d.vouchers[name] = "given" if block.get("off") == "given" else ""


def picked(d: Draft) -> None:
    """A voucher that lets the member choose, and a group of vouchers that share a claim."""
    wallet = d.choose(d.of_kind(UNITS))
    if d.maybe():
        name = d.new("pick")
        d.put("vouchers", name, {"choose": {"units": {"give": {wallet: 20}}, "thing": {"item": "bag"}}})
        d.vouchers[name] = ""
    else:
        one, two = d.new("stub"), d.new("stub")
        block: dict[str, Any] = {"each": {one: {"off": "2.00"}, two: {"off": "15%"}}}
        if d.maybe():
            block = {"terms": "T3", "lasts": "30 days"} | block
        d.put("vouchers", d.new("kiosk"), block | step(d))
        d.vouchers |= {one: "", two: ""}


def offer(d: Draft) -> None:
    """A rule that holds once it is clipped."""
    wallet = d.choose(d.of_kind(UNITS))
    forms: list[dict[str, Any]] = [
        {"give": {wallet: d.some(20, "1 per 1.00")}},
        {"give": {wallet: 15}, "when": "basket.spend >= 20.00"},
        {"off": "10%"} | step(d),
        {"give": {wallet: 9}, "lines": lines(d)},
    ]
    if d.rates:
        forms.append({"multiply": {d.choose(d.rates): 2}})
    block = dict(d.choose(forms))
    if d.maybe(3):
        block["lasts"] = d.some("14 days", "end of month")
    if d.maybe(3):
        block["at_most"] = d.some("2 times per year", "once per month")
    if d.maybe(4):
        block["open"] = opening(d)
    if d.maybe(4):
        block["terms"] = d.clause()
    if d.maybe(4):
        block = {"terms": "T2", "each": {d.new("coupon"): block}}
    d.put("offers", d.new("offer"), block)


def benefit(d: Draft) -> None:
    """What a member has without paying for it."""
    name = d.new("perk")
    kind = d.some("plain", "priced", "places", "shared", "return", "goods", "choice")
    block: dict[str, Any] = {}
    if kind == "priced":
        block = {
            "off": d.some("100%", "10%"),
            "lines": "line.kind == 'food'",
            "at_most": d.some("15.00 per month", "once per last 2 hours", "3 times per year"),
        }
        if d.maybe(3):
            block = {"free": 1, "lines": "line.kind == 'drink'", "at_most": "once per day"}
    elif kind == "places":
        d.fact(f"use_perk.{name}", "event", "text")
        block = {"at_most": "once per use_perk.event", "places": d.some(1, 2)}
        if d.maybe():
            block["when_full"] = d.some("wait", "refuse")
    elif kind == "shared":
        block = {"shared_with": {"seats": d.some(1, 2), "terms": "T4"}}
    elif kind == "return":
        d.fact("return", "worn", "bool = false")
        block = {"on": "return", "open": "through 60 days after sale.date", "needs": {"as_new": "!return.worn"}}
    elif kind == "goods":
        block = {"lines": "'members' in line.tags", "needs": {"members_only": "member.vip"}}
        d.fact("line", "tags", "list of text")
        d.fact("member", "vip", "bool = false")
    elif kind == "choice":
        wallet = d.choose(d.of_kind(UNITS))
        block = {"choose": {"tea": {"item": "tea"}, "units": {"give": {wallet: 5}}}, "at_most": "once per month"}
    if kind in {"plain", "shared", "choice"}:
        if d.maybe(2):
            block["when"] = condition(d, "")
        if d.maybe(2):
            block.setdefault("at_most", limits(d, None, asked=True))
        if d.maybe(4):
            block["open"] = opening(d)
    if d.maybe(5):
        block["terms"] = d.clause()
    if kind == "priced" and d.maybe(2):
        d.put(
            "benefits",
            d.new("perks"),
            {"terms": "T2", "each": {name: block, d.new("perk"): {"at_most": "once per month"}}},
        )
        return
    d.put("benefits", name, block)
    if kind == "plain" and "when" not in block:
        d.asked.add(name)


def sending(d: Draft) -> None:
    """Units that a member sends to another, and what one member's request tells another."""
    wallet = d.choose([name for name in d.spendable if d.wallets[name] == UNITS])
    d.fact("convert", "units", "count?")
    d.fact("convert", "friend", "member?")
    name = d.new("to_friend")
    block: dict[str, Any] = {
        "on": f"convert.{name}",
        "receiver": "convert.friend",
        "cost": f"10 {wallet}",
        "give": {wallet: 10},
    }
    if d.maybe():
        block |= {"every": f"5 {wallet}", "asked": "convert.units", "give": {wallet: d.some(5, 4)}}
        del block["cost"]
    if d.maybe(2):
        block["at_most"] = "2 times per month"
    if d.maybe(3):
        block = {"on": f"convert.{name}", "receiver": "convert.friend", "tell": "activity.heard"}
        d.fact("activity.heard", "note", "text?")
    d.put("convert", name, block)


FRAGMENTS = (sending, convert, convert, reward, reward, catalogue, price, price, offer, benefit, benefit, benefit)
