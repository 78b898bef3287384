"""What is known of a member before the first step, as one `opening` event: the road that opening balances take.

The program's `imports` say what a column sets; wallets, standings, choices, limits, member facts and last events need
no entry when the column has their name. What nothing can take is left out and named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.engine.machine import Machine
from regulars.engine.view import worth_of
from regulars.program.forms.tree import Word
from regulars.scenarios.amounts import millionths, minor_of

ALWAYS = frozenset({"market", "currency", "card", "birthday"})
"""Facts of a member that every program knows."""


class Opening:
    """The body of an opening event while it is put together, with the labels of its vouchers in order and the columns
    left out.
    """

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.labels: list[str] = []
        self.dropped: list[str] = []
        self.balances: dict[str, Any] = {}
        self.lots: dict[str, list[Any]] = {}
        self.levels: dict[str, Any] = {}
        self.vouchers: list[dict[str, Any]] = []
        self.last: dict[str, Any] = {}
        self.ever: list[str] = []
        self.used: dict[str, Any] = {}
        self.facts: dict[str, Any] = {}
        self.choices: dict[str, Any] = {}
        self.terms: dict[str, dict[str, Any]] = {}
        self.plan: dict[str, Any] = {}
        self.orders: dict[str, dict[str, Any]] = {}
        self.shared: dict[str, list[Any]] = {}

    def body(self) -> dict[str, Any]:
        """The event's body, without what is empty."""
        parts = {
            "balances": self.balances,
            "lots": self.lots,
            "levels": self.levels,
            "vouchers": self.vouchers,
            "last": self.last,
            "ever": self.ever,
            "used": self.used,
            "facts": self.facts,
            "choices": self.choices,
            "plan": self.plan if self.plan.keys() & {"start", "end"} and "name" in self.plan else {},
            "orders": self.orders,
            "shared": self.shared,
        }
        return {name: part for name, part in parts.items() if part}

    def read(self, given: Mapping[str, Any]) -> None:
        """Takes in every column."""
        for name, value in given.items():
            if name not in {"who", "tier", "tier_until", "balance", "lots", "coupons"} and not self.column(name, value):
                self.dropped.append(name)
        if "tier" in given:
            self.tier(given)
            self.paid_for(given)
        for unit, amount in (given.get("balance") or {}).items():
            if unit in self.machine.wallets:
                self.balances[unit] = amount
            elif not self.column(unit, amount):
                self.dropped.append(f"balance.{unit}")
        self.dated(given.get("lots") or ())
        for coupon in given.get("coupons") or ():
            self.coupon(coupon)

    def tier(self, given: Mapping[str, Any]) -> None:
        """`tier` and `tier_until` are of the first ladder."""
        ladder = next(iter(self.machine.ladders), None)
        if ladder is None:
            self.dropped.append("tier")
            return
        term = {**self.terms.get(ladder, {})}
        if given.get("tier_until") is not None:
            term["until"] = given["tier_until"]
        self.levels[ladder] = {"level": given["tier"], **term} if term else given["tier"]

    def paid_for(self, given: Mapping[str, Any]) -> None:
        """A level that a plan grants is held by the plan: the one that is named, or the only one that grants it."""
        plans = self.machine.program.plans
        granting = [plan.name for plan in plans.values() if given["tier"] in {level for _, level in plan.grants}]
        if len(granting) == 1:
            self.plan.setdefault("name", granting[0])
        if "tier_until" in given:
            self.plan.setdefault("end", given["tier_until"])

    def dated(self, lots: Any) -> None:
        """`lots` are of the wallet that `balance` names, or of the first."""
        for lot in lots:
            unit = lot.get("u") or next(iter(self.balances), None) or next(iter(self.machine.wallets))
            self.lots.setdefault(unit, []).append({"n": lot["n"], "earned": lot["earned"]})
        for unit, parts in self.lots.items():
            self.balances.setdefault(unit, sum(part["n"] for part in parts))

    def coupon(self, coupon: Mapping[str, Any]) -> None:
        """A voucher of the kind that is worth as much."""
        worth, percent = coupon.get("worth"), coupon.get("pct")
        kind = kind_worth(self.machine, worth, percent, coupon.get("gives"), coupon.get("id"))
        if kind is None:
            self.dropped.append(f"coupons.{coupon.get('id')}")
            return
        made = {"kind": kind, "worth": worth, "percent": percent, "last_day": coupon.get("last_day")}
        self.vouchers.append({key: value for key, value in made.items() if value is not None})
        self.labels.append(str(coupon.get("id")))

    def claimed(self, voucher: Any, waiting: bool) -> None:
        """A voucher that waits to be claimed, or was: of the kind of its name, else of the kind that fits what it says."""
        told = voucher if isinstance(voucher, Mapping) else {"id": voucher}
        kind = told["id"] if told.get("id") in self.machine.vouchers else claimable(self.machine, told)
        if kind is None:
            self.dropped.append(f"vouchers.{told.get('id')}")
            return
        parts = {"worth": "worth", "pct": "percent", "minimum": "minimum", "scope": "scope", "last_day": "last_day"}
        made = {name: told[key] for key, name in parts.items() if told.get(key) is not None}
        self.vouchers.append({"kind": kind, **made} | ({"waiting": True} if waiting else {}))
        self.labels.append(str(told.get("id")))

    def column(self, name: str, value: Any) -> bool:
        """Takes in a column by the program's `imports`, else by its name; False when nothing takes it."""
        program = self.machine.program
        if name in program.imports:
            return self.imported(*program.imports[name], value)
        if name.startswith("last_"):
            return self.imported("last", name.removeprefix("last_"), value)
        if name == "joined":
            self.last["joined"] = value
            return True
        if name == "plan" and value in program.plans:
            return self.imported("name", "plan", value)
        return self.imported("name", f"member.{name}", value) or self.imported("name", name, value)

    def imported(self, verb: str, name: str, value: Any) -> bool:
        """Sets what an import says: a last event, that something ever happened, what was used of a limit, or a thing by
        its name.
        """
        machine = self.machine
        if verb == "last":
            if name not in machine.reader.kinds and name not in machine.program.events:
                return False
            self.last[name] = value
        elif verb == "ever":
            if value:
                self.ever.append(name)
        elif verb == "used":
            self.used[name] = value
        elif verb == "shared":
            self.shared[name] = value if isinstance(value, list) else [value]
        elif verb == "vouchers":
            for one in value if isinstance(value, list) else [value]:
                self.claimed(one, name == "waiting")
        elif name == "plan":
            self.plan["name"] = value
        elif name == "account.id":
            return True
        elif name.partition(".")[0] == "plan":
            self.plan[name.removeprefix("plan.")] = value
        elif name.partition(".")[0] in machine.program.subscriptions:
            order, _, part = name.partition(".")
            self.orders.setdefault(order, {})[part] = value
        elif name.startswith("member."):
            return self.fact(name.removeprefix("member."), value)
        else:
            return self.named(name, value)
        return True

    def fact(self, name: str, value: Any) -> bool:
        """A fact of the member's; what holds a thing (`card: gold`) makes a yes-or-no fact true."""
        declared = self.machine.program.facts.get("member", {}).get(name)
        if declared is None and name not in ALWAYS:
            return False
        is_bool = declared.type.base == "bool" if declared is not None else name == "card"
        self.facts[name] = bool(value) and value != "false" if is_bool else value
        return True

    def named(self, name: str, value: Any) -> bool:
        """A wallet, ladder, choice or limit of this name."""
        machine = self.machine
        if name in machine.wallets:
            self.balances[name] = value
        elif name.partition(".")[0] in machine.ladders and "." in name:
            ladder, _, part = name.partition(".")
            self.terms.setdefault(ladder, {})[part] = value
        elif name in machine.ladders:
            self.levels[name] = machine.ladders[name].names[-1 if value else 0] if isinstance(value, bool) else value
        elif name in machine.choices:
            self.choices[name] = value
        elif name in machine.program.limits:
            self.used[name] = value
        elif name in machine.vouchers and isinstance(value, int):
            # They have no label: a step that names one by a label not seen before means one of them.
            self.vouchers.extend({"kind": name} for _ in range(value))
            self.labels.extend("" for _ in range(value))
        else:
            return False
        return True


