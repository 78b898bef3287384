"""The ground that a generated program stands on: its head, calendar, bases, wallets, account, and what a return takes."""

from __future__ import annotations

from typing import Any

from tests.laws.drafting import MONEY, UNITS, Draft
from tests.laws.fragments.conditions import condition, life, lines, rounding, span, window

ZONES = ("Europe/Madrid", "America/New_York", "Australia/Sydney", "UTC")
GIVING = frozenset({"give", "splits", "referee", "referrer"})
STARTS = ("2025-01-01", "2026-01-01")


def head(d: Draft) -> None:
    """Slug, money, time zone, first day."""
    d.top |= {"program": "drawn", "money": d.some("EUR", "USD", ["GBP", "EUR"]), "timezone": d.choose(ZONES)}
    d.top["from"] = d.choose(STARTS)
    if d.maybe(5):
        d.top |= {"name": "A drawn program", "terms": ["T1", "T9"], "markets": ["ES", "US"]}
    d.fact("line", "kind", ["drink", "food", "other"])
    d.fact("line", "qty", "count = 1")


def calendar(d: Draft) -> None:
    """Days of the operator's, windows, and the steps of a checkout."""
    if d.maybe(4):
        d.put("dates", "holidays", ["2026-02-14", "2026-12-24", "2027-12-24"])
    if d.maybe(3):
        form = d.some(
            "week from sunday", "year from 1 October", "starts 1 February, 1 June, 1 October", "month from joined"
        )
        d.put("windows", d.new("season"), form)
    if d.maybe(2):
        d.top["checkout"] = ["product", "basket", "late"]
    if d.maybe(3):
        d.put("events", "active", d.some(["purchase"], ["purchase", "stay"], ["purchase", "redeem"]))
    if d.maybe(3):
        d.put("define", d.new("lucky"), d.some("event.weekday == 'fri'", "event.month <= 3"))


def account(d: Draft) -> None:
    """Who is one account, and who may join, act, or be known."""
    found: dict[str, Any] = {}
    if d.maybe(3):
        found["is"] = d.some("person", "card", "company")
    if d.maybe(4):
        found["join"] = {"needs": {"grown_up": "!has(member.age) || member.age >= 18"}, "terms": "T1"}
        d.fact("join", "form", "text?")
    if d.maybe(4):
        d.fact("member", "region", "text?")
        found["fixed"] = "region"
    if d.maybe(5):
        d.fact("member", "blocked", "bool = false")
        found["lock"] = "member.blocked"
    if d.maybe(3):
        found["suspend"] = {"on": "staff.suspend", "until": "staff.reinstate", "terms": "T4"}
    if d.maybe(6):
        found["unknown"] = d.some("enrol", "refuse")
    if d.maybe(4):
        found["on_close"] = d.some("lapse", "keep")
    if found:
        d.top["account"] = found | ({"terms": "T1"} if d.maybe(4) else {})


def bases(d: Draft) -> None:
    """What is measured; always `spend` first."""
    spend: dict[str, Any] = {}
    if d.maybe(3):
        spend[d.some("lines", "except")] = d.some("line.kind != 'other'", "line.kind == 'other'")
    if d.maybe():
        spend["less"] = d.some(
            ["discounts", "vouchers", "rewards"],
            ["discounts"],
            [],
            ["discounts", d.fact("purchase", "discount", "money = 0.00")],
        )
    if d.maybe(5):
        spend["when"] = "event.time != '23:59'"
    if d.maybe(5):
        spend["paid_with"] = "tender.method != 'gift'"
    d.put("base", "spend", spend | ({"terms": "T2"} if d.maybe(4) else {}))
    if d.maybe(3):
        d.fact("stay", "room", "money")
        d.fact("stay", "nights", "count of night")
        d.put("base", "rooms", {"on": "stay", "of": "stay.room"} | ({"when": "stay.nights > 0"} if d.maybe(3) else {}))


def wallets(d: Draft) -> None:
    """One wallet at least, and up to five, of any form."""
    unit_wallet(d)
    for make in (unit_wallet, money_wallet, mirror, funnel, elsewhere):
        if d.maybe(2):
            make(d)


def living(d: Draft, block: dict[str, Any]) -> None:
    """Life, pending and order of a wallet."""
    if d.maybe():
        block["lasts"] = life(d)
    if d.maybe(6):
        block["lasts"] = [life(d), f"{span(d)} after earned"]
    if "lasts" in block and block["lasts"] != "never" and d.maybe(4):
        block["unless"] = condition(d, "")
    if d.maybe(4):
        block["pending"] = d.some(
            "7 days after earned", "until confirm", "end of month", "through 28 days after earned"
        )
    if d.maybe(4):
        block["spent"] = d.some("first to lapse", "oldest first", "newest first")
    if d.maybe(3):
        block["may_owe"] = True
    if d.maybe(5):
        block["terms"] = d.clause()


