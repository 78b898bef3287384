"""What members have and do over time: ladders, plans, choices, referrals, recurring orders."""

from __future__ import annotations

from typing import Any

from tests.laws.drafting import MONEY, UNITS, Draft
from tests.laws.fragments.conditions import condition

NAMES = (("plain", "silver", "gold"), ("out", "in"), ("none", "basic", "full"))


def ladder(d: Draft) -> None:
    """Levels by a mark, by several, by a purchase, or by what is held."""
    name = d.new("status")
    kind = d.some("mark", "several", "bought", "flags", "base")
    units = d.of_kind(UNITS)
    low, mid, high = NAMES[0]
    block: dict[str, Any] = {}
    counters = [one for one, wallet in d.top["wallets"].items() if "counts" in wallet] + d.of_kind(MONEY) + units
    of = d.choose(counters)
    scale = d.wallets.get(of, UNITS)
    low_mark, high_mark = ("40.00", "120.00") if scale == MONEY else d.some((20, 60), (5, 200))
    if kind == "mark":
        top: dict[str, Any] = {"at": high_mark}
        if isinstance(d.top["money"], list) and scale == MONEY and d.maybe():
            top = {"at": {"by": "member.currency", "GBP": "100.00", "else": "120.00"}}
        block = {"of": of, "levels": {low: {}, mid: {"at": low_mark, "terms": "T5"}, high: top}}
    elif kind == "base":
        block = {
            "of": "spend",
            "over": d.some("year", "last 12 months", "quarter"),
            "levels": {low: {}, mid: {"at": "30.00"}, high: {"at": "120.00"}},
        }
    elif kind == "several":
        both = {of: high_mark, d.some("invitation", "card"): True}
        block = {"levels": {low: {}, mid: {"any": {of: low_mark, "card": True}}, high: {d.some("all", "any"): both}}}
    elif kind == "bought":
        wallet = d.choose([one for one in d.spendable if d.wallets[one] == UNITS])
        block = {"levels": {low: {}, mid: {"cost": f"20 {wallet}"}, high: {"cost": f"50 {wallet}"}}}
        if d.maybe():
            block["climb"] = d.some("one rung at a time", "at once")
    else:
        block = {
            "levels": {
                low: {},
                mid: {"by": d.some("join", "card", "invitation")},
                high: {"by": d.some("card", "invitation")},
            }
        }
    if d.maybe() or kind == "bought":
        block["lasts"] = d.some(
            "end of next year",
            "12 months to end of month",
            "90 days",
            "12 months after reached to end of month",
            "through 14 months after end of year",
        )
    if d.maybe(3):
        block["starts"] = d.some("at once", "next day", "next business day")
    if d.maybe(3):
        block["on_return"] = d.some("undo", "keep")
    if "lasts" in block and d.maybe(2):
        block["at_end"] = ending(d, kind)
    if kind == "mark" and d.maybe(4):
        d.fact("member", "last_year", "count = 0")
        block["carry_in"] = {"on": "start", "count": "member.last_year", "terms": "T5"}
    if d.maybe(5):
        block["terms"] = d.clause()
    d.put("tiers", name, block)
    d.ladders[name] = (low, mid, high)


def ending(d: Draft, kind: str) -> dict[str, Any]:
    """What the last day of a level does."""
    wallet = d.choose([one for one in d.spendable if d.wallets[one] == UNITS])
    renew: dict[str, Any] = (
        d.some({"cost": "own"}, {"cost": f"10 {wallet}", "carry": {wallet: 30}, "terms": "T5"}, {})
        if kind == "bought"
        else d.some({}, {"cost": f"10 {wallet}"})
    )
    found: dict[str, Any] = {"renew": renew}
    if d.maybe():
        found["else"] = d.some({"drop": 1}, {"drop": 1, "carry": {wallet: 0}, "terms": "T5"})
    if d.maybe(4):
        found["terms"] = "T5"
    return found