def claimable(machine: Machine, told: Mapping[str, Any]) -> str | None:
    """The kind of voucher to claim that looks at what a coupon brings: a scope, a minimum."""
    best: tuple[int, str] | None = None
    for name, held in machine.vouchers.items():
        rule = machine.rules[held.use_rule].rule
        if held.kind.claim is None or not held.given:
            continue
        scoped = rule.lines is not None and "voucher" in rule.lines.roots
        least = isinstance(rule.minimum, Word)
        fits = int(scoped == ("scope" in told)) + int(least == ("minimum" in told))
        if best is None or fits > best[0]:
            best = (fits, name)
    return None if best is None else best[1]


def kind_worth(machine: Machine, worth: Any, percent: Any, *names: Any) -> str | None:
    """The kind of voucher that is worth so much: one of these names, the first that always is, or the first whose worth is given; shares
    are what an operator gives.
    """
    wanted = (minor_of(machine, worth), millionths(percent))
    for kind in (*(name for name in names if name in machine.vouchers), *machine.vouchers):
        if kind in names[:1] or worth_of(machine, kind) == wanted != (None, None):
            return str(kind)
    given = [kind for kind, held in machine.vouchers.items() if held.given]
    named = [kind for kind in given if kind in names]
    by_operator = [kind for kind in given if machine.vouchers[kind].kind.issued == "operator"]
    by_rules = [kind for kind in given if kind not in by_operator]
    likely = (*named, *by_rules, *by_operator) if percent is None else (*named, *by_operator, *by_rules)
    return next(iter(likely), None)
