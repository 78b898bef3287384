"""A step's event as the program's own: its type, and of its details those that the program has a fact for.

Cases say more than any one program looks at; an event with a field that nothing declares is refused. So what the
program does not declare is left out here, and named, so that a misspelt fact can be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from regulars.engine.events import BUILT_IN_FACTS
from regulars.engine.machine import Machine
from regulars.scenarios.model import Step

NAMED_BY: Final = {
    "activity": ("name",),
    "redeem": ("reward", "award"),
    "use_perk": ("perk",),
    "convert": ("to",),
    "transfer": ("to",),
    "clip": ("offer",),
    "print": ("offer",),
    "subscribe": ("plan",),
    "renew": ("plan",),
    "cancel": ("perk", "plan"),
    "upgrade": ("plan",),
    "downgrade": ("plan",),
}
"""Which detail of an event is the rest of its type: `redeem` with `reward: mug` is `redeem.mug`."""
BY_KEY: Final = frozenset({"choose", "set_preference"})
"""Events whose one detail is the rest of the type, and its value the option."""
BARE: Final = frozenset({"subscribe", "renew", "cancel", "upgrade", "downgrade", "transfer", "clip", "print"})
"""Events that a program may know without a name after them."""
MONEY_OF_LINE: Final = frozenset({"amount", "price", "qty", "id"})
Label = Callable[[str], int | None]


class Mapped:
    """An event ready to be posted: its body without id, member and moment; `dropped` names details left out; `stock`
    what is left of the reward that it asks for.
    """

    __slots__ = ("body", "dropped", "kind", "name", "stock")

    def __init__(self, kind: str) -> None:
        self.kind, self.name = kind, kind.partition(".")[2]
        self.body: dict[str, Any] = {}
        self.dropped: list[str] = []
        self.stock: int | None = None


def event_of(machine: Machine, step: Step, label: Label) -> Mapped:
    """The step's event; `label` gives the number of the voucher that a coupon's label stands for."""
    details = dict(step.details)
    kind = step.do
    for key in NAMED_BY.get(step.do, ()):
        if key in details and (name := _kind(machine, step.do, details[key])) is not None:
            kind = name
            del details[key]
            break
    if step.do == "choose" and (picked := picks(machine, details)) is not None:
        kind, details = picked
    elif step.do in BY_KEY and details:
        key, option = next(iter(details.items()))
        if (
            step.do == "set_preference"
            and key in machine.program.facts.get("member", {})
            and key not in machine.choices
        ):
            kind = "update"
        else:
            kind, details = f"{step.do}.{key}", {"option": option}
    kind, details = otherwise(machine, kind, details)
    mapped = Mapped(kind)
    details.pop("id", None)
    stock = details.pop("stock", None)
    mapped.stock = stock if isinstance(stock, int) else None
    known = known_of(machine, kind)
    for key, value in details.items():
        if key in known:
            mapped.body[key] = value
        elif key == "lines":
            mapped.body["lines"] = [_line(machine, line, kind, mapped) for line in value]
        elif key == "pay":
            mapped.body["pay"] = [_tender(machine, tender, mapped) for tender in value]
        elif key == "use":
            mapped.body["use"] = [
                _use(item, label) | ({"on": details["on"]} if "on" in details else {}) for item in value
            ]
        elif (set_by := _imported(machine, key)) in known:
            mapped.body[set_by] = value
        elif key == "of" or (key == "order" and kind in machine.openers):
            mapped.body["of"] = value
        else:
            mapped.dropped.append(key)
    return mapped


def picks(machine: Machine, details: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """A choice made from a voucher: `pick` is one of its options; of several such vouchers the one whose name ends as another detail."""
    pick = details.get("pick")
    kinds = [name for name, kind in machine.vouchers.items() if str(pick) in machine.options.get(kind.use_rule, {})]
    if pick is None or not kinds:
        return None
    named = [
        name for name in kinds if any(name.endswith(f"_{value}") for key, value in details.items() if key != "pick")
    ]
    return f"choose.{(named or kinds)[0]}", {"option": pick}


def otherwise(machine: Machine, kind: str, details: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Events that the case form says in another way: what the program calls them."""
    account = machine.program.account
    if kind == "confirm" and "activate" in details and machine.activations:
        return next(iter(machine.activations)), details
    if kind == "confirm" and "suspended" in details and account.suspend is not None:
        return account.suspend[0 if details.pop("suspended") else 1], details
    if kind == "invite" and "share" in details:
        shared = next((rule.name.partition(".")[2] for rule in machine.program.rules if rule.seats is not None), None)
        if shared is not None:
            return f"share.{shared}", {"with": details["share"]}
    if kind == "clip" and "coupons" in details:
        return kind, {"offers": details["coupons"]}
    return kind, details


def _imported(machine: Machine, key: str) -> str:
    """What a column of this name sets of a plan, where a program's `imports` say so."""
    verb, name = machine.program.imports.get(key, ("", ""))
    return name.removeprefix("plan.") if verb == "name" and name.startswith("plan.") else key


def _kind(machine: Machine, do: str, name: Any) -> str | None:
    """The type with its name, unless the program only has facts for the bare one (`subscribe` with a fact `plan`)."""
    kind = f"{do}.{name}"
    if do in BARE and kind not in machine.reader.kinds:
        return None
    return kind


def known_of(machine: Machine, kind: str) -> frozenset[str]:
    """The fields that an event of this kind may have, beside lines, tenders and what is used."""
    first = kind.split(".", 1)[0]
    own = machine.reader.shape(kind).known | BUILT_IN_FACTS.get(first, frozenset())
    if machine.reader.people:
        own |= {"person"}
    return own | frozenset(machine.program.facts.get("member", {})) if first in {"join", "update"} else own


def _line(machine: Machine, line: Mapping[str, Any], kind: str, mapped: Mapped) -> dict[str, Any]:
    known = machine.reader.line.known | MONEY_OF_LINE
    if kind == "return":
        known |= {"refund", "line"}
    mapped.dropped.extend(f"lines.{key}" for key in line if key not in known)
    return {key: value for key, value in line.items() if key in known}


def _tender(machine: Machine, tender: Mapping[str, Any], mapped: Mapped) -> dict[str, Any]:
    known = machine.reader.tender.known | {"method", "amount"}
    mapped.dropped.extend(f"pay.{key}" for key in tender if key not in known and key != "share")
    made = {key: value for key, value in tender.items() if key in known}
    if "share" in tender and "amount" not in tender:
        # What a means of payment covers, before a price that hangs on it.
        made["amount"] = tender["share"]
    return made


def _use(item: Any, label: Label) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        serial = label(str(item))
        return {"voucher": str(item) if serial is None else serial}
    used = {key: value for key, value in item.items() if key not in {"pct", "cost", "coupon"}}
    if "coupon" in item:
        used |= _use(item["coupon"], label)
    if "pct" in item:
        used["percent"] = item["pct"]
    return used