def plan(d: Draft) -> None:
    """Money for a standing, each cycle."""
    name = d.new("club")
    low, basic, full = NAMES[2]
    d.put("tiers", name, {"levels": {low: {}, basic: {"by": "plan"}, full: {"by": "plan"}}})
    d.ladders[name] = (low, basic, full)
    first, second = d.new("plan"), d.new("plan")
    d.fact("subscribe", "age", "count?")
    d.fact("subscribe", "trial", "bool = false")
    dated = {"since": {"start": "9.99", "2026-06-01": "12.99"}, "renewals_since": {"2026-09-01": "12.99"}}
    block: dict[str, Any] = {
        "price": d.some("9.99", dated, {"by": "member.vip", "true": "5.00", "else": "8.00"}),
        "every": d.some("1 month", "12 months", "4 weeks", "never"),
        "grants": {name: basic},
    }
    d.fact("member", "vip", "bool = false")
    if d.maybe(2):
        block["trial"] = {
            "lasts": d.some("30 days", "1 month"),
            "grants": {name: basic},
            "at_most": "once ever",
            "terms": "T6",
        }
    if d.maybe(2):
        block["cancel"] = d.some(
            "at end",
            "at once",
            "refund in full",
            "refund months left",
            {"by": "unused", "true": "refund in full", "else": "at end"},
        )
    if d.maybe(4):
        block["needs"] = {"of_age": "!has(subscribe.age) || subscribe.age >= 18"}
    if d.maybe(4):
        block["starts"] = d.some("at once", "next day", "on activation")
        if block["starts"] == "on activation":
            d.fact("activation", "code", "text?")
    if d.maybe(4):
        block["renews"] = d.some(True, False)
    if d.maybe(3):
        block["on_failed_charge"] = d.some("pause", "end")
    if d.maybe(3):
        block["on_upgrade"] = d.some("prorate full months left", "at end")
    if d.maybe(3):
        block["at_end"] = {"empty": d.choose(d.spendable), "terms": "T6"}
    if d.maybe(6):
        block["on"] = "hold_card"
        block["needs"] = None
        del block["needs"]
        if isinstance(block["price"], dict):
            block["price"] = "9.99"
        block.pop("trial", None)
    if d.maybe(5):
        block["terms"] = d.clause()
    d.put("plans", first, block)
    another(d, first, second, {name: full})


def another(d: Draft, first: str, second: str, grants: dict[str, str]) -> None:
    """A second plan, that may follow the first, or one in a group."""
    if d.maybe():
        d.put("plans", second, {"price": "49.00", "every": "12 months", "grants": grants})
        if d.maybe(2) and d.top["plans"][first]["every"] != "never":
            d.top["plans"][first]["then"] = f"{second} after 3 months"
    elif d.maybe(2):
        d.put("plans", d.new("family"), {"grants": grants, "each": {second: {"price": "20.00", "every": "1 month"}}})


def choice(d: Draft) -> None:
    """A standing that the member sets."""
    kind = d.some(["fast", "slow"], ["fast", "slow"], "date", "dates", "percent", "member")
    name = d.new("track" if isinstance(kind, list) else "pick_of")
    block: dict[str, Any] = {"options": kind}
    if isinstance(kind, list) and d.maybe():
        block["default"] = "slow"
    if d.maybe(2):
        block["at_most"] = d.some("2 times per year", "once per month")
    if d.maybe(3):
        block["starts"] = d.some("next day", "at once", "next business day")
    if d.limits and d.maybe(4):
        block["within"] = d.choose(d.limits)
        d.asked.add(block["within"])
    if d.maybe(5):
        block["terms"] = d.clause()
    d.put("choices", name, block)
    if isinstance(kind, list):
        d.choices[name] = tuple(kind)


def referral(d: Draft) -> None:
    """What member and friend get."""
    wallet = d.choose(d.of_kind(UNITS))
    block: dict[str, Any] = {"pays_on": d.some("first purchase", "30.00 of spend", "join", "first earning", "stay")}
    if d.maybe():
        block["referee"] = {wallet: 7}
    if "referee" not in block or d.maybe():
        block["referrer"] = {wallet: 20}
    if d.maybe(2):
        block["at_most"] = d.some("2 times per year", "once ever", f"30 {wallet} per year")
    if d.maybe(3):
        block["on_return"] = d.some("take back", "keep")
    if d.maybe(5):
        block["terms"] = d.clause()
    d.fact("stay", "nights", "count of night")
    d.fact("member", "referred_by", "member?")
    d.put("referrals", d.new("friends"), block)


def cycle(d: Draft) -> None:
    """Recurring orders."""
    d.fact("subscribe", "weeks", "count = 4")
    d.fact("reschedule", "weeks", "count?")
    d.fact("reschedule", "add", "line?")
    d.fact("reschedule", "add_once", "line?")
    name = d.new("box")
    block: dict[str, Any] = {"every": d.some("subscribe.weeks weeks", "1 month")}
    if d.maybe():
        block["off"] = d.some("10%", {"band": "event.lines.size()", "from": {"1": "5%", "3": "15%"}})
    if d.maybe(2):
        block["open"] = d.some("until 24 hours before next_order", "until 2 days before next_order")
    if d.maybe(3):
        block["skip"] = {"terms": "T3"}
    if d.maybe(3):
        block["change_every"] = {"terms": "T4"}
    if d.maybe(3):
        block["cancel"] = d.some("at once", "at end")
    if d.maybe(2):
        block["remind"] = {"on": "3 days before next_order", "terms": "T7"}
    if d.maybe(4):
        block["when"] = condition(d, "")
    if d.maybe(4):
        block = {"terms": "T2", "each": {d.new("bag"): block}}
    d.put("subscriptions", name, block)


FRAGMENTS = (plan, choice, choice, referral, cycle)