def unit_wallet(d: Draft) -> None:
    """Points, whole or in parts, perhaps in compartments or under a ceiling."""
    block: dict[str, Any] = {}
    name = d.new("points")
    living(d, block)
    if d.maybe(4):
        block["unit"] = d.some("0.1", "0.01", "1")
    if d.maybe(5):
        block["ceiling"] = d.some(500, 90)
    if d.maybe(5):
        block["divided_by"] = (
            d.some("quarter", "month", "person")
            if d.top.get("account", {}).get("is") == "card"
            else d.some("quarter", "month")
        )
        if d.maybe():
            block["spent"] = "newest compartment that has enough"
    if d.maybe(6):
        block["is"] = "units"
    d.put("wallets", name, block)
    d.wallets[name] = UNITS
    d.spendable.append(name)


def money_wallet(d: Draft) -> None:
    """Money to spend, or spend that is counted."""
    block: dict[str, Any] = {"is": "money"}
    name = d.new("cash")
    living(d, block)
    d.put("wallets", name, block)
    d.wallets[name] = MONEY
    d.spendable.append(name)


def mirror(d: Draft) -> None:
    """A counter of what another wallet is given; what it counts of is tied up later."""
    name = d.new("counted")
    block: dict[str, Any] = {"counts": d.choose(d.of_kind(UNITS))}
    if d.maybe():
        block["lasts"] = d.some("end of year", "365 days after earned", f"end of {window(d)}")
    if d.maybe(4):
        block["ceiling"] = d.some(100, 40)
    d.put("wallets", name, block)


def funnel(d: Draft) -> None:
    """A wallet that only shares out what flows in."""
    first, rest = d.choose(d.of_kind(UNITS)), d.new("points")
    alike = {key: one for key, one in d.top["wallets"][first].items() if key == "unit"}
    d.put("wallets", rest, alike)
    d.wallets[rest] = UNITS
    d.spendable.append(rest)
    name = d.new("funnel")
    block: dict[str, Any] = alike | {"splits": {first: d.some("40%", "25%"), rest: "rest"}}
    if d.maybe(2):
        block["round"] = d.some("down", "nearest")
    d.put("wallets", name, block)
    d.wallets[name] = UNITS


def elsewhere(d: Draft) -> None:
    """A wallet that a partner keeps, to which a conversion sends."""
    name = d.new("miles")
    d.put("wallets", name, {"held_at": "partner"})
    take = d.choose([one for one in d.spendable if d.wallets[one] == UNITS])
    d.fact("convert", "units", "count?")
    of = {"on": f"convert.{name}", "every": f"20 {take}", "asked": "convert.units", "give": {name: 10}}
    if d.maybe():
        of["settle"] = "airline"
    d.put("convert", d.new("send"), of)


def closing(d: Draft) -> None:
    """What a return takes, what columns of an import set, and texts of refusals."""
    if d.maybe():
        d.top["returns"] = {name: d.some("take back", "take back", "keep") for name in d.names("wallets") if d.maybe()}
        if d.maybe(4):
            d.top["returns"]["vouchers"] = d.some("take back", "keep")
        if d.maybe(5):
            d.top["returns"]["without_sale"] = "take back"
        if d.maybe(4):
            d.top["returns"]["terms"] = "T7"
    if d.maybe(4):
        d.top["imports"] = {"shopped": "last purchase", "ever_bought": "ever purchase", "points_then": d.spendable[0]}
    if d.maybe(4):
        d.top["says"] = {
            "too_little": {"en": "{held} is less than {cost}", "es": "faltan puntos"},
            "limit_reached": "no more",
        }


def given(value: Any, inside: bool = False) -> set[str]:
    """Every name that stands in some `give`, `splits`, or side of a referral."""
    if isinstance(value, list | tuple):
        return {name for one in value for name in given(one, inside)}
    if not isinstance(value, dict):
        return set()
    found = set(value) if inside else set()
    for key, one in value.items():
        found |= given(one, inside or key in GIVING)
    return found


def tie_up(d: Draft) -> None:
    """Gives what nobody gives so far, and counts what nothing counts."""
    filled = given(d.top)
    for name, kind in d.wallets.items():
        if name not in filled:
            d.put("earn", d.new("fill"), {"give": {name: "1 per 1.00" if kind == UNITS else "2%"}})
    for name, block in d.top["wallets"].items():
        of = [rule for rule in d.rates if block.get("counts") in d.top["earn"][rule]["give"]]
        if of and d.maybe(2):
            d.top["wallets"][name] = block | {"only": [d.choose(of)]}
    for name, worth in d.vouchers.items():
        if name not in filled:
            d.put("earn", d.new("hand"), {"on": "activity.gift", "give": {name: "5.00" if worth else 1}})
    for name in d.limits:
        if name not in d.asked:
            d.put(
                "earn", d.new("shared"), {"lines": lines(d), "give": {d.spendable[0]: d.some("2", "3")}, "within": name}
            )


def later(d: Draft) -> dict[str, Any]:
    """The program's next version, in which a wallet of the first is gone."""
    wallets = {name: block for name, block in d.top["wallets"].items() if name != "old"}
    earn = {name: block for name, block in d.top["earn"].items() if name != "olden"}
    ends = {"old": d.some("keep", "lapse")}
    return d.top | {"from": "2026-07-01", "follows": "drawn", "ends": ends, "wallets": wallets, "earn": earn}


def rounded(d: Draft, block: dict[str, Any], wallet: str) -> dict[str, Any]:
    """The block, perhaps with a rounding of its own."""
    if d.maybe(4):
        block["round"] = rounding(d, wallet)
    return block
